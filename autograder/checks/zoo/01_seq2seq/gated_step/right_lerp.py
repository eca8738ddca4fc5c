# From the candidate towards the old state.
def gated_step(word, state, gate_weights, candidate_weights):
    both = torch.cat([word, state])
    gate = torch.sigmoid(gate_weights @ both)
    candidate = torch.tanh(candidate_weights @ both)
    return torch.lerp(candidate, state, gate)
