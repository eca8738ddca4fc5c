# The cosine of the angle between the states.
# stage: scores
# cause: cosine
class DotScore(nn.Module):
    def prepare(self, states):
        return states

    def forward(self, state, keys):
        return torch.nn.functional.cosine_similarity(state.unsqueeze(1), keys, dim=-1)
