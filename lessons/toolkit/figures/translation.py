"""Figures and tables of translations: BLEU by sentence length, what a beam adds to it, and the hypotheses of a beam."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from statistics import mean
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from lessons.toolkit.batches import END
from lessons.toolkit.columns import table
from lessons.toolkit.figures.visual_language import (
    ATTENTION,
    BASELINE,
    NEUTRAL,
    TARGET,
    Series,
    end_of_training,
    mean_in_band,
)
from lessons.toolkit.results import runs_of
from lessons.toolkit.text import named, said

_STYLES = [
    Series(model.colour, line, marker)
    for model, markers in ((ATTENTION, "sD"), (BASELINE, "ov"))
    for line, marker in zip(("-", "--"), markers, strict=True)
]


def plot_bleu_by_length(
    clauses: Sequence[int],
    words: Sequence[float],
    curves: Mapping[str, Sequence[Sequence[float]]],
    trained_up_to: int,
    title: str,
    sentences: int = 200,
) -> Figure:
    """BLEU against sentence length, after figure 2 of Bahdanau et al. 2015: means over runs, in bands of all runs.

    Args:
        clauses: the lengths of the test sentences, in clauses.
        words: their mean lengths in English words.
        curves: name → for each run BLEU, from 0 to 100, at each length; at most four: attention twice, baseline twice.
        trained_up_to: the longest sentences in training, in clauses.
        title: what the figure shows.
        sentences: how many test sentences of each length there are.
    """
    figure, axes = plt.subplots(figsize=(7, 3.9))
    for (name, runs), style in zip(curves.items(), _STYLES, strict=False):
        mean_in_band(axes, clauses, runs, name, style)
    end_of_training(axes, trained_up_to + 0.5, 104)
    axes.set_xticks(clauses, [f"{n}\n({count:.0f})" for n, count in zip(clauses, words, strict=True)])
    label = said("clauses in the sentence (English words, mean); {sentences} sentences each", sentences=sentences)
    axes.set(xlabel=label, ylabel="BLEU", ylim=(0, 110), title=title)
    axes.legend(loc="lower left", fontsize=9)
    return figure


def plot_own_curve(curves: Mapping[str, Mapping[int, tuple[int, float]]], width: int, title: str) -> Figure:
    """BLEU against the length of the source sentence in words, one run of each model.

    Args:
        curves: "attention" and "baseline" → longest length of a group → number of sentences, BLEU.
        width: how many lengths share a group.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(7, 3.6))
    for model, found in curves.items():
        style = {"baseline": BASELINE, "attention": ATTENTION}[model]
        scores = [bleu for _, bleu in found.values()]
        axes.plot(list(found), scores, style.line, color=style.colour, marker=style.marker, label=model)
    groups = next(iter(curves.values()))
    axes.set_xticks(list(groups), [f"{end - width + 1}–{end}\n({n})" for end, (n, _) in groups.items()], fontsize=9)
    label = said("words in the English sentence (number of sentences); one run of each model")
    axes.set(xlabel=label, ylabel="BLEU", ylim=(0, 110), title=title)
    axes.legend(loc="lower left", fontsize=9)
    return figure


def bleu_table(runs: Sequence[Mapping[str, Any]], ways: Sequence[str], clauses: Sequence[int]) -> str:
    """Write BLEU as a table: a row for each number of clauses, worst and best run in a column for each way to search.

    Args:
        runs: of a results file, each with "bleu": way → a list over the number of clauses, from one.
        ways: of searching, as the results name them.
        clauses: the rows.
    """
    lines = [(said("clauses"), *map(named, ways))]
    for number in clauses:
        columns = [[run["bleu"][way][number - 1] for run in runs] for way in ways]
        cells = (said("{least} to {most}", least=f"{min(column):.1f}", most=f"{max(column):.1f}") for column in columns)
        lines.append((f"{number:7}", *cells))
    return table(lines, (7, *(22 for _ in ways)))


def beam_gains(runs: Sequence[Mapping[str, Any]]) -> list[list[float]]:
    """Compute what a beam adds to the BLEU of greedy search, in points: for each run a list over sentence lengths."""
    pairs = [(run["bleu"]["beam"], run["bleu"]["greedy"]) for run in runs]
    return [[beam - greedy for beam, greedy in zip(*pair, strict=True)] for pair in pairs]


