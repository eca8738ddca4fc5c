# One source word after another.
class FixedScore(nn.Module):
    def __init__(self, hidden_size, attention_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, attention_size)
        self.output = nn.Linear(attention_size, 1, bias=False)

    def prepare(self, states):
        scores = [self.output(torch.tanh(self.key(word))) for word in states.unbind(1)]
        return torch.cat(scores, dim=1)

    def forward(self, state, keys):
        return keys + 0 * state.sum(-1, keepdim=True)
