# Means of a tensor.
def practise(epochs, seeds, make_model, train, score):
    def run(seed, count):
        model = make_model(seed)
        losses = train(model, seed, count)
        return [losses[0], losses[-1], score(model)]

    return {count: torch.tensor([run(seed, count) for seed in seeds]).mean(dim=0).tolist() for count in epochs}
