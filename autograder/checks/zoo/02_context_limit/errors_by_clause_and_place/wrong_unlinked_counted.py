# Unlinked counted.
# stage: links
# cause: unlinked-counted
def errors_by_clause_and_place(written, targets, links, clauses):
    size = 1 + max(max(numbers) for numbers in clauses), max(len(target) for target in targets)
    words = torch.zeros(size, dtype=torch.int64)
    wrong = torch.zeros(size, dtype=torch.int64)
    for sentence, target, pairs, numbers in zip(written, targets, links, clauses, strict=True):
        clause_of = {j: numbers[i] for i, j in pairs}
        for place in range(len(target)):
            words[clause_of.get(place, -1), place] += 1
            wrong[clause_of.get(place, -1), place] += sentence[place] != target[place]
    return words, wrong
