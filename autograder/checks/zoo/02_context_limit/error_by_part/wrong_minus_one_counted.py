# Index -1 is the last part.
# stage: outside
# cause: minus-one-counted
def error_by_part(logits, target, part, parts):
    wrong = logits.argmax(-1) != target
    hits, words = [0] * parts, [0] * parts
    for row, marks in zip(part.tolist(), wrong.tolist()):
        for i, mark in zip(row, marks):
            hits[i] += mark
            words[i] += 1
    return torch.tensor([a / b for a, b in zip(hits, words)])
