# The pairs come apart at the end.
def each_step(decoder_states, states, score, look_back):
    def look(asking):
        return look_back(torch.stack([score(asking, state) for state in states]), states)

    weights, contexts = zip(*map(look, decoder_states))
    return torch.stack(weights), torch.stack(contexts)
