# All of the candidate comes in.
# stage: closed
# cause: candidate-added
def gated_step(word, state, gate_weights, candidate_weights):
    both = torch.cat([word, state])
    gate = torch.sigmoid(gate_weights @ both)
    candidate = torch.tanh(candidate_weights @ both)
    return gate * state + candidate
