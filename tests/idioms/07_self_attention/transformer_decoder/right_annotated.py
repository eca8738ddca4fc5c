# The Annotated Transformer: one target mask made of the causal one, mean of heads at the end.
class TransformerDecoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions, causal_mask):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.output = nn.Linear(size, vocabulary_size)
        self.positions, self.causal_mask = positions, causal_mask

    def forward(self, words, written, source, source_mask):
        tgt = torch.cat((written, words), 1)
        x = self.embedding(tgt) + self.positions(tgt.size(1), self.embedding.embedding_dim)
        tgt_mask = self.causal_mask(tgt.size(1))[None]
        attns = []
        for layer in self.blocks:
            x, attn = layer(x, tgt_mask, source, source_mask.unsqueeze(-2))
            attns.append(attn)
        new = slice(written.size(1), None)
        return self.output(self.norm(x))[:, new], tgt, torch.stack(attns, 0).mean((0, 2))[:, new]
