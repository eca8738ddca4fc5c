# Joey NMT: the additions written the other way round.
class DecoderBlock(nn.Module):
    def __init__(self, own, cross, size, inner_size):
        super().__init__()
        self.own, self.cross = own, cross
        self.before_own, self.before_cross = nn.LayerNorm(size), nn.LayerNorm(size)
        self.before_inner = nn.LayerNorm(size)
        self.inner = nn.Sequential(nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size))

    def forward(self, states, allowed, source, source_allowed):
        normed = self.before_own(states)
        h1 = self.own(normed, normed, allowed)[0].add(states)
        h2, weights = self.cross(self.before_cross(h1), source, source_allowed)
        h2 = h2.add(h1)
        return self.inner(self.before_inner(h2)).add(h2), weights
