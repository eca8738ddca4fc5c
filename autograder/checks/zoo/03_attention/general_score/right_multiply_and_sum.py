# Products first, then the sum.
class GeneralScore(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return self.key(states)

    def forward(self, state, keys):
        return (keys * state[:, None]).sum(dim=-1)
