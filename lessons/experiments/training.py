"""What experiments share: vocabularies, training with the course's settings, translation, resumable runs."""

import argparse
import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

from lessons.earlier.lesson_01 import (
    build_vocabulary,
    encode_words,
    greedy_decode,
    masked_loss,
    pad_batch,
    training_step,
)
from lessons.toolkit.batches import make_batches
from lessons.toolkit.corpus import SentencePair
from lessons.toolkit.results import load_results, save_results
from lessons.toolkit.training import one_cycle, train

SEEDS = (1, 2, 3, 4, 5)
MAX_LENGTH = 60


class Vocabularies:
    """The words of both languages, by number and back, from training pairs."""

    def __init__(self, pairs: list[SentencePair]):
        self.source = build_vocabulary([pair.source_words for pair in pairs])
        self.target = build_vocabulary([pair.target_words for pair in pairs])
        self.source_numbers = {word: number for number, word in enumerate(self.source)}
        self.target_numbers = {word: number for number, word in enumerate(self.target)}

    def encode(self, pair: SentencePair) -> tuple[list[int], list[int]]:
        """A pair as source numbers and target numbers."""
        source = encode_words(pair.source_words, self.source_numbers)
        return source, encode_words(pair.target_words, self.target_numbers)


def train_model(
    model: nn.Module,
    pairs: list[SentencePair],
    words: Vocabularies,
    seed: int,
    epochs: int,
    batch_size: int = 64,
    learning_rate: float = 4e-3,
) -> list[float]:
    """Train with Adam and a learning rate that rises and falls once.

    Args:
        model: turns a batch into logits (B, T, V); it is trained in place.
        pairs: what it learns from.
        words: both vocabularies.
        seed: of the order of the batches. The model's first weights are the caller's business.
        epochs: how often each pair is seen.
        batch_size: B.
        learning_rate: the greatest.

    Returns:
        The mean loss of each epoch, in nats a word.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    shuffling = torch.Generator().manual_seed(seed)
    encoded = [words.encode(pair) for pair in pairs]
    return train(
        step=lambda batch: training_step(model, masked_loss, optimizer, batch),
        batches=lambda: make_batches(encoded, pad_batch, batch_size, shuffling),
        epochs=epochs,
        schedule=one_cycle(optimizer, epochs * math.ceil(len(encoded) / batch_size)),
    )


def translate(model: nn.Module, pairs: list[SentencePair], words: Vocabularies) -> list[list[str]]:
    """Greedy translations of the source side by a model with an encoder and a decoder."""
    ids, mask = pad_batch([words.encode(pair)[0] for pair in pairs])
    written = greedy_decode(model.encoder, model.decoder, ids, mask, MAX_LENGTH)
    return [[words.target[number] for number in numbers] for numbers in written]


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
