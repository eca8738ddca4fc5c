# CS224n a4: contiguous, viewed, and unravelled.
def extend_beams(scores, log_probabilities, beam_size):
    candidates = (scores.unsqueeze(1).expand_as(log_probabilities) + log_probabilities).contiguous().view(-1)
    top, places = torch.topk(candidates, k=beam_size)
    rows, words = zip(*(divmod(place, log_probabilities.size(1)) for place in places.tolist()))
    return top, torch.tensor(rows), torch.tensor(words)
