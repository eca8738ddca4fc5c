# The matrix is not used.
# stage: keys
# cause: matrix-ignored
class GeneralScore(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return states

    def forward(self, state, keys):
        return torch.einsum("bh,bsh->bs", state, keys)
