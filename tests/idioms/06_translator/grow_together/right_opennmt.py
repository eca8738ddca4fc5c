# OpenNMT-py: reshaped to all beams of a sentence, selected by row.
def grow_together(scores, log_probabilities, written, state):
    batch, beam = scores.shape
    curr = (log_probabilities + scores.view(-1, 1)).reshape(batch, beam * log_probabilities.shape[1])
    topk_scores, topk_ids = torch.topk(curr, beam, dim=-1)
    beam_ids = topk_ids // log_probabilities.shape[1]
    select = (beam_ids + torch.arange(batch).view(-1, 1) * beam).reshape(-1)
    ids = (topk_ids - beam_ids * log_probabilities.shape[1]).reshape(-1, 1)
    return topk_scores, torch.hstack([written[select], ids]), state[select]
