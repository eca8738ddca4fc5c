# Functional forms of the layers.
class Decoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, words, state):
        embedded = F.embedding(words, self.embedding.weight)
        states, last = self.gru(embedded, state.reshape(1, *state.shape))
        logits = states @ self.output.weight.T + self.output.bias
        return logits, last.reshape(state.shape)
