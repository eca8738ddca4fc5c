"""An experiment: which trainings it needs from which seeds, and what it measures of each model."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from lessons.experiments.results_file import UNFINISHED, ResultsFile
from lessons.experiments.trainings import BATCH_SIZE, SEEDS, TRAININGS, Trained, training_pairs
from lessons.toolkit.corpus import corpus_sha256

FACTS = ("parameters", "loss", "steps", "seconds")


@dataclass(frozen=True)
class Experiment:
    """One results file in the making.

    Attributes:
        name: of the file, without ".json".
        seeds: training → the seeds it is run from.
        fields: what `measure` finds.
        measure: a trained model → what is kept of it, by field.
        held_fixed: what is the same in all runs and stands in the file, such as the number of test sentences.
    """

    name: str
    seeds: dict[str, tuple[int, ...]]
    fields: tuple[str, ...]
    measure: Callable[[Trained], dict[str, Any]]
    held_fixed: Callable[[], dict[str, Any]]

    def file(self, every: int = 1, folder: Path = UNFINISHED) -> ResultsFile:
        """Describe the results file; a trial trains on every n-th pair and keeps its file elsewhere."""
        return ResultsFile(self.name, self._header(every), folder)

    def run(self, trained: Trained) -> dict[str, Any]:
        """Measure one model, and give the run as the file keeps it."""
        found = self.measure(trained)
        if set(found) != set(self.fields):
            raise ValueError(f"{self.name}: measured {sorted(found)} where `fields` names {sorted(self.fields)}")
        return {"training": trained.name, "seed": trained.seed} | trained.facts | found

    def _header(self, every: int) -> dict[str, Any]:
        sentences = {name: len(training_pairs(TRAININGS[name], every)) for name in self.seeds}
        return {
            "command": f"python -m lessons.experiments {self.name}",
            "corpus": {"name": "english_korean", "sha256": corpus_sha256()},
            "torch": torch.__version__.split("+")[0],
            "held_fixed": {"batch_size": BATCH_SIZE} | self.held_fixed(),
            "trainings": {name: {"sentences": sentences[name]} | TRAININGS[name].settings() for name in self.seeds},
            "seeds": {name: list(seeds) for name, seeds in self.seeds.items()},
            "fields": [*FACTS, *self.fields],
        }


def five_seeds(*names: str) -> dict[str, tuple[int, ...]]:
    """Give each training the course's five seeds."""
    return dict.fromkeys(names, SEEDS)
