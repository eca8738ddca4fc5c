"""The still picture of the playground: the step at which the first sentence begins, as bars."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from lessons.toolkit.figures.common import element_of
from lessons.toolkit.figures.visual_language import SOURCE, TARGET, use_course_style
from lessons.toolkit.glosses import glossed_label
from lessons.toolkit.text import named, said

if TYPE_CHECKING:
    from lessons.toolkit.figures.playground import Words
    from lessons.toolkit.figures.playground.kernel import Runner

_SHOWN_WORDS = 5


class Picture(NamedTuple):
    """The picture as an element of HTML, and what it shows in words."""

    element: str
    text: str


def picture(runs: Mapping[str, "Runner"], pair: Mapping[str, Any], words: "Words") -> Picture:
    """Draw one step of each model on a sentence, after its prefix: the weights, and the most probable next words."""
    use_course_style()
    figure, rows = plt.subplots(len(runs), 2, figsize=(7.5, 2.4 * len(runs)), squeeze=False, layout="constrained")
    told = []
    for axes, (title, run) in zip(rows, runs.items(), strict=True):
        done = run(pair["numbers"], pair["prefix"])
        weights, shares = done.weights[-1].tolist(), done.logits[-1].softmax(-1)
        best = shares.topk(_SHOWN_WORDS)
        next_words = [glossed_label(words.target[number]) for number in best.indices.tolist()]
        _bars(axes[0], pair["source"], weights, SOURCE, said("{title}: weights", title=named(title)))
        _bars(axes[1], next_words, best.values.tolist(), TARGET, said("next word"))
        told.append(_told(named(title), pair["source"], weights, next_words[0], best.values[0].item()))
    written = " ".join(words.target[number] for number in pair["prefix"]) or said("nothing yet")
    text = said(
        "Playground with {english}; written so far: {written}. {listed}",
        english=pair["english"],
        written=written,
        listed=" ".join(told),
    )
    return Picture(element_of(figure, text), text)


def _bars(axes: Axes, names: Sequence[str], values: Sequence[float], colour: str, title: str) -> None:
    places = range(len(names))
    axes.barh(places, values, color=colour)
    axes.set(xlim=(0, 1), title=title)
    axes.set_yticks(places, names)
    axes.invert_yaxis()


def _told(title: str, source: Sequence[str], weights: Sequence[float], word: str, share: float) -> str:
    looked = ", ".join(f"{name} {weight:.2f}" for name, weight in zip(source, weights, strict=True))
    return said(
        "{upper}{title} looks at {looked}; its next word is {listed}, {share}.",
        upper=title[0].upper(),
        title=title[1:],
        looked=looked,
        listed=" ".join(word.split()),
        share=f"{share:.0%}",
    )
