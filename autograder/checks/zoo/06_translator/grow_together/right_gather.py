# A dimension for the hypotheses, and gather.
def grow_together(scores, log_probabilities, written, state):
    B, K = scores.shape
    totals = (scores.reshape(-1, 1) + log_probabilities).reshape(B, K, -1)
    V = totals.shape[-1]
    best, places = totals.reshape(B, K * V).topk(K, dim=-1)
    parents = torch.div(places, V, rounding_mode="floor").unsqueeze(-1)
    old, hidden = written.reshape(B, K, -1), state.reshape(B, K, -1)
    old = old.gather(1, parents.expand(-1, -1, old.shape[-1]))
    hidden = hidden.gather(1, parents.expand(-1, -1, hidden.shape[-1]))
    return best, torch.cat([old, (places % V).unsqueeze(-1)], -1).flatten(0, 1), hidden.flatten(0, 1)
