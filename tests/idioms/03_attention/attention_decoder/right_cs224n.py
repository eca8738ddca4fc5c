# CS224n a4: split along time, squeezed, stacked with time first.
class AttentionDecoder(nn.Module):
    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int, score: nn.Module, attend=attend):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.cell = nn.GRUCell(embedding_size + hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocabulary_size)
        self.score, self.attend = score, attend

    def step(self, embedded, state, keys, states, source_mask):
        a_t, alpha_t = self.attend(self.score(state, keys), states, source_mask)
        return self.cell(torch.cat([embedded, a_t], 1), state), alpha_t

    def forward(self, words, state, states, source_mask):
        projected, combined, alphas = self.score.prepare(states), [], []
        for y_t in torch.split(self.embedding(words), 1, dim=1):
            state, alpha_t = self.step(y_t.squeeze(1), state, projected, states, source_mask)
            combined.append(state)
            alphas.append(alpha_t)
        states_of_steps = torch.stack(combined, dim=0)
        return self.output(states_of_steps).transpose(0, 1), state, torch.stack(alphas, dim=1)
