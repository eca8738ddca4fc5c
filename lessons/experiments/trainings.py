"""Which models the experiments train, and how; each is trained once from a seed, and its weights are kept.

A `Training` says what is trained, on what and for how long. `trained` gives the model of a training and a seed: from
`build/runs/`, where every run leaves its weights, or by training it. So a new measure needs no new training.
"""

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from lessons.earlier.lesson_01 import masked_loss, pad_batch, training_step
from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_04 import forced_step, forcing_ratio
from lessons.experiments.architectures import ARCHITECTURES, Sizes
from lessons.toolkit.batches import Batch, make_batches
from lessons.toolkit.corpus import SentencePair, corpus_sha256, count_clauses, load_split
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.training import one_cycle, train

SEEDS = (1, 2, 3, 4, 5)
CONTROL_SEEDS = (1, 2, 3)
BATCH_SIZE = 64
ALL_CLAUSES = (1, 2, 3, 4, 5, 6)


@dataclass(frozen=True)
class Training:
    """What is trained, on which sentences, for how long; with a seed it is a run.

    Attributes:
        model: a name of `ARCHITECTURES`.
        sizes: E, H, A and C of the model.
        clauses: how many clauses the training sentences have.
        own_vocabulary: whether the vocabularies hold only the words of these sentences, not all of `train.tsv`.
        reversed_source: whether the source words are read last to first: Sutskever et al. 2014, section 3.3.
        epochs: how often each pair is seen.
        learning_rate: the greatest, of Adam in one cycle.
        forcing: schedule and setting of lesson 4's `forcing_ratio`; None trains as lessons 1 to 3 do.
        snapshots: whether the weights after each epoch are kept, too.
    """

    model: str
    sizes: Sizes = field(default_factory=Sizes)
    clauses: tuple[int, ...] = ALL_CLAUSES
    own_vocabulary: bool = False
    reversed_source: bool = False
    epochs: int = 6
    learning_rate: float = 4e-3
    forcing: tuple[str, float] | None = None
    snapshots: bool = False

    def settings(self) -> dict[str, Any]:
        """Give everything that fixes the run but the seed, ready for JSON."""
        return json.loads(json.dumps(asdict(self)))

    def words(self) -> Vocabularies:
        """Give the vocabularies of the model."""
        return _vocabularies(self.clauses if self.own_vocabulary else ALL_CLAUSES)

    def encode(self, pair: SentencePair) -> tuple[list[int], list[int]]:
        """Give a pair as word numbers, END after each side; the source in the order in which the model reads it."""
        source, target = self.words().encode(pair)
        return ([*source[-2::-1], source[-1]] if self.reversed_source else source), target

    def batch(self, pairs: list[SentencePair]) -> Batch:
        """Give pairs as one padded batch, as the model reads them."""
        (batch,) = make_batches([self.encode(pair) for pair in pairs], pad_batch, len(pairs))
        return batch


SHORT = (1, 2, 3, 4)
CONTEXT_SIZES = (6, 12, 24, 48)
#: Every way of training that a results file or a lesson needs, by name.
TRAININGS: dict[str, Training] = {
    "one and two clauses": Training("baseline", Sizes(128, 256), clauses=(1, 2), own_vocabulary=True, epochs=7),
    "baseline": Training("baseline"),
    **{f"context of {size}": Training("baseline", Sizes(context=size)) for size in CONTEXT_SIZES},
    "baseline, four times the steps": Training("baseline", epochs=24),
    "baseline, four times the steps, dropout": Training("baseline with dropout", epochs=24),
    "baseline, reversed source": Training("baseline", reversed_source=True),
    "baseline, H = 512": Training("baseline", Sizes(hidden=512)),
    "baseline, half the rate": Training("baseline", learning_rate=2e-3),
    "baseline, double the rate": Training("baseline", learning_rate=8e-3),
    "baseline, four times the rate": Training("baseline", learning_rate=1.6e-2),
    "additive": Training("additive", snapshots=True),
    "dot": Training("dot"),
    "general": Training("general"),
    "uniform": Training("uniform"),
    "fixed weights": Training("fixed weights"),
    "both ways": Training("both ways", snapshots=True),
    "words as values": Training("words as values", snapshots=True),
    "read when you write": Training("read when you write", snapshots=True),
    "both changes": Training("both changes", snapshots=True),
    "ratio 1.0": Training("additive", clauses=SHORT, epochs=3, forcing=("constant", 1.0)),
    "ratio 0.5": Training("additive", clauses=SHORT, epochs=3, forcing=("constant", 0.5)),
    "ratio 0.0": Training("additive", clauses=SHORT, epochs=3, forcing=("constant", 0.0)),
    # with k = 100 the ratio passes 0.5 in the middle of the 900 steps
    "inverse sigmoid": Training("additive", clauses=SHORT, epochs=3, forcing=("inverse sigmoid", 100.0)),
    "half trained": Training("additive", clauses=SHORT, epochs=1, forcing=("constant", 1.0)),
    "transformer": Training("transformer"),
    "transformer without positions": Training("transformer without positions"),
    "transformer, one epoch": Training("transformer", clauses=SHORT, epochs=1),
    "transformer that reads ahead": Training("transformer that reads ahead", clauses=SHORT, epochs=1),
    **{
        f"{model}, {how}": Training(model, epochs=epochs, learning_rate=rate)
        for model in ("transformer", "additive")
        for how, epochs, rate in (
            ("half the rate", 6, 2e-3),
            ("double the rate", 6, 8e-3),
            ("twice the steps", 12, 4e-3),
        )
    },
}


