# Begins with zeros.
# stage: greedy
# cause: first-state
def beam_search(step, extend, state, beam_size, max_length):
    state = torch.zeros_like(state)
    scores, words, sentences, ended = torch.zeros(1), torch.tensor([START]), [[]], []
    for _ in range(max_length):
        log_probabilities, new = step(words, state)
        scores, rows, words = extend(scores, log_probabilities, beam_size - len(ended))
        sentences = [sentences[r] + [w] for r, w in zip(rows.tolist(), words.tolist())]
        going = words != END
        for alive, sentence, score in zip(going.tolist(), sentences, scores.tolist()):
            if not alive:
                ended.append((sentence, score))
        sentences = [sentence for alive, sentence in zip(going.tolist(), sentences) if alive]
        scores, words, state = scores[going], words[going], new[rows[going]]
        if len(words) == 0:
            break
    return ended + list(zip(sentences, scores.tolist()))
