# Both matrices in one product.
def gated_step(word, state, gate_weights, candidate_weights):
    matrix = torch.cat((gate_weights, candidate_weights))
    first, second = F.linear(torch.hstack((word, state)), matrix).chunk(2)
    take = 1 / (1 + first.exp())
    return take * second.tanh() + (1 - take) * state
