# Exponentials, their sum, a loop over the words.
def look_back(scores, states):
    exponentials = scores.exp()
    weights = exponentials / exponentials.sum()
    context = torch.zeros(states.shape[1])
    for weight, state in zip(weights, states, strict=True):
        context = context + weight * state
    return weights, context
