# Joey NMT: the energy of all words as one product with the output's weights.
class AdditiveScore(nn.Module):
    def __init__(self, hidden_size: int, attention_size: int):
        super().__init__()
        self.query = nn.Linear(hidden_size, attention_size, bias=False)
        self.key = nn.Linear(hidden_size, attention_size)
        self.output = nn.Linear(attention_size, 1, bias=False)

    def prepare(self, states):
        batch, length, hidden = states.size()
        return self.key(states.reshape(batch * length, hidden)).view(batch, length, -1)

    def forward(self, state, keys):
        units = torch.tanh(self.query(state)[:, None] + keys)
        return torch.matmul(units, self.output.weight[0])
