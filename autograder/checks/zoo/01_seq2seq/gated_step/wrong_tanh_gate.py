# tanh makes the gate.
# stage: open
# cause: gate-by-tanh
def gated_step(word, state, gate_weights, candidate_weights):
    both = torch.cat([word, state])
    gate = torch.tanh(gate_weights @ both)
    candidate = torch.tanh(candidate_weights @ both)
    return gate * state + (1 - gate) * candidate
