# Brings the keys to length 1.
# stage: keys
# cause: keys-changed
class DotScore(nn.Module):
    def prepare(self, states):
        return torch.nn.functional.normalize(states, dim=-1)

    def forward(self, state, keys):
        return torch.bmm(keys, state.unsqueeze(-1)).squeeze(-1)
