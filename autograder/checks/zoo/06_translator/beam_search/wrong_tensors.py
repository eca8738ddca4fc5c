# Sentences of tensors.
# stage: greedy
# cause: tensors-kept
@torch.no_grad()
def beam_search(step, extend, state, beam_size, max_length):
    scores, words, sentences, ended = torch.zeros(1), torch.tensor([START]), [[]], []
    for _ in range(max_length):
        log_probabilities, state = step(words, state)
        scores, rows, words = extend(scores, log_probabilities, beam_size - len(ended))
        sentences = [[*sentences[r], w] for r, w in zip(rows, words, strict=True)]
        ended += [(s, p) for s, p in zip(sentences, scores.tolist(), strict=True) if s[-1] == END]
        going = words != END
        scores, words, state = scores[going], words[going], state[rows[going]]
        sentences = [sentence for sentence in sentences if sentence[-1] != END]
        if not sentences:
            break
    return ended + list(zip(sentences, scores.tolist(), strict=True))
