# CS224n a4: hypotheses that have ended are set aside with their scores.
@torch.no_grad()
def beam_search(step, extend, state, beam_size, max_length):
    live, scores, done = [[START]], torch.zeros(1), []
    for _ in range(max_length):
        if len(done) == beam_size:
            break
        log_probs, states = step(torch.tensor([words[-1] for words in live]), state)
        tops, parents, words = extend(scores, log_probs, beam_size - len(done))
        kept, values, rows = [], [], []
        for value, parent, word in zip(tops.tolist(), parents.tolist(), words.tolist()):
            longer = live[parent] + [word]
            if word == END:
                done.append((longer[1:], value))
            else:
                kept.append(longer)
                values.append(value)
                rows.append(parent)
        live, scores, state = kept, torch.tensor(values), states[torch.tensor(rows, dtype=torch.long)]
    return done + [(words[1:], value) for words, value in zip(live, scores.tolist())]
