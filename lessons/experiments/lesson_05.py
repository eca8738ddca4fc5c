"""Lesson 05: lesson 3's model, three changes one at a time, and two together: translations, weights, hidden words."""

from functools import cache
from typing import Any

import torch
from torch import nn

from lessons.earlier.lesson_05 import argmax_links, diagonal_links
from lessons.experiments.decoding import translate
from lessons.experiments.experiment import Experiment, five_seeds
from lessons.experiments.hidden_words import alignment_errors, error_rate, hiding, offsets, weights_of
from lessons.experiments.trainings import Trained
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.training import exact_match

MODELS = ("additive", "both ways", "words as values", "read when you write", "both changes")
HIDING_SENTENCES = 250


def measure(run: Trained) -> dict[str, Any]:
    """Measure translations, error rates of the weights, where they lie, and what hidden words cost.

    Returns:
        "exact_match" on the test sentences, a share; "aer_by_epoch" by the greatest weight, after each epoch;
        "alignment", "offsets" and "hiding" as `hidden_words` describes them.
    """
    test, words = load_split("test"), run.training.words()
    epochs = range(1, run.training.epochs + 1)
    return {
        "exact_match": round(exact_match(translate(run, test), [pair.target_words for pair in test]), 4),
        "aer_by_epoch": [aer_argmax(run.after_epoch(epoch), run, test) for epoch in epochs],
        "alignment": alignment_errors(run.model, test, words, load_split("valid")),
        "offsets": offsets(run.model, test, words),
        "hiding": hiding(run.model, test[:HIDING_SENTENCES], words),
    }


def aer_argmax(model: nn.Module, run: Trained, pairs: list[SentencePair]) -> float:
    """Compute the AER of a model's greatest weights."""
    return round(error_rate([argmax_links(each) for each in weights_of(model, pairs, run.training.words())], pairs), 4)


@cache
def held_fixed() -> dict[str, Any]:
    """Say on which sentences is measured, and what baselines without a model score."""
    test = load_split("test")
    sizes = [(len(pair.source_words), len(pair.target_words)) for pair in test]
    chance = torch.Generator().manual_seed(1)
    uniform = [argmax_links(torch.rand(target, source, generator=chance)) for source, target in sizes]
    return {
        "test_sentences": len(test),
        "hiding_sentences": HIDING_SENTENCES,
        "aer_diagonal": round(error_rate([diagonal_links(*size) for size in sizes], test), 4),
        "aer_uniform": round(error_rate(uniform, test), 4),
    }


EXPERIMENT = Experiment(
    name="05_alignments",
    seeds=five_seeds(*MODELS),
    fields=("exact_match", "aer_by_epoch", "alignment", "offsets", "hiding"),
    measure=measure,
    held_fixed=held_fixed,
)
