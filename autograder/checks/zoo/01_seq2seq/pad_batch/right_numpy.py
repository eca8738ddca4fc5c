# NumPy first.
import numpy as np


def pad_batch(sequences):
    ids = np.full((len(sequences), max(len(s) for s in sequences)), PAD)
    for i, sequence in enumerate(sequences):
        ids[i, : len(sequence)] = sequence
    return torch.from_numpy(ids), torch.from_numpy(ids != PAD)
