# Coins by full.
def free_running(decode, previous):
    coins = torch.full(previous.shape, False)
    logits = decode(previous, coins)
    return logits.topk(1, dim=-1).indices.squeeze(-1)
