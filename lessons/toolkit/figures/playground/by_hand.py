"""The example by hand of lesson 3, to be changed: scores, weights, context and cell follow each number."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from lessons.toolkit.figures.attention import draw_attention_step
from lessons.toolkit.figures.common import element_of
from lessons.toolkit.figures.playground import kernel, show_still
from lessons.toolkit.figures.playground.still import Picture
from lessons.toolkit.figures.visual_language import use_course_style
from lessons.toolkit.text import said

#: The cell is a plain one, tanh of all that it reads, so that it can be followed with a pencil: what it keeps of its
#: state, and what it reads of <start>, 난 and 널. They are chosen so that dh1 and dh2 come out as the lesson has them.
KEPT = 0.5
WORDS = ((-0.2, -1.9), (1.5, -0.1), (0.5, 0.1))


class Example(NamedTuple):
    """The numbers of the example.

    Attributes:
        source, target: S and T words.
        states: (S, H), the encoder's.
        start: (H,), the decoder's first state.
        layer: (A, 2H), the hidden layer of the score.
        output: (A,), its output.
    """

    source: Sequence[str]
    target: Sequence[str]
    states: Tensor
    start: Tensor
    layer: Tensor
    output: Tensor


def show(example: Example) -> None:
    """Show the example with numbers to change; a picture of its first step where nothing can be changed."""
    numbers = {name: _rounded(getattr(example, name)) for name in ("states", "start", "layer", "output")}
    config = {
        "source": list(example.source),
        "target": list(example.target),
        "numbers": {**numbers, "kept": KEPT, "words": WORDS[: len(example.target)]},
        **kernel.texts(),
    }
    picture = _picture(example)
    if kernel.can_answer():
        kernel.show_widget(config, {}, picture)
    else:
        show_still(picture, "stepper", config)


def _rounded(numbers: Tensor) -> list:
    """As they were typed: float32 has more digits."""
    return [_rounded(one) if one.dim() else round(one.item(), 6) for one in numbers]


def _picture(example: Example) -> Picture:
    both = torch.cat([example.start.expand(len(example.states), -1), example.states], dim=1)
    scores = torch.tanh(both @ example.layer.T) @ example.output
    weights = torch.softmax(scores, dim=0)
    numbers = (scores.tolist(), weights.tolist(), (weights @ example.states).tolist())
    use_course_style()
    title, word = said("Change a number, and follow it from the scores to the cell"), example.target[0]
    figure = draw_attention_step(example.source, "<start>", word, 0, *numbers, title)
    looked = ", ".join(f"{name} {weight:.2f}" for name, weight in zip(example.source, numbers[1], strict=True))
    text = said(
        "The first step of the example by hand: the weights are {looked}; with their context it writes {word}.",
        looked=looked,
        word=word,
    )
    return Picture(element_of(figure, text), text)
