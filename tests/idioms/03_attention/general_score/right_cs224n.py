# CS224n a4: the projected states times the decoder's state.
class GeneralScore(nn.Module):
    def __init__(self, hidden_size: int):
        super().__init__()
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)

    def prepare(self, states):
        return torch.matmul(states, self.key.weight.t())

    def forward(self, state, keys):
        return torch.squeeze(torch.bmm(keys, torch.unsqueeze(state, 2)), 2)
