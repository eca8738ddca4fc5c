# The gate is a raw score.
# stage: closed
# cause: no-sigmoid
def gated_step(word, state, gate_weights, candidate_weights):
    both = torch.cat([word, state])
    gate = gate_weights @ both
    candidate = torch.tanh(candidate_weights @ both)
    return gate * state + (1 - gate) * candidate
