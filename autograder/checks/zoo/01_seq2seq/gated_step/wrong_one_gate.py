# One gate for the whole state.
# stage: mixed
# cause: one-gate
def gated_step(word, state, gate_weights, candidate_weights):
    both = torch.cat([word, state])
    gate = torch.sigmoid(gate_weights @ both).mean()
    candidate = torch.tanh(candidate_weights @ both)
    return gate * state + (1 - gate) * candidate
