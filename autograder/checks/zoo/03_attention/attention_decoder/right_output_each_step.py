# The output layer at each step.
class AttentionDecoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size, score, attend=attend):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.cell = nn.GRUCell(embedding_size + hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocabulary_size)
        self.score, self.attend = score, attend

    def step(self, embedded, state, keys, states, source_mask):
        context, weights = self.attend(self.score(state, keys), states, source_mask)
        return self.cell(torch.cat([embedded, context], -1), state), weights

    def forward(self, words, state, states, source_mask):
        keys, embedded = self.score.prepare(states), self.embedding(words)
        logits, weights = [], []
        for t in range(words.shape[1]):
            state, looked = self.step(embedded[:, t], state, keys, states, source_mask)
            logits.append(self.output(state)[:, None])
            weights.append(looked[:, None])
        return torch.cat(logits, dim=1), state, torch.cat(weights, dim=1)
