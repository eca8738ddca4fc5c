# d2l: queries and keys spread over each other.
class AdditiveScore(nn.Module):
    def __init__(self, hidden_size: int, attention_size: int):
        super().__init__()
        self.query = nn.Linear(hidden_size, attention_size, bias=False)
        self.key = nn.Linear(hidden_size, attention_size)
        self.output = nn.Linear(attention_size, 1, bias=False)

    def prepare(self, states):
        return self.key(states)

    def forward(self, state, keys):
        queries = self.query(state.unsqueeze(1))
        features = torch.tanh(queries.unsqueeze(2) + keys.unsqueeze(1))
        return self.output(features).squeeze(-1).squeeze(1)
