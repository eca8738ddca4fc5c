# Runs over the groups and picks sentences.
def bleu_by_length(sources, translations, references, score, width):
    names = [-(-len(source) // width) * width for source in sources]
    found = {}
    for name in sorted(set(names)):
        here = [i for i, other in enumerate(names) if other == name]
        found[name] = len(here), score([translations[i] for i in here], [references[i] for i in here])
    return found
