# npfl138: chunks of the last dimension, stacked.
class MultiHeadAttention(nn.Module):
    def __init__(self, size, heads, attend):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.output = nn.Linear(size, size), nn.Linear(size, size)

    def split(self, states):
        return torch.stack(states.chunk(self.heads, dim=-1), dim=1)

    def join(self, parts):
        return torch.cat([part.squeeze(1) for part in parts.split(1, dim=1)], dim=-1)

    def forward(self, asking, answering, allowed):
        queries, keys, values = self.query(asking), self.key(answering), self.value(answering)
        heads = map(self.split, (queries, keys, values))
        found, weights = self.attend(*heads, allowed.unsqueeze(1))
        return self.output(self.join(found)), weights
