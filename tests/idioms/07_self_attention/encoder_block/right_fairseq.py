# fairseq: a residual kept under a name, norm before.
class EncoderBlock(nn.Module):
    def __init__(self, attention, size, inner_size):
        super().__init__()
        self.attention = attention
        self.before_attention, self.before_inner = nn.LayerNorm(size), nn.LayerNorm(size)
        self.inner = nn.Sequential(nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size))

    def forward(self, states, allowed):
        residual = states
        x = self.before_attention(states)
        x, _ = self.attention(x, x, allowed)
        x = residual + x
        residual = x
        x = self.before_inner(x)
        x = F.relu(self.inner[0](x))
        return residual + self.inner[2](x)
