# simalign: counts link by link.
def precision_recall(links, sure, possible):
    p_hits = s_hits = 0.0
    for pair in links:
        if pair in sure:
            s_hits += 1
        if pair in sure or pair in possible:
            p_hits += 1
    return p_hits / len(links), s_hits / len(sure)
