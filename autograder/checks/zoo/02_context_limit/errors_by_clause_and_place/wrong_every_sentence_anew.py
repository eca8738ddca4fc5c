# Every sentence anew.
# stage: cells
# cause: every-sentence-anew
def errors_by_clause_and_place(written, targets, links, clauses):
    for sentence, target, pairs, numbers in zip(written, targets, links, clauses, strict=True):
        words = torch.zeros(1 + max(numbers), len(target), dtype=torch.int64)
        wrong = torch.zeros_like(words)
        for j, i in {j: i for i, j in pairs}.items():
            words[numbers[i], j] += 1
            wrong[numbers[i], j] += sentence[j] != target[j]
    return words, wrong
