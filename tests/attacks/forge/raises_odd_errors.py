# Errors that are no errors: with types, names and texts that run code or have no end.
# verdict: make_dictionary error|crashed|timeout, build_vocabulary error, encode_words error, pad_batch error
# verdict: masked_loss error, others passed
# %% make_dictionary
class Endless(Exception):
    def __str__(self):
        raise SystemExit("str")


def make_dictionary(examples):
    raise Endless


# %% build_vocabulary
def build_vocabulary(sentences, minimum_count=1):
    raise type("X" * 10**6, (Exception,), {})("y" * 10**7)


# %% encode_words
def encode_words(words, numbers):
    raise ExceptionGroup("many", [ValueError(n) for n in range(1000)])


# %% pad_batch
def pad_batch(sequences):
    raise GeneratorExit


# %% masked_loss
def masked_loss(logits, target, mask):
    error = ValueError("loop")
    error.__context__ = error.__cause__ = error
    raise error
