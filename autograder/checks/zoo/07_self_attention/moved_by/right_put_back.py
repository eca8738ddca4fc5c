# Changes the words and puts them right again.
def moved_by(decode, words, others):
    before, columns = decode(words), []
    for place in range(len(words)):
        right = words[place].item()
        words[place] = others[place]
        columns.append(~torch.isclose(decode(words), before, rtol=0, atol=1e-4).all(1))
        words[place] = right
    return torch.stack(columns, 1)
