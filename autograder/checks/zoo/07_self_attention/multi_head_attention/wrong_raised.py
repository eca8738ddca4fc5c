# Views what a transpose has put out of order.
# stage: join
# cause: raised
class MultiHeadAttention(nn.Module):
    def __init__(self, size, heads, attend):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.output = nn.Linear(size, size), nn.Linear(size, size)

    def split(self, states):
        return states.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def join(self, parts):
        return parts.transpose(1, 2).view(len(parts), parts.shape[2], -1)

    def forward(self, asking, answering, allowed):
        queries = self.split(self.query(asking))
        keys = self.split(self.key(answering))
        values = self.split(self.value(answering))
        found, weights = self.attend(queries, keys, values, allowed.unsqueeze(1))
        return self.output(self.join(found)), weights
