# A gate near 1 takes the candidate.
# stage: closed
# cause: gate-turned-round
def gated_step(word, state, gate_weights, candidate_weights):
    both = torch.cat([word, state])
    gate = torch.sigmoid(gate_weights @ both)
    candidate = torch.tanh(candidate_weights @ both)
    return (1 - gate) * state + gate * candidate
