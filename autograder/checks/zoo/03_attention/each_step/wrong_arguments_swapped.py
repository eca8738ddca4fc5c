# The states change places.
# stage: one_step
# cause: arguments-swapped
def each_step(decoder_states, states, score, look_back):
    weights, contexts = [], []
    for decoder_state in decoder_states:
        scores = torch.stack([score(state, decoder_state) for state in states])
        looked, context = look_back(scores, states)
        weights.append(looked)
        contexts.append(context)
    return torch.stack(weights), torch.stack(contexts)
