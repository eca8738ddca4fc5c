# The mask has no dimension for the steps.
# stage: choice
# cause: raised
class WordDecoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size, score):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.score = score
        both = hidden_size + embedding_size
        self.mix = nn.Linear(both, both)
        self.output = nn.Linear(both, vocabulary_size)

    def look(self, new, source, source_mask):
        states, embedded = source
        keys = self.score.prepare(states)
        scores = torch.stack([self.score(state, keys) for state in new.unbind(1)], dim=1)
        weights = scores.masked_fill(~source_mask, -torch.inf).softmax(dim=-1)
        return weights @ embedded, weights

    def forward(self, words, state, source, source_mask):
        new, last = self.gru(self.embedding(words), state.unsqueeze(0))
        read, weights = self.look(new, source, source_mask)
        mixed = torch.tanh(self.mix(torch.cat([new, read], dim=-1)))
        return self.output(mixed), last.squeeze(0), weights
