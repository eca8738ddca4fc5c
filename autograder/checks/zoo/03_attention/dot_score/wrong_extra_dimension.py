# The dimension of the product stays.
# stage: scores
# cause: extra-dimension
class DotScore(nn.Module):
    def prepare(self, states):
        return states

    def forward(self, state, keys):
        return torch.bmm(keys, state.unsqueeze(-1))
