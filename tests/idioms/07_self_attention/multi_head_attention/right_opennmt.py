# OpenNMT-py: shape and unshape, mask with a dimension for the heads.
class MultiHeadAttention(nn.Module):
    def __init__(self, size, heads, attend):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.output = nn.Linear(size, size), nn.Linear(size, size)

    def split(self, states):
        batch, length, size = states.shape
        return states.reshape(batch, length, self.heads, size // self.heads).permute(0, 2, 1, 3)

    def join(self, parts):
        batch, heads, length, part = parts.shape
        return parts.permute(0, 2, 1, 3).reshape(batch, length, heads * part)

    def forward(self, asking, answering, allowed):
        found, weights = self.attend(
            self.split(self.query(asking)),
            self.split(self.key(answering)),
            self.split(self.value(answering)),
            allowed[:, None, :, :],
        )
        return self.output(self.join(found)), weights
