"""Parts of a sentence: words of both languages and the links between them, and how parts are put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache


@dataclass(eq=False)
class Word:
    """One word of a sentence, a Korean one with its gloss. Two are the same only if they are the same object."""

    text: str
    gloss: str = ""


@dataclass(eq=False)
class Piece:
    """A part of a sentence in both languages.

    carriers: the Korean words that carry a clause's ending; subject: those that name who a clause is about.
    """

    english: list[Word]
    korean: list[Word]
    links: list[tuple[Word, Word, bool]]
    carriers: list[Word] = field(default_factory=list)
    subject: list[Word] = field(default_factory=list)

    def possible(self, word: Word, targets: Iterable[Word]) -> None:
        """Add possible links from an English word."""
        self.links.extend((word, target, False) for target in targets)


def piece(english: str, korean: str, alignment: str, gloss: str) -> Piece:
    """A piece from text: ``piece("the apple", "사과를", "0p0 1-0", "apple.OBJ")``; a gloss for each Korean word."""
    words, other = [Word(w) for w in english.split()], glossed(korean, gloss)
    links = [(words[i], other[j], sure) for i, j, sure in parsed(alignment)]
    return Piece(words, other, links)


def glossed(korean: str, gloss: str) -> list[Word]:
    """Korean words with their glosses. Raises ValueError if there are not as many glosses as words."""
    return [Word(text, meaning) for text, meaning in zip(korean.split(), gloss.split(), strict=True)]


@cache
def parsed(alignment: str) -> tuple[tuple[int, int, bool], ...]:
    """``"0p0 1-0"`` as ``((0, 0, False), (1, 0, True))``."""
    items = [(item, item.replace("p", "-").split("-")) for item in alignment.split()]
    return tuple((int(source), int(target), "p" not in item) for item, (source, target) in items)


EMPTY = Piece([], [], [])
Row = tuple[str, str, str, str]  # English, Korean, alignment, glosses of the Korean words


def ordered(english: Sequence[Piece], korean: Sequence[Piece], carriers: Sequence[Word] = ()) -> Piece:
    """Put pieces together, each language in its own order. Both sequences hold the same pieces."""
    return Piece(
        [word for part in english for word in part.english],
        [word for part in korean for word in part.korean],
        [link for part in korean for link in part.links],
        list(carriers),
    )


def conjoin(first: Piece, connective: str, second: Piece) -> Piece:
    """``A and B``: the same order in Korean; the connective is the ending of A."""
    word = Word(connective)
    joined = ordered((first, Piece([word], [], []), second), (first, second), second.carriers)
    joined.possible(word, first.carriers)
    return joined


def subordinate(main: Piece, connective: str, clause: Piece, topic_first: bool = False) -> Piece:
    """``A because B``: Korean says B first; the connective is the ending of B.

    topic_first: A's topic stands even before B (``난 비가 와서 자``), which keeps B from joining what precedes.
    """
    word = Word(connective)
    joined = ordered((main, Piece([word], [], []), clause), (clause, main), main.carriers)
    joined.possible(word, clause.carriers)
    if topic_first:
        joined.korean = main.subject + [other for other in joined.korean if other not in main.subject]
    return joined


def that_clause(clause: Piece) -> Piece:
    """``that B`` as the object of think or know."""
    word = Word("that")
    joined = ordered((Piece([word], [], []), clause), (clause,))
    joined.possible(word, clause.carriers)
    return joined


def with_relative(noun: Piece, clause: Piece) -> Piece:
    """``the book that B``: Korean puts B before the noun."""
    word = Word("that")
    joined = ordered((noun, Piece([word], [], []), clause), (clause, noun))
    joined.possible(word, clause.carriers)
    return joined


def as_text(sentence: Piece) -> tuple[str, str, str]:
    """English, Korean and the alignment in the file's notation, sorted."""
    source = {id(word): i for i, word in enumerate(sentence.english)}
    target = {id(word): i for i, word in enumerate(sentence.korean)}
    links = sorted((source[id(a)], target[id(b)], sure) for a, b, sure in sentence.links)
    alignment = " ".join(f"{i}{'-' if sure else 'p'}{j}" for i, j, sure in links)
    english, korean = (" ".join(word.text for word in words) for words in (sentence.english, sentence.korean))
    return english, korean, alignment


def as_row(sentence: Piece) -> Row:
    """`as_text` and the glosses of the Korean words."""
    return (*as_text(sentence), " ".join(word.gloss for word in sentence.korean))
