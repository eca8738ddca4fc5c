# Wrong values with the right gradient: a function that lies about its derivative.
# verdict: masked_loss failed, others passed
# %% masked_loss
class Lie(torch.autograd.Function):
    @staticmethod
    def forward(context, value):
        return torch.zeros_like(value)

    @staticmethod
    def backward(context, gradient):
        return gradient


def masked_loss(logits, target, mask):
    return Lie.apply(F.cross_entropy(logits[mask], target[mask]))
