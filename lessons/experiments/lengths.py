"""Exact match by the number of clauses, of new sentences and of seen ones; and how long wrong translations are."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

from lessons.experiments.decoding import translate
from lessons.experiments.trainings import ALL_CLAUSES, Trained
from lessons.toolkit.corpus import SentencePair, count_clauses, load_split

PER_LENGTH = 200
CLAUSES = (1, 2, 3, 4, 5, 6, 7, 8)


@cache
def new_sentences() -> dict[int, list[SentencePair]]:
    """Give the sentences of `by_length.tsv` by their number of clauses, 200 each of one to eight."""
    return _by_clauses(load_split("by_length"))


@cache
def seen_sentences() -> dict[int, list[SentencePair]]:
    """Give the first 200 training sentences of each number of clauses, one to six."""
    return {clauses: pairs[:PER_LENGTH] for clauses, pairs in _by_clauses(load_split("train")).items()}


def exact_matches(run: Trained) -> dict[str, Any]:
    """Measure the share of sentences translated word for word.

    Returns:
        "exact_match": of new sentences, a share for each of one to eight clauses.
        "seen_exact_match": of sentences that were in training, for each of one to six.
    """
    return {
        "exact_match": [_share_right(translate(run, pairs), pairs) for pairs in new_sentences().values()],
        "seen_exact_match": [_share_right(translate(run, pairs), pairs) for pairs in seen_sentences().values()],
    }


def lengths_of_wrong(run: Trained) -> dict[str, Any]:
    """Measure how long wrong translations are, and how many are right once the length is given.

    Returns:
        "wrong": {"too short", "as long", "too long"} → how many wrong translations of new sentences have fewer words
            than the reference, as many, more; a count for each of one to eight clauses.
        "exact_match_given_length": exact match where the decoder has to write as many words as the reference has.
    """
    wrong: dict[str, list[int]] = {"too short": [], "as long": [], "too long": []}
    for pairs in new_sentences().values():
        kinds = [_kind_of_error(made, pair.target_words) for made, pair in _zip(translate(run, pairs), pairs)]
        for kind, counts in wrong.items():
            counts.append(kinds.count(kind))
    given = [_share_right(translate(run, pairs, with_length=True), pairs) for pairs in new_sentences().values()]
    return {"wrong": wrong, "exact_match_given_length": given}


def describe() -> dict[str, Any]:
    """Say on which sentences these are measured."""
    return {
        "clauses": list(CLAUSES),
        "trained_up_to": ALL_CLAUSES[-1],
        "new_sentences_per_length": PER_LENGTH,
        "seen_sentences_per_length": PER_LENGTH,
    }


def _kind_of_error(made: list[str], wanted: list[str]) -> str:
    if made == wanted:
        return "right"
    return "as long" if len(made) == len(wanted) else "too short" if len(made) < len(wanted) else "too long"


def _share_right(translations: list[list[str]], pairs: Sequence[SentencePair]) -> float:
    return round(sum(made == pair.target_words for made, pair in _zip(translations, pairs)) / len(pairs), 4)


def _zip(translations: list[list[str]], pairs: Sequence[SentencePair]):
    return zip(translations, pairs, strict=True)


def _by_clauses(pairs: list[SentencePair]) -> dict[int, list[SentencePair]]:
    by_length = defaultdict(list)
    for pair in pairs:
        by_length[count_clauses(pair.source_words)].append(pair)
    return {clauses: by_length[clauses] for clauses in sorted(by_length)}
