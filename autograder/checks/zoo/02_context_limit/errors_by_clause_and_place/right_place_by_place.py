# Each place looks for its links.
def errors_by_clause_and_place(written, targets, links, clauses):
    words = [[0] * max(len(target) for target in targets) for _ in range(max(max(n) for n in clauses) + 1)]
    wrong = [row[:] for row in words]
    for n, target in enumerate(targets):
        for place, word in enumerate(target):
            found = [clauses[n][i] for i, j in links[n] if j == place]
            if found:
                words[found[0]][place] += 1
                if written[n][place] != word:
                    wrong[found[0]][place] += 1
    return torch.tensor(words), torch.tensor(wrong)
