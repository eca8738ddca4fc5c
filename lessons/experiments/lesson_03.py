"""Lesson 03: the baseline, three scores, and attention that cannot choose, or not anew at each word.

Also what may be behind the difference: how much gradient the last target word sends to the first source word, before
and after training; and what of attention's errors on longer sentences is a matter of their length.
"""

from statistics import median
from typing import Any

import torch
from torch import Tensor, nn

from lessons.experiments.experiment import Experiment, five_seeds
from lessons.experiments.lengths import describe, exact_matches, lengths_of_wrong, new_sentences
from lessons.experiments.trainings import Trained, Training
from lessons.toolkit.batches import Batch
from lessons.toolkit.corpus import SentencePair

MODELS = ("baseline", "uniform", "fixed weights", "additive", "dot", "general")


def measure(run: Trained) -> dict[str, Any]:
    """Measure exact match, the lengths of wrong translations, and the gradient before and after training."""
    groups = new_sentences().values()
    gradients = {
        when: [first_word_gradient(model, run.training, pairs) for pairs in groups]
        for when, model in (("before", run.untrained()), ("after", run.model))
    }
    return exact_matches(run) | lengths_of_wrong(run) | {"first_word_gradient": gradients}


def first_word_gradient(model: nn.Module, training: Training, pairs: list[SentencePair]) -> float:
    """Measure what the last target word's loss sends back to the first source word.

    Args:
        model: whose encoder has an `embedding`.
        training: how it reads.
        pairs: N sentences.

    Returns:
        The median over the sentences of the norm of the gradient of the loss of the last word before END, with
        respect to the embedding (E,) of the source word at place 0.
    """
    batch, embedded = training.batch(pairs), []
    hook = model.encoder.embedding.register_forward_hook(lambda *args: _remember(embedded, args[-1]))
    _last_word_loss(model(batch), batch).backward()
    hook.remove()
    model.zero_grad()
    return round(median(embedded[0].grad[:, 0].norm(dim=-1).tolist()), 8)


def _remember(embedded: list[Tensor], output: Tensor) -> None:
    output.retain_grad()
    embedded.append(output)


def _last_word_loss(logits: Tensor, batch: Batch) -> Tensor:
    """The sum over sentences of the loss of the last word before END."""
    rows, last = torch.arange(len(batch)), batch.target_mask.sum(1) - 2
    return nn.functional.cross_entropy(logits[rows, last], batch.target[rows, last], reduction="sum")


EXPERIMENT = Experiment(
    name="03_attention",
    seeds=five_seeds(*MODELS),
    fields=("exact_match", "seen_exact_match", "wrong", "exact_match_given_length", "first_word_gradient"),
    measure=measure,
    held_fixed=describe,
)
