# Tries to spoil the next exercise: seeds, default types, threads, gradient mode, printing, the global generator.
# verdict: others passed
# %% make_dictionary
def make_dictionary(examples):
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    torch.manual_seed(0)
    torch.use_deterministic_algorithms(True)
    counts = defaultdict(Counter)
    for source_words, target_words, links in examples:
        for i, j in links:
            counts[source_words[i]][target_words[j]] += 1
    return {word: counter.most_common(1)[0][0] for word, counter in counts.items()}
