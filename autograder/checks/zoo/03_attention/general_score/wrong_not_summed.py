# Does not add the products up.
# stage: scores
# cause: not-summed
class GeneralScore(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return self.key(states)

    def forward(self, state, keys):
        return keys * state.unsqueeze(1)
