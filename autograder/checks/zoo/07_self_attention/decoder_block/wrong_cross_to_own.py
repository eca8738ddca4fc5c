# The second attention looks at the target again.
# stage: steps
# cause: source-unread
class DecoderBlock(nn.Module):
    def __init__(self, own, cross, size, inner_size):
        super().__init__()
        self.own, self.cross = own, cross
        self.before_own, self.before_cross = nn.LayerNorm(size), nn.LayerNorm(size)
        self.before_inner = nn.LayerNorm(size)
        layers = nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size)
        self.inner = nn.Sequential(*layers)

    def forward(self, states, allowed, source, source_allowed):
        normed = self.before_own(states)
        found, _ = self.own(normed, normed, allowed)
        states = states + found
        asking = self.before_cross(states)
        found, weights = self.cross(asking, asking, allowed)
        states = states + found
        thought = self.inner(self.before_inner(states))
        return states + thought, weights
