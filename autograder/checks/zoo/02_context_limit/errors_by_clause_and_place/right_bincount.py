# Numbers of cells, counted by bincount.
def errors_by_clause_and_place(written, targets, links, clauses):
    rows = 1 + max(map(max, clauses))
    columns = max(map(len, targets))
    cells, mistakes = [], []
    for sentence, target, pairs, numbers in zip(written, targets, links, clauses, strict=True):
        for cell in sorted({(numbers[i], j) for i, j in pairs}):
            cells.append(cell[0] * columns + cell[1])
            mistakes.append(sentence[cell[1]] != target[cell[1]])
    cells, mistakes = torch.tensor(cells), torch.tensor(mistakes)
    words = torch.bincount(cells, minlength=rows * columns).view(rows, columns)
    wrong = torch.bincount(cells[mistakes], minlength=rows * columns).view(rows, columns)
    return words, wrong
