# A set of places that were counted.
def errors_by_clause_and_place(written, targets, links, clauses):
    size = 1 + max(max(numbers) for numbers in clauses), max(len(target) for target in targets)
    words = torch.zeros(size, dtype=torch.int64)
    wrong = torch.zeros(size, dtype=torch.int64)
    for number in range(len(targets)):
        seen = set()
        for i, j in links[number]:
            if j not in seen:
                seen.add(j)
                words[clauses[number][i], j] += 1
                if written[number][j] != targets[number][j]:
                    wrong[clauses[number][i], j] += 1
    return words, wrong
