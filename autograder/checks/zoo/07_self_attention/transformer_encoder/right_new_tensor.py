# Sizes by name, the empty tensor made anew.
class TransformerEncoder(nn.Module):
    def __init__(self, vocabulary_size, size, blocks, positions):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.positions = positions

    def forward(self, source, source_mask):
        rows, length = source.shape
        words = self.embedding(source)
        states = words + self.positions(length, words.shape[-1]).unsqueeze(0)
        allowed = source_mask[:, None, :]
        for i in range(len(self.blocks)):
            states = self.blocks[i](states, allowed)
        return self.norm(states), torch.empty(rows, 0, dtype=torch.long)
