# Sentence by sentence.
def rests_after(written, control, target, mask, places):
    following, rests, kept = [], [], []
    for row, place in enumerate(places.tolist()):
        end = int(mask[row].sum())
        wanted = target[row, place + 1 : end].tolist()
        made, known = (words[row, place + 1 : end].tolist() for words in (written, control))
        following.append(made[0] == wanted[0])
        rests.append(made == wanted)
        kept += [made == wanted] if known == wanted else []
    return torch.tensor([sum(each) / len(each) if each else math.nan for each in (following, rests, kept)])