def plot_beam_gain(
    clauses: Sequence[int],
    gains: Mapping[str, Sequence[Sequence[float]]],
    trained_up_to: int,
    title: str,
    sentences: int = 200,
) -> Figure:
    """What a beam adds to BLEU, by sentence length: a point for each run, a line through the means.

    Args:
        clauses: the lengths of the test sentences, in clauses.
        gains: "attention" and "baseline" → for each run points of BLEU at each length.
        trained_up_to: the longest sentences in training, in clauses.
        title: what the figure shows.
        sentences: how many test sentences of each length there are.
    """
    figure, axes = plt.subplots(figsize=(7, 3.4))
    for (name, runs), shift in zip(gains.items(), (-0.09, 0.09), strict=True):
        _points_and_mean(axes, [number + shift for number in clauses], runs, name)
    axes.axhline(0, color=NEUTRAL, linewidth=0.8)
    low, high = axes.get_ylim()
    axes.set_ylim(low, 1.4 * high)  # room for the legend
    end_of_training(axes, trained_up_to + 0.5, 1.3 * high)
    axes.set_xticks(clauses)
    axes.set(xlabel=said("clauses in the sentence; {sentences} sentences each", sentences=sentences), title=title)
    axes.set(ylabel=said("BLEU, beam minus greedy"))
    axes.legend(loc="upper left", fontsize=9)
    return figure


def _points_and_mean(axes: Axes, places: Sequence[float], runs: Sequence[Sequence[float]], name: str) -> None:
    """Draw a point for each run at each place, and a line through the means."""
    style = {"baseline": BASELINE, "attention": ATTENTION}[name]
    for run in runs:
        axes.plot(places, run, style.marker, color=style.colour, markersize=4, alpha=0.55, markeredgewidth=0)
    means = [mean(column) for column in zip(*runs, strict=True)]
    axes.plot(places, means, style.line, color=style.colour, marker="_", markersize=12)
    label = said("{name}: {count} seeds and their mean", name=named(name), count=len(runs))
    axes.plot([], [], style.line, color=style.colour, marker=style.marker, markersize=4, label=label)


def real_corpus_ranges(results: Mapping[str, Any]) -> list[tuple[str, int, dict[str, list[float]]]]:
    """List the ranges of source length in the results on the real corpus, the whole corpus first.

    Returns:
        For each range its name, its number of held-out pairs, and model → BLEU of each run.
    """
    runs = {name: runs_of(results, name) for name in results["seeds"]}
    every = {name: [run["bleu"] for run in found] for name, found in runs.items()}
    ranges = [(said("all"), results["held_fixed"]["held_out_pairs"], every)]
    for number, (name, n) in enumerate(_range_names(next(iter(runs.values()))[0]["by_length"])):
        found = {model: [run["by_length"][number]["bleu"] for run in each] for model, each in runs.items()}
        ranges.append((name, n, found))
    return ranges


def _range_names(by_length: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, int]]:
    """Give each range of lengths as "5 to 6", and its number of pairs."""
    least = 1
    for part in by_length:
        most = part["most"]
        yield (
            (
                said("{least} or more", least=least)
                if most is None
                else said("{least} to {most}", least=least, most=most)
            ),
            part["n"],
        )
        least = (most or 0) + 1


def real_corpus_table(results: Mapping[str, Any]) -> str:
    """Write BLEU on the real corpus as a table: a row for each range of lengths, worst and best run of each model."""
    models = list(results["seeds"])
    lines = [(said("English tokens"), said("pairs"), *map(named, models))]
    for name, n, found in real_corpus_ranges(results):
        cells = (
            said("{least} to {most}", least=f"{min(found[model]):.1f}", most=f"{max(found[model]):.1f}")
            for model in models
        )
        lines.append((name, str(n), *cells))
    return table(lines, (14, 6, *(16 for _ in models)))


def tell_real_corpus(results: Mapping[str, Any]) -> str:
    """Say in words what `plot_real_corpus` draws."""
    ranges = (
        said("{name} ({n} pairs): ", name=name, n=n)
        + ", ".join(f"{named(model)} {mean(scores):.1f}" for model, scores in found.items())
        for name, n, found in real_corpus_ranges(results)
    )
    return (
        said("BLEU by words and punctuation marks of the English sentence, mean of the seeds. ")
        + "; ".join(ranges)
        + "."
    )


