# Tensors made before and filled row by row.
def each_step(decoder_states, states, score, look_back):
    weights = torch.zeros(len(decoder_states), len(states))
    contexts = torch.zeros(len(decoder_states), states.shape[1])
    for step in range(len(decoder_states)):
        scores = torch.zeros(len(states))
        for i in range(len(states)):
            scores[i] = score(decoder_states[step], states[i])
        weights[step], contexts[step] = look_back(scores, states)
    return weights, contexts
