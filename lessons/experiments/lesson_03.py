"""Lesson 03 over five seeds: `python -m lessons.experiments.lesson_03` writes `datasets/results/03_attention.json`.

Baseline and attention see the same data for the same number of steps; their parameters agree within 5 %.
`--models dot general` adds two other scores, the second with 6 % more parameters than the baseline;
`--models baseline --epochs 24` adds a baseline that is trained four times as long.
"""

import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, pad_batch
from lessons.earlier.lesson_02 import accuracy_by_length
from lessons.earlier.lesson_03 import (
    AdditiveScore,
    AttentionDecoder,
    AttentionSeq2Seq,
    DotScore,
    GeneralScore,
    greedy_with_weights,
)
from lessons.experiments.training import (
    Vocabularies,
    count_parameters,
    experiment_arguments,
    run_missing,
    train_model,
    translate,
)
from lessons.toolkit.corpus import SentencePair, count_clauses, load_split
from lessons.toolkit.training import use_threads

EMBEDDING_SIZE, HIDDEN_SIZE, ATTENTION_SIZE = 64, 128, 32
MAX_LENGTH = 60

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


def translate_with(model: nn.Module, pairs: Sequence[SentencePair], words: Vocabularies) -> list[list[str]]:
    """Greedy translations of the source side, by either kind of model."""
    if isinstance(model, Seq2Seq):
        return translate(model, pairs, words)
    ids, mask = pad_batch([words.encode(pair)[0] for pair in pairs])
    sentences, _ = greedy_with_weights(model, ids, mask, MAX_LENGTH)
    return [[words.target[number] for number in numbers] for numbers in sentences]


def train_and_measure(
    model: str, seed: int, epochs: int, pairs: list[SentencePair], test: list[SentencePair]
) -> dict[str, Any]:
    """One run: parameters, last loss, exact match for each number of clauses."""
    words = Vocabularies(pairs)
    torch.manual_seed(seed)
    made = make_model(model, words)
    losses = train_model(made, pairs, words, seed, epochs)
    references = [pair.target_words for pair in test]
    accuracy = accuracy_by_length(translate_with(made, test, words), references, _clauses(test))
    return {
        "parameters": count_parameters(made),
        "loss": round(losses[-1], 4),
        "exact_match": [round(score, 4) for score in accuracy.values()],
    }


def describe(pairs: list[SentencePair], test: list[SentencePair]) -> dict[str, Any]:
    """What is the same in all runs."""
    clauses = sorted(set(_clauses(test)))
    return {
        "command": "python -m lessons.experiments.lesson_03",
        "torch": torch.__version__.split("+")[0],
        "training_sentences": len(pairs),
        "test_sentences_per_length": len(test) // len(clauses),
        "clauses": clauses,
        "trained_up_to": max(_clauses(pairs)),
        "embedding_size": EMBEDDING_SIZE,
        "hidden_size": HIDDEN_SIZE,
        "attention_size": ATTENTION_SIZE,
        "batch_size": 64,
        "learning_rate": 4e-3,
    }


def _clauses(pairs: list[SentencePair]) -> list[int]:
    return [count_clauses(pair.source_words) for pair in pairs]


def main() -> None:
    """Train what is asked for and still missing."""
    parser = experiment_arguments(__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=["baseline", "attention"])
    options = parser.parse_args()
    use_threads(1)
    pairs, test = load_split("train")[:: options.every], load_split("by_length")
    keys = [
        {"model": model, "seed": seed, "epochs": options.epochs} for seed in options.seeds for model in options.models
    ]
    name = options.results or "03_attention"
    run_missing(name, describe(pairs, test), keys, lambda **key: train_and_measure(**key, pairs=pairs, test=test))


if __name__ == "__main__":
    sys.exit(main())
