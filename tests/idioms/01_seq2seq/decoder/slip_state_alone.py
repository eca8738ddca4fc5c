# d2l: the state for a context at every step.
class Decoder(nn.Module):
    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size + hidden_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, words, state, context):
        repeated = state.unsqueeze(1).expand(-1, words.shape[1], -1)
        outputs, hidden = self.gru(torch.cat((self.embedding(words), repeated), -1), state.unsqueeze(0))
        return self.output(outputs), hidden[-1]
