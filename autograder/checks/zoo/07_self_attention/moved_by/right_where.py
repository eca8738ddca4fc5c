# All changed sentences first.
def moved_by(decode, words, others):
    changes = torch.where(torch.eye(len(words), dtype=torch.bool), others, words)
    right = decode(words)
    moved = [(decode(changed) - right).abs().amax(-1) > 1e-4 for changed in changes]
    return torch.stack(moved).T
