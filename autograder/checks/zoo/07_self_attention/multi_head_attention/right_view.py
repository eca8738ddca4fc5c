# By view and transpose, as in many codebases.
class MultiHeadAttention(nn.Module):
    def __init__(self, size, heads, attend):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.output = nn.Linear(size, size), nn.Linear(size, size)

    def split(self, states):
        size = states.size(-1) // self.heads
        return states.view(states.size(0), -1, self.heads, size).transpose(1, 2)

    def join(self, parts):
        return parts.transpose(1, 2).contiguous().view(parts.size(0), -1, self.heads * parts.size(-1))

    def forward(self, asking, answering, allowed):
        layers = (self.query, asking), (self.key, answering), (self.value, answering)
        parts = [self.split(layer(states)) for layer, states in layers]
        found, weights = self.attend(*parts, allowed[:, None])
        return self.output(self.join(found)), weights
