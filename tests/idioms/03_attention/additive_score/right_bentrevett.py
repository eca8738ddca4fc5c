# bentrevett: the query repeated for each source word.
class AdditiveScore(nn.Module):
    def __init__(self, hidden_size: int, attention_size: int):
        super().__init__()
        self.query = nn.Linear(hidden_size, attention_size, bias=False)
        self.key = nn.Linear(hidden_size, attention_size)
        self.output = nn.Linear(attention_size, 1, bias=False)

    def prepare(self, states):
        return self.key(states)

    def forward(self, state, keys):
        hidden = self.query(state).unsqueeze(1).repeat(1, keys.shape[1], 1)
        return self.output(torch.tanh(hidden + keys)).squeeze(2)
