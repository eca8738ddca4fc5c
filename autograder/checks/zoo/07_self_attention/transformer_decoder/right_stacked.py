# All weights in one tensor, means at the end.
class TransformerDecoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions, causal_mask):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.output = nn.Linear(size, vocabulary_size)
        self.positions, self.causal_mask = positions, causal_mask

    def forward(self, words, written, source, source_mask):
        written, old = torch.hstack([written, words]), written.size(1)
        length = written.size(1)
        states = self.positions(length, self.embedding.embedding_dim) + self.embedding(written)
        masks = self.causal_mask(length).expand(len(words), length, length), source_mask.unsqueeze(-2)
        looks = []
        for block in self.blocks:
            states, weights = block(states, masks[0], source, masks[1])
            looks.append(weights)
        weights = torch.stack(looks, dim=1).mean(dim=(1, 2))
        return self.output(self.norm(states[:, old:])), written, weights[:, old:]
