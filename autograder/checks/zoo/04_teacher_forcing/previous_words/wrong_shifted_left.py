# Each step reads the word behind the one that it writes.
# stage: shifted
# cause: shifted-left
def previous_words(target):
    padding = torch.full_like(target[:, :1], PAD)
    return torch.cat([target[:, 1:], padding], dim=1)
