# Functional forms of the layers.
class Decoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size + hidden_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, words, state, context):
        fed = context.unsqueeze(1).expand(-1, words.shape[1], -1)
        inputs = torch.cat([self.embedding(words), fed], -1)
        embedded = F.embedding(words, self.embedding.weight)
        states, last = self.gru(
            torch.cat((embedded, context[:, None].repeat(1, words.size(1), 1)), dim=2), state.reshape(1, *state.shape)
        )
        logits = states @ self.output.weight.T + self.output.bias
        return logits, last.reshape(state.shape)
