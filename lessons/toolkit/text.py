"""Texts as data: a template in English and its arguments, so that words are made where they are shown."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

LABEL = "label\x04"  # stands before a name of `labels` in a catalogue: words of sentences may be spelt alike
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_DEEPEST = 16  # texts in texts


@dataclass(frozen=True)
class Text:
    """Something the course says.

    Attributes:
        template: in English, with `{name}` for an argument; a catalogue knows it in other languages.
        arguments: by name: a text, a string or number that is shown as it is, or a list of these, joined by commas.
        limit: characters of the whole, longer ones are cut; 0 for no limit.
    """

    template: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    limit: int = 0

    def __str__(self) -> str:
        return self.said(_spoken)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def said(self, catalogue: Mapping[str, str]) -> str:
        """Say it with the templates of a catalogue, in English where it has none."""
        template = catalogue.get(self.template, self.template)
        words = _PLACEHOLDER.sub(lambda found: self._argument(found, catalogue), template)
        return _cut(words, self.limit) if self.limit else words

    def _argument(self, found: re.Match[str], catalogue: Mapping[str, str]) -> str:
        return _said(self.arguments[found[1]], catalogue) if found[1] in self.arguments else found[0]


Words = Text | str  # a string is shown as it is in every language: a value, a name, what Python says

_spoken: Mapping[str, str] = {}  # English
_language = "en"


def t(template: str, **arguments: Any) -> Text:
    """Make a text; where a template is written, a literal, catalogues find it."""
    return Text(template, arguments)


def said(template: str, **arguments: Any) -> str:
    """Say a text at once; as with `t`, a literal for catalogues to find."""
    return str(Text(template, arguments))


def named(name: str) -> str:
    """Say the name of a model, a panel or a row, which is data as well, or another text that was kept as a string."""
    found = label(name)
    return _spoken.get(name, name) if found == name else found


def label(name: str) -> str:
    """Say a name that catalogues know from `labels`, or several with commas between them; all else stays as it is."""
    return _spoken.get(LABEL + name) or ", ".join(_spoken.get(LABEL + part, part) for part in name.split(", "))


def language() -> str:
    """The language in which everything is said, such as "en"."""
    return _language


def is_english() -> bool:
    """Whether everything is said in English."""
    return not _spoken


def lang_attribute() -> str:
    """What an HTML element needs for its texts to be read aloud as what they are: ` lang="ko"`; nothing in English."""
    return "" if is_english() else f' lang="{_language}"'


def speak(name: str, catalogue: Mapping[str, str]) -> None:
    """Say everything from now on in a language, with the templates of its catalogue; {} for English."""
    global _spoken, _language
    _language, _spoken = name, catalogue


@contextmanager
def speaking(name: str, catalogue: Mapping[str, str]) -> Iterator[None]:
    """Say everything inside in a language."""
    before = _language, _spoken
    speak(name, catalogue)
    try:
        yield
    finally:
        speak(*before)


def cut(words: Words, limit: int) -> Words:
    """Limit words to so many characters."""
    if isinstance(words, Text):
        return replace(words, limit=min(limit, words.limit or limit))
    return _cut(words, limit)


def composed(template: str, **arguments: Words | list[Words]) -> Words:
    """Put words together by a template that is the same in every language; a string where all of them are."""
    text = Text(template, arguments)
    return text if any(map(_has_text, arguments.values())) else text.said({})


def _has_text(value: Any) -> bool:
    return any(map(_has_text, value)) if isinstance(value, list) else isinstance(value, Text)


def to_data(words: Words) -> Any:
    """Give words as plain data, for JSON and msgpack."""
    if not isinstance(words, Text):
        return words
    arguments = {name: _argument_to_data(value) for name, value in words.arguments.items()}
    return {"template": words.template, "arguments": arguments, **({"limit": words.limit} if words.limit else {})}


def from_data(data: Any, depth: int = _DEEPEST) -> Words:
    """Read what `to_data` gave.

    Raises:
        ValueError: it is nothing of the kind.
    """
    match data:
        case str():
            return data
        case {"template": str(template), "arguments": dict(arguments), **rest} if depth:
            limit = rest.get("limit", 0)
            if isinstance(limit, int) and limit >= 0:
                read = {str(name): _argument_from_data(value, depth - 1) for name, value in arguments.items()}
                return Text(template, read, limit)
    raise ValueError(f"not a text: {str(data)[:80]}")


def _argument_to_data(value: Any) -> Any:
    return [_argument_to_data(item) for item in value] if isinstance(value, list | tuple) else to_data(value)


def _argument_from_data(value: Any, depth: int) -> Any:
    if isinstance(value, list) and depth:
        return [_argument_from_data(item, depth - 1) for item in value]
    return value if isinstance(value, int | float) else from_data(value, depth)


def _said(value: Any, catalogue: Mapping[str, str]) -> str:
    if isinstance(value, Text):
        return value.said(catalogue)
    return ", ".join(_said(item, catalogue) for item in value) if isinstance(value, list | tuple) else str(value)


def _cut(words: str, limit: int) -> str:
    return words if len(words) <= limit else words[: limit - 1] + "…"
