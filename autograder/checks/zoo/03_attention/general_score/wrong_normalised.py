# Brings the keys to length 1.
# stage: keys
# cause: normalised
class GeneralScore(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return torch.nn.functional.normalize(self.key(states), dim=-1)

    def forward(self, state, keys):
        return torch.bmm(keys, state.unsqueeze(-1)).squeeze(-1)
