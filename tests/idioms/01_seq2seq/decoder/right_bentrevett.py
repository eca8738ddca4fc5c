# bentrevett: one word after another, the context beside each.
class Decoder(nn.Module):
    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size + hidden_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, words, state, context):
        hidden, scores = state.unsqueeze(0), []
        for t in range(words.shape[1]):
            embedded = self.embedding(words[:, t])
            output, hidden = self.gru(torch.cat((embedded, context), dim=1).unsqueeze(1), hidden)
            scores.append(self.output(output.squeeze(1)))
        return torch.stack(scores, dim=1), hidden.squeeze(0)
