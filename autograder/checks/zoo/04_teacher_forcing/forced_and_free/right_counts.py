# Counts errors sentence by sentence.
def forced_and_free(decode, previous, target, mask):
    def scores(coins):
        errors = ((decode(previous, coins).argmax(-1) != target) & mask).sum(1)
        return torch.stack([1 - errors.sum() / mask.sum(), (errors == 0).double().mean()])

    return torch.stack([scores(mask | ~mask), scores(mask & ~mask)])
