# bentrevett: linear layers of a batch of one, squeezed in the end.
from torch.nn import functional as F


def score_one(decoder_state, encoder_state, layer, output):
    both = torch.cat((decoder_state[None], encoder_state[None]), dim=1)
    energy = torch.tanh(F.linear(both, layer))
    return F.linear(energy, output[None]).squeeze()
