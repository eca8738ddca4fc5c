# No gradient reaches the encoder.
# stage: gradient
# cause: gradient-cut
class FixedScore(nn.Module):
    def __init__(self, hidden_size, attention_size):
        super().__init__()
        self.key = nn.Linear(hidden_size, attention_size)
        self.output = nn.Linear(attention_size, 1, bias=False)

    def prepare(self, states):
        return self.output(self.key(states.detach()).tanh()).squeeze(-1)

    def forward(self, state, keys):
        return keys
