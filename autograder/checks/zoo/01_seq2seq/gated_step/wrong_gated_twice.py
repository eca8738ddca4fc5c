# The candidate is made of the gated state.
# stage: open
# cause: state-gated-twice
def gated_step(word, state, gate_weights, candidate_weights):
    both = torch.cat([word, state])
    gate = torch.sigmoid(gate_weights @ both)
    candidate = torch.tanh(candidate_weights @ torch.cat([word, gate * state]))
    return gate * state + (1 - gate) * candidate
