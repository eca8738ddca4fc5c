# The state stands in front of the word.
# stage: open
# cause: state-first
def gated_step(word, state, gate_weights, candidate_weights):
    both = torch.cat([state, word])
    gate = torch.sigmoid(gate_weights @ both)
    candidate = torch.tanh(candidate_weights @ both)
    return gate * state + (1 - gate) * candidate
