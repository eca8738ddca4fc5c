# Padding counts as words.
# stage: context
# cause: mask-ignored
class Bottleneck(nn.Module):
    def __init__(self, encoder, hidden_size, context_size):
        super().__init__()
        self.encoder = encoder
        self.narrow = nn.Linear(hidden_size, context_size)
        self.widen = nn.Linear(context_size, hidden_size)

    def forward(self, source, source_mask):
        states, context = self.encoder(source, torch.ones_like(source_mask))
        return states, self.widen(self.narrow(context))
