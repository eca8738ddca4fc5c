"""Lesson 01: the encoder–decoder of the notebook, beside a dictionary that translates word by word."""

from typing import Any

from lessons.earlier.lesson_01 import make_dictionary
from lessons.experiments.decoding import translate
from lessons.experiments.experiment import Experiment, five_seeds
from lessons.experiments.trainings import TRAININGS, Trained, training_pairs
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.training import exact_match

TRAINING = "one and two clauses"


def measure(run: Trained) -> dict[str, Any]:
    """Measure exact match on the test sentences of the trained lengths."""
    test = _test()
    return {"exact_match": round(exact_match(translate(run, test), _references(test)), 4)}


def look_up(training: list[SentencePair], pairs: list[SentencePair]) -> list[list[str]]:
    """Translate word by word, with the most frequent counterpart of each word."""
    dictionary = make_dictionary([_example(pair) for pair in training])
    return [[dictionary[word] for word in pair.source_words if word in dictionary] for pair in pairs]


def held_fixed() -> dict[str, Any]:
    """Say how many sentences are tested, and how the dictionary does on them."""
    training, test = training_pairs(TRAININGS[TRAINING]), _test()
    looked_up = exact_match(look_up(training, test), _references(test))
    return {"test_sentences": len(test), "lookup_exact_match": round(looked_up, 4)}


def _test() -> list[SentencePair]:
    return load_split("test", TRAININGS[TRAINING].clauses)


def _references(pairs: list[SentencePair]) -> list[list[str]]:
    return [pair.target_words for pair in pairs]


def _example(pair: SentencePair) -> tuple:
    links = [(link.source, link.target) for link in pair.alignment if link.sure]
    return pair.source_words, pair.target_words, links


EXPERIMENT = Experiment("01_seq2seq", five_seeds(TRAINING), ("exact_match",), measure, held_fixed)
