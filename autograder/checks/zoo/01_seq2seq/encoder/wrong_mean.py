# The mean of the states.
# stage: context
# cause: mean-state
class Encoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)

    def forward(self, source, source_mask):
        states, _ = self.gru(self.embedding(source))
        real = source_mask.unsqueeze(-1)
        return states, (states * real).sum(1) / real.sum(1)
