"""Figures of translations: BLEU against sentence length over several runs, and the hypotheses of a beam search."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from lessons.toolkit.batches import END
from lessons.toolkit.visual_language import ATTENTION, BASELINE, NEUTRAL, TARGET, Series, end_of_training, mean_in_band

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
) -> Figure:
    """BLEU against sentence length, after figure 2 of Bahdanau et al. 2015: means over runs, in bands of all runs.

    Args:
        clauses: the lengths of the test sentences, in clauses.
        words: their mean lengths in English words.
        curves: name → for each run BLEU, from 0 to 100, at each length; at most four: attention twice, baseline twice.
        trained_up_to: the longest sentences in training, in clauses.
        title: what the figure shows.
    """
    figure, axes = plt.subplots(figsize=(7, 3.9))
    for (name, runs), style in zip(curves.items(), _STYLES, strict=False):
        mean_in_band(axes, clauses, runs, name, style)
    end_of_training(axes, trained_up_to + 0.5, 104)
    axes.set_xticks(clauses, [f"{n}\n({count:.0f})" for n, count in zip(clauses, words, strict=True)])
    axes.set(xlabel="clauses in the sentence (English words, mean)", ylabel="BLEU", ylim=(0, 110), title=title)
    axes.legend(loc="lower left", fontsize=9)
    return figure


@dataclass
class BeamRecorder:
    """Stands before an `extend` function and keeps what it chose at each step.

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
    axes.set(xlim=(-0.55, len(steps) - 0.45), ylim=(size - 0.45, -0.6), yticks=[], xlabel="step")
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
