# Joey NMT: masks spread over the batch, sums divided.
class TransformerDecoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions, causal_mask):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.output = nn.Linear(size, vocabulary_size)
        self.positions, self.causal_mask = positions, causal_mask

    def forward(self, words, written, source, source_mask):
        read = torch.hstack([written, words])
        batch, length = read.shape
        trg_mask = self.causal_mask(length).expand(batch, -1, -1)
        x = self.embedding(read)
        x, total = x + self.positions(length, x.shape[-1]), 0
        for layer in self.blocks:
            x, att = layer(x, trg_mask, source, source_mask[:, None, :].expand(-1, length, -1))
            total = total + att.sum(dim=1) / att.shape[1]
        last = x[:, -words.shape[1] :]
        return self.output(self.norm(last)), read, total[:, -words.shape[1] :] / len(self.blocks)
