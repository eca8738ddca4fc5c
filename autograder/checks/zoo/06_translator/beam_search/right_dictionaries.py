# One hypothesis, one dictionary.
def beam_search(step, extend, state, beam_size, max_length):
    beam = [{"words": [], "score": 0.0, "state": state[0]}]
    ended = []
    for _ in range(max_length):
        last = [each["words"][-1] if each["words"] else START for each in beam]
        table, states = step(torch.tensor(last), torch.stack([each["state"] for each in beam]))
        old = torch.tensor([each["score"] for each in beam])
        longer = []
        for score, row, word in zip(*(part.tolist() for part in extend(old, table, beam_size - len(ended)))):
            longer.append({"words": [*beam[row]["words"], word], "score": score, "state": states[row]})
        ended.extend((each["words"], each["score"]) for each in longer if each["words"][-1] == END)
        beam = [each for each in longer if each["words"][-1] != END]
        if not beam:
            return ended
    return ended + [(each["words"], each["score"]) for each in beam]
