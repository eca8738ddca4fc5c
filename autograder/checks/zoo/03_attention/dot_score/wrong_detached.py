# No gradient reaches the encoder.
# stage: gradient
# cause: gradient-cut
class DotScore(nn.Module):
    def prepare(self, states):
        return states.detach()

    def forward(self, state, keys):
        return torch.bmm(keys, state.unsqueeze(-1)).squeeze(-1)
