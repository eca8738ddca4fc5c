# fairseq: the weights of the last block alone.
class TransformerDecoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions, causal_mask):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.output = nn.Linear(size, vocabulary_size)
        self.positions, self.causal_mask = positions, causal_mask

    def forward(self, words, written, source, source_mask):
        read = torch.cat([written, words], 1)
        x = self.embedding(read)
        x = x + self.positions(*x.shape[1:])
        for block in self.blocks:
            x, weights = block(x, self.causal_mask(read.shape[1]).unsqueeze(0), source, source_mask.unsqueeze(1))
        new = slice(written.shape[1], None)
        return self.output(self.norm(x))[:, new], read, weights.mean(1)[:, new]
