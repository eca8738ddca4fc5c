# OpenNMT-py: the state as a query of one row, times the keys turned around.
class GeneralScore(nn.Module):
    def __init__(self, hidden_size: int):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return self.key(states)

    def forward(self, state, keys):
        return torch.bmm(state.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
