# Each step is scored with the state before.
# stage: steps
# cause: one-late
def each_step(decoder_states, states, score, look_back):
    weights, contexts = [], []
    for decoder_state in [decoder_states[0], *decoder_states[:-1]]:
        scores = torch.stack([score(decoder_state, state) for state in states])
        looked, context = look_back(scores, states)
        weights.append(looked)
        contexts.append(context)
    return torch.stack(weights), torch.stack(contexts)
