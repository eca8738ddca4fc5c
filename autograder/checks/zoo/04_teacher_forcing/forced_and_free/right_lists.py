# Plain lists.
def forced_and_free(decode, previous, target, mask):
    rows = []
    for make in (torch.ones_like, torch.zeros_like):
        written = decode(previous, make(previous).bool()).argmax(dim=2)
        sentences = [(a == b)[real].tolist() for a, b, real in zip(written, target, mask, strict=True)]
        words = sum(sentences, [])
        rows.append([sum(words) / len(words), sum(map(all, sentences)) / len(sentences)])
    return torch.tensor(rows)
