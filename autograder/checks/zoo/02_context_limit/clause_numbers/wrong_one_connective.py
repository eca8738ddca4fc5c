# Never beyond clause 1.
# stage: clauses
# cause: one-connective
def clause_numbers(words, connectives):
    numbers, clause = [], 0
    for word in words:
        if word in connectives:
            clause = 1
        numbers.append(clause)
    return numbers
