# Counted from 1.
# stage: clauses
# cause: from-one
def clause_numbers(words, connectives):
    numbers, clause = [], 1
    for word in words:
        clause += word in connectives
        numbers.append(clause)
    return numbers
