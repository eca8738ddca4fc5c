"""What is wrong with a catalogue: what lacks, what is out of date, and what was lost or broken on the way.

What holds in every language is here; what is wrong in one of them alone, by its grammar and its terms, stands in
`locale/LANGUAGE/rules.toml`.
"""

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import normalize

from autograder.authoring.translation.catalogue import Entry, Key, read_catalogue
from autograder.authoring.translation.merge import all_texts
from autograder.authoring.translation.template import placeholders
from autograder.authoring.tree import CourseTree
from autograder.course.source import place
from autograder.errors import CourseError

# What a translation has as often as the English, by its name.
_KEPT = {
    "code in backquotes": re.compile(r"`[^`]+`"),
    "a formula": re.compile(r"\$[^$]+\$"),
    "the target of a link": re.compile(r"\]\(([^)\s]+)\)"),
    "a number": re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*"),
}
_TEMPLATES = ("literal", "message", "advice")  # kinds in which braces fill something in
_SHOWN = 70  # characters of a text in a message


@dataclass(frozen=True)
class Fault:
    """Something wrong with an entry.

    Attributes:
        path, line: where.
        told: what is wrong, and what to do.
    """

    path: Path
    line: int
    told: str

    def __str__(self) -> str:
        return f"{place(self.path, self.line)}: {self.told}"


@dataclass(frozen=True)
class Rule:
    """What must not stand in a text of a language."""

    pattern: re.Pattern[str]
    told: str


def find_faults(tree: CourseTree, language: str, names: Sequence[str] = ()) -> list[Fault]:
    """All faults of the catalogues of a language, or of those of some names."""
    texts = dict(all_texts(tree))
    chosen = names or list(texts)
    return [fault for name in chosen for fault in _of_file(tree.catalogue(language, name), texts[name], language)]


def _of_file(path: Path, wanted: list[Key], language: str) -> Iterator[Fault]:
    found = {entry.key: entry for entry in read_catalogue(path)}
    rules = read_rules(path.with_name("rules.toml"))
    lines = _lines(path)
    for key in wanted:
        for told in faults_of(found[key], rules) if key in found else ["it is not in the catalogue"]:
            remedy = "" if key in found else f"; run: autograder translate {language}"
            yield Fault(path, lines.get(key[1], 1), f"{_short(key[1])}: {told}{remedy}")
    for key in found.keys() - set(wanted):
        told = f"{_short(key[1])}: the course says this no more; run: autograder translate {language}"
        yield Fault(path, lines.get(key[1], 1), told)


def _lines(path: Path) -> dict[str, int]:
    """Where the entry of an English text stands."""
    if not path.is_file():
        return {}
    numbers: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        numbers.setdefault(line, number)
    return _Lines(numbers)


class _Lines(dict[str, int]):
    """By line of the file; asked by English text."""

    def get(self, english: str, default: int = 1) -> int:  # type: ignore[override]  # an int for every text
        first = f"msgid {normalize(english, width=0)}".split("\n")[0]
        return super().get(first, default)


def faults_of(entry: Entry, rules: Iterable[Rule] = ()) -> list[str]:
    """What is wrong with an entry, in words."""
    if not entry.translated:
        return ["there is no translation"]
    if entry.previous:
        return [f'the English has changed; it was "{_short(entry.previous)}"']
    text = entry.translated
    found = [f"it does not keep {what}: {kept}" for what, kept in _lost(entry)]
    found += [f'bold or italics would not show at "{each}": Markdown wants a space there' for each in _unmarked(text)]
    if unicodedata.normalize("NFC", text) != text:
        found.append("it is not in Unicode's form NFC")
    return found + [rule.told for rule in rules if rule.pattern.search(text)]


def _lost(entry: Entry) -> Iterator[tuple[str, str]]:
    english, text = entry.english, entry.translated
    if entry.kind in _TEMPLATES:
        try:
            had, has = Counter(placeholders(english)), Counter(placeholders(text))
        except CourseError:
            yield "its braces", text
            return
        if entry.kind != "literal":
            had, has = Counter(set(had)), Counter(set(has))
        if had != has:
            yield "what is filled in", ", ".join([*(had - has), *(has - had)])
        english, text = (_without(one, [*had, *has]) for one in (english, text))
    for what, pattern in _KEPT.items():
        had, has = Counter(pattern.findall(english)), Counter(pattern.findall(text))
        if had != has:
            yield what, ", ".join([*(had - has), *(has - had)])
        english, text = pattern.sub("", english), pattern.sub("", text)


def _without(text: str, parts: Iterable[str]) -> str:
    for part in parts:
        text = text.replace(part, "")
    return text


def _unmarked(text: str) -> Iterator[str]:
    """Where Markdown takes asterisks for plain ones: between a letter and what is neither letter nor space."""
    plain = re.sub(r"`[^`]*`|\$[^$]*\$", "x", text)
    for marks in (r"\*\*", r"(?<!\*)\*(?!\*)"):
        for number, found in enumerate(re.finditer(marks, plain)):
            before, after = plain[: found.start()][-1:], plain[found.end() :][:1]
            inner, outer = (after, before) if number % 2 == 0 else (before, after)
            if inner and outer and not _is_word(inner) and not inner.isspace() and _is_word(outer):
                yield plain[max(found.start() - 8, 0) : found.end() + 4]


def _is_word(character: str) -> bool:
    return re.match(r"\w", character) is not None


def read_rules(path: Path) -> list[Rule]:
    """The rules of a language; none where there is no file."""
    if not path.is_file():
        return []
    found = tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    return [Rule(re.compile(each["pattern"]), each["told"]) for each in found]


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
