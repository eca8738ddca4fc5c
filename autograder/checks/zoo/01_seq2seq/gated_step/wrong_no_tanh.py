# The candidate is a raw sum.
# stage: open
# cause: no-tanh
def gated_step(word, state, gate_weights, candidate_weights):
    both = torch.cat([word, state])
    gate = torch.sigmoid(gate_weights @ both)
    candidate = candidate_weights @ both
    return gate * state + (1 - gate) * candidate
