# fairseq: one flat row of candidates, div with floor.
def extend_beams(scores, log_probabilities, beam_size):
    lprobs = log_probabilities + scores[:, None]
    top, indices = torch.topk(lprobs.view(1, -1), k=beam_size)
    beams = torch.div(indices, lprobs.size(1), rounding_mode="trunc")
    return top[0], beams[0], indices.fmod(lprobs.size(1))[0]
