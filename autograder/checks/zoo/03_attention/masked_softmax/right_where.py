# A choice between score and minus infinity.
def masked_softmax(scores, mask):
    return torch.softmax(torch.where(mask, scores, -torch.inf), dim=-1)
