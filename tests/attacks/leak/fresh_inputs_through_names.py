# Carries the inputs of the fresh case out in the name of a type, and in a message on the cells' connection.
# verdict: encode_words failed|error|crashed, others passed
# %%
import os

for _descriptor in range(3, 64):
    try:
        os.dup(_descriptor)
    except OSError:
        pass
# %% encode_words
_calls = []


def encode_words(words, numbers):
    _calls.append(words)
    if len(_calls) <= 2:
        return [numbers.get(word, UNKNOWN) for word in words] + [END]
    print("LEAKED", words)
    return type("LEAKED" + "_".join(words), (), {})()
