# The cosine of the angle between the states.
# stage: scores
# cause: cosine
class GeneralScore(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return self.key(states)

    def forward(self, state, keys):
        return torch.nn.functional.cosine_similarity(state.unsqueeze(1), keys, dim=-1)
