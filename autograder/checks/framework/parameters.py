"""Says of which parameter or gradient a module's difference is."""

import re
from typing import Any

from torch import Tensor

from lessons.toolkit.text import Words, t


def shapes(weights: dict[str, Tensor]) -> dict[str, list[int]]:
    """The shape of each parameter."""
    return {name: list(weight.shape) for name, weight in weights.items()}


def gradient_in_words(place: str, inputs: list[Any], words: Words) -> Words:
    """One side of two results of `Subject.gradients`, with its place: only float inputs have a gradient."""
    numbers = [i for i, value in enumerate(inputs, 1) if isinstance(value, Tensor) and value.is_floating_point()]
    if weight := re.match(r"\['weights'\]\['([^']+)'\]", place):
        return t("gradient of {weight}: {value}", weight=weight[1], value=words)
    if at := re.match(r"\['inputs'\]\[(\d+)\]", place):
        return t("gradient of argument {number}: {value}", number=numbers[int(at[1])], value=words)
    return words


def parameter_in_words(sizes: dict[str, list[int]], other: dict[str, list[int]]) -> Words:
    """The first parameter that differs from the other side, with its shape."""
    for name, size in sizes.items():
        if other.get(name) != size:
            return t("{name} of shape {shape}", name=name, shape=str(tuple(size)))
    return t("no parameter {name}", name=next(name for name in other if name not in sizes))
