# Index lists instead of masks.
def beam_search(step, extend, state, beam_size, max_length):
    hypotheses, finished = [([], 0.0)], []
    words = torch.tensor([START])
    for _ in range(max_length):
        table, state = step(words, state)
        scores = torch.tensor([score for _, score in hypotheses])
        scores, rows, words = extend(scores, table, beam_size - len(finished))
        hypotheses = [(hypotheses[rows[n].item()][0] + [words[n].item()], scores[n].item()) for n in range(len(words))]
        keep = [n for n in range(len(words)) if words[n] != END]
        finished += [hypotheses[n] for n in range(len(words)) if n not in keep]
        hypotheses = [hypotheses[n] for n in keep]
        if not keep:
            break
        words, state = words[keep], state[rows][keep]
    return [*finished, *hypotheses]
