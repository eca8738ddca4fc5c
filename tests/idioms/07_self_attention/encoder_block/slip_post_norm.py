# d2l: the norm after adding, as in the paper of 2017.
class EncoderBlock(nn.Module):
    def __init__(self, attention, size, inner_size):
        super().__init__()
        self.attention = attention
        self.before_attention, self.before_inner = nn.LayerNorm(size), nn.LayerNorm(size)
        self.inner = nn.Sequential(nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size))

    def forward(self, states, allowed):
        states = self.before_attention(states + self.attention(states, states, allowed)[0])
        return self.before_inner(states + self.inner(states))
