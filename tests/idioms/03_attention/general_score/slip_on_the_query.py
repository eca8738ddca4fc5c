# OpenNMT-py: the matrix on the decoder's side.
class GeneralScore(nn.Module):
    def __init__(self, hidden_size: int):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return states

    def forward(self, state, keys):
        return torch.bmm(keys, self.key(state).unsqueeze(2)).squeeze(2)
