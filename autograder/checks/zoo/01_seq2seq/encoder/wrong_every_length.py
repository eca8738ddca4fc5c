# The last places of all rows, in every row.
# stage: context
# cause: every-length
class Encoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)

    def forward(self, source, source_mask):
        states, _ = self.gru(self.embedding(source))
        last = source_mask.sum(1) - 1
        return states, states[:, last]
