# bentrevett: a tensor of outputs that is filled word by word.
class AttentionDecoder(nn.Module):
    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int, score: nn.Module, attend=attend):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.cell = nn.GRUCell(embedding_size + hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocabulary_size)
        self.score, self.attend = score, attend

    def step(self, embedded, state, keys, states, source_mask):
        energy = self.score(state, keys)
        weighted, a = self.attend(energy, states, source_mask)
        return self.cell(torch.cat((embedded, weighted), dim=1), state), a

    def forward(self, words, state, states, source_mask):
        keys = self.score.prepare(states)
        outputs, attentions = [], []
        for t in range(words.shape[1]):
            state, a = self.step(self.embedding(words[:, t]), state, keys, states, source_mask)
            outputs.append(self.output(state)[:, None])
            attentions.append(a[:, None])
        return torch.cat(outputs, 1), state, torch.cat(attentions, 1)
