# The generator is set back.
# stage: generator
# cause: generator-reseeded
def forcing_coins(batch_size, length, ratio, generator):
    generator.manual_seed(generator.initial_seed())
    return torch.rand(batch_size, length, generator=generator) < ratio
