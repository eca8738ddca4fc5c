"""Compares what an answer gave with what was expected, and says in words how they differ."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy
import torch
from torch import Tensor

from autograder.subjects.codec import Array, CallbackName, Handle, Opaque
from lessons.toolkit.batches import Batch
from lessons.toolkit.text import Text, Words, composed, cut, t

RTOL, ATOL = 1e-4, 1e-5
MOST_SHOWN = 24  # numbers of a tensor that is shown whole
ITEMS_SHOWN = 20  # of a list, a tuple or a dict
DIMENSIONS = {
    "B": "batch",
    "S": "source length",
    "T": "target length",
    "E": "embedding",
    "H": "hidden",
    "C": "context",
    "V": "vocabulary",
}
NONE = "None"  # what is said of a value that is None
_KINDS: Mapping[type, Text] = {
    bool: t("a bool"),
    int: t("an int"),
    float: t("a float"),
    str: t("a str"),
    list: t("a list"),
    tuple: t("a tuple"),
}
_COUNTED: Mapping[type, str] = {list: "a list of {count}", tuple: "a tuple of {count}"}
_FAMILIES = {
    "bool": t("a tensor of bool"),
    "floats": t("a tensor of floats"),
    "integers": t("a tensor of integers"),
}


@dataclass(frozen=True)
class Difference:
    """How two values differ.

    Attributes:
        kind: "type", "dtype", "shape", "size" (of a tensor with as many dimensions), "length", "keys" or "value".
        expected, got: both sides in words.
        place: where inside the value the first difference is, "" for the whole.
        margin: for numbers, the largest difference as a multiple of the tolerance; else infinite.
    """

    kind: str
    expected: Words
    got: Words
    place: str = ""
    margin: float = math.inf


def difference(expected: Any, got: Any, axes: str = "", place: str = "") -> Difference | None:
    """The first difference between two values, or None where they agree.

    Floats agree within rtol 1e-4 and atol 1e-5. Lists and tuples are alike; so are a number and a tensor that
    holds one number; so are all integer dtypes, and all float dtypes. A bool is no number, a NumPy array no tensor.

    Args:
        expected, got: values that the codec carries.
        axes: dimension letters of the tensors, such as "B S", for shapes in words.
    """
    if isinstance(expected, Tensor):
        return _tensor_difference(expected, got, axes, place)
    if isinstance(expected, list | tuple):
        return _list_difference(expected, got, axes, place)
    if isinstance(expected, dict):
        return _dict_difference(expected, got, axes, place)
    if isinstance(expected, int | float) and not isinstance(expected, bool):
        return _number_difference(expected, got, place)
    if type(expected) is not type(got):
        return Difference("type", kind_of(expected), kind_of(got), place)
    return None if expected == got else Difference("value", repr(expected), brief(got), place)


def _tensor_difference(expected: Tensor, got: Any, axes: str, place: str) -> Difference | None:
    if isinstance(got, int | float) and not isinstance(got, bool) and expected.dim() == 0:
        got = torch.tensor(got)
    if not isinstance(got, Tensor) or isinstance(got, Array):
        return Difference("type", kind_of(expected), kind_of(got), place)
    if _family(expected) != _family(got):
        return Difference("dtype", _FAMILIES[_family(expected)], _FAMILIES[_family(got)], place)
    if expected.shape != got.shape:
        lengths_alone = expected.dim() == got.dim() and sorted(expected.shape) != sorted(got.shape)
        kind = "size" if lengths_alone else "shape"
        return Difference(kind, shape_in_words(expected, axes), shape_in_words(got), place)
    if expected.dtype == got.dtype and torch.equal(expected, got):
        return None
    margin, first = _margin(expected, got)
    if margin <= 1:
        return None
    where = f"{place}[{', '.join(_named(first, axes))}]" if first else place
    return Difference("value", number(expected[first]), number(got[first]), where, margin)


def _named(index: tuple[int, ...], axes: str) -> list[str]:
    """An index with its dimension letters, as `B=0, S=2`."""
    letters = axes.split()
    return [f"{letters[i]}={at}" if len(letters) == len(index) else str(at) for i, at in enumerate(index)]


def _margin(expected: Tensor, got: Tensor) -> tuple[float, tuple[int, ...]]:
    """The largest |difference| as a multiple of the tolerance; and where the first is that exceeds it.

    Exact values differ infinitely.
    """
    if expected.numel() == 0:
        return 0.0, ()
    if not expected.is_floating_point():
        ratio = torch.where(expected.long() == got.long(), 0.0, math.inf)
    else:
        wanted, had = expected.double(), got.double()
        ratio = (wanted - had).abs() / (ATOL + RTOL * wanted.abs())
        same = (wanted == had) | (wanted.isnan() & had.isnan())
        ratio = torch.where(same, 0.0, ratio.nan_to_num(nan=math.inf, posinf=math.inf))
    flat = int((ratio > 1).flatten().int().argmax())  # of equal ones the first
    index = tuple(int(i) for i in numpy.unravel_index(flat, tuple(ratio.shape)))  # torch's own loads sympy
    return float(ratio.max()), index


def _list_difference(expected: list[Any] | tuple[Any, ...], got: Any, axes: str, place: str) -> Difference | None:
    if not isinstance(got, list | tuple):
        return Difference("type", kind_of(expected), kind_of(got), place)
    if len(expected) != len(got):
        return Difference("length", brief(expected), brief(got), place)
    for i, (wanted, had) in enumerate(zip(expected, got, strict=True)):
        if found := difference(wanted, had, axes, f"{place}[{i}]"):
            return found
    return None


def _dict_difference(expected: dict[Any, Any], got: Any, axes: str, place: str) -> Difference | None:
    if not isinstance(got, dict):
        return Difference("type", kind_of(expected), kind_of(got), place)
    if set(expected) != set(got):
        missing = [key for key in expected if key not in got]
        extra = [key for key in got if key not in expected]
        words: list[Words] = [t("without {keys}", keys=brief(missing))] if missing else []
        words += [t("with {keys} as well", keys=brief(extra))] if extra else []
        return Difference("keys", brief(sorted(expected, key=str)), t("a dict {differences}", differences=words), place)
    for key in expected:
        if found := difference(expected[key], got[key], axes, f"{place}[{key!r}]"):
            return found
    return None


def _number_difference(expected: float, got: Any, place: str) -> Difference | None:
    if isinstance(got, Tensor) and got.numel() == 1:
        got = got.item()
    if isinstance(got, bool) or not isinstance(got, int | float):
        return Difference("type", t("a number"), kind_of(got), place)
    if isinstance(expected, int):
        same, margin = got == expected, math.inf
    else:
        margin, _ = _margin(torch.tensor(float(expected)).double(), torch.tensor(float(got)).double())
        same = margin <= 1
    return None if same else Difference("value", number(expected), number(got), place, margin)


def _family(tensor: Tensor) -> str:
    if tensor.dtype is torch.bool:
        return "bool"
    return "floats" if tensor.is_floating_point() else "integers"


def in_words(place: str) -> str:
    """A place in a value as a learner reads it: a weight by its name, as in `previous[1, 0]`."""
    return re.sub(r"^\['([^']+)'\]", r"\1", place)


def kind_of(value: Any) -> Words:
    """What a value is, in words that a learner uses."""
    if isinstance(value, Array):
        return t("a NumPy array of shape {shape}", shape=str(tuple(value.shape)))
    if isinstance(value, Tensor):
        return t("a tensor of shape {shape}", shape=str(tuple(value.shape)))
    if isinstance(value, Opaque):
        return t("a {kind}", kind=value.type_name)
    if value is None:
        return NONE
    if type(value) in _COUNTED:
        return Text(_COUNTED[type(value)], {"count": len(value)})
    return _KINDS.get(type(value)) or t("a {kind}", kind=type(value).__name__)


def shape_in_words(tensor: Tensor, axes: str = "") -> Words:
    """A shape with its dimension letters, as `(B=3, S=5)`."""
    letters = axes.split()
    if len(letters) != tensor.dim():
        return of_shape(*tensor.shape)
    sizes = ", ".join(f"{axis}={size}" for axis, size in zip(letters, tensor.shape, strict=True))
    return t("shape {shape}", shape=f"({sizes})")


def of_shape(*sizes: int) -> Text:
    """A shape as its sizes."""
    return t("shape {shape}", shape=str(sizes))


def number(value: Any) -> str:
    """A number in at most five digits."""
    value = value.item() if isinstance(value, Tensor) else value
    return f"{value:.5g}" if isinstance(value, float) else repr(value)


def either_of(got: object, *forms: Any) -> Any:
    """Of the forms of one mistake, the one that the answer's value is; the last where it is none of them."""
    return next((form for form in forms if difference(form, got) is None), forms[-1])


