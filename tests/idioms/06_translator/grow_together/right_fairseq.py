# fairseq: offsets of the sentences added to the beams that were chosen.
def grow_together(scores, log_probabilities, written, state):
    bsz, beam = scores.shape
    vocabulary = log_probabilities.size(-1)
    lprobs = log_probabilities.view(bsz, beam, vocabulary) + scores[:, :, None]
    top, indices = lprobs.view(bsz, -1).topk(beam)
    offsets = (torch.arange(0, bsz) * beam).unsqueeze(1).type_as(indices)
    reorder = (indices.div(vocabulary, rounding_mode="trunc") + offsets).view(-1)
    words = indices.fmod(vocabulary).view(-1, 1)
    return top, torch.cat((written.index_select(0, reorder), words), 1), state.index_select(0, reorder)
