# CS224n a4: the log-probability of each right word, masked, then a mean over the words.
def masked_loss(logits, target, mask):
    chances = logits.log_softmax(dim=-1)
    of_gold = torch.gather(chances, index=target.unsqueeze(-1), dim=-1).squeeze(-1) * mask.float()
    return -of_gold.sum() / mask.float().sum()
