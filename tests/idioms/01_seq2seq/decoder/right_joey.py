# Joey NMT: the layers by their weights, the states collected.
class Decoder(nn.Module):
    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size + hidden_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, words, state, context):
        vectors = []
        for embedded in self.embedding(words).split(1, dim=1):
            step_input = torch.cat([embedded, context.unsqueeze(1)], dim=2)
            _, hidden = self.gru(step_input, state.unsqueeze(0))
            state = hidden[0]
            vectors.append(state.unsqueeze(1))
        return F.linear(torch.cat(vectors, dim=1), self.output.weight, self.output.bias), state
