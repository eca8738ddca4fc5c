# With names for what is added.
class DecoderBlock(nn.Module):
    def __init__(self, own, cross, size, inner_size):
        super().__init__()
        self.own, self.cross = own, cross
        self.before_own, self.before_cross = nn.LayerNorm(size), nn.LayerNorm(size)
        self.before_inner = nn.LayerNorm(size)
        layers = nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size)
        self.inner = nn.Sequential(*layers)

    def forward(self, states, allowed, source, source_allowed):
        first = self.before_own(states)
        own = self.own(asking=first, answering=first, allowed=allowed)
        states = states + own[0]
        cross = self.cross(asking=self.before_cross(states), answering=source, allowed=source_allowed)
        states = cross[0] + states
        thought = self.inner[2](torch.relu(self.inner[0](self.before_inner(states))))
        return states + thought, cross[1]
