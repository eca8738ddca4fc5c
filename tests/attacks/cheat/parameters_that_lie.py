# Modules that report the parameters which are asked for and compute with others, or with none.
# verdict: encoder failed|error, decoder failed|error, others passed
# %% encoder
class Encoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)
        self.own = [nn.GRU(embedding_size, hidden_size, batch_first=True)]

    def forward(self, source, source_mask):
        states, _ = self.own[0](self.embedding(source))
        return states, states[torch.arange(len(source)), source_mask.sum(1) - 1]


# %% decoder
class Decoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.sizes = vocabulary_size, embedding_size, hidden_size

    def named_parameters(self, *data, **options):
        size, embedding, hidden = self.sizes
        yield "embedding.weight", nn.Parameter(torch.zeros(size, embedding))
        for name, parameter in nn.GRU(embedding + hidden, hidden).named_parameters():
            yield "gru." + name, parameter
        for name, parameter in nn.Linear(hidden, size).named_parameters():
            yield "output." + name, parameter

    def forward(self, words, state, context):
        return torch.zeros(*words.shape, self.sizes[0]), state
