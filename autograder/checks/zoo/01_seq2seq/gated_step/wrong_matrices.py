# Each matrix makes the other thing.
# stage: closed
# cause: matrices-swapped
def gated_step(word, state, gate_weights, candidate_weights):
    both = torch.cat([word, state])
    gate = torch.sigmoid(candidate_weights @ both)
    candidate = torch.tanh(gate_weights @ both)
    return gate * state + (1 - gate) * candidate
