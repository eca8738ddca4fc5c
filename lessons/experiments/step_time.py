"""Seconds of a training step by sentence length, for lesson 03: `python -m lessons.experiments.step_time`.

Nothing is learnt here: the sentences are random words, all as long as the longest, so no time goes to padding. Run it
on a machine that does nothing else; it takes a few minutes and writes `datasets/results/03_step_time.json`.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from statistics import median, quantiles
from typing import Any

import torch

from lessons.earlier.lesson_01 import masked_loss, training_step
from lessons.experiments.architectures import ARCHITECTURES, Sizes
from lessons.experiments.results_file import ResultsFile
from lessons.experiments.trainings import BATCH_SIZE, count_parameters
from lessons.toolkit.batches import END, SPECIAL_TOKENS, Batch
from lessons.toolkit.results import ResultsError
from lessons.toolkit.training import use_threads

NAME = "03_step_time"
MODELS = ("baseline", "additive")
LENGTHS = (8, 16, 32, 64, 128)
WORDS = 300  # in either vocabulary, about as many as the course corpus has
STEPS = 25
SEED = 1
FIELDS = ("parameters", "median_seconds", "lower_quartile", "upper_quartile")


def results_file(lengths: Sequence[int] = LENGTHS, steps: int = STEPS) -> ResultsFile:
    """Describe the results file: what is timed, and how often."""
    return file_of_steps(NAME, "step_time", MODELS, FIELDS, lengths, steps)


def file_of_steps(
    name: str, module: str, models: Sequence[str], fields: Sequence[str], lengths: Sequence[int], steps: int
) -> ResultsFile:
    """Describe a results file about training steps with random words, on one thread.

    Args:
        name: of the file.
        module: of this package, which makes it.
        models: names of `ARCHITECTURES`.
        fields: of a run.
        lengths: S = T of each batch, in words.
        steps: how many are timed for each length.
    """
    header = {
        "command": f"python -m lessons.experiments.{module}",
        "corpus": {"name": "random words"},
        "torch": torch.__version__.split("+")[0],
        "held_fixed": {
            "batch_size": BATCH_SIZE,
            "threads": 1,
            "words": WORDS,
            "source_and_target_words": list(lengths),
            "steps_timed": steps,
        },
        "trainings": {model: {"model": model, "sizes": asdict(Sizes())} for model in models},
        "seeds": {model: [SEED] for model in models},
        "fields": list(fields),
    }
    return ResultsFile(name, header)


def random_batch(length: int, generator: torch.Generator) -> Batch:
    """Make B sentence pairs of random words, S = T = `length`, END included: no padding."""

    def side() -> torch.Tensor:
        words = torch.randint(len(SPECIAL_TOKENS), WORDS, (BATCH_SIZE, length), generator=generator)
        words[:, -1] = END
        return words

    full = torch.ones(BATCH_SIZE, length, dtype=torch.bool)
    return Batch(side(), full, side(), full)


def stepper(name: str) -> tuple[Callable[[Batch], float], int]:
    """Build an untrained model, and give its training step (forward, backward, Adam) and its parameters."""
    torch.manual_seed(SEED)
    model = ARCHITECTURES[name](WORDS, WORDS, Sizes())
    optimizer = torch.optim.Adam(model.parameters())
    return lambda batch: training_step(model, masked_loss, optimizer, batch), count_parameters(model)


def seconds_of_steps(name: str, lengths: Sequence[int], steps: int) -> dict[str, Any]:
    """Time training steps of one model, the lengths in turn so that a disturbance hits all of them.

    Args:
        name: of `ARCHITECTURES`.
        lengths: S = T of each batch, in words.
        steps: how many are timed for each length, after one that is not.

    Returns:
        A run of the results file: "median_seconds", "lower_quartile" and "upper_quartile" have one number of seconds
        for each length.
    """
    step, parameters = stepper(name)
    generator = torch.Generator().manual_seed(SEED)
    batches = [random_batch(length, generator) for length in lengths]
    rounds = [[_seconds(step, batch) for batch in batches] for _ in range(steps + 1)][1:]
    return timed_run(name, parameters, list(zip(*rounds, strict=True)))


def timed_run(name: str, parameters: int, seconds: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Give a run of a results file: the median and the quartiles of the seconds, a number for each length."""
    quarters = [quantiles(column, n=4, method="inclusive") for column in seconds]
    return {
        "training": name,
        "seed": SEED,
        "parameters": parameters,
        "median_seconds": [round(median(column), 5) for column in seconds],
        "lower_quartile": [round(low, 5) for low, _, _ in quarters],
        "upper_quartile": [round(high, 5) for _, _, high in quarters],
    }


def _seconds(step: Callable[[Batch], float], batch: Batch) -> float:
    began = time.perf_counter()
    step(batch)
    return time.perf_counter() - began


def main(given: Sequence[str] | None = None) -> int:
    """Time what the file lacks and publish it; a file that is there stays as it is."""
    parser = argparse.ArgumentParser(
        prog="python -m lessons.experiments.step_time", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--again", action="store_true", help="time all models, also those that the file has")
    options = parser.parse_args(given)
    use_threads(1)
    file = results_file()
    try:
        names = MODELS if options.again else [name for name, _ in file.missing()]
    except ResultsError as error:
        parser.error(str(error))
    for name in names:
        run = seconds_of_steps(name, LENGTHS, STEPS)
        file.add(run)
        print(f"{name}: {', '.join(f'{seconds:.3f}' for seconds in run['median_seconds'])} s", flush=True)
    print(f"{file.published}: {'published' if file.publish() else 'as it was'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
