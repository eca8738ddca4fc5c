# The output layer as a product.
class AdditiveScore(nn.Module):
    def __init__(self, hidden_size, attention_size):
        super().__init__()
        self.query = nn.Linear(hidden_size, attention_size, bias=False)
        self.key = nn.Linear(hidden_size, attention_size)
        self.output = nn.Linear(attention_size, 1, bias=False)

    def prepare(self, states):
        return states @ self.key.weight.T + self.key.bias

    def forward(self, state, keys):
        hidden = torch.tanh(keys + (state @ self.query.weight.T)[:, None])
        return (hidden * self.output.weight[0]).sum(-1)
