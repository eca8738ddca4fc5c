# d2l: the keys anew at each step.
class AttentionDecoder(nn.Module):
    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int, score: nn.Module, attend=attend):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.cell = nn.GRUCell(embedding_size + hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocabulary_size)
        self.score, self.attend = score, attend

    def step(self, embedded, state, keys, states, source_mask):
        context, weights = self.attend(self.score(state, keys), states, source_mask)
        return self.cell(torch.cat([embedded, context], dim=-1), state), weights

    def forward(self, words, state, states, source_mask):
        outputs, weights = [], []
        for x in self.embedding(words).unbind(1):
            state, looked = self.step(x, state, self.score.prepare(states), states, source_mask)
            outputs.append(state)
            weights.append(looked)
        return self.output(torch.stack(outputs, 1)), state, torch.stack(weights, 1)
