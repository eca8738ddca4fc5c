# Number by number.
def sinusoids(length, size):
    rows = []
    for place in range(length):
        row = []
        for i in range(size // 2):
            angle = place / 10000 ** (2 * i / size)
            row += [math.sin(angle), math.cos(angle)]
        rows.append(row)
    return torch.tensor(rows)
