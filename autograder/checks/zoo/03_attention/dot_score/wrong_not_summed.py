# Does not add the products up.
# stage: scores
# cause: not-summed
class DotScore(nn.Module):
    def prepare(self, states):
        return states

    def forward(self, state, keys):
        return keys * state.unsqueeze(1)
