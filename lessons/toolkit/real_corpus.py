"""Real sentence pairs: reading a file from Tatoeba, tokens, a split without leakage, words that nobody has seen.

A file has one pair a line, UTF-8: English, tab, the other language, and perhaps tab and who wrote them. These are the
files of manythings.org/anki, made from tatoeba.org; `autograder fetch` gets the one for Korean.
"""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import platformdirs

from lessons.toolkit import corpus
from lessons.toolkit.batches import END, SPECIAL_TOKENS, UNKNOWN
from lessons.toolkit.corpus import SPACE, CorpusError, join_syllables, syllables

__all__ = [
    "CORPUS_VARIABLE",
    "UNITS",
    "CorpusError",
    "RealPair",
    "RealVocabularies",
    "Vocabulary",
    "fetched_corpus_path",
    "join_syllables",
    "join_tokens",
    "read_pairs",
    "real_corpus_path",
    "source_tokens",
    "split_by_source",
    "syllables",
    "target_tokens",
    "user_data_folder",
]

CORPUS_VARIABLE = "ATTENTION_COURSE_CORPUS"
UNITS = ("syllables", "words")

_SOURCE_TOKEN = re.compile(r"(?<=\w)'\w+|\w+|[^\w\s]")
_TARGET_TOKEN = re.compile(rf"{SPACE}?(?:\w+['’]?|[^\w\s{SPACE}])")


@dataclass(frozen=True)
class RealPair:
    """An English sentence, its translation, and who wrote them (empty where the file does not say)."""

    source: str
    target: str
    attribution: str = ""


# --- where it lies -----------------------------------------------------------------------------------------


def user_data_folder() -> Path:
    """Where the course keeps what a user fetched, such as `~/.local/share/attention-course` on Linux."""
    return platformdirs.user_data_path("attention-course", appauthor=False)


def fetched_corpus_path(folder: Path | None = None) -> Path:
    """The file that `autograder fetch` writes into a folder, by default the user's data folder."""
    return (folder or user_data_folder()) / "kor-eng.tsv"


def real_corpus_path() -> Path | None:
    """The real corpus of this user: what the variable ATTENTION_COURSE_CORPUS names, else what was fetched, else None.

    A path from the variable is returned even if there is no such file: `read_pairs` then says so.
    """
    if named := os.environ.get(CORPUS_VARIABLE):
        return Path(named).expanduser()
    fetched = fetched_corpus_path()
    return fetched if fetched.is_file() else None


# --- reading -----------------------------------------------------------------------------------------------


def read_pairs(path: str | Path, limit: int | None = None) -> list[RealPair]:
    """Read the pairs of a tab-separated file: English, the other language, perhaps attribution.

    Columns beyond the second are kept as attribution. Blank lines, a byte order mark and CRLF are fine. Hangul comes
    out composed (Unicode form NFC), one character a syllable.

    Args:
        path: the file.
        limit: read no more than this many pairs; None for all.

    Raises:
        CorpusError: one line that names the file, the line in it, and what to do: no such file, no pair in it, not
            UTF-8, no tab, an empty side.
    """
    pairs: list[RealPair] = []
    with _opened(Path(path)) as file:
        for number, line in enumerate(file, start=1):
            if limit is not None and len(pairs) >= limit:
                break
            if line.strip():
                pairs.append(_pair(f"{path}:{number}", line))
    if not pairs:
        raise CorpusError(f"{path}: no sentence pairs; the file needs lines of English, a tab, and a translation")
    return pairs


def _opened(path: Path) -> BinaryIO:
    if path.is_dir():
        raise CorpusError(f"{path}: this is a folder; name a tab-separated file in it")
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise CorpusError(f"{path}: no such file; check the path, or get one with: autograder fetch") from None
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); check its permissions") from None


def _pair(place: str, line: bytes) -> RealPair:
    """The pair of one line; `place` is file:line."""
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = f"byte {error.start + 1} of the line is 0x{line[error.start]:02x}"
        raise CorpusError(f"{place}: not UTF-8 ({wrong}); save the file as UTF-8") from None
    columns = [column.strip() for column in unicodedata.normalize("NFC", text).replace(SPACE, "_").split("\t")]
    if len(columns) < 2:
        raise CorpusError(f"{place}: no tab; put one between the English sentence and its translation")
    for side, column in zip(("English sentence", "translation"), columns, strict=False):
        if not column:
            raise CorpusError(f"{place}: the {side} is empty; fill it in or delete the line")
    return RealPair(columns[0], columns[1], "\t".join(columns[2:]))


# --- tokens ------------------------------------------------------------------------------------------------


