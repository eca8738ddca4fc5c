# Counts the n-grams itself, without `matches`.
def corpus_bleu(translations, references, matches):
    product = 1
    for n in range(1, 5):
        hits = total = 0
        for translation, reference in zip(translations, references):
            left = [reference[i : i + n] for i in range(len(reference) - n + 1)]
            for i in range(len(translation) - n + 1):
                total += 1
                if translation[i : i + n] in left:
                    left.remove(translation[i : i + n])
                    hits += 1
        product *= hits / total
    c, r = sum(map(len, translations)), sum(map(len, references))
    return 100 * (1 if c >= r else math.exp(1 - r / c)) * product**0.25
