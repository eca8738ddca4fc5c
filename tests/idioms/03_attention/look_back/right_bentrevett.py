# bentrevett: weights as a column, multiplied and added.
def look_back(scores, states):
    a = torch.softmax(scores, dim=0)
    return a, (a[:, None] * states).sum(0)
