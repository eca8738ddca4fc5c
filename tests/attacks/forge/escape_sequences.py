# Escape sequences, control characters, halves of characters and direction marks in errors and types.
# verdict: make_dictionary error, build_vocabulary failed|error, encode_words error, others passed
# %% make_dictionary
def make_dictionary(examples):
    raise ValueError("\x1b[2J\x1b]0;title\x07\x1b[1;1H✓ all passed \x00\x08\x9b31m\u202e\ud800 end")


# %% build_vocabulary
def build_vocabulary(sentences, minimum_count=1):
    return type("\x1b[2J\u202eodd\ud800", (), {})()


# %% encode_words
def encode_words(words, numbers):
    raise ValueError('=HYPERLINK("http://x")\r\n,,passed,1\r\n"')
