# Names every argument, and counts the places that are left in a tensor.
@torch.no_grad()
def beam_search(step, extend, state, beam_size, max_length):
    scores, words, sentences, ended, left = torch.zeros(1), torch.tensor([START]), [()], [], torch.tensor(beam_size)
    for _ in range(max_length):
        if left == 0:
            break
        log_probabilities, state = step(words=words, state=state)
        scores, rows, words = extend(scores=scores, log_probabilities=log_probabilities, beam_size=left)
        sentences = [sentences[row] + (word,) for row, word in zip(rows.tolist(), words.tolist())]
        over = words == END
        ended.extend((list(sentences[n]), scores[n].item()) for n in over.nonzero().flatten().tolist())
        left = left - over.sum()
        state, scores, words = state[rows][~over], scores[~over], words[~over]
        sentences = [sentence for sentence in sentences if sentence[-1] != END]
    return ended + [(list(sentence), score) for sentence, score in zip(sentences, scores.tolist())]
