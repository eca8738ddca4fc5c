# Marks instead of a running number.
# stage: clauses
# cause: connectives-marked
def clause_numbers(words, connectives):
    return [int(word in connectives) for word in words]
