# Adds weights up on the way.
class TransformerDecoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions, causal_mask):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.output = nn.Linear(size, vocabulary_size)
        self.positions, self.causal_mask = positions, causal_mask

    def forward(self, words, written, source, source_mask):
        read = torch.cat([written, words], 1)
        new = words.shape[1]
        states = self.embedding(read)
        states = states + self.positions(read.shape[1], states.shape[2])
        total = 0
        for block in self.blocks:
            states, weights = block(states, self.causal_mask(read.shape[1])[None], source, source_mask[:, None, :])
            total = total + weights.mean(1) / len(self.blocks)
        return self.output(self.norm(states))[:, -new:], read, total[:, -new:]
