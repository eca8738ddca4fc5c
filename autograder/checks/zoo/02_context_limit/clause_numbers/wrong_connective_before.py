# Raised after the connective.
# stage: clauses
# cause: connective-before
def clause_numbers(words, connectives):
    numbers, clause = [], 0
    for word in words:
        numbers.append(clause)
        clause += word in connectives
    return numbers
