# Takes the best state of each sentence.
# stage: context
# cause: best-state
def weighted_sum(weights, states):
    return states[torch.arange(len(states)), weights.argmax(1)]
