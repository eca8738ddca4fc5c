# By hand, with the weights.
class FixedScore(nn.Module):
    def __init__(self, hidden_size, attention_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, attention_size)
        self.output = nn.Linear(attention_size, 1, bias=False)

    def prepare(self, states):
        return (torch.tanh(states @ self.key.weight.T + self.key.bias) * self.output.weight).sum(-1)

    def forward(self, state, keys):
        return keys
