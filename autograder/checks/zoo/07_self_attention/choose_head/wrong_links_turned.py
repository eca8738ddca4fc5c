# Target first.
# stage: one_head
# cause: links-turned
def choose_head(valid_maps, valid_gold, test_maps, test_gold, error_rate):
    def error(maps, gold):
        examples = []
        for weights, (sure, possible) in zip(maps, gold):
            links = [(j, i) for j, i in enumerate(weights.argmax(1).tolist())]
            examples.append((links, sure, possible))
        return error_rate(examples)

    errors = [error(maps, valid_gold) for maps in valid_maps]
    best = errors.index(min(errors))
    return best, error(test_maps[best], test_gold)
