# A dict for each side.
def bleu_by_length(sources, translations, references, score, width):
    made, right = {}, {}
    for i, words in enumerate(sources):
        group = (len(words) + width - 1) // width
        made[group] = [*made.get(group, []), translations[i]]
        right[group] = [*right.get(group, []), references[i]]
    return {k * width: (len(made[k]), score(translations=made[k], references=right[k])) for k in sorted(made)}
