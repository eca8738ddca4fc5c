"""An error of the answer's as plain data: what it was, the learner's own line, and what the names on it held.

No code of the learner's runs for it: values are described by their kind, never by their own representation.
"""

import re
import traceback
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any

from torch import Tensor, nn

from lessons.toolkit.text import Text, Words, cut, from_data, to_data

MESSAGE_LIMIT = 500
NAMES_LIMIT, WORDS_LIMIT = 6, 120
_TENSOR, _CONTAINER = Text("a tensor of shape {shape}, {kind}"), Text("a {kind} of {count}")  # of values
_SAID = (_TENSOR.template, _CONTAINER.template)
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_LIBRARIES = ("site-packages", "dist-packages", "/lib/python", "/autograder/", "/lessons/toolkit/", "/lessons/earlier/")

Values = tuple[tuple[str, Words], ...]


def describe(error: BaseException) -> dict[str, Any]:
    """An error as plain data: type, message, the last line of the learner's own code that it passed, its names."""
    number, line = 0, ""
    values: Values = ()
    if (own := _last_of_learners(error.__traceback__)) is not None:
        place = traceback.extract_tb(own, limit=1)[0]
        number, line = place.lineno or 0, _visible((place.line or "").strip()[:MESSAGE_LIMIT])
        values = _values_on(line, own.tb_frame.f_locals)
    return {
        "type": type(error).__name__[:MESSAGE_LIMIT],
        "message": text_of(error),
        "line": line,
        "number": number,
        "values": [[name, to_data(words)] for name, words in values],
    }


def read_values(found: Any) -> Values:
    """The names and words of `describe` as they came back, whatever is in them; nothing where they are none."""
    pairs = found[:NAMES_LIMIT] if isinstance(found, list) else []
    named = [pair for pair in pairs if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)]
    read: list[tuple[str, Words]] = [(name[:WORDS_LIMIT], _read_words(data)) for name, data in named]
    return tuple((name, words) for name, words in read if words)


def _read_words(data: Any) -> Words:
    """What a value is, as it came back; "" where it is nothing that is said of one."""
    try:
        words = from_data(data)
    except ValueError:
        return ""
    if isinstance(words, Text) and words.template not in _SAID:
        return ""
    return cut(words, WORDS_LIMIT)


def is_learners(filename: str) -> bool:
    """Whether code of that file is the learner's own: no library's, and none of the course's."""
    return not filename.startswith("<frozen") and not any(part in filename for part in _LIBRARIES)


def text_of(error: BaseException) -> str:
    """What an error says, without what a screen cannot show; nothing where it cannot be told."""
    try:
        return _visible(str(error)[:MESSAGE_LIMIT])
    except Exception:
        return ""


def _visible(text: str) -> str:
    return "".join(character if character.isprintable() or character == "\n" else "�" for character in text)


def _last_of_learners(passed: TracebackType | None) -> TracebackType | None:
    found = None
    while passed is not None:
        found = passed if is_learners(passed.tb_frame.f_code.co_filename) else found
        passed = passed.tb_next
    return found


def _values_on(line: str, names: dict[str, Any]) -> Values:
    """What the names on a line hold, in order; functions and modules say nothing."""
    found: dict[str, Words] = {}
    for name in _NAME.findall(line):
        with suppress(Exception):  # an object may be anything, and this only adds to the message
            known, value = _look_up(name, names)
            if words := _in_words(value):
                found[known[:WORDS_LIMIT]] = cut(words, WORDS_LIMIT)
        if len(found) == NAMES_LIMIT:
            break
    return tuple(found.items())


def _look_up(name: str, names: dict[str, Any]) -> tuple[str, Any]:
    """As much of a dotted name as leads to a value that is kept there, and the value; no property is asked."""
    first, *rest = name.split(".")
    known, value = first, names[first]
    for part in rest:
        kept = vars(value)
        inside = {**kept, **kept.get("_parameters", {}), **kept.get("_modules", {})}
        if part not in inside:
            break
        known, value = f"{known}.{part}", inside[part]
    return known, value


def _in_words(value: Any) -> Words:
    """The kind of a value, and its size where it has one; "" where that would not help."""
    kind = type(value)
    if kind in (Tensor, nn.Parameter):
        kind_of_number = str(value.dtype).removeprefix("torch.")
        return replace(_TENSOR, arguments={"shape": str(tuple(value.shape)), "kind": kind_of_number})
    if kind.__module__.startswith("torch.nn.modules") and issubclass(kind, nn.Module):
        return f"{kind.__name__}({value.extra_repr()})"
    if value is None or kind in (bool, float) or (kind is int and abs(value) < 10**12):
        return repr(value)
    if kind is str:
        return _visible(repr(value[:40]))
    if kind in (list, tuple, dict, set):
        return replace(_CONTAINER, arguments={"kind": kind.__name__, "count": len(value)})
    return ""
