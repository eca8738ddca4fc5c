# The last counterpart wins.
# stage: most_frequent
# cause: last-seen
def make_dictionary(examples):

    return {s[i]: t[j] for s, t, links in examples for i, j in links}
