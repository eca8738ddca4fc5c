# Log-softmax and gather by hand.
def masked_loss(logits, target, mask):
    log_probabilities = logits - logits.logsumexp(-1, keepdim=True)
    chosen = log_probabilities.gather(-1, target.unsqueeze(-1)).squeeze(-1)
    return -chosen.masked_select(mask).mean()
