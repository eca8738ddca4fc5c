"""The results of lesson 05 in tables: translations and weights of several models, and what hidden words cost."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from lessons.toolkit.columns import table
from lessons.toolkit.text import named, said

Runs = Sequence[Mapping[str, Any]]

#: Where the darkest word stands → its offsets from the gold word in a results file.
PLACES = {
    "before it": ("before", "-3", "-2", "-1"),
    "the gold word": ("0",),
    "the next word": ("1",),
    "further on": ("2", "3", "after"),
}
#: What is hidden: its name in a results file → as a reader sees it.
HIDDEN = {
    "darkest": "the darkest word",
    "gold": "the gold word",
    "both": "both",
    "third": "a third word",
}


def share_at_places(counts: Mapping[str, int]) -> dict[str, float]:
    """Sum the offsets of a results file into shares: the darkest word is the gold word, the next one, and so on.

    Args:
        counts: offset of the darkest word from the gold word ("-3" to "3", "before", "after") → target words.

    Returns:
        A name of `PLACES` → share of target words, from 0 to 1.
    """
    total = sum(counts.values())
    return {name: sum(counts[offset] for offset in offsets) / total for name, offsets in PLACES.items()}


def spread(values: Iterable[float], digits: int) -> str:
    """Write the lowest and the highest of some values: `0.50 to 0.58`, or one number where they are equal.

    Args:
        values: one per seed.
        digits: after the point.
    """
    found = [f"{round(value, digits) + 0.0:.{digits}f}" for value in sorted(values)]  # + 0.0: no -0.00
    return found[0] if found[0] == found[-1] else said("{found} to {found_2}", found=found[0], found_2=found[-1])


def models_table(models: Mapping[str, Runs]) -> str:
    """Write translations, alignment errors and the place of the darkest word: a line per model, ranges over seeds.

    Args:
        models: model → its runs in `05_alignments.json`.
    """
    heads = (
        "",
        said("parameters"),
        said("exact match (%)"),
        said("AER, greatest"),
        said("AER, threshold"),
        said("at gold word (%)"),
        said("at next word (%)"),
    )
    lines = [heads]
    for name, runs in models.items():
        places = [share_at_places(run["offsets"]["counts"]) for run in runs]
        lines.append(
            (
                named(name),
                f"{runs[0]['parameters']:,}",
                spread((100 * run["exact_match"] for run in runs), 1),
                spread((run["alignment"]["aer_argmax"] for run in runs), 2),
                spread((run["alignment"]["aer_threshold"] for run in runs), 2),
                spread((100 * shares["the gold word"] for shares in places), 0),
                spread((100 * shares["the next word"] for shares in places), 0),
            )
        )
    return table(lines, between="  ")


def hidden_table(models: Mapping[str, Runs], way: str, words: str) -> str:
    """Write the median loss, in nats, when source words are hidden: a line per model, ranges over seeds.

    Args:
        models: model → its runs in `05_alignments.json`.
        way: "hidden", from the decoder alone, or "unseen", by the encoder.
        words: which target words: "all", "dark_elsewhere" or "dark_one_too_far".
    """
    lines = [("", said("target words"), *map(named, HIDDEN.values()))]
    for name, runs in models.items():
        tables = [run["hiding"][way][words] for run in runs]
        medians = [[table[hidden]["median"] for table in tables if table[hidden]["n"]] for hidden in HIDDEN]
        counts = spread((table["darkest"]["n"] for table in tables), 0)
        lines.append((named(name), counts, *(spread(values, 2) if values else "-" for values in medians)))
    return table(lines, between="  ")


def median_errors(models: Mapping[str, Runs]) -> dict[str, float]:
    """Give the AER of the greatest weights, the median over seeds, model by model."""
    return {name: median(run["alignment"]["aer_argmax"] for run in runs) for name, runs in models.items()}


def hidden_panels(models: Mapping[str, Runs]) -> dict[str, dict[str, list[Mapping[str, Any]]]]:
    """Give the panels of `plot_hidden_words` for all target words: model and its scores → way to hide → tables."""
    ways = {"not looked at": "hidden", "never read": "unseen"}
    return {
        said(
            "{name}\nexact match {spread} %, AER {spread_2}",
            name=named(name),
            spread=spread((100 * run["exact_match"] for run in runs), 0),
            spread_2=spread((run["alignment"]["aer_argmax"] for run in runs), 2),
        ): {shown: [run["hiding"][way]["all"] for run in runs] for shown, way in ways.items()}
        for name, runs in models.items()
    }


def tell_models(models: Mapping[str, Runs]) -> str:
    """Say translations and alignment errors of each model, for those who cannot see a figure."""
    return "; ".join(
        said(
            "{name}: exact match {spread} %, AER {spread_2}",
            name=named(name),
            spread=spread((100 * run["exact_match"] for run in runs), 1),
            spread_2=spread((run["alignment"]["aer_argmax"] for run in runs), 2),
        )
        for name, runs in models.items()
    )


def tell_epochs(models: Mapping[str, Runs]) -> str:
    """Say the alignment error of each model after the first and the last epoch."""
    first_and_last = {
        name: [spread((run["aer_by_epoch"][epoch] for run in runs), 2) for epoch in (0, -1)]
        for name, runs in models.items()
    }
    return "; ".join(
        said("{name}: {first}, in the end {last}", name=named(name), first=first, last=last)
        for name, (first, last) in first_and_last.items()
    )


def tell_places(run: Mapping[str, Any]) -> str:
    """Say how often the darkest word of one run is the gold word, the next one, and so on."""
    shares = share_at_places(run["offsets"]["counts"])
    return ", ".join(f"{named(place)} {share:.0%}" for place, share in shares.items())


def tell_hidden(panels: Mapping[str, Mapping[str, Runs]]) -> str:
    """Say what the panels of `plot_hidden_words` show: the range of the medians, in nats."""
    return "; ".join(
        f"{panel.splitlines()[0]}, {named(way)}: "
        + ", ".join(
            f"{named(name)} {spread((table[key]['median'] for table in tables), 2)}" for key, name in HIDDEN.items()
        )
        for panel, ways in panels.items()
        for way, tables in ways.items()
    )
