# The last norm comes before the blocks.
# stage: states
# cause: norm-first
class TransformerEncoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.positions = positions

    def forward(self, source, source_mask):
        embedded = self.embedding(source)
        states = self.norm(embedded + self.positions(*embedded.shape[1:]))
        for block in self.blocks:
            states = block(states, source_mask.unsqueeze(1))
        return states, source[:, :0]