def brief(value: Any, limit: int = 160) -> Words:
    """A value on one line, cut where it is long. Never uses a representation that the answer defines."""
    text: Words
    if isinstance(value, Tensor):
        text = brief(value.tolist(), limit) if value.numel() <= MOST_SHOWN else kind_of(value)
    elif isinstance(value, float):
        text = number(value)
    elif isinstance(value, tuple):
        text = composed(_form_of_tuple(value), items=_brief_items(value, limit))
    elif isinstance(value, list):
        text = composed("[{items}, …]" if len(value) > ITEMS_SHOWN else "[{items}]", items=_brief_items(value, limit))
    elif isinstance(value, dict):
        text = composed("{{items}, …}" if len(value) > ITEMS_SHOWN else "{{items}}", items=_brief_pairs(value, limit))
    elif isinstance(value, Opaque | Batch):
        text = kind_of(value)
    elif isinstance(value, Handle | CallbackName):
        text = value.name
    elif isinstance(value, str | bytes):
        text = repr(value[: limit + 1])
    else:
        text = repr(value)
    return cut(text, limit)


def _form_of_tuple(value: tuple[Any, ...]) -> str:
    if len(value) > ITEMS_SHOWN:
        return "({items}, …)"
    return "({items},)" if len(value) == 1 else "({items})"


def _brief_pairs(values: dict[Any, Any], limit: int) -> list[Words]:
    """As `_brief_items`, for a dict; the representation of a whole one, tensors in it, can take minutes."""
    first = list(islice(values.items(), ITEMS_SHOWN))
    words = _brief_items([value for _, value in first], limit)
    return [
        composed("{key}: {value}", key=brief(key), value=word) for (key, _), word in zip(first, words, strict=False)
    ]


def _brief_items(values: list[Any] | tuple[Any, ...], limit: int) -> list[Words]:
    """The first items, no more than fill the limit: lists in lists can be many in few bytes."""
    found: list[Words] = []
    for value in values[:ITEMS_SHOWN]:
        if sum(len(str(words)) for words in found) >= limit:
            break
        found.append(brief(value, limit))
    return found
