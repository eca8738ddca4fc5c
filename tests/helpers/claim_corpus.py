"""What claims may ask of the corpus: how many pairs, words and links there are, what a dictionary gets right, and how
many parameters the trained models have.

The files are read as plain lines here, which takes a tenth of the time that `lessons.toolkit.corpus` needs.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from math import prod
from typing import NamedTuple

from safetensors import safe_open

from lessons.earlier.lesson_01 import make_dictionary
from lessons.toolkit.corpus import count_clauses
from lessons.toolkit.paths import datasets_folder

ENGLISH, KOREAN = 0, 1
EVERY_LENGTH = tuple(range(1, 9))


class Line(NamedTuple):
    """A pair: English words, Korean words, its links as they are written, its number of clauses."""

    english: list[str]
    korean: list[str]
    links: list[str]
    clauses: int

    def sure_links(self) -> Iterator[tuple[int, int]]:
        """The links that must be there, `1-2`, as pairs of numbers."""
        for link in self.links:
            if "-" in link:
                i, j = link.split("-")
                yield int(i), int(j)


@cache
def lines(split: str) -> tuple[Line, ...]:
    """The pairs of a file of the corpus."""
    rows = [line.split("\t") for line in _path(split).read_text(encoding="utf-8").splitlines()]
    columns = ([column.split() for column in row] for row in rows)
    return tuple(Line(english, korean, links, count_clauses(english)) for english, korean, links in columns)


def _path(split: str):
    return datasets_folder() / "english_korean" / f"{split}.tsv"


def of_lengths(split: str, clauses: tuple[int, ...]) -> list[Line]:
    """The pairs with these numbers of clauses."""
    return [line for line in lines(split) if line.clauses in clauses]


def split_counts(split: str) -> tuple[int, ...]:
    """Pairs, English words, Korean words, sure links, possible links and bytes of a file, as the data card has them."""
    found = lines(split)
    sure = sum("-" in link for line in found for link in line.links)
    english, korean, links = (sum(len(line[column]) for line in found) for column in range(3))
    return len(found), english, korean, sure, links - sure, _path(split).stat().st_size


def pairs_per_length(split: str) -> set[int]:
    """How many pairs a file has of each number of clauses."""
    return set(Counter(line.clauses for line in lines(split)).values())


def mean_words(split: str, side: int, clauses: int) -> float:
    """The mean number of words, of English (0) or Korean (1), in sentences of so many clauses."""
    lengths = [len(line[side]) for line in of_lengths(split, (clauses,))]
    return sum(lengths) / len(lengths)


def word_counts(split: str, side: int, clauses: tuple[int, ...] = EVERY_LENGTH) -> tuple[int, ...]:
    """How often each word, of English (0) or Korean (1), occurs in sentences of these numbers of clauses."""
    return tuple(Counter(word for line in of_lengths(split, clauses) for word in line[side]).values())


def crossing_share(split: str) -> float:
    """Of all pairs of sure links between different words on both sides, the share that cross."""
    crossed = total = 0
    for line in lines(split):
        for (i, j), (k, m) in combinations(line.sure_links(), 2):
            total += i != k and j != m
            crossed += (i - k) * (j - m) < 0
    return crossed / total


def lookup_share(clauses: tuple[int, ...]) -> float:
    """Exact match of word-by-word lookup on test sentences of one and two clauses.

    The dictionary has, for each English word, the Korean word that it is most often surely linked to in the training
    sentences of these numbers of clauses.
    """
    best = make_dictionary(
        [(line.english, line.korean, list(line.sure_links())) for line in of_lengths("train", clauses)]
    )
    test = of_lengths("test", (1, 2))
    right = [[best[word] for word in line.english if word in best] == line.korean for line in test]
    return sum(right) / len(right)


def model_parameters(name: str) -> int:
    """How many numbers a model of `datasets/models` holds."""
    with safe_open(datasets_folder() / "models" / f"{name}.safetensors", "pt") as weights:
        return sum(prod(weights.get_slice(key).get_shape()) for key in weights.keys())  # noqa: SIM118


def gloss_lines() -> int:
    """How many lines the table of glosses has."""
    return len((datasets_folder() / "english_korean" / "glosses.tsv").read_text(encoding="utf-8").splitlines())


HELPERS = (
    split_counts,
    pairs_per_length,
    mean_words,
    word_counts,
    crossing_share,
    lookup_share,
    model_parameters,
    gloss_lines,
)
