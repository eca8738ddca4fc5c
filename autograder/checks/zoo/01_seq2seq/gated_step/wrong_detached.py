# The gate is a constant.
# stage: gradient
# cause: gradient-cut
def gated_step(word, state, gate_weights, candidate_weights):
    both = torch.cat([word, state])
    gate = torch.sigmoid(gate_weights @ both).detach()
    candidate = torch.tanh(candidate_weights @ both)
    return gate * state + (1 - gate) * candidate
