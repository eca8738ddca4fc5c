"""Text from a submission, made fit to be shown: on one line, and with nothing that steers a terminal."""

import re

_OWN_PLACE = re.compile(r" \((?:<[^>]*>|[^() ]*\.py), line (\d+)\)")
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -~]?")  # ECMA-48
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LONGEST_REASON = 1000


def one_line(text: str) -> str:
    """A text fit for one field of a table: no line breaks, nothing that steers a terminal, not too long."""
    plain = " ".join(harmless(text).split())
    return plain if len(plain) <= _LONGEST_REASON else plain[: _LONGEST_REASON - 1] + "…"


def harmless(text: str) -> str:
    """A text that shows what it holds: no escape sequences, control characters or marks that turn its direction."""
    text = text.encode("utf-8", "replace").decode()  # half of a surrogate pair cannot be written down
    return _UNSEEN.sub("", _ESCAPES.sub("", text))


def without_file(text: str) -> str:
    """A message of Python's about a line, without the name that a cell has as a file."""
    return _OWN_PLACE.sub(r" (line \1)", text)
