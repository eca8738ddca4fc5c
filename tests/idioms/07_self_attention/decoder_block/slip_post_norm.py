# d2l: the norms after adding.
class DecoderBlock(nn.Module):
    def __init__(self, own, cross, size, inner_size):
        super().__init__()
        self.own, self.cross = own, cross
        self.before_own, self.before_cross = nn.LayerNorm(size), nn.LayerNorm(size)
        self.before_inner = nn.LayerNorm(size)
        self.inner = nn.Sequential(nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size))

    def forward(self, states, allowed, source, source_allowed):
        states = self.before_own(states + self.own(states, states, allowed)[0])
        found, weights = self.cross(states, source, source_allowed)
        states = self.before_cross(states + found)
        return self.before_inner(states + self.inner(states)), weights
