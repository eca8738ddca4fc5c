# gather; a list of two.
class Encoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)

    def forward(self, source, source_mask):
        states = self.gru(self.embedding(source))[0]
        last = (source_mask.sum(dim=1, keepdim=True) - 1).unsqueeze(-1).expand(-1, -1, states.shape[-1])
        return [states, torch.gather(states, 1, last)[:, 0, :]]
