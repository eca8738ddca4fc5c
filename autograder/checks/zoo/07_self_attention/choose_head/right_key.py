# By a key, sets of examples as lists.
def choose_head(valid_maps, valid_gold, test_maps, test_gold, error_rate):
    def rate(maps, gold):
        found = [[(int(row.argmax()), j) for j, row in enumerate(weights)] for weights in maps]
        return error_rate([(links, sure, possible) for links, (sure, possible) in zip(found, gold)])

    best = min(range(len(valid_maps)), key=lambda head: rate(valid_maps[head], valid_gold))
    return best, rate(test_maps[best], test_gold)
