# Plain loops.
def error_by_part(logits, target, part, parts):
    hits, words = [0] * parts, [0] * parts
    for b in range(target.shape[0]):
        for t in range(target.shape[1]):
            if part[b, t] >= 0:
                words[part[b, t]] += 1
                hits[part[b, t]] += int(logits[b, t].argmax() != target[b, t])
    return torch.tensor([a / b for a, b in zip(hits, words)])
