# The matrix the wrong way round.
# stage: keys
# cause: transposed
class GeneralScore(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return states @ self.key.weight

    def forward(self, state, keys):
        return torch.einsum("bh,bsh->bs", state, keys)
