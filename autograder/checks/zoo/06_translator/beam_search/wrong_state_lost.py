# Each step starts from the first state.
# stage: greedy
# cause: state-lost
def beam_search(step, extend, state, beam_size, max_length):
    scores, words, sentences, ended = torch.zeros(1), torch.tensor([START]), [[]], []
    for _ in range(max_length):
        log_probabilities, new = step(words, state[:1].expand(len(words), -1))
        scores, rows, words = extend(scores, log_probabilities, beam_size - len(ended))
        sentences = [sentences[r] + [w] for r, w in zip(rows.tolist(), words.tolist())]
        going = words != END
        for alive, sentence, score in zip(going.tolist(), sentences, scores.tolist()):
            if not alive:
                ended.append((sentence, score))
        sentences = [sentence for alive, sentence in zip(going.tolist(), sentences) if alive]
        scores, words, _ = scores[going], words[going], new[rows[going]]
        if len(words) == 0:
            break
    return ended + list(zip(sentences, scores.tolist()))
