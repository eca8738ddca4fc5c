# Tensors of kinds that the check does not expect: complex, sparse, without data, quantised.
# verdict: masked_loss failed|error, pad_batch failed|error, encoder failed|error, decoder failed|error, others passed
# %% masked_loss
def masked_loss(logits, target, mask):
    return torch.zeros((), device="meta")


# %% pad_batch
def pad_batch(sequences):
    return torch.eye(3).to_sparse(), torch.quantize_per_tensor(torch.eye(3), 0.1, 0, torch.quint8)


# %% encoder
class Encoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)

    def forward(self, source, source_mask):
        return torch.zeros(1, dtype=torch.complex64), torch.zeros(1, dtype=torch.complex64)


# %% decoder
class Decoder(nn.Module):
    def __init__(self, vocabulary_size, embedding_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size + hidden_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, words, state, context):
        return torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]), torch.eye(3).to_sparse_csr()
