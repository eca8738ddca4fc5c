"""The shell of a training loop: epochs, a progress bar, the mean loss of each epoch."""

import os
from collections.abc import Callable, Iterable

import torch
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR
from tqdm.auto import tqdm

from lessons.toolkit.batches import Batch
from lessons.toolkit.text import said


def use_threads(count: int = 2) -> None:
    """Fix how many threads PyTorch uses, so that timings and results compare between machines."""
    torch.set_num_threads(count)


def train(
    step: Callable[[Batch], float],
    batches: Callable[[], Iterable[Batch]],
    epochs: int,
    schedule: LRScheduler | None = None,
) -> list[float]:
    """Train for some epochs, each with a progress bar that vanishes when it is done.

    Args:
        step: learns from one batch and returns its loss.
        batches: gives the batches of one epoch, in a new order each time it is called.
        epochs: how often all batches are seen.
        schedule: changes the learning rate after each step.

    Returns:
        The mean loss of each epoch, in nats per word.
    """
    means = []
    for epoch in range(1, epochs + 1):
        losses = []
        title = said("epoch {epoch} of {epochs}", epoch=epoch, epochs=epochs)
        with tqdm(list(batches()), desc=title, unit="batch", leave=False, disable=_without_bars()) as bar:
            for batch in bar:
                losses.append(_one_step(step, batch, schedule))
                bar.set_postfix(loss=f"{losses[-1]:.3f}", refresh=False)
        means.append(sum(losses) / len(losses))
    return means


def one_cycle(optimizer: Optimizer, steps: int) -> LRScheduler:
    """Let the learning rate rise to the optimizer's for a tenth of the steps, then fall to nearly 0.

    Source: Smith and Topin 2018, arXiv:1708.07120.
    """
    return OneCycleLR(optimizer, max_lr=optimizer.param_groups[0]["lr"], total_steps=steps, pct_start=0.1)


def _without_bars() -> bool:
    """Whether TQDM_DISABLE asks for none: tqdm's bars for notebooks do not heed it themselves."""
    return bool(os.environ.get("TQDM_DISABLE"))


def _one_step(step: Callable[[Batch], float], batch: Batch, schedule: LRScheduler | None) -> float:
    loss = step(batch)
    if schedule is not None:
        schedule.step()
    return loss


def exact_match(translations: list[list[str]], references: list[list[str]]) -> float:
    """The share of translations that equal their reference word for word, from 0 to 1.

    Raises:
        ValueError: there are not as many translations as references, or none at all.
    """
    if not references or len(translations) != len(references):
        raise ValueError(f"{len(translations)} translations for {len(references)} references")
    hits = sum(list(made) == list(wanted) for made, wanted in zip(translations, references, strict=True))
    return hits / len(references)
