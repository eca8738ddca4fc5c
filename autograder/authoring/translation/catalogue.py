"""Catalogues: what one file of `locale/LANGUAGE` says in that language, by English text and kind.

The files are gettext's (`.po`), read and written by Babel. An entry is found by its English text, white space folded,
and its kind, which gettext calls the context. There are no line numbers, so that a difference shows what was said.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from autograder.errors import CourseError

Key = tuple[str, str]  # kind and English text


@dataclass(frozen=True)
class Entry:
    """What is said for one English text.

    Attributes:
        kind: what the text is: md, docstring, literal, comment, message and so on.
        english: the text, white space folded unless it is a literal.
        translated: empty while there is nothing.
        previous: the English that `translated` was made from, where it has changed since; the entry does not count.
    """

    kind: str
    english: str
    translated: str = ""
    previous: str = ""

    @property
    def key(self) -> Key:
        """What the entry is found by."""
        return self.kind, self.english

    @property
    def counts(self) -> bool:
        """Whether it may be shown."""
        return bool(self.translated) and not self.previous


class Catalogue:
    """The entries of one file, in the order in which learners meet them."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: dict[Key, Entry] = {}
        for entry in entries:
            self._entries.setdefault(entry.key, entry)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, kind: str, english: str) -> str | None:
        """What is said for an English text of a kind; None where that is missing, or was made from other English."""
        entry = self._entries.get((kind, english))
        return entry.translated if entry and entry.counts else None

    def merged(self, wanted: Iterable[Key]) -> "Catalogue":
        """The catalogue for the texts that are there now.

        What has the same key is kept. Where texts between the same neighbours were replaced, the new ones keep the old
        translations with the English that these were made from; nothing is guessed from how similar texts are.
        """
        keys = list(dict.fromkeys(wanted))
        changed = dict(_replaced(list(self._entries), keys))
        return Catalogue(self._entries.get(key) or self._outdated(key, changed.get(key)) for key in keys)

    def _outdated(self, key: Key, before: Key | None) -> Entry:
        entry = Entry(*key)
        old = self._entries[before] if before else entry
        return replace(entry, translated=old.translated, previous=old.translated and (old.previous or old.english))


def _replaced(old: list[Key], new: list[Key]) -> Iterator[tuple[Key, Key]]:
    """Each new key that took the place of an old one, and which."""
    was, now = set(old), set(new)
    for _, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = [key for key in old[i:j] if key not in now], [key for key in new[k:m] if key not in was]
        for kind in dict.fromkeys(kind for kind, _ in come):
            yield from zip(_of_kind(come, kind), _of_kind(gone, kind), strict=False)


def _of_kind(keys: list[Key], kind: str) -> list[Key]:
    return [key for key in keys if key[0] == kind]


# Files


class _PlainCatalog(Catalog):
    """A catalogue of Babel's whose header has no dates and no names, so that it never differs by itself."""

    def _get_mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]

    mime_headers = property(_get_mime_headers, Catalog._set_mime_headers)


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in a `.po` file; an empty one where there is no file.

    Raises:
        CourseError: it cannot be read.
    """
    if not path.is_file():
        return Catalogue()
    try:
        with path.open("rb") as file:
            found = read_po(file, abort_invalid=True)
    except (OSError, ValueError, PoFileError) as error:
        raise CourseError(f"{path}: {error}") from error
    return Catalogue(_entry(message) for message in found if message.id)


def _entry(message: Message) -> Entry:
    previous = _previous(message.user_comments)
    english, translated = str(message.id), str(message.string or "")
    return Entry(message.context or "", english, translated, previous or (english if message.fuzzy else ""))


def _previous(comments: Iterable[str]) -> str:
    """The text of `#| msgid "..."`, which Babel writes and reads as a comment."""
    told = " ".join(comment[1:].strip() for comment in comments if comment.startswith("|"))
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', told)
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), "".join(quoted))


def write_catalogue(path: Path, catalogue: Catalogue, language: str) -> None:
    """Write a `.po` file; its folder is made if need be."""
    made = _PlainCatalog(locale=language, header_comment="", fuzzy=False)
    for entry in catalogue:
        message = made.add(entry.english, entry.translated, context=entry.kind)
        message.flags.clear()  # Babel takes "90 % of" for a placeholder
        if entry.previous:
            message.flags.add("fuzzy")
            message.previous_id = [entry.previous]
    file = BytesIO()
    write_po(file, made, width=0, no_location=True, include_previous=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.getvalue().strip() + b"\n")
