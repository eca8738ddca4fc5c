# bentrevett: views of two dimensions and ignore_index.
def masked_loss(logits, target, mask):
    criterion = nn.CrossEntropyLoss(ignore_index=PAD)
    return criterion(logits.contiguous().view(-1, logits.shape[-1]), target.contiguous().view(-1))
