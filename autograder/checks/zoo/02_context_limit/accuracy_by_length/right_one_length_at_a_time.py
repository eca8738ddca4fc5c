# A loop over lengths.
def accuracy_by_length(translations, references, lengths):
    result = {}
    for n in sorted(set(lengths)):
        chosen = [i for i, length in enumerate(lengths) if length == n]
        result[n] = sum(translations[i] == references[i] for i in chosen) / len(chosen)
    return result
