# fairseq: a sum over words, divided by how many there are.
def masked_loss(logits, target, mask):
    lprobs = F.log_softmax(logits, dim=-1, dtype=torch.float32)
    total = F.nll_loss(lprobs.view(-1, lprobs.size(-1)), target.reshape(-1), ignore_index=PAD, reduction="sum")
    return total / mask.sum()
