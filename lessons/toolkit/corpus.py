"""Reading sentence pairs: the course corpus, and any tab-separated file of translations.

A file has one pair a line, UTF-8: English, tab, Korean, and perhaps a third column. In the course corpus that
is the word alignment, ``0-0 1p2``: English word 0 goes with Korean word 0 (sure), 1 possibly with 2, counted
from 0 over the words between spaces. The two kinds of link are those of Och and Ney (2003). In files from
Tatoeba the third column names the authors.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lessons.toolkit.glosses import gloss
from lessons.toolkit.paths import datasets_folder

CONNECTIVES = frozenset({"and", "but", "because", "when", "if", "that"})
SPLITS = ("train", "valid", "test", "by_length")
THIRD_COLUMN = ("auto", "alignment", "ignore")
SPACE = "▁"  # stands for the space between words where a sentence is cut into syllables

_LINK = re.compile(r"(\d+)([-p])(\d+)")
_TOKEN = re.compile(r"[.,!?\"]|[^\s.,!?\"]+")


class CorpusError(ValueError):
    """A file of sentence pairs cannot be read; the message names file, line and what to do."""


@dataclass(frozen=True)
class Link:
    """Source word `source` goes with target word `target` (both counted from 0); sure, or only possible."""

    source: int
    target: int
    sure: bool


@dataclass(frozen=True)
class SentencePair:
    """A sentence and its translation; alignment is None where nobody has made one."""

    source: str
    target: str
    alignment: tuple[Link, ...] | None = None

    @property
    def source_words(self) -> list[str]:
        """The source split at spaces: what alignments count."""
        return self.source.split()

    @property
    def target_words(self) -> list[str]:
        """The target split at spaces."""
        return self.target.split()

    @property
    def glosses(self) -> tuple[str, ...]:
        """An English gloss for each target word (``I.TOP`` for 난), see `lessons.toolkit.glosses`.

        Empty without an alignment, and where the course corpus lacks one of the words: real corpora have no glosses.
        """
        linked: list[set[str]] = [set() for _ in self.target_words]
        for link in self.alignment or ():
            linked[link.target].add(self.source_words[link.source])
        glosses = tuple(gloss(word, english) for word, english in zip(self.target_words, linked, strict=True))
        return glosses if self.alignment is not None and all(glosses) else ()


# --- words and syllables -----------------------------------------------------------------------------------


def words(text: str) -> list[str]:
    """Words of a sentence; the marks ``. , ! ? "`` become tokens of their own, even inside a number.

    The course corpus has no punctuation, so there this is ``text.split()``.
    """
    return _TOKEN.findall(text)


def syllables(text: str) -> list[str]:
    """The characters of a sentence, with ``▁`` for each run of spaces: ``"난 널"`` gives ``["난", "▁",
    "널"]``.

    One Hangul syllable is one character. Spaces at the ends are dropped. Raises ValueError if text contains
    ``▁``.
    """
    if SPACE in text:
        raise ValueError(f"the text already contains {SPACE!r}, the mark for a space; replace it first")
    return list(SPACE.join(text.split()))


def join_syllables(tokens: Iterable[str]) -> str:
    """Put syllables back together; ``▁`` becomes a space. The inverse of `syllables`."""
    return "".join(tokens).replace(SPACE, " ")


def count_clauses(sentence: Iterable[str]) -> int:
    """Clauses of an English sentence of the course corpus: one more than its clause-joining words.

    sentence: its words (a string is split at spaces).
    """
    tokens = sentence.split() if isinstance(sentence, str) else sentence
    return 1 + sum(word in CONNECTIVES for word in tokens)


# --- reading -----------------------------------------------------------------------------------------------


def read_pairs(path: str | Path, third_column: str = "auto") -> list[SentencePair]:
    """Read a tab-separated file of two or three columns; a byte order mark, CRLF and blank lines at the end
    are fine.

    third_column says what the third column is, for the file as a whole: "alignment" (anything else in it is
    an error), "ignore", or "auto": an alignment if on every line it looks like one (``0-0 1p2``), else
    ignored.

    Raises CorpusError, one line naming file and line, if the file is missing, a folder, empty or not UTF-8,
    if a line has not two or three columns or an empty sentence, or if a link points outside the sentence;
    ValueError for an unknown third_column.
    """
    if third_column not in THIRD_COLUMN:
        raise ValueError(f"third_column={third_column!r} is not known; use one of {', '.join(THIRD_COLUMN)}")
    path = Path(path)
    rows = [_columns(path, number, line) for number, line in enumerate(_lines(path), start=1)]
    if third_column == "ignore" or (third_column == "auto" and not _all_alignments(rows)):
        return [SentencePair(row[0], row[1]) for row in rows]
    return [_aligned_pair(path, number, row) for number, row in enumerate(rows, start=1)]


def _lines(path: Path) -> list[str]:
    """The lines of a file without trailing blank ones."""
    if path.is_dir():
        raise CorpusError(f"{path}: this is a folder; name a tab-separated file in it")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CorpusError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from None
    lines = text.rstrip("\r\n").split("\n") if text.strip() else []
    if not lines:
        raise CorpusError(f"{path}: the file is empty; it needs lines of two sentences with a tab between them")
    return lines


def _columns(path: Path, number: int, line: str) -> list[str]:
    """Two or three columns of a line, stripped; both sentences have words."""
    columns = [column.strip() for column in line.split("\t")]
    if len(columns) not in (2, 3):
        found = f"{len(columns)} column{'s' if len(columns) != 1 else ''}"
        hint = "source, tab, target and perhaps a third column"
        raise CorpusError(f"{path}, line {number}: {found} instead of two or three; write {hint}")
    for side, column in zip(("source", "target"), columns, strict=False):
        if not column:
            raise CorpusError(f"{path}, line {number}: the {side} sentence is empty; fill it in or delete the line")
    return columns


def _all_alignments(rows: Sequence[Sequence[str]]) -> bool:
    """Whether every line has a third column and all of it parses as links."""
    return all(len(row) == 3 and row[2] and all(map(_LINK.fullmatch, row[2].split())) for row in rows)


def _aligned_pair(path: Path, number: int, row: Sequence[str]) -> SentencePair:
    """A pair with its links, each checked against the sentence lengths."""
    if len(row) != 3 or not row[2]:
        raise CorpusError(f"{path}, line {number}: no alignment; add a third column such as '0-0 1p2'")
    size = (len(row[0].split()), len(row[1].split()))
    links = []
    for item in row[2].split():
        match = _LINK.fullmatch(item)
        if match is None:
            raise CorpusError(f"{path}, line {number}: {item!r} is no link; write i-j (sure) or ipj (possible)")
        link = Link(int(match[1]), int(match[3]), match[2] == "-")
        if link.source >= size[0] or link.target >= size[1]:
            counts = f"{size[0]} source and {size[1]} target words, counted from 0"
            raise CorpusError(f"{path}, line {number}: link {item} points outside the pair of {counts}; correct it")
        links.append(link)
    return SentencePair(row[0], row[1], tuple(links))


def load_split(name: str, clauses: Iterable[int] | None = None) -> list[SentencePair]:
    """Load "train", "valid", "test" or "by_length" of the course corpus, with alignments.

    clauses: keep only sentences of these numbers of clauses, say ``(1, 2)`` or ``range(1, 4)``.
    Raises ValueError for another name.
    """
    if name not in SPLITS:
        raise ValueError(f"there is no split {name!r}; the splits are {', '.join(SPLITS)}")
    pairs = read_pairs(datasets_folder() / "english_korean" / f"{name}.tsv", third_column="alignment")
    if clauses is None:
        return pairs
    wanted = frozenset(clauses)
    return [pair for pair in pairs if count_clauses(pair.source_words) in wanted]


# --- splitting ---------------------------------------------------------------------------------------------


def split_by_source(pairs: Sequence[SentencePair], fractions: Sequence[float], seed: int) -> list[list[SentencePair]]:
    """Split pairs into as many lists as there are fractions; all translations of one sentence stay together.

    Sentences that differ only in case, spacing or punctuation count as one. The fractions are of the distinct
    sentences and sum to 1; the same pairs and seed always give the same lists, each in the order of `pairs`.
    Raises ValueError for other fractions.
    """
    if not fractions or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError(f"the fractions {list(fractions)} must not be negative and must sum to 1")
    keys = [_normalised(pair.source) for pair in pairs]
    sources = list(dict.fromkeys(keys))
    random.Random(seed).shuffle(sources)
    bounds = [round(sum(fractions[: index + 1]) * len(sources)) for index in range(len(fractions))]
    part = {}
    for position, source in enumerate(sources):
        part[source] = next(index for index, bound in enumerate(bounds) if position < bound)
    parts: list[list[SentencePair]] = [[] for _ in fractions]
    for key, pair in zip(keys, pairs, strict=True):
        parts[part[key]].append(pair)
    return parts


def _normalised(sentence: str) -> str:
    """Lower case, no punctuation, single spaces; a sentence of punctuation alone is itself."""
    return " ".join(re.findall(r"\w+", sentence.casefold())) or sentence


def corpus_sha256() -> str:
    """Give the SHA-256 over the four files of the course corpus, in the order of `SPLITS`."""
    folder = datasets_folder() / "english_korean"
    return hashlib.sha256(b"".join((folder / f"{name}.tsv").read_bytes() for name in SPLITS)).hexdigest()
