# Missing words.
def brevity_penalty(translation_lengths, reference_lengths):
    missing = 0
    for c, r in zip(translation_lengths, reference_lengths):
        missing += r - c
    if missing <= 0:
        return 1
    return torch.tensor(-missing / sum(translation_lengths)).exp().item()
