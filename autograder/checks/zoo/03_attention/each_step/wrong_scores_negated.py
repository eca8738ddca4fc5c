# The lowest score is to have the greatest weight.
# stage: one_step
# cause: scores-negated
def each_step(decoder_states, states, score, look_back):
    weights, contexts = [], []
    for decoder_state in decoder_states:
        scores = torch.stack([score(decoder_state, state) for state in states])
        looked, context = look_back(-scores, states)
        weights.append(looked)
        contexts.append(context)
    return torch.stack(weights), torch.stack(contexts)
