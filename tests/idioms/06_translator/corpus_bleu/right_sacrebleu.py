# sacrebleu: precisions in per cent, the penalty as a minimum.
def corpus_bleu(translations, references, matches):
    correct, total = [0] * 4, [0] * 4
    for pair in zip(translations, references):
        for k in range(4):
            hits, count = matches(pair[0], pair[1], k + 1)
            correct[k], total[k] = correct[k] + hits, total[k] + count
    precisions = [100.0 * hits / count for hits, count in zip(correct, total)]
    if not all(precisions):
        return 0.0
    sys_len, ref_len = sum(map(len, translations)), sum(map(len, references))
    return min(1.0, math.exp(1 - ref_len / sys_len)) * math.exp(sum(map(math.log, precisions)) / 4)
