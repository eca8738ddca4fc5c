# The mean of the sentences' error rates.
# stage: one_head
# cause: mean-of-sentences
def choose_head(valid_maps, valid_gold, test_maps, test_gold, error_rate):
    def error(maps, gold):
        examples = []
        for weights, (sure, possible) in zip(maps, gold, strict=True):
            links = [(i, j) for j, i in enumerate(weights.argmax(1).tolist())]
            examples.append((links, sure, possible))
        return sum(error_rate([example]) for example in examples) / len(examples)

    errors = [error(maps, valid_gold) for maps in valid_maps]
    best = errors.index(min(errors))
    return best, error(test_maps[best], test_gold)
