# Joey NMT: a product over H, added up.
class GeneralScore(nn.Module):
    def __init__(self, hidden_size: int):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return self.key(states)

    def forward(self, state, keys):
        return (keys * state.unsqueeze(1)).sum(dim=2)
