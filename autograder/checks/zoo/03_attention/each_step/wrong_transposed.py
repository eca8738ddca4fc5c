# A column for each step.
# stage: one_step
# cause: transposed
def each_step(decoder_states, states, score, look_back):
    weights, contexts = [], []
    for decoder_state in decoder_states:
        scores = torch.stack([score(decoder_state, state) for state in states])
        looked, context = look_back(scores, states)
        weights.append(looked)
        contexts.append(context)
    return torch.stack(weights, dim=1), torch.stack(contexts)