def source_tokens(text: str) -> list[str]:
    """English words in lower case; punctuation is split off, and so is what follows an apostrophe.

    `"I'm Tom's friend."` gives `["i", "'m", "tom", "'s", "friend", "."]`.
    """
    return _SOURCE_TOKEN.findall(text.lower().replace("’", "'"))


def target_tokens(text: str, unit: str = "syllables") -> list[str]:
    """Tokens of the translation, from which `join_tokens` makes the sentence again, with its spaces normalised.

    Args:
        text: the sentence.
        unit: "syllables": every character is a token, a space is `▁`; for Korean. "words": words and punctuation,
            with `▁` in front of those that follow a space, so `"J'ai faim."` gives `["J'", "ai", "▁faim", "."]`.

    Raises:
        ValueError: another unit.
    """
    if unit == "syllables":
        return syllables(text)
    if unit == "words":
        return _TARGET_TOKEN.findall(SPACE.join(text.split()))
    raise ValueError(f"there is no unit {unit!r}; the units are {', '.join(UNITS)}")


def join_tokens(tokens: Iterable[str]) -> str:
    """The sentence of target tokens of either unit: the inverse of `target_tokens`."""
    return join_syllables(tokens)


# --- splitting ---------------------------------------------------------------------------------------------


def split_by_source(pairs: Sequence[RealPair], held_out: float, seed: int) -> tuple[list[RealPair], list[RealPair]]:
    """Hold out some English sentences with all their translations, so that none is on both sides.

    Sentences that differ only in case, spacing or punctuation count as one.

    Args:
        pairs: all pairs.
        held_out: the share of the English sentences that is held out, between 0 and 1.
        seed: which ones; the same pairs and seed always give the same split.

    Returns:
        (train, test), each in the order of `pairs`.

    Raises:
        ValueError: `held_out` is not between 0 and 1.
    """
    if not 0 < held_out < 1:
        raise ValueError(f"held_out={held_out} must be a share between 0 and 1, such as 0.1")
    train, test = corpus.split_by_source(pairs, [1 - held_out, held_out], seed)
    return train, test


# --- vocabularies ------------------------------------------------------------------------------------------


class Vocabulary:
    """The tokens of one language by number, the special tokens first; all others are the unknown token.

    Args:
        sentences: the tokens of each sentence.
        minimum_count: how often a token must appear to be listed.
        maximum_size: how many tokens are listed at most, special ones included; the most frequent ones win.
    """

    def __init__(self, sentences: Iterable[Sequence[str]], minimum_count: int = 1, maximum_size: int | None = None):
        counts = Counter(token for tokens in sentences for token in tokens)
        frequent = sorted(
            (token for token, count in counts.items() if count >= minimum_count), key=lambda it: (-counts[it], it)
        )
        self.tokens = [*SPECIAL_TOKENS, *frequent][:maximum_size]
        self.numbers = {token: number for number, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, number: int) -> str:
        return self.tokens[number]

    def encode(self, tokens: Sequence[str]) -> list[int]:
        """One number a token, UNKNOWN for those not listed, then END."""
        return [self.numbers.get(token, UNKNOWN) for token in tokens] + [END]

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """The tokens of some numbers."""
        return [self.tokens[number] for number in numbers]

    def unknown(self, tokens: Iterable[str]) -> list[str]:
        """Those of the tokens that are not listed, as often as they appear."""
        return [token for token in tokens if token not in self.numbers]


class RealVocabularies:
    """The vocabularies of both languages, from training pairs.

    Args:
        pairs: the training pairs; nothing of a held-out pair may be among them.
        unit: of the target's tokens, "syllables" or "words".
        minimum_count: how often a token must appear to be listed, on either side.
        maximum_size: how many tokens each side lists at most.
    """

    def __init__(
        self,
        pairs: Sequence[RealPair],
        unit: str = "syllables",
        minimum_count: int = 1,
        maximum_size: int | None = None,
    ):
        self.unit = unit
        self.source = Vocabulary((source_tokens(pair.source) for pair in pairs), minimum_count, maximum_size)
        self.target = Vocabulary((target_tokens(pair.target, unit) for pair in pairs), minimum_count, maximum_size)

    def encode(self, pair: RealPair) -> tuple[list[int], list[int]]:
        """A pair as source numbers and target numbers, END after each."""
        return self.encode_source(pair.source), self.target.encode(target_tokens(pair.target, self.unit))

    def encode_source(self, text: str) -> list[int]:
        """An English sentence as numbers, END after them."""
        return self.source.encode(source_tokens(text))

    def unknown(self, pairs: Iterable[RealPair]) -> Counter[str]:
        """How often each English word that is not in the vocabulary appears in the pairs."""
        return Counter(token for pair in pairs for token in self.source.unknown(source_tokens(pair.source)))
