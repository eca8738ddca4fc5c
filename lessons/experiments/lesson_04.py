"""Lesson 04: the attention model, trained with four ways to choose what the decoder reads.

Data, steps, optimiser and parameters are the same for all; for one seed the first weights and the order of the batches
are, too. Models are compared on the same errors as well: one wrong word, put into the same right prefix.
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from lessons.earlier.lesson_01 import masked_loss
from lessons.earlier.lesson_04 import accuracy_after_error, decode, free_running, previous_words
from lessons.experiments.experiment import Experiment, five_seeds
from lessons.experiments.injected_errors import injected_errors
from lessons.experiments.trainings import SHORT, Trained
from lessons.toolkit.batches import END, Batch
from lessons.toolkit.corpus import SentencePair, load_split

WAYS = ("ratio 1.0", "ratio 0.5", "ratio 0.0", "inverse sigmoid")
REACH = 8


@torch.no_grad()
def measure(run: Trained) -> dict[str, Any]:
    """Measure loss and accuracies on the test sentences, forced and free-running."""
    batch = run.training.batch(_test())
    previous = previous_words(batch.target)
    scores = partial(decode, run.model, batch)
    forced = scores(previous, torch.ones_like(previous, dtype=torch.bool))
    found = {"forced_loss": round(masked_loss(forced, batch.target, batch.target_mask).item(), 4)}
    for name, written in (("forced", forced.argmax(-1)), ("free", free_running(scores, previous))):
        after = accuracy_after_error(written, batch.target, batch.target_mask, REACH)
        found |= {
            f"{name}_accuracy": _word_accuracy(written, batch),
            f"{name}_after_error": [round(value, 4) for value in after.tolist()],
        }
    right = ((written == batch.target) | ~batch.target_mask).all(1)
    found |= _wrong_by_length(written, batch, ~right) | {"exact_match": round(right.float().mean().item(), 4)}
    return found | {"injected_errors": injected_errors(run.model, _test(), run.training.words())}


def _wrong_by_length(written: Tensor, batch: Batch, wrong: Tensor) -> dict[str, int]:
    """Count wrong sentences (B,) that are as long as the reference, and those of another length."""
    ends = (written == END) & batch.target_mask
    same = wrong & ends.any(1) & (ends.int().argmax(1) == batch.target_mask.sum(1) - 1)
    return {"wrong_as_long": int(same.sum()), "wrong_of_other_length": int((wrong & ~same).sum())}


def _word_accuracy(written: Tensor, batch: Batch) -> float:
    return round((written == batch.target)[batch.target_mask].float().mean().item(), 4)


def _test() -> list[SentencePair]:
    return load_split("by_length", SHORT)


def held_fixed() -> dict[str, Any]:
    """Say on which sentences is measured."""
    return {"test_sentences": len(_test()), "clauses": list(SHORT), "reach": REACH}


EXPERIMENT = Experiment(
    name="04_teacher_forcing",
    seeds=five_seeds(*WAYS),
    fields=(
        "forced_loss",
        "forced_accuracy",
        "forced_after_error",
        "free_accuracy",
        "free_after_error",
        "wrong_as_long",
        "wrong_of_other_length",
        "exact_match",
        "injected_errors",
    ),
    measure=measure,
    held_fixed=held_fixed,
)
