"""Processor time and memory of a training step of the recurrent models and of the Transformer, by sentence length.

`python -m lessons.experiments.step_cost` writes `datasets/results/07_step_cost.json`. Time is that of one thread's
processor, so that other work on the machine counts little; memory is what is kept for the backward pass, in bytes,
which is the same on every machine.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lessons.earlier.lesson_01 import masked_loss, training_step
from lessons.experiments.architectures import ARCHITECTURES, Sizes
from lessons.experiments.results_file import ResultsFile
from lessons.experiments.step_time import LENGTHS, SEED, WORDS, file_of_steps, random_batch, timed_run
from lessons.experiments.trainings import count_parameters
from lessons.toolkit.batches import Batch
from lessons.toolkit.training import use_threads

NAME = "07_step_cost"
MODELS = ("baseline", "additive", "transformer")
STEPS = 9
FIELDS = ("parameters", "median_seconds", "lower_quartile", "upper_quartile", "kept_bytes")


def results_file() -> ResultsFile:
    """Describe the results file: what is measured, and how often."""
    return file_of_steps(NAME, "step_cost", MODELS, FIELDS, LENGTHS, STEPS)


def kept_bytes(model: nn.Module, batch: Batch) -> int:
    """Count the bytes that the forward pass keeps for the backward pass, each once, the parameters left out."""
    own = {weights.untyped_storage().data_ptr() for weights in model.parameters()}
    kept: dict[int, tuple[int, Tensor]] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes(), tensor  # held, so that its place is not used again
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        masked_loss(model(batch), batch.target, batch.target_mask)
    return sum(size for size, _ in kept.values())


def new_models() -> dict[str, nn.Module]:
    """Build the untrained models."""
    torch.manual_seed(SEED)
    return {name: ARCHITECTURES[name](WORDS, WORDS, Sizes()) for name in MODELS}


def seconds_of_steps(models: dict[str, nn.Module], steps: int = STEPS) -> dict[str, list[list[float]]]:
    """Time training steps, models and lengths in turn, after a round that is not counted.

    Returns:
        Name → for each length the seconds of each step.
    """
    optimizers = {name: torch.optim.Adam(model.parameters()) for name, model in models.items()}
    generator = torch.Generator().manual_seed(SEED)
    batches = [random_batch(length, generator) for length in LENGTHS]
    found: dict[str, list[list[float]]] = {name: [[] for _ in batches] for name in models}
    for number in range(steps + 1):
        for place, batch in enumerate(batches):
            for name, model in models.items():
                seconds = _seconds(lambda: training_step(model, masked_loss, optimizers[name], batch))  # noqa: B023
                if number:
                    found[name][place].append(seconds)
    return found


def _seconds(act: Callable[[], Any]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def run_of(name: str, model: nn.Module, seconds: list[list[float]]) -> dict[str, Any]:
    """Give a run of the results file: a number for each length in each field but the first."""
    generator = torch.Generator().manual_seed(SEED)
    kept = [kept_bytes(model, random_batch(length, generator)) for length in LENGTHS]
    return timed_run(name, count_parameters(model), seconds) | {"kept_bytes": kept}


def main(given: Sequence[str] | None = None) -> int:
    """Measure all models, if the file lacks one, and publish it."""
    parser = argparse.ArgumentParser(
        prog="python -m lessons.experiments.step_cost", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--again", action="store_true", help="measure also what the file has")
    options = parser.parse_args(given)
    use_threads(1)
    file = results_file()
    if options.again or file.missing():
        models = new_models()
        for name, seconds in seconds_of_steps(models).items():
            file.add(run_of(name, models[name], seconds))
    print(f"{file.published}: {'published' if file.publish() else 'as it was'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
