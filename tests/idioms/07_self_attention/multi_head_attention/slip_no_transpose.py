# d2l: view straight to heads, which mixes times.
class MultiHeadAttention(nn.Module):
    def __init__(self, size, heads, attend):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.output = nn.Linear(size, size), nn.Linear(size, size)

    def split(self, states):
        batch, length, size = states.shape
        return states.view(batch, self.heads, length, size // self.heads)

    def join(self, parts):
        batch, heads, length, part = parts.shape
        return parts.reshape(batch, length, heads * part)

    def forward(self, asking, answering, allowed):
        parts = [self.split(layer) for layer in (self.query(asking), self.key(answering), self.value(answering))]
        found, weights = self.attend(*parts, allowed.unsqueeze(1))
        return self.output(self.join(found)), weights
