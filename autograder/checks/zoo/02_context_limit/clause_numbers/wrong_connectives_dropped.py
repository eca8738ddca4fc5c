# No number for a connective.
# stage: clauses
# cause: connectives-dropped
def clause_numbers(words, connectives):
    numbers, clause = [], 0
    for word in words:
        if word in connectives:
            clause += 1
        else:
            numbers.append(clause)
    return numbers
