# The values are the states as they came.
# stage: found
# cause: layer-left-out
class MultiHeadAttention(nn.Module):
    def __init__(self, size, heads, attend):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.output = nn.Linear(size, size), nn.Linear(size, size)

    def split(self, states):
        parts = states.unflatten(-1, (self.heads, -1))
        return parts.transpose(1, 2)

    def join(self, parts):
        beside = parts.transpose(1, 2)
        return beside.flatten(2)

    def forward(self, asking, answering, allowed):
        queries = self.split(self.query(asking))
        keys = self.split(self.key(answering))
        values = self.split(answering)
        found, weights = self.attend(queries, keys, values, allowed.unsqueeze(1))
        return self.output(self.join(found)), weights
