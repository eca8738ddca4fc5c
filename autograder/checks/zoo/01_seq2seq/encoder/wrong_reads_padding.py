# The state of the last column, padding or not.
# stage: context
# cause: read-padding
class Encoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)

    def forward(self, source, source_mask):
        states, last = self.gru(self.embedding(source))
        return states, last.squeeze(0)
