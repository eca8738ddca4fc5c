# The blocks by functools.reduce.
class TransformerEncoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.positions = positions

    def forward(self, source, source_mask):
        from functools import reduce

        embedded = F.embedding(source, self.embedding.weight)
        begin = embedded + self.positions(embedded.shape[1], embedded.shape[2]).unsqueeze(0)
        end = reduce(lambda states, block: block(states, source_mask.unsqueeze(1)), self.blocks, begin)
        return self.norm(end), source[:, 0:0]
