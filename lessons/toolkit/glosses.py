"""English glosses of the corpus's Korean words, after the Leipzig Glossing Rules.

A gloss says what a word means and what its endings do, with a full stop between the two (rule 4): 난 is ``I.TOP``,
올 is ``come.MOD``. Small letters are English, capitals categories; `LEGEND` explains both. The grammar writes the
glosses to ``datasets/english_korean/glosses.tsv``: Korean word, tab, linked English word (empty: any), tab, gloss.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache

from lessons.toolkit.columns import columns, padded
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.text import Text

#: What stands after the full stop of a gloss, and the three glosses that are not what English says.
LEGEND = {
    "TOP": Text("topic: whom the sentence is about (은/는)"),
    "SBJ": Text("subject of a clause inside another, or the weather (이/가)"),
    "OBJ": Text("object (을/를)"),
    "with": Text("together with (와)"),
    "to": Text("where somebody goes (에)"),
    "at": Text("in, at (에서; 에 with times and with the weather)"),
    "INT": Text("end of the sentence, intimate style (-어)"),
    "PST": Text("past (-었-)"),
    "PRS": Text("present, only before MOD (-는)"),
    "FUT": Text("future, as one expects it (-겠-)"),
    "NEG": Text("not (안)"),
    "and": Text("joins two clauses (-고)"),
    "but": Text("joins two clauses (-지만)"),
    "because": Text("gives a reason (-어서)"),
    "if": Text("gives a condition (-면)"),
    "QUOT": Text("'that', before 'think' (-다고)"),
    "MOD": Text("describes the word after it (-는, -은, -을). 올 때 (come.MOD when) means 'when somebody comes'"),
    "thing": Text("a noun that stands for a clause (거). 오는 걸 (come.PRS.MOD thing.OBJ) means 'that somebody comes'"),
    "be": Text("after thing, of what will be (-야). 올 거야 (come.MOD thing.be.INT) means 'will come'"),
}


@cache
def _table() -> dict[tuple[str, str], str]:
    """(Korean word, linked English word or "") → gloss."""
    lines = (datasets_folder() / "english_korean" / "glosses.tsv").read_text(encoding="utf-8").splitlines()
    return {(korean, english): gloss for korean, english, gloss in (line.split("\t") for line in lines)}


@cache
def _choices() -> dict[str, str]:
    """Korean word → its glosses, with / between them: 잘 is ``sleep.MOD/well``."""
    glosses: dict[str, dict[str, None]] = {}
    for (korean, _), gloss in _table().items():
        glosses.setdefault(korean, {})[gloss] = None
    return {korean: "/".join(each) for korean, each in glosses.items()}


def gloss(word: str, linked: Collection[str] = ()) -> str:
    """Gloss a Korean word of the course corpus.

    Args:
        word: the Korean word.
        linked: the English words it is linked to, where a translation is at hand.

    Returns:
        Its gloss (``I.TOP``); all of them with / between where `linked` does not decide (``sleep.MOD/well``); "" for
        a word that the corpus does not have.
    """
    decided = {_table()[word, english] for english in linked if (word, english) in _table()}
    return decided.pop() if len(decided) == 1 else _choices().get(word, "")


def glossed(word: str) -> str:
    """Write a word with its gloss for a sentence, 난 (I.TOP); alone, where the corpus does not have it."""
    return f"{word} ({gloss(word)})" if gloss(word) else word


def glossed_label(word: str) -> str:
    """Write a word for an axis: two spaces and its gloss, "" where the corpus does not have it, stand after it."""
    return f"{word}  {gloss(word)}"


def interlinear(words: Sequence[str], glosses: Sequence[str], indent: str = "") -> str:
    """Write words and glosses as two lines, each gloss under its word; a Hangul syllable is two columns wide.

    Raises ValueError if there are not as many glosses as words.
    """
    if len(words) != len(glosses):
        raise ValueError(f"{len(words)} words and {len(glosses)} glosses: give one gloss for each word")
    widths = [max(columns(word), columns(meaning)) for word, meaning in zip(words, glosses, strict=True)]
    return "\n".join(indent + _spaced(line, widths) for line in (words, glosses))


def _spaced(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(map(padded, cells, widths)).rstrip()


def labels(glosses: Iterable[str]) -> list[str]:
    """List the labels of `LEGEND` that occur in glosses, in its order."""
    parts = {part for each in glosses for part in each.replace("/", ".").split(".")}
    return [label for label in LEGEND if label in parts]


def legend(glosses: Iterable[str] | None = None) -> str:
    """Explain the labels of some glosses, or all labels: a line for each, ``TOP  topic …``."""
    chosen = list(LEGEND) if glosses is None else labels(glosses)
    width = max(map(len, chosen), default=0)
    return "\n".join(f"{label:<{width}}  {LEGEND[label]}" for label in chosen)
