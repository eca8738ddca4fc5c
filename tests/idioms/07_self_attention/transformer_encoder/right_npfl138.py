# npfl138: the mask spread over all who ask.
class TransformerEncoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.positions = positions

    def forward(self, source, source_mask):
        length = source.shape[1]
        hidden = self.embedding(source) + self.positions(length, self.norm.normalized_shape[0])
        may_look = source_mask.unsqueeze(1).repeat(1, length, 1)
        for block in self.blocks:
            hidden = block(hidden, may_look)
        return self.norm(hidden), torch.zeros(len(source), 0, dtype=torch.long)
