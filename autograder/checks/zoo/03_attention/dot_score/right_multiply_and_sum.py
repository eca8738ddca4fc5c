# Products first, then the sum.
class DotScore(nn.Module):
    def prepare(self, states):
        return states

    def forward(self, state, keys):
        return (keys * state[:, None]).sum(dim=-1)
