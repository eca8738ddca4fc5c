# The gold of the validation sentences.
# stage: one_head
# cause: parts-mixed
def choose_head(valid_maps, valid_gold, test_maps, test_gold, error_rate):
    def error(maps, gold):
        examples = []
        for weights, (sure, possible) in zip(maps, gold):
            links = [(i, j) for j, i in enumerate(weights.argmax(1).tolist())]
            examples.append((links, sure, possible))
        return error_rate(examples)

    errors = [error(maps, valid_gold) for maps in valid_maps]
    best = errors.index(min(errors))
    return best, error(test_maps[best], valid_gold)
