# All sentences are cut.
# stage: ids
# cause: cut-to-shortest
def pad_batch(sequences):
    shortest = min(len(sequence) for sequence in sequences)
    ids = torch.tensor([sequence[:shortest] for sequence in sequences])
    return ids, torch.ones_like(ids, dtype=torch.bool)
