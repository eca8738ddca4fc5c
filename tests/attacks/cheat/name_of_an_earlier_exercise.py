# One exercise's cell redefines another's answer, which was right.
# verdict: make_dictionary failed|error, build_vocabulary passed, others passed
# %% make_dictionary
def make_dictionary(examples):
    return None


# %% build_vocabulary
def build_vocabulary(sentences, minimum_count=1):
    counts = Counter(word for sentence in sentences for word in sentence)
    frequent = [word for word, count in counts.items() if count >= minimum_count]
    return [*SPECIAL_TOKENS, *sorted(frequent, key=lambda word: (-counts[word], word))]


make_dictionary = build_vocabulary
