"""Lesson 06: the baseline and the attention model translate greedily and with a beam."""

from functools import cache
from typing import Any

import sacrebleu
import torch
from torch import nn

from lessons.earlier.lesson_06 import best_of, decoder_step, hypotheses_of
from lessons.experiments.decoding import MAX_LENGTH
from lessons.experiments.experiment import Experiment, five_seeds
from lessons.experiments.lengths import PER_LENGTH, describe, new_sentences
from lessons.experiments.trainings import Trained
from lessons.toolkit.batches import START
from lessons.toolkit.corpus import SentencePair
from lessons.toolkit.training import exact_match

BEAM_SIZE = 5
#: Way to search → beam size, and alpha of the length normalisation.
WAYS = {"greedy": (1, 0.0), "beam": (BEAM_SIZE, 1.0), "beam, not normalised": (BEAM_SIZE, 0.0)}

Translation = tuple[list[int], float]  # word numbers, END among them, and their log-probability


def measure(run: Trained) -> dict[str, Any]:
    """Measure BLEU, exact match, and whose fault the errors are, for each number of clauses.

    Returns:
        field → way to search → a list over one to eight clauses: "bleu" in per cent, "exact_match" as a share, how
        many translations are "wrong", and of how many of them the model finds the reference more probable than all
        that the search found ("search_errors").
    """
    found = [measure_length(run, pairs) for pairs in new_sentences().values()]
    return {kind: {way: [each[kind][way] for each in found] for way in WAYS} for kind in found[0]}


def measure_length(run: Trained, pairs: list[SentencePair]) -> dict[str, Any]:
    """Measure every way to search on sentences of one length."""
    words, encoded = run.training.words().target, [run.training.encode(pair) for pair in pairs]
    searched = {
        size: [hypotheses_of(run.model, source, size, MAX_LENGTH) for source, _ in encoded] for size in (1, BEAM_SIZE)
    }
    references = [pair.target_words for pair in pairs]
    found: dict[str, Any] = {"bleu": {}, "exact_match": {}, "wrong": {}, "search_errors": {}}
    for way, (size, alpha) in WAYS.items():
        written = [[words[n] for n in best_of(each, alpha)] for each in searched[size]]
        wrong = [n for n, (made, wanted) in enumerate(zip(written, references, strict=True)) if made != wanted]
        missed = [is_search_error(run.model, *encoded[n], searched[size][n]) for n in wrong]
        found["bleu"][way] = round(bleu(written, references), 2)
        found["exact_match"][way] = round(exact_match(written, references), 4)
        found["wrong"][way], found["search_errors"][way] = len(wrong), sum(missed)
    return found


def bleu(translations: list[list[str]], references: list[list[str]]) -> float:
    """Compute corpus BLEU over words between spaces, in per cent, as sacrebleu counts it."""
    written, wanted = ([" ".join(words) for words in side] for side in (translations, references))
    return sacrebleu.corpus_bleu(written, [wanted], tokenize="none", force=True).score


@torch.no_grad()
def log_probability(model: nn.Module, source: list[int], target: list[int]) -> float:
    """Compute how probable a model finds a translation, in nats; both sides with END."""
    step, state = decoder_step(model, source)
    total = 0.0
    for read, word in zip([START, *target], target, strict=False):
        scores, state = step(torch.tensor([read]), state)
        total += scores[0, word].item()
    return total


def is_search_error(model: nn.Module, source: list[int], target: list[int], found: list[Translation]) -> bool:
    """Tell whether the right translation is more probable than all that the search found: missed, not rejected."""
    return log_probability(model, source, target) > max(score for _, score in found) + 1e-4


@cache
def held_fixed() -> dict[str, Any]:
    """Say on which sentences is measured, and how."""
    means = [sum(len(pair.source_words) for pair in pairs) / PER_LENGTH for pairs in new_sentences().values()]
    return describe() | {
        "mean_source_words": [round(mean, 1) for mean in means],
        "beam_size": BEAM_SIZE,
        "alpha": WAYS["beam"][1],
        "sacrebleu": sacrebleu.__version__,
    }


EXPERIMENT = Experiment(
    name="06_translator",
    seeds=five_seeds("baseline", "additive"),
    fields=("bleu", "exact_match", "wrong", "search_errors"),
    measure=measure,
    held_fixed=held_fixed,
)
