"""Lesson 02: the baseline with contexts of several sizes, and the controls that say what its fall does not come from.

Four times the steps, with and without dropout, half, twice and four times the learning rate, four times the state, and
the source read backwards: all at the full context. Each model is measured on new sentences and on sentences that it saw
in training.
"""

from typing import Any

import torch
from torch import Tensor

from lessons.earlier.lesson_02 import target_clauses
from lessons.experiments.experiment import Experiment, five_seeds
from lessons.experiments.lengths import describe, exact_matches, new_sentences
from lessons.experiments.trainings import CONTEXT_SIZES, CONTROL_SEEDS, Trained
from lessons.toolkit.corpus import SentencePair, count_clauses, load_split

CONTROLS = (
    "baseline, half the rate",
    "baseline, double the rate",
    "baseline, four times the rate",
    "baseline, H = 512",
    "baseline, four times the steps, dropout",
)
#: Errors by clause and place are counted on sentences of this many clauses.
COUNTED_CLAUSES = 6
PLACES = 24


def measure(run: Trained) -> dict[str, Any]:
    """Measure exact match by length, errors by clause, and errors by clause and place in the target."""
    return exact_matches(run) | {
        "clause_errors": [clause_errors(run, pairs) for pairs in new_sentences().values()],
        "by_clause_and_place": clause_and_place(run, counted_sentences()),
    }


def clause_errors(run: Trained, pairs: list[SentencePair]) -> list[float]:
    """Measure the share of wrong words by the source clause they come from, each after the right words before it."""
    counts = clause_and_place(run, pairs)
    totals = zip(map(sum, counts["wrong"]), map(sum, counts["words"]), strict=True)
    return [round(wrong / words, 4) for wrong, words in totals]


@torch.no_grad()
def clause_and_place(run: Trained, pairs: list[SentencePair]) -> dict[str, list[list[int]]]:
    """Count words and wrong words by source clause and by place in the target, each after the right words before it.

    Args:
        run: the model.
        pairs: aligned sentences of L clauses.

    Returns:
        "words", "wrong": L rows, one for each clause of the English sentence, by the sure links; a column for each
        place in the Korean sentence, from 0; what comes later than the last column counts there.
    """
    batch = run.training.batch(pairs)
    wrong = run.model(batch).argmax(-1) != batch.target  # (B, T)
    clauses = _padded([target_clauses(pair) for pair in pairs])  # (B, T), -1 where no sure link leads
    cells = clauses * PLACES + torch.arange(clauses.shape[1]).clamp(max=PLACES - 1)
    size = count_clauses(pairs[0].source_words) * PLACES

    def table(chosen: Tensor) -> list[list[int]]:
        return torch.bincount(cells[chosen & (clauses >= 0)], minlength=size).view(-1, PLACES).tolist()

    return {"words": table(torch.ones_like(wrong)), "wrong": table(wrong)}


def counted_sentences() -> list[SentencePair]:
    """Give the held-out sentences whose errors are counted by clause and place."""
    return [*load_split("test", (COUNTED_CLAUSES,)), *load_split("by_length", (COUNTED_CLAUSES,))]


def held_fixed() -> dict[str, Any]:
    """Say on which sentences is measured."""
    return describe() | {"counted_clauses": COUNTED_CLAUSES, "counted_sentences": len(counted_sentences())}


def _padded(rows: list[list[int]]) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[-1] * (longest - len(row))] for row in rows])


EXPERIMENT = Experiment(
    name="02_context_limit",
    seeds=five_seeds(
        *[f"context of {size}" for size in CONTEXT_SIZES],
        "baseline",
        "baseline, reversed source",
        "baseline, four times the steps",
    )
    | dict.fromkeys(CONTROLS, CONTROL_SEEDS),
    fields=("exact_match", "seen_exact_match", "clause_errors", "by_clause_and_place"),
    measure=measure,
    held_fixed=held_fixed,
)
