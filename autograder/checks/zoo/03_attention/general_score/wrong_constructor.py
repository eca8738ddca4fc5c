# A bias.
# stage: constructor
# cause: changed-constructor
class GeneralScore(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size)

    def prepare(self, states):
        return self.key(states)

    def forward(self, state, keys):
        return torch.einsum("bh,bsh->bs", state, keys)
