# Messages with the codec's own extensions and absurd content: shapes, sizes, names, nested batches.
# verdict: make_dictionary failed|error|crashed, encode_words failed|error|crashed, pad_batch failed|error|crashed
# verdict: masked_loss failed|error|crashed, others passed
# %%
import os
import struct

import msgpack


def forged(code, *parts):
    data = msgpack.packb({"value": msgpack.ExtType(code, msgpack.packb(list(parts)))})
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, struct.pack("!I", len(data)) + data)
        except OSError:
            pass


# %% make_dictionary
def make_dictionary(examples):
    forged(1, "float32", [2**62, 0], b"")


# %% encode_words
def encode_words(words, numbers):
    forged(3, "9" * 10**6)


# %% pad_batch
def pad_batch(sequences):
    forged(1, "float64", [-1, -8], b"x" * 64)


# %% masked_loss
def masked_loss(logits, target, mask):
    forged(4, 1, 2, 3, None)
