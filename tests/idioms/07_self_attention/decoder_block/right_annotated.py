# The Annotated Transformer: sublayers as functions.
class DecoderBlock(nn.Module):
    def __init__(self, own, cross, size, inner_size):
        super().__init__()
        self.own, self.cross = own, cross
        self.before_own, self.before_cross = nn.LayerNorm(size), nn.LayerNorm(size)
        self.before_inner = nn.LayerNorm(size)
        self.inner = nn.Sequential(nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size))

    def forward(self, states, allowed, source, source_allowed):
        kept = {}

        def looks_at_source(x):
            found, kept["weights"] = self.cross(x, source, source_allowed)
            return found

        layers = (
            (self.before_own, lambda x: self.own(x, x, allowed)[0]),
            (self.before_cross, looks_at_source),
            (self.before_inner, self.inner),
        )
        for norm, layer in layers:
            states = states + layer(norm(states))
        return states, kept["weights"]
