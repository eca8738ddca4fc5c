# d2l: a mean of one BLEU a sentence.
def corpus_bleu(translations, references, matches):
    scores = []
    for translation, reference in zip(translations, references):
        score = math.exp(min(0, 1 - len(reference) / max(len(translation), 1)))
        for n in range(1, 5):
            hits, total = matches(translation, reference, n)
            score *= (hits / total if total else 0) ** 0.25
        scores.append(100 * score)
    return sum(scores) / len(scores)
