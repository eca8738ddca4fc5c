# Two loops.
def threshold_links(weights, threshold):
    links = []
    for j in range(weights.shape[0]):
        for i in range(weights.shape[1]):
            if weights[j, i] >= threshold:
                links.append((i, j))
    return links
