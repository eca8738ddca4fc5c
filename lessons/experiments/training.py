"""What experiments share: vocabularies, training with the course's settings, translation, resumable runs."""

import argparse
from collections.abc import Callable, Iterable
from typing import Any

from torch import nn

from lessons.earlier.lesson_02 import Vocabularies, train_model, translate
from lessons.toolkit.results import load_results, save_results

__all__ = [
    "SEEDS",
    "Vocabularies",
    "count_parameters",
    "experiment_arguments",
    "run_missing",
    "train_model",
    "translate",
]

SEEDS = (1, 2, 3, 4, 5)


def count_parameters(model: nn.Module) -> int:
    """How many numbers the model learns."""
    return sum(weights.numel() for weights in model.parameters())


def experiment_arguments(description: str) -> argparse.ArgumentParser:
    """The options of every experiment: seeds, and what makes a trial run small."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="train on every N-th pair only")
    parser.add_argument("--results", metavar="NAME", help="another name for the file under datasets/results")
    return parser


def run_missing(
    name: str, header: dict[str, Any], keys: Iterable[dict[str, Any]], run: Callable[..., dict[str, Any]]
) -> None:
    """Do the runs that the results file lacks, and write the file after each of them.

    Args:
        name: of the file under `datasets/results`.
        header: what the file says before its runs. A file with another header begins anew.
        keys: what tells the runs apart, such as `{"seed": 1, "context_size": 8}`.
        run: makes the run of a key, given as named arguments, and returns what is to be kept.
    """
    for key in keys:
        if any(key.items() <= done.items() for done in _runs(name, header)):
            continue
        made = key | run(**key)
        runs = sorted([*_runs(name, header), made], key=lambda done: tuple(done[part] for part in key))
        save_results(name, header | {"runs": runs})  # read again just before: two processes may share the seeds
        print(made, flush=True)


def _runs(name: str, header: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        results = load_results(name)
    except FileNotFoundError:
        return []
    return results["runs"] if results | header == results else []
