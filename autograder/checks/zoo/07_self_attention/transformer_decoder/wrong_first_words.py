# The first words in place of the last.
# stage: writing
# cause: first-words
class TransformerDecoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions, causal_mask):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.output = nn.Linear(size, vocabulary_size)
        self.positions, self.causal_mask = positions, causal_mask

    def forward(self, words, written, source, source_mask):
        before = written.shape[1]
        written = torch.cat([written, words], dim=1)
        embedded = self.embedding(written)
        states = embedded + self.positions(*embedded.shape[1:])
        allowed = self.causal_mask(written.shape[1]).unsqueeze(0)
        looked = []
        for block in self.blocks:
            states, weights = block(states, allowed, source, source_mask.unsqueeze(1))
            looked.append(weights.mean(1))
        logits = self.output(self.norm(states[:, : words.shape[1]]))
        return logits, written, torch.stack(looked).mean(0)[:, : words.shape[1]]
