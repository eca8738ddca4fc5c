# By reshape and permute.
class MultiHeadAttention(nn.Module):
    def __init__(self, size, heads, attend):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.output = nn.Linear(size, size), nn.Linear(size, size)

    def split(self, states):
        rows, length, size = states.shape
        return states.reshape(rows, length, self.heads, size // self.heads).permute(0, 2, 1, 3)

    def join(self, parts):
        rows, heads, length, size = parts.shape
        return parts.permute(0, 2, 1, 3).reshape(rows, length, heads * size)

    def forward(self, asking, answering, allowed):
        found, weights = self.attend(
            queries=self.split(self.query(asking)),
            keys=self.split(self.key(answering)),
            values=self.split(self.value(answering)),
            allowed=allowed.unsqueeze(-3),
        )
        return self.output(self.join(found)), weights
