# A mask of full size.
class TransformerEncoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.positions = positions

    def forward(self, source, source_mask):
        length = source.shape[1]
        states = self.positions(length, self.embedding.embedding_dim) + self.embedding(source)
        allowed = source_mask.unsqueeze(1).expand(-1, length, -1)
        for block in self.blocks:
            states = block(states, allowed)
        return self.norm(states), source.new_zeros(len(source), 0)
