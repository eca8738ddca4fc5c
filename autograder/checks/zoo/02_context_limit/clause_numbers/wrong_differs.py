# Each connective counts once, however often it stands there.
# stage: repeated
# cause: differs
def clause_numbers(words, connectives):
    seen, numbers = set(), []
    for word in words:
        if word in connectives:
            seen.add(word)
        numbers.append(len(seen))
    return numbers
