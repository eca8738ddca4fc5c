"""Lesson 07: a Transformer of lesson 3's size, beside lesson 3's model with the same search and the same steps."""

from functools import cache
from typing import Any

from lessons.experiments.decoding import translate
from lessons.experiments.experiment import Experiment, five_seeds
from lessons.experiments.heads import head_errors, knock_outs
from lessons.experiments.lengths import describe, new_sentences
from lessons.experiments.trainings import Trained
from lessons.toolkit.corpus import load_split
from lessons.toolkit.training import exact_match

#: The seed of the search for a learning rate, but for the rate that came out ahead, and of longer training.
ONE_SEED = (1,)
SEARCHED = ("half the rate", "double the rate", "twice the steps")
#: Trainings that were made from one seed; the lesson says so where it shows them.
FEW_SEEDS = {
    "additive": ONE_SEED,
    **{f"additive, {how}": ONE_SEED for how in SEARCHED},
    **{f"transformer, {how}": ONE_SEED for how in ("half the rate", "twice the steps")},
}
KNOCK_OUT_SENTENCES = 250
LEAK_SENTENCES = 50  # of each length


def measure(run: Trained) -> dict[str, Any]:
    """Measure exact match, a share.

    Returns:
        "valid_exact_match": of the validation sentences, by which rates and steps are chosen; "exact_match": of new
        sentences, for each of one to eight clauses.
    """
    groups = [load_split("valid"), *new_sentences().values()]
    valid, *new = (
        round(exact_match(translate(run, pairs), [pair.target_words for pair in pairs]), 4) for pairs in groups
    )
    return {"valid_exact_match": valid, "exact_match": new}


def measure_heads(run: Trained) -> dict[str, Any]:
    """Measure the heads of a Transformer.

    Returns:
        "valid_aer" and "aer": of each head of the cross-attention, layer by layer, on the validation and on the test
        sentences; "knock_out" as `heads.knock_outs` describes it.
    """
    test, words = load_split("test"), run.training.words()
    return {
        "valid_aer": head_errors(run.model, load_split("valid"), words),
        "aer": head_errors(run.model, test, words),
        "knock_out": knock_outs(run.model, test[:KNOCK_OUT_SENTENCES], words),
    }


@cache
def held_fixed() -> dict[str, Any]:
    """Say on which sentences is measured."""
    return describe() | {"valid_sentences": len(load_split("valid"))}


@cache
def held_fixed_of_heads() -> dict[str, Any]:
    """Say on which sentences the heads are measured."""
    return {
        "valid_sentences": len(load_split("valid")),
        "test_sentences": len(load_split("test")),
        "knock_out_sentences": KNOCK_OUT_SENTENCES,
    }


def measure_leak(run: Trained) -> dict[str, Any]:
    """Measure exact match of new sentences of the lengths of training, a share; the loss is among the facts."""
    pairs = [pair for clauses in run.training.clauses for pair in new_sentences()[clauses][:LEAK_SENTENCES]]
    return {"exact_match": round(exact_match(translate(run, pairs), [pair.target_words for pair in pairs]), 4)}


EXPERIMENT = Experiment(
    name="07_self_attention",
    seeds=five_seeds("transformer", "transformer without positions", "transformer, double the rate") | FEW_SEEDS,
    fields=("valid_exact_match", "exact_match"),
    measure=measure,
    held_fixed=held_fixed,
)

HEADS = Experiment(
    name="07_heads",
    seeds=five_seeds("transformer"),
    fields=("valid_aer", "aer", "knock_out"),
    measure=measure_heads,
    held_fixed=held_fixed_of_heads,
)

LEAK = Experiment(
    name="07_leak",
    seeds=five_seeds("transformer, one epoch", "transformer that reads ahead"),
    fields=("exact_match",),
    measure=measure_leak,
    held_fixed=lambda: {"new_sentences_per_length": LEAK_SENTENCES},
)
