# The Annotated Transformer: layers in a loop, norm at the end.
class TransformerEncoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.positions = positions

    def forward(self, source, source_mask):
        src_mask = source_mask[:, None, :]
        x = self.embedding(source) + self.positions(source.size(1), self.embedding.embedding_dim)[None]
        for layer in self.blocks:
            x = layer(x, src_mask)
        return self.norm(x), source.new_empty(source.size(0), 0)
