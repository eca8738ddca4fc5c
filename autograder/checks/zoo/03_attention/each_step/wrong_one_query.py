# The first state asks at every step.
# stage: steps
# cause: one-query
def each_step(decoder_states, states, score, look_back):
    weights, contexts = [], []
    for decoder_state in decoder_states:
        scores = torch.stack([score(decoder_states[0], state) for state in states])
        looked, context = look_back(scores, states)
        weights.append(looked)
        contexts.append(context)
    return torch.stack(weights), torch.stack(contexts)
