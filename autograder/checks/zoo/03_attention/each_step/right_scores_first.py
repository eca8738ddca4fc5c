# All scores first, then the looks.
def each_step(decoder_states, states, score, look_back):
    table = torch.tensor([[float(score(asking, state)) for state in states] for asking in decoder_states])
    looks = [look_back(row, states) for row in table]
    return torch.stack([look[0] for look in looks]), torch.stack([look[1] for look in looks])
