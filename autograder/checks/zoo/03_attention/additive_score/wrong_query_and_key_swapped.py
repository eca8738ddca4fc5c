# Each layer reads the other's state.
# stage: keys
# cause: query-and-key-swapped
class AdditiveScore(nn.Module):
    def __init__(self, hidden_size, attention_size):
        super().__init__()
        self.query = nn.Linear(hidden_size, attention_size, bias=False)
        self.key = nn.Linear(hidden_size, attention_size)
        self.output = nn.Linear(attention_size, 1, bias=False)

    def prepare(self, states):
        return self.query(states)

    def forward(self, state, keys):
        query = self.key(state).unsqueeze(1)
        return self.output(torch.tanh(query + keys)).squeeze(-1)
