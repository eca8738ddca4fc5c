# The Annotated Transformer: a function for both sublayers.
class EncoderBlock(nn.Module):
    def __init__(self, attention, size, inner_size):
        super().__init__()
        self.attention = attention
        self.before_attention, self.before_inner = nn.LayerNorm(size), nn.LayerNorm(size)
        self.inner = nn.Sequential(nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size))

    def forward(self, states, allowed):
        def sublayer(x, norm, inside):
            return x + inside(norm(x))

        x = sublayer(states, self.before_attention, lambda y: self.attention(y, y, allowed)[0])
        return sublayer(x, self.before_inner, self.inner)
