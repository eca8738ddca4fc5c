# 1 minus the F-measure.
# stage: sentence
# cause: f-measure
def alignment_error_rate(examples):
    right = caught = found = wanted = 0
    for links, sure, possible in examples:
        right += len(set(links) & (set(sure) | set(possible)))
        caught += len(set(links) & set(sure))
        found, wanted = found + len(links), wanted + len(sure)
    precision, recall = right / found, caught / wanted
    return 1 - 2 * precision * recall / (precision + recall)
