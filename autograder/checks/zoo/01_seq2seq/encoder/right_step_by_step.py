# One word at a time; the state stops changing at padding.
class Encoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)

    def forward(self, source, source_mask):
        state = torch.zeros(1, len(source), self.gru.hidden_size)
        states, context = [], state[0]
        for word, real in zip(source.T, source_mask.T):
            output, state = self.gru(self.embedding(word).unsqueeze(1), state)
            states.append(output.squeeze(1))
            context = torch.where(real.unsqueeze(1), state[0], context)
        return torch.stack(states, 1), context
