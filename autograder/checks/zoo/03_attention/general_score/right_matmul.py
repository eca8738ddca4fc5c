# As a product of matrices.
class GeneralScore(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return torch.nn.functional.linear(states, self.key.weight)

    def forward(self, state, keys):
        return (keys @ state.unsqueeze(-1)).squeeze(2)
