"""The course corpus: how many sentences of which length are in which file, and the glosses of their Korean words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from lessons.corpus_generator.grammar import Clause, person_piece, write_clause
from lessons.corpus_generator.pieces import Piece, Row, as_row, parsed
from lessons.corpus_generator.writer import PEOPLE, PREDICATES, SEED, Writer

TRAIN_SIZE, VALID_SIZE, TEST_SIZE, BY_LENGTH_SIZE = 28_800, 1_000, 1_000, 200
SPARE = 120  # more sentences of each length than the files need, since rare words keep some out


def distinct_rows(writer: Writer, clauses: int, number: int, translations: dict[str, Row]) -> list[Row]:
    """So many new sentences of one length. Raises ValueError if one English sentence had two translations."""
    rows: list[Row] = []
    while len(rows) < number:
        row = as_row(writer.sentence(clauses))
        known = translations.setdefault(row[0], row)
        if known is row:
            rows.append(row)
        elif known != row:
            raise ValueError(f"two translations of {row[0]!r}: {known[1:]} and {row[1:]}; mend the grammar")
    return rows


def word_types(rows: Iterable[Row]) -> Counter[tuple[int, str]]:
    """Occurrences of each word, English (0, word) and Korean (1, word)."""
    return Counter((side, word) for row in rows for side in (0, 1) for word in row[side].split())


def shares(total: int, parts: int) -> list[int]:
    """Split a number as evenly as possible: ``shares(1000, 6)`` is four times 167 and twice 166."""
    return [total // parts + (index < total % parts) for index in range(parts)]


#: Sentences of one to eight clauses in each file.
SIZES = {
    "train": [*shares(TRAIN_SIZE, 6), 0, 0],
    "valid": [*shares(VALID_SIZE, 6), 0, 0],
    "test": [*shares(TEST_SIZE, 6), 0, 0],
    "by_length": [BY_LENGTH_SIZE] * 8,
}


def make_corpus(seed: int = SEED) -> dict[str, list[Row]]:
    """The four files as rows (English, Korean, alignment, glosses); the same seed always gives the same rows.

    No English sentence occurs twice. Every word of the other files is at least five times in train, and every
    word of their one- and two-clause sentences at least five times in that part of train.
    """
    writer = Writer(seed)
    pools = sentence_pools(writer)
    taken = [pool[:size] for pool, size in zip(pools, SIZES["train"], strict=True)]
    rest = [pool[size:] for pool, size in zip(pools, SIZES["train"], strict=True)]
    short, known = word_types(chain.from_iterable(taken[:2])), word_types(chain.from_iterable(taken))
    rest = [with_known_words(rows, short if index < 2 else known) for index, rows in enumerate(rest)]
    files = {"train": list(chain.from_iterable(taken))}
    for name in ("valid", "test", "by_length"):
        files[name] = [row for rows, size in zip(rest, SIZES[name], strict=True) for row in take(rows, size)]
    for name in ("train", "valid", "test"):
        writer.random.shuffle(files[name])
    return files


def sentence_pools(writer: Writer) -> list[list[Row]]:
    """For each length the sentences of all files and some spare ones, shuffled; "I love you" comes first."""
    love = as_row(first_sentence())
    translations = {love[0]: love}
    pools = []
    for clauses in range(1, 9):
        needed = sum(sizes[clauses - 1] for sizes in SIZES.values()) + SPARE
        rows = distinct_rows(writer, clauses, needed, translations)
        writer.random.shuffle(rows)
        pools.append([love, *rows] if clauses == 1 else rows)
    return pools


def with_known_words(rows: Iterable[Row], counts: Counter[tuple[int, str]]) -> list[Row]:
    """Only the rows whose words, on both sides, were all counted five times or more."""
    return [row for row in rows if all(counts[key] >= 5 for key in word_types([row]))]


def take(rows: list[Row], number: int) -> list[Row]:
    """Remove and return the first rows. Raises ValueError if there are too few."""
    if len(rows) < number:
        raise ValueError(f"{number} sentences are needed, {len(rows)} are left: raise SPARE in corpus.py")
    taken, rows[:] = rows[:number], rows[number:]
    return taken


def first_sentence() -> Piece:
    """``I love you``: the course's first example is always in train."""
    subject, other = person_piece(PEOPLE["I"], "topic"), person_piece(PEOPLE["you"], "object")
    return write_clause(Clause(PREDICATES["love"], "present", "final", subject, "I", object=other))


def gloss_table(rows: Iterable[Row]) -> list[tuple[str, str, str]]:
    """(Korean word, linked English word, gloss), sorted; the English word is "" where the gloss is always the same.

    Raises ValueError if two glosses of a word cannot be told apart by what it is linked to.
    """
    found: dict[str, dict[str, list[tuple[set[str], set[str]]]]] = {}
    for english, korean, alignment, glosses in rows:
        source, links = english.split(), parsed(alignment)
        for j, (word, gloss) in enumerate(zip(korean.split(), glosses.split(), strict=True)):
            linked = {source[i] for i, target, _ in links if target == j}
            surely = {source[i] for i, target, sure in links if target == j and sure}
            found.setdefault(word, {}).setdefault(gloss, []).append((surely, linked))
    table = []
    for word, occurrences in found.items():
        if len(occurrences) == 1:
            table.append((word, "", next(iter(occurrences))))
        else:
            table += [(word, english, gloss) for english, gloss in deciding_words(word, occurrences)]
    return sorted(table)


def deciding_words(word: str, occurrences: dict[str, list[tuple[set[str], set[str]]]]) -> list[tuple[str, str]]:
    """(English word, gloss) for a Korean word with several glosses: sure links if they decide, else all links."""
    for strength in (0, 1):
        seen = {gloss: [links[strength] for links in each] for gloss, each in occurrences.items()}
        words = {gloss: set().union(*each) for gloss, each in seen.items()}
        shared = {w for a in words for b in words if a != b for w in words[a] & words[b]}
        if all(linked - shared for each in seen.values() for linked in each):
            return [(english, gloss) for gloss in words for english in words[gloss] - shared]
    raise ValueError(f"no link tells the glosses of {word!r} apart: {', '.join(occurrences)}; mend the lexicon")


def write_corpus(folder: Path, seed: int = SEED) -> None:
    """Write train.tsv, valid.tsv, test.tsv, by_length.tsv and glosses.tsv to a folder (made if it is missing)."""
    folder.mkdir(parents=True, exist_ok=True)
    files = make_corpus(seed)
    tables = {name: [row[:3] for row in rows] for name, rows in files.items()}
    tables["glosses"] = gloss_table(chain.from_iterable(files.values()))
    for name, rows in tables.items():
        text = "".join("\t".join(row) + "\n" for row in rows)
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8", newline="\n")
