# fairseq: the words and the words before them, gathered.
def sentence_score(step, state, words):
    previous, gathered = [START, *words[:-1]], []
    for before, word in zip(previous, words):
        lprobs, state = step(torch.tensor([before]), state)
        gathered.append(lprobs.gather(1, torch.tensor([[word]])))
    return torch.cat(gathered).sum().item()
