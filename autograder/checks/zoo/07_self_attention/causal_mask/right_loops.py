# Place by place.
def causal_mask(length):
    return torch.tensor([[s <= t for s in range(length)] for t in range(length)])
