# bentrevett: attention gives weights, not scores.
from torch.nn import functional as F


class AdditiveScore(nn.Module):
    def __init__(self, hidden_size: int, attention_size: int):
        super().__init__()
        self.query = nn.Linear(hidden_size, attention_size, bias=False)
        self.key = nn.Linear(hidden_size, attention_size)
        self.output = nn.Linear(attention_size, 1, bias=False)

    def prepare(self, states):
        return self.key(states)

    def forward(self, state, keys):
        energy = torch.tanh(self.query(state).unsqueeze(1) + keys)
        return F.softmax(self.output(energy).squeeze(2), dim=1)
