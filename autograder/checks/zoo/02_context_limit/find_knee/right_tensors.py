# Tensors.
def find_knee(accuracy, trained_up_to):
    lengths = torch.tensor(sorted(n for n in accuracy if n <= trained_up_to))
    values = torch.tensor([accuracy[int(n)] for n in lengths], dtype=torch.float64)
    below = lengths[values < values.max() / 2]
    return int(below.min()) if len(below) else None
