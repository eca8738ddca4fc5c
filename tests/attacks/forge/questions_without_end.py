# Asks the check questions for ever, each of them small.
# verdict: greedy_decode failed|error|timeout|crashed, others passed
# %% greedy_decode
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    while True:
        try:
            encoder(source, source_mask)
        except Exception:
            pass
