# roll brings END to the front.
# stage: shifted
# cause: start-missing
def previous_words(target):
    return target.roll(1, dims=1)
