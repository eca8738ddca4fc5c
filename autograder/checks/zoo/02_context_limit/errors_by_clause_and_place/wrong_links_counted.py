# Links counted.
# stage: links
# cause: links-counted
def errors_by_clause_and_place(written, targets, links, clauses):
    size = 1 + max(max(numbers) for numbers in clauses), max(len(target) for target in targets)
    words = torch.zeros(size, dtype=torch.int64)
    wrong = torch.zeros(size, dtype=torch.int64)
    for sentence, target, pairs, numbers in zip(written, targets, links, clauses, strict=True):
        for i, j in pairs:
            words[numbers[i], j] += 1
            wrong[numbers[i], j] += sentence[j] != target[j]
    return words, wrong
