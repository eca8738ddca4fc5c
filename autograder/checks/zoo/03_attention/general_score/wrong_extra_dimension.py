# The dimension of the product stays.
# stage: scores
# cause: extra-dimension
class GeneralScore(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return self.key(states)

    def forward(self, state, keys):
        return torch.bmm(keys, state.unsqueeze(-1))
