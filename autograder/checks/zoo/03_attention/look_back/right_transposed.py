# The states turned around.
def look_back(scores, states):
    weights = torch.softmax(scores, dim=-1)
    return [weights, states.T @ weights]
