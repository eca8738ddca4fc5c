# Four sums.
def alignment_error_rate(examples):
    hits = sum(
        (link in sure) + (link in sure or link in possible) for links, sure, possible in examples for link in links
    )
    size = sum(len(links) + len(sure) for links, sure, _ in examples)
    return (size - hits) / size
