# The Annotated Transformer: view with -1 for time, then transpose.
class MultiHeadAttention(nn.Module):
    def __init__(self, size, heads, attend):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.output = nn.Linear(size, size), nn.Linear(size, size)

    def split(self, states):
        nbatches = states.size(0)
        return states.view(nbatches, -1, self.heads, states.size(-1) // self.heads).transpose(1, 2)

    def join(self, parts):
        nbatches = parts.size(0)
        return parts.transpose(1, 2).contiguous().view(nbatches, -1, self.heads * parts.size(-1))

    def forward(self, asking, answering, allowed):
        layers = (self.query, self.key, self.value)
        query, key, value = [self.split(f(x)) for f, x in zip(layers, (asking, answering, answering))]
        x, attn = self.attend(query, key, value, allowed.unsqueeze(1))
        return self.output(self.join(x)), attn
