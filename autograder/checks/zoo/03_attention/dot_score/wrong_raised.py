# The state lacks the dimension S.
# stage: scores
# cause: raised
class DotScore(nn.Module):
    def prepare(self, states):
        return states

    def forward(self, state, keys):
        return (keys * state).sum(-1)
