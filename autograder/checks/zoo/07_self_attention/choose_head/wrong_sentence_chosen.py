# A sentence is chosen in place of a head.
# stage: heads
# cause: sentence-chosen
def choose_head(valid_maps, valid_gold, test_maps, test_gold, error_rate):
    def error(maps, gold):
        examples = []
        for weights, (sure, possible) in zip(maps, gold):
            links = [(i, j) for j, i in enumerate(weights.argmax(1).tolist())]
            examples.append((links, sure, possible))
        return error_rate(examples)

    errors = [error(maps, valid_gold) for maps in zip(*valid_maps)]
    best = errors.index(min(errors))
    return best, error(test_maps[best], test_gold)
