# fairseq: residuals under a name, the source as it is.
class DecoderBlock(nn.Module):
    def __init__(self, own, cross, size, inner_size):
        super().__init__()
        self.own, self.cross = own, cross
        self.before_own, self.before_cross = nn.LayerNorm(size), nn.LayerNorm(size)
        self.before_inner = nn.LayerNorm(size)
        self.inner = nn.Sequential(nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size))

    def forward(self, states, allowed, source, source_allowed):
        residual, x = states, self.before_own(states)
        x = residual + self.own(x, x, allowed)[0]
        residual, x = x, self.before_cross(x)
        x, attn = self.cross(x, source, source_allowed)
        x = residual + x
        residual, x = x, self.before_inner(x)
        return residual + self.inner(x), attn
