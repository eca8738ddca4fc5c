# npfl138: nll_loss with its sign turned.
def sentence_score(step, state, words):
    last, total = torch.tensor([START]), torch.zeros(())
    for word in torch.tensor(words).split(1):
        log_probabilities, state = step(last, state)
        total = total - F.nll_loss(log_probabilities, word, reduction="sum")
        last = word
    return float(total)
