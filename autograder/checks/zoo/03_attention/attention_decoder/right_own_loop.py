# The loop does without the method for one step.
class AttentionDecoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size, score, attend=attend):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.cell = nn.GRUCell(embedding_size + hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocabulary_size)
        self.score, self.attend = score, attend

    def step(self, embedded, state, keys, states, source_mask):
        scores = self.score(state, keys)
        context, weights = self.attend(scores, states, source_mask)
        return self.cell(torch.cat([embedded, context], -1), state), weights

    def forward(self, words, state, states, source_mask):
        keys = self.score.prepare(states)
        states_so_far, looks = [state], []
        for t in range(words.size(1)):
            before = states_so_far[-1]
            context, weights = self.attend(self.score(before, keys), states, source_mask)
            read = torch.hstack([self.embedding(words[:, t]), context])
            states_so_far.append(self.cell(read, before))
            looks.append(weights)
        logits = self.output(torch.stack(states_so_far[1:]).transpose(0, 1))
        return logits, states_so_far[-1], torch.stack(looks).transpose(0, 1)
