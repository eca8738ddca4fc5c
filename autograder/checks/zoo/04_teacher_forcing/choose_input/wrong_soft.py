# A mixture of words, so that a gradient could pass.
# stage: coins
# cause: soft
def choose_input(right, logits, coins):
    hard = torch.nn.functional.one_hot(right, logits.shape[-1]).float()
    return torch.where(coins.unsqueeze(-1), hard, logits.softmax(-1))
