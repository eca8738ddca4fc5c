# Head by head: cut, look, put side by side.
class MultiHeadAttention(nn.Module):
    def __init__(self, size, heads, attend):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.output = nn.Linear(size, size), nn.Linear(size, size)

    def split(self, states):
        return torch.stack(states.chunk(self.heads, dim=-1), dim=1)

    def join(self, parts):
        return torch.cat(parts.unbind(1), dim=-1)

    def forward(self, asking, answering, allowed):
        queries, keys = self.split(self.query(asking)), self.split(self.key(answering))
        values = self.split(self.value(answering))
        looks = [self.attend(queries[:, head], keys[:, head], values[:, head], allowed) for head in range(self.heads)]
        found = torch.stack([look[0] for look in looks], dim=1)
        return self.output(self.join(found)), torch.stack([look[1] for look in looks], dim=1)
