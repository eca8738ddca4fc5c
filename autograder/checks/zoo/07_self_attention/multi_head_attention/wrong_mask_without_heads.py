# The mask has no place for the heads.
# stage: weights
# cause: mask-without-heads
class MultiHeadAttention(nn.Module):
    def __init__(self, size, heads, attend):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.output = nn.Linear(size, size), nn.Linear(size, size)

    def split(self, states):
        return states.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def join(self, parts):
        return parts.transpose(1, 2).flatten(2)

    def forward(self, asking, answering, allowed):
        queries = self.split(self.query(asking))
        keys = self.split(self.key(answering))
        values = self.split(self.value(answering))
        found, weights = self.attend(queries, keys, values, allowed)
        return self.output(self.join(found)), weights
