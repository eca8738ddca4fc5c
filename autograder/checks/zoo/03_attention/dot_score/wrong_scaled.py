# Divides by the root of H.
# stage: scores
# cause: scaled
class DotScore(nn.Module):
    def prepare(self, states):
        return states

    def forward(self, state, keys):
        return torch.bmm(keys, state.unsqueeze(-1)).squeeze(-1) / math.sqrt(state.shape[-1])
