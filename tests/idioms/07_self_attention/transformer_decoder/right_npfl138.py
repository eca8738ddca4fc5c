# npfl138: weights in a list of heads.
class TransformerDecoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions, causal_mask):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.output = nn.Linear(size, vocabulary_size)
        self.positions, self.causal_mask = positions, causal_mask

    def forward(self, words, written, source, source_mask):
        inputs = torch.cat([written, words], dim=-1)
        hidden = self.embedding(inputs) + self.positions(inputs.shape[-1], self.norm.weight.shape[0]).unsqueeze(0)
        heads = []
        for block in self.blocks:
            hidden, attention = block(
                hidden, self.causal_mask(inputs.shape[-1]).unsqueeze(0), source, source_mask.unsqueeze(1)
            )
            heads.extend(attention.unbind(1))
        logits = self.output(self.norm(hidden))
        keep = torch.arange(written.shape[1], inputs.shape[1])
        return logits[:, keep], inputs, torch.stack(heads).mean(0)[:, keep]
