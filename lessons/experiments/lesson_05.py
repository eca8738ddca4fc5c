"""Lesson 05: lesson 3's model, three changes one at a time, and two together: translations, weights, hidden words."""

from typing import Any

from lessons.experiments.decoding import translate
from lessons.experiments.experiment import Experiment, five_seeds
from lessons.experiments.trainings import Trained
from lessons.toolkit.corpus import load_split
from lessons.toolkit.training import exact_match

MODELS = ("additive", "both ways", "words as values", "read when you write", "both changes")


def measure(run: Trained) -> dict[str, Any]:
    """Measure exact match on the test sentences."""
    test = load_split("test")
    return {"exact_match": round(exact_match(translate(run, test), [pair.target_words for pair in test]), 4)}


def held_fixed() -> dict[str, Any]:
    """Say on which sentences is measured."""
    return {"test_sentences": len(load_split("test"))}


EXPERIMENT = Experiment("05_alignments", five_seeds(*MODELS), ("exact_match",), measure, held_fixed)
