# OpenNMT-py: the context added to what came in.
class EncoderBlock(nn.Module):
    def __init__(self, attention, size, inner_size):
        super().__init__()
        self.attention = attention
        self.before_attention, self.before_inner = nn.LayerNorm(size), nn.LayerNorm(size)
        self.inner = nn.Sequential(nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size))

    def forward(self, states, allowed):
        norm_layer_in = self.before_attention(states)
        context, _ = self.attention(norm_layer_in, norm_layer_in, allowed)
        layer_out = context + states
        return self.inner(self.before_inner(layer_out)) + layer_out
