# Counted anew for each word.
def clause_numbers(words, connectives):
    return [sum(other in connectives for other in words[: i + 1]) for i in range(len(words))]
