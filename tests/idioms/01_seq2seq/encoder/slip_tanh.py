# bentrevett: the context goes through a tanh.
class Encoder(nn.Module):
    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)

    def forward(self, source, source_mask):
        outputs, _ = self.gru(self.embedding(source))
        return outputs, torch.tanh(outputs[torch.arange(len(source)), source_mask.sum(1) - 1])
