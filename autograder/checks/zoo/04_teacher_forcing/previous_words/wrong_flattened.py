# All sentences as one list: each begins with the end of the one before.
# stage: shifted
# cause: other-sentence
def previous_words(target):
    flat = torch.cat([torch.tensor([START]), target.flatten()[:-1]])
    return flat.view_as(target)