@dataclass(frozen=True)
class Trained:
    """A trained model and how it came about.

    Attributes:
        name, seed: which run of `TRAININGS`.
        training: its settings.
        model: the trained model, ready to translate.
        facts: "parameters", "loss" (mean of the last epoch, in nats per word), "steps", "seconds".
        folder: where its weights lie.
    """

    name: str
    seed: int
    training: Training
    model: nn.Module
    facts: dict[str, float]
    folder: Path

    def untrained(self) -> nn.Module:
        """Build the model with the weights that it began with."""
        return new_model(self.training, self.seed)

    def after_epoch(self, epoch: int) -> nn.Module:
        """Build the model with the weights that it had after an epoch, from 1; needs `snapshots`."""
        model = self.untrained()
        model.load_state_dict(load_file(_weights_file(self.folder, self.name, self.seed, epoch)))
        return model.eval()


def new_model(training: Training, seed: int) -> nn.Module:
    """Build the untrained model; the seed fixes its first weights."""
    words = training.words()
    torch.manual_seed(seed)
    return ARCHITECTURES[training.model](len(words.source), len(words.target), training.sizes)


def trained(name: str, seed: int, every: int = 1) -> Trained:
    """Give a model of `TRAININGS`, trained from a seed: from the kept weights, else trained now and kept.

    Args:
        name: of `TRAININGS`.
        seed: of the first weights and of the order of the batches.
        every: train on every n-th pair only, for a trial.
    """
    training, folder = TRAININGS[name], runs_folder(every)
    path = _weights_file(folder, name, seed)
    if not _is_kept(path, training):
        _train_and_keep(name, seed, every)
    model = new_model(training, seed)
    model.load_state_dict(load_file(path))
    return Trained(name, seed, training, model.eval(), _metadata(path)["facts"], folder)


def runs_folder(every: int = 1) -> Path:
    """Give the folder of kept weights: one for each corpus, and for each share of it that a trial trains on."""
    trial = f"-every-{every}" if every > 1 else ""
    return datasets_folder().parent / "build" / "runs" / f"{corpus_sha256()[:12]}{trial}"


def is_trained(name: str, seed: int, every: int = 1) -> bool:
    """Tell whether the weights of a run are kept."""
    return _is_kept(_weights_file(runs_folder(every), name, seed), TRAININGS[name])


def training_pairs(training: Training, every: int = 1) -> list[SentencePair]:
    """Give the sentence pairs that a model learns from."""
    return _sentences(training.clauses)[::every]


def count_parameters(model: nn.Module) -> int:
    """Count the numbers that the model learns."""
    return sum(weights.numel() for weights in model.parameters())


def _train_and_keep(name: str, seed: int, every: int) -> None:
    training, folder = TRAININGS[name], runs_folder(every)
    model = new_model(training, seed)

    def keep(epoch: int) -> None:
        if training.snapshots:
            _keep(_weights_file(folder, name, seed, epoch), model, {})

    pairs, began = training_pairs(training, every), time.perf_counter()
    losses = train_model(model, training, pairs, seed, keep)
    facts = {
        "parameters": count_parameters(model),
        "loss": round(losses[-1], 4),
        "steps": training.epochs * math.ceil(len(pairs) / BATCH_SIZE),
        "seconds": round(time.perf_counter() - began),
    }
    _keep(_weights_file(folder, name, seed), model, {"settings": training.settings(), "facts": facts})


def train_model(
    model: nn.Module,
    training: Training,
    pairs: list[SentencePair],
    seed: int,
    after_epoch: Callable[[int], None] = lambda epoch: None,
) -> list[float]:
    """Train in place with Adam; the seed fixes the order of the batches and the coins of forcing.

    Returns:
        The mean loss of each epoch, in nats per word.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=training.learning_rate)
    shuffling = torch.Generator().manual_seed(seed)
    encoded = [training.encode(pair) for pair in pairs]
    schedule = one_cycle(optimizer, steps=training.epochs * math.ceil(len(encoded) / BATCH_SIZE))
    step = _step(model, training, optimizer, seed)
    losses: list[float] = []
    for epoch in range(1, training.epochs + 1):
        losses += train(step, lambda: make_batches(encoded, pad_batch, BATCH_SIZE, shuffling), 1, schedule)
        after_epoch(epoch)
    return losses


def _step(
    model: nn.Module, training: Training, optimizer: torch.optim.Optimizer, seed: int
) -> Callable[[Batch], float]:
    if training.forcing is None:
        return lambda batch: training_step(model, masked_loss, optimizer, batch)
    schedule, setting = training.forcing
    tossing = torch.Generator().manual_seed(seed + 1000)
    return forced_step(model, optimizer, lambda step: forcing_ratio(schedule, step, setting), tossing)


@cache
def _sentences(clauses: tuple[int, ...]) -> list[SentencePair]:
    if clauses == ALL_CLAUSES:
        return load_split("train")
    return [pair for pair in _sentences(ALL_CLAUSES) if count_clauses(pair.source_words) in clauses]


@cache
def _vocabularies(clauses: tuple[int, ...]) -> Vocabularies:
    return Vocabularies(_sentences(clauses))


def _weights_file(folder: Path, name: str, seed: int, epoch: int | None = None) -> Path:
    after = "" if epoch is None else f", after epoch {epoch}"
    return folder / f"{name}, seed {seed}{after}.safetensors"


def _keep(path: Path, model: nn.Module, about: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(".tmp")
    save_file(model.state_dict(), waiting, {"about": json.dumps(about)})
    waiting.replace(path)


def _metadata(path: Path) -> dict[str, Any]:
    with safe_open(path, "pt") as weights:
        return json.loads(weights.metadata()["about"])


def _is_kept(path: Path, training: Training) -> bool:
    return path.exists() and _metadata(path)["settings"] == training.settings()
