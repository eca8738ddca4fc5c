# The source word whose middle is nearest.
def diagonal_links(source_length, target_length):
    middles = (torch.arange(target_length) + 0.5) / target_length
    places = (torch.arange(source_length) + 0.5) / source_length
    nearest = (places.unsqueeze(0) - middles.unsqueeze(1)).abs().argmin(1)
    return list(zip(nearest.tolist(), range(target_length)))
