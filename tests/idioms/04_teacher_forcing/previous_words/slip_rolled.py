# fairseq: rolled, so that the last word or padding comes first.
def previous_words(target):
    return target.roll(1, dims=1).masked_fill(target.roll(1, dims=1) == END, PAD)
