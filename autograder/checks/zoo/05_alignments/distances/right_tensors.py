# All links of a sentence at once.
def distances(weights, sure):
    away = [
        matrix.max(1).indices[torch.tensor([j for _, j in links])] - torch.tensor([i for i, _ in links])
        for matrix, links in zip(weights, sure, strict=True)
    ]
    values, counts = torch.cat(away).unique(return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))
