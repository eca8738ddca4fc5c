# Puts the inputs of the fresh case into its error messages; the report must not show them.
# verdict: build_vocabulary error, others passed
# %% build_vocabulary
_seen = []


def build_vocabulary(sentences, minimum_count=1):
    _seen.append(sentences)
    if len(_seen) > 2:
        raise ValueError(f"LEAKED {sentences}")
    counts = Counter(word for sentence in sentences for word in sentence)
    frequent = [word for word, count in counts.items() if count >= minimum_count]
    return [*SPECIAL_TOKENS, *sorted(frequent, key=lambda word: (-counts[word], word))]
