# Layers of the network one by one.
class EncoderBlock(nn.Module):
    def __init__(self, attention, size, inner_size):
        super().__init__()
        self.attention = attention
        self.before_attention, self.before_inner = nn.LayerNorm(size), nn.LayerNorm(size)
        layers = nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size)
        self.inner = nn.Sequential(*layers)

    def forward(self, states, allowed):
        normed = self.before_attention(states)
        result = self.attention(asking=normed, answering=normed, allowed=allowed)
        states = torch.add(states, result[0])
        hidden = self.before_inner(states)
        for layer in self.inner:
            hidden = layer(hidden)
        return torch.add(states, hidden)
