# The norm of the attention serves the network, too.
# stage: steps
# cause: one-norm-for-both
class EncoderBlock(nn.Module):
    def __init__(self, attention, size, inner_size):
        super().__init__()
        self.attention = attention
        self.before_attention, self.before_inner = nn.LayerNorm(size), nn.LayerNorm(size)
        layers = nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size)
        self.inner = nn.Sequential(*layers)

    def forward(self, states, allowed):
        normed = self.before_attention(states)
        found, _ = self.attention(normed, normed, allowed)
        states = states + found
        thought = self.inner(self.before_attention(states))
        return states + thought
