# Ends its process in every way that Python has.
# verdict: make_dictionary crashed, build_vocabulary error, encode_words crashed, pad_batch error, masked_loss crashed
# verdict: others passed
# %% make_dictionary
import os
import sys


def make_dictionary(examples):
    os._exit(0)


# %% build_vocabulary
def build_vocabulary(sentences, minimum_count=1):
    sys.exit(0)


# %% encode_words
def encode_words(words, numbers):
    os.execv("/usr/bin/true", ["true"])


# %% pad_batch
def pad_batch(sequences):
    raise KeyboardInterrupt


# %% masked_loss
def masked_loss(logits, target, mask):
    os.abort()
