# Scores behind the last word only.
# stage: scores
# cause: reduced
class Decoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size + hidden_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, words, state, context):
        fed = context.unsqueeze(1).expand(-1, words.shape[1], -1)
        inputs = torch.cat([self.embedding(words), fed], -1)
        states, last = self.gru(inputs, state.unsqueeze(0))
        return self.output(last.squeeze(0)), last.squeeze(0)
