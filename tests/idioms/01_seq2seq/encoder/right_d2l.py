# d2l: time first inside, the state of the last real step picked at the end.
class Encoder(nn.Module):
    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)

    def forward(self, source, source_mask):
        outputs = self.gru(self.embedding(source))[0].permute(1, 0, 2)
        rows = torch.arange(outputs.shape[1])
        return outputs.transpose(0, 1), outputs[source_mask.long().sum(-1) - 1, rows]
