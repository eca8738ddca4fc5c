# Row by row.
def previous_words(target):
    rows = [[START, *row[:-1]] for row in target.tolist()]
    return torch.tensor([[PAD if word == END else word for word in row] for row in rows])
