# A list; the layers in a loop.
class Bottleneck(nn.Module):
    def __init__(self, encoder, hidden_size, context_size):
        super().__init__()
        self.encoder = encoder
        self.narrow = nn.Linear(hidden_size, context_size)
        self.widen = nn.Linear(context_size, hidden_size)

    def forward(self, source, source_mask):
        states, context = self.encoder(source, source_mask)
        for layer in (self.narrow, self.widen):
            context = layer(context)
        return [states, context]
