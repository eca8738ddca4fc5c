# Collects the rows, then picks.
def sentence_score(step, state, words):
    rows, last = [], torch.tensor([START])
    for word in words:
        row, state = step(last, state)
        rows.append(row)
        last = torch.tensor([word])
    table = torch.cat(rows)
    return table.gather(1, torch.tensor(words).unsqueeze(1)).sum().item()
