# OpenNMT-py: sorted by length for packing, and put back in order.
class Encoder(nn.Module):
    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)

    def forward(self, source, source_mask):
        lengths, order = source_mask.sum(1).sort(descending=True)
        packed = nn.utils.rnn.pack_padded_sequence(self.embedding(source[order]), lengths.tolist(), batch_first=True)
        memory, final = self.gru(packed)
        memory = nn.utils.rnn.pad_packed_sequence(memory, batch_first=True, total_length=source.size(1))[0]
        back = order.argsort()
        return memory[back], final.squeeze(0)[back]
