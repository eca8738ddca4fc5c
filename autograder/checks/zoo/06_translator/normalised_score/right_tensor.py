# With tensors.
def normalised_score(words, log_probability, alpha):
    length = torch.tensor(float(len(words)))
    return torch.tensor(log_probability) / length.pow(alpha)
