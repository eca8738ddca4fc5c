"""The runs that are missing: each training is made once and measured by every experiment that needs it."""

import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from lessons.experiments import EXPERIMENTS
from lessons.experiments.experiment import Experiment
from lessons.experiments.trainings import TRAININGS, Trained, is_trained, trained
from lessons.toolkit.training import use_threads


@dataclass(frozen=True)
class Task:
    """One training from one seed, and the experiments that measure it."""

    training: str
    seed: int
    experiments: tuple[str, ...]

    def cost(self, every: int = 1) -> float:
        """Estimate the work, in trainings of lesson 3's size; weights that are kept leave only the measuring."""
        measuring = 0.2 * len(self.experiments)
        training = TRAININGS[self.training]
        if is_trained(self.training, self.seed, every):
            return measuring
        words = training.epochs * sum(training.clauses) / (6 * 21)
        return measuring + words * max(1.0, (training.sizes.hidden / 128) ** 1.6)


def remaining(names: Sequence[str], seeds: Sequence[int] | None, every: int, folder: Path) -> list[Task]:
    """List what is missing: seed by seed, the long trainings last."""
    wanted: dict[tuple[str, int], list[str]] = {}
    for name in names:
        for key in EXPERIMENTS[name].file(every, folder).missing():
            wanted.setdefault(key, []).append(name)
    tasks = [Task(*key, tuple(found)) for key, found in wanted.items() if seeds is None or key[1] in seeds]
    order = list(TRAININGS)
    return sorted(tasks, key=lambda task: (task.cost(every) > 3, task.seed, order.index(task.training)))


def perform(task: Task, every: int) -> list[tuple[str, dict[str, Any] | str]]:
    """Train, or take the kept weights, and measure; an experiment that fails gives its error as text instead."""
    use_threads(1)
    run = trained(task.training, task.seed, every)
    return [(name, _measured(EXPERIMENTS[name], run)) for name in task.experiments]


def _measured(experiment: Experiment, run: Trained) -> dict[str, Any] | str:
    try:
        return experiment.run(run)
    except Exception:  # the other experiments on this training must not be lost
        return traceback.format_exc()


def work(tasks: Sequence[Task], every: int, folder: Path, workers: int) -> int:
    """Do tasks in processes of one thread each, and write each run as it comes; returns how many experiments failed."""
    failed, began, done = 0, time.monotonic(), 0.0
    costs = {task: task.cost(every) for task in tasks}
    files = {name: EXPERIMENTS[name].file(every, folder) for task in tasks for name in task.experiments}
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(perform, task, every): task for task in tasks}
        for number, future in enumerate(as_completed(futures), start=1):
            task = futures[future]
            for name, found in _outcome(future, task):
                if isinstance(found, str):
                    failed += 1
                    print(f"{name}, {task.training}, seed {task.seed} failed:\n{found}", file=sys.stderr, flush=True)
                else:
                    files[name].add(found)
            done += costs[task]
            left = (time.monotonic() - began) * (sum(costs.values()) / done - 1) / 60
            text = f"{number} of {len(tasks)}: {task.training}, seed {task.seed}; about {left:.0f} min remain"
            print(text, flush=True)
    return failed


def _outcome(future: Any, task: Task) -> Iterator[tuple[str, dict[str, Any] | str]]:
    try:
        yield from future.result()
    except Exception:  # a training that fails leaves all of its experiments without a run
        yield from [(name, traceback.format_exc()) for name in task.experiments]
