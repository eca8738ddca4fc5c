"""An error of the answer's as plain data: what it was, the learner's own line, and what the names on it held.

No code of the learner's runs for it: values are described by their kind, never by their own representation.
"""

import re
import traceback
from contextlib import suppress
from types import TracebackType
from typing import Any

from torch import Tensor, nn

MESSAGE_LIMIT = 500
NAMES_LIMIT, WORDS_LIMIT = 6, 120
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_LIBRARIES = ("site-packages", "dist-packages", "/lib/python", "/autograder/", "/lessons/toolkit/", "/lessons/earlier/")

Values = tuple[tuple[str, str], ...]


def describe(error: BaseException) -> dict[str, Any]:
    """An error as plain data: type, message, the last line of the learner's own code that it passed, its names."""
    number, line, values = 0, "", ()
    if (own := _last_of_learners(error.__traceback__)) is not None:
        place = traceback.extract_tb(own, limit=1)[0]
        number, line = place.lineno or 0, _visible((place.line or "").strip()[:MESSAGE_LIMIT])
        values = _values_on(line, own.tb_frame.f_locals)
    return {
        "type": type(error).__name__[:MESSAGE_LIMIT],
        "message": text_of(error),
        "line": line,
        "number": number,
        "values": [list(pair) for pair in values],
    }


def read_values(found: Any) -> Values:
    """The names and words of `describe` as they came back, whatever is in them; nothing where they are none."""
    pairs = found[:NAMES_LIMIT] if isinstance(found, list) else []
    texts = [pair for pair in pairs if isinstance(pair, list) and len(pair) == 2]
    return tuple((a[:WORDS_LIMIT], b[:WORDS_LIMIT]) for a, b in texts if isinstance(a, str) and isinstance(b, str))


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
    found: dict[str, str] = {}
    for name in _NAME.findall(line):
        with suppress(Exception):  # an object may be anything, and this only adds to the message
            known, value = _look_up(name, names)
            if words := _in_words(value):
                found[known[:WORDS_LIMIT]] = words[:WORDS_LIMIT]
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


def _in_words(value: Any) -> str:
    """The kind of a value, and its size where it has one; "" where that would not help."""
    kind = type(value)
    if kind in (Tensor, nn.Parameter):
        return f"a tensor of shape {tuple(value.shape)}, {str(value.dtype).removeprefix('torch.')}"
    if kind.__module__.startswith("torch.nn.modules") and issubclass(kind, nn.Module):
        return f"{kind.__name__}({value.extra_repr()})"
    if value is None or kind in (bool, float) or (kind is int and abs(value) < 10**12):
        return repr(value)
    if kind is str:
        return _visible(repr(value[:40]))
    if kind in (list, tuple, dict, set):
        return f"a {kind.__name__} of {len(value)}"
    return ""
