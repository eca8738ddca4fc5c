# itertools.
def clause_numbers(words, connectives):
    from itertools import accumulate

    return list(accumulate(int(word in connectives) for word in words))
