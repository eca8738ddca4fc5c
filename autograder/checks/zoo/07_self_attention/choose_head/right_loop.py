# A loop that remembers the least.
def choose_head(valid_maps, valid_gold, test_maps, test_gold, error_rate):
    def links_of(weights):
        return [(i.item(), j) for j, i in enumerate(weights.argmax(dim=-1))]

    least, best = float("inf"), 0
    for head, maps in enumerate(valid_maps):
        error = error_rate([(links_of(w), *gold) for w, gold in zip(maps, valid_gold)])
        if error < least:
            least, best = error, head
    test = [(links_of(w), *gold) for w, gold in zip(test_maps[best], test_gold)]
    return best, error_rate(test)
