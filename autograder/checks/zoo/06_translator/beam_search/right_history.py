# Sentences as one tensor.
def beam_search(step, extend, state, beam_size, max_length):
    scores, written, ended, left = torch.zeros(1), torch.full((1, 1), START), [], beam_size
    while written.shape[1] <= max_length and left:
        chances, state = step(written[:, -1], state)
        scores, rows, words = extend(scores, chances, left)
        written = torch.cat([written[rows], words.unsqueeze(1)], 1)
        done = words == END
        ended += list(zip(written[done, 1:].tolist(), scores[done].tolist()))
        left = beam_size - len(ended)
        state, written, scores = state[rows][~done], written[~done], scores[~done]
    ended += list(zip(written[:, 1:].tolist(), scores.tolist()))
    return ended
