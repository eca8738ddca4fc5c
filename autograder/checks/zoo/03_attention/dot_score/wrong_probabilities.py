# Returns weights.
# stage: scores
# cause: probabilities
class DotScore(nn.Module):
    def prepare(self, states):
        return states

    def forward(self, state, keys):
        return torch.bmm(keys, state.unsqueeze(-1)).squeeze(-1).softmax(-1)
