# Asks questions of many megabytes.
# verdict: greedy_decode failed|error|timeout|crashed, others passed
# %% greedy_decode
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    for _ in range(10_000):
        try:
            encoder(torch.zeros(2**20), source_mask)
        except Exception:
            pass
