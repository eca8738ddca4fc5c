# Groups of columns, put together again.
def silence_heads(output, heads, count):
    groups = list(output.chunk(count, dim=1))
    for head in heads:
        groups[head] = torch.zeros_like(groups[head])
    return torch.cat(groups, dim=1)
