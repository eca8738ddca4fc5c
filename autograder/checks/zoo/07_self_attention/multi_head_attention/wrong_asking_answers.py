# Those who ask are looked at.
# stage: weights
# cause: asking-answers
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
        keys = self.split(self.key(asking))
        values = self.split(self.value(asking))
        found, weights = self.attend(queries, keys, values, allowed.unsqueeze(1))
        return self.output(self.join(found)), weights
