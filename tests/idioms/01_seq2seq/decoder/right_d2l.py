# d2l: the context repeated for every step, and the state taken from the layer.
class Decoder(nn.Module):
    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size + hidden_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, words, state, context):
        embedded = self.embedding(words)
        repeated = context.repeat(embedded.shape[1], 1, 1).permute(1, 0, 2)
        outputs, hidden = self.gru(torch.cat((embedded, repeated), -1), state[None].contiguous())
        return self.output(outputs), hidden[-1]
