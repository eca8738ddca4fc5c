# Scores the states, not the keys.
# stage: step
# cause: states-scored
class AttentionDecoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size, score, attend=attend):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.cell = nn.GRUCell(embedding_size + hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocabulary_size)
        self.score, self.attend = score, attend

    def step(self, embedded, state, keys, states, source_mask):
        context, weights = self.attend(self.score(state, states), states, source_mask)
        return self.cell(torch.cat([embedded, context], -1), state), weights

    def forward(self, words, state, states, source_mask):
        keys = self.score.prepare(states)
        new_states, weights = [], []
        for embedded in self.embedding(words).unbind(1):
            state, looked = self.step(embedded, state, keys, states, source_mask)
            new_states.append(state)
            weights.append(looked)
        return self.output(torch.stack(new_states, 1)), state, torch.stack(weights, 1)