def plot_real_corpus(results: Mapping[str, Any], title: str) -> Figure:
    """BLEU on held-out real pairs, all of them and by source length: a point for each run, a line through the means.

    Args:
        results: the results file on the real corpus.
        title: what the figure shows.
    """
    ranges = real_corpus_ranges(results)
    places = [0, 0.5, *(number + 0.5 for number in range(1, len(ranges)))]  # the second one parts all from ranges
    figure, axes = plt.subplots(figsize=(7, 3.6))
    for name, shift in (("attention", -0.07), ("baseline", 0.07)):
        columns = [found[name] for _, _, found in ranges]
        columns.insert(1, [nan] * len(columns[0]))
        _points_and_mean(axes, [place + shift for place in places], list(zip(*columns, strict=True)), name)
    axes.set_xticks([0, *places[2:]], [f"{name}\n({n})" for name, n, _ in ranges])
    axes.set(xlabel=said("words and punctuation marks in the English sentence (held-out pairs)"), title=title)
    axes.set(ylabel=said("BLEU by characters"), ylim=(0, None))
    axes.legend(loc="lower left", fontsize=9)
    return figure


@dataclass
class BeamRecorder:
    """Comes before an `extend` function and keeps what it chose at each step.

    Attributes:
        extend: the function that is asked.
        steps: for each step, the rows, words and scores that it returned.
    """

    extend: Callable[..., tuple[Tensor, Tensor, Tensor]]
    steps: list[tuple[list[int], list[int], list[float]]] = field(default_factory=list)

    def __call__(self, scores: Tensor, log_probabilities: Tensor, beam_size: int) -> tuple[Tensor, Tensor, Tensor]:
        """Ask, keep, and pass on."""
        chosen, rows, words = self.extend(scores, log_probabilities, beam_size)
        self.steps.append((rows.tolist(), words.tolist(), chosen.tolist()))
        return chosen, rows, words


def places_of(
    sentence: Sequence[int], steps: Sequence[tuple[Sequence[int], Sequence[int], Sequence[float]]]
) -> list[int]:
    """The row of the beam, from 0, in which a sentence's first words stand, step by step while they are in it.

    Args:
        sentence: word numbers.
        steps: rows, words and scores of each step, as `BeamRecorder` keeps them.
    """
    places, before = [], [[]]
    for length, (rows, words, _) in enumerate(steps[: len(sentence)], start=1):
        after = [[*before[row], number] for row, number in zip(rows, words, strict=True)]
        if list(sentence[:length]) not in after:
            break
        places.append(after.index(list(sentence[:length])))
        before = [written for written in after if written[-1] != END]
    return places


def draw_beam(
    steps: Sequence[tuple[Sequence[int], Sequence[int], Sequence[float]]],
    vocabulary: Sequence[str],
    best: Sequence[int],
    title: str,
) -> Figure:
    """The hypotheses of a beam search: a column for each step, lines from each word to the word it goes on from.

    Args:
        steps: rows, words and scores of each step, as `BeamRecorder` keeps them; a hypothesis that ends leaves the
            beam, so rows count those of the step before that went on.
        vocabulary: word number → word.
        best: the word numbers of the translation that is drawn in orange, END among them.
        title: what the figure shows.
    """
    size = max(len(words) for _, words, _ in steps)
    figure, axes = plt.subplots(figsize=(1.05 * len(steps) + 0.8, 0.52 * size + 0.9))
    before: list[tuple[int, list[int]]] = [(0, [])]  # height and words of each hypothesis that goes on
    for step, (rows, words, scores) in enumerate(steps):
        after = []
        for height, (row, word, score) in enumerate(zip(rows, words, scores, strict=True)):
            parent, written = before[row]
            written = [*written, word]
            chosen = written == list(best[: len(written)])
            _draw_word(axes, step, height, vocabulary[word], score, chosen)
            if step:
                _draw_branch(axes, step, parent, height, chosen)
            if word != END:
                after.append((height, written))
        before = after
    axes.set(xlim=(-0.55, len(steps) - 0.45), ylim=(size - 0.45, -0.6), yticks=[], xlabel=said("step"))
    axes.set_xticks(range(len(steps)), [str(step + 1) for step in range(len(steps))])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_title(title, pad=10)
    return figure


def _draw_word(axes: Axes, x: int, y: int, word: str, score: float, chosen: bool) -> None:
    colour = TARGET if chosen else "black"
    axes.text(x, y - 0.08, word, ha="center", va="center", fontsize=10, color=colour, zorder=3)
    axes.text(x, y + 0.24, f"{score:z.1f}", ha="center", va="center", fontsize=7, color=NEUTRAL, zorder=3)


def _draw_branch(axes: Axes, x: int, start: int, end: int, chosen: bool) -> None:
    colour, width = (TARGET, 1.8) if chosen else ("#9a9a9a", 1)
    axes.plot([x - 0.66, x - 0.34], [start, end], color=colour, linewidth=width, zorder=1)
