"""Lesson 03 over five seeds: `python -m lessons.experiments.lesson_03` writes `datasets/results/03_attention.json`.

Four models see the same data for the same number of steps. The parameters of baseline, attention and dot score
agree within 5 %; the general score has 6 % more than the baseline. Each run is written when it is done, and a run
that the file already has is not repeated, so that a stopped experiment goes on where it was.
`--models baseline --epochs 24` adds a baseline that is trained four times as long.
"""

import argparse
import math
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, greedy_decode, masked_loss, pad_batch, training_step
from lessons.earlier.lesson_03 import (
    AdditiveScore,
    AttentionDecoder,
    AttentionSeq2Seq,
    DotScore,
    GeneralScore,
    greedy_with_weights,
)
from lessons.experiments.lesson_01 import Vocabularies
from lessons.toolkit.batches import make_batches
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.results import load_results, save_results
from lessons.toolkit.training import exact_match, one_cycle, train, use_threads

NAME = "03_attention"
SEEDS, CLAUSES = (1, 2, 3, 4, 5), range(1, 9)
EMBEDDING_SIZE, HIDDEN_SIZE, ATTENTION_SIZE = 64, 128, 32
BATCH_SIZE, EPOCHS, LEARNING_RATE = 64, 6, 4e-3
MAX_LENGTH = 80

SCORES: dict[str, Callable[[], nn.Module]] = {
    "attention": lambda: AdditiveScore(HIDDEN_SIZE, ATTENTION_SIZE),
    "dot": DotScore,
    "general": lambda: GeneralScore(HIDDEN_SIZE),
}
MODELS = ("baseline", *SCORES)


def make_model(name: str, words: Vocabularies) -> nn.Module:
    """A model of `MODELS`, untrained."""
    encoder = Encoder(len(words.source), EMBEDDING_SIZE, HIDDEN_SIZE)
    if name == "baseline":
        return Seq2Seq(encoder, Decoder(len(words.target), EMBEDDING_SIZE, HIDDEN_SIZE))
    score = SCORES[name]()
    return AttentionSeq2Seq(encoder, AttentionDecoder(len(words.target), EMBEDDING_SIZE, HIDDEN_SIZE, score))


def train_model(model: nn.Module, pairs: list[SentencePair], words: Vocabularies, seed: int, epochs: int) -> float:
    """Train as the lesson does; returns the mean loss of the last epoch, in nats a word."""
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    shuffling = torch.Generator().manual_seed(seed)
    encoded = [words.encode(pair) for pair in pairs]
    losses = train(
        step=lambda batch: training_step(model, masked_loss, optimizer, batch),
        batches=lambda: make_batches(encoded, pad_batch, BATCH_SIZE, shuffling),
        epochs=epochs,
        schedule=one_cycle(optimizer, epochs * math.ceil(len(encoded) / BATCH_SIZE)),
    )
    return losses[-1]


def translate(model: nn.Module, pairs: list[SentencePair], words: Vocabularies) -> list[list[str]]:
    """Greedy translations of the source side."""
    ids, mask = pad_batch([words.encode(pair)[0] for pair in pairs])
    if isinstance(model, AttentionSeq2Seq):
        written, _ = greedy_with_weights(model, ids, mask, MAX_LENGTH)
    else:
        written = greedy_decode(model.encoder, model.decoder, ids, mask, MAX_LENGTH)
    return [[words.target[number] for number in numbers] for numbers in written]


def accuracy_by_clauses(model: nn.Module, words: Vocabularies) -> list[float]:
    """Exact match on the test sentences of each length in `CLAUSES`, from 0 to 1."""
    scores = []
    for clauses in CLAUSES:
        pairs = load_split("by_length", (clauses,))
        scores.append(exact_match(translate(model, pairs, words), [pair.target_words for pair in pairs]))
    return scores


def run(name: str, seed: int, epochs: int, pairs: list[SentencePair]) -> dict[str, Any]:
    """Train one model from one seed and measure it."""
    words = Vocabularies(pairs)
    torch.manual_seed(seed)
    model = make_model(name, words)
    loss = train_model(model, pairs, words, seed, epochs)
    return {
        "model": name,
        "seed": seed,
        "epochs": epochs,
        "parameters": sum(weights.numel() for weights in model.parameters()),
        "loss": round(loss, 4),
        "exact_match": [round(score, 4) for score in accuracy_by_clauses(model, words)],
    }


def describe(pairs: list[SentencePair]) -> dict[str, Any]:
    """What is the same in all runs."""
    return {
        "command": "python -m lessons.experiments.lesson_03",
        "torch": torch.__version__.split("+")[0],
        "training_sentences": len(pairs),
        "test_sentences_per_length": len(load_split("by_length", (1,))),
        "clauses": list(CLAUSES),
        "trained_up_to": 6,
        "embedding_size": EMBEDDING_SIZE,
        "hidden_size": HIDDEN_SIZE,
        "attention_size": ATTENTION_SIZE,
        "batch_size": BATCH_SIZE,
        "learning_rate": LEARNING_RATE,
    }


def earlier_runs(name: str) -> list[dict[str, Any]]:
    """The runs that the results file already has."""
    try:
        return load_results(name)["runs"]
    except FileNotFoundError:
        return []


def main() -> None:
    """Train what is asked for and still missing; write the results after each run."""
    options = _options()
    use_threads(1)
    pairs = load_split("train")[: options.sentences]
    runs = earlier_runs(options.name)
    done = {(run["model"], run["seed"], run["epochs"]) for run in runs}
    for seed in options.seeds:
        for name in options.models:
            if (name, seed, options.epochs) not in done:
                runs.append(run(name, seed, options.epochs, pairs))
                runs.sort(key=lambda run: (run["epochs"], MODELS.index(run["model"]), run["seed"]))
                save_results(options.name, {**describe(pairs), "runs": runs})
                print(f"{name}, seed {seed}, {options.epochs} epochs done", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--sentences", type=int, default=None, help="fewer training sentences, for a trial run")
    parser.add_argument("--name", default=NAME, help="another results file, for a trial run")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
