"""Lesson 02 over five seeds: `python -m lessons.experiments.lesson_02` writes `datasets/results/02_context_limit.json`.

The baseline of lesson 01, with the context passed through a bottleneck of several sizes and without one. Data,
epochs, batches and optimiser are the same for all; parameter counts agree within 5 %.
"""

import sys

import torch
from torch import nn

from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq
from lessons.earlier.lesson_02 import Bottleneck, accuracy_by_length, clause_errors
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

EMBEDDING_SIZE, HIDDEN_SIZE = 64, 128
CONTEXT_SIZES = (6, 12, 24, 48, HIDDEN_SIZE)  # the last is the whole state: no bottleneck
TRAINED_UP_TO = 6


def make_model(words: Vocabularies, context_size: int, seed: int) -> Seq2Seq:
    """The untrained baseline; below HIDDEN_SIZE its context passes through `context_size` numbers."""
    torch.manual_seed(seed)
    encoder: nn.Module = Encoder(len(words.source), EMBEDDING_SIZE, HIDDEN_SIZE)
    decoder = Decoder(len(words.target), EMBEDDING_SIZE, HIDDEN_SIZE)
    if context_size < HIDDEN_SIZE:
        encoder = Bottleneck(encoder, HIDDEN_SIZE, context_size)
    return Seq2Seq(encoder, decoder)


def measure(model: Seq2Seq, pairs: list[SentencePair], words: Vocabularies) -> dict[str, list]:
    """Exact match by clauses, and for each number of clauses the errors by clause."""
    lengths = [count_clauses(pair.source_words) for pair in pairs]
    accuracy = accuracy_by_length(translate(model, pairs, words), [pair.target_words for pair in pairs], lengths)
    groups = [[pair for pair, n in zip(pairs, lengths, strict=True) if n == length] for length in accuracy]
    errors = [clause_errors(model, group, words).tolist() for group in groups]
    return {
        "exact_match": [round(value, 4) for value in accuracy.values()],
        "clause_errors": [[round(value, 4) for value in row] for row in errors],
    }


def main() -> None:
    """Do the runs that are missing."""
    parser = experiment_arguments("Train every context size from every seed.")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(CONTEXT_SIZES), help="context sizes")
    options = parser.parse_args()
    use_threads(1)
    training, test = load_split("train")[:: options.every], load_split("by_length")
    words = Vocabularies(load_split("train"))

    def run(context_size: int, seed: int) -> dict[str, object]:
        model = make_model(words, context_size, seed)
        losses = train_model(model, training, words, seed, options.epochs)
        found = {"parameters": count_parameters(model), "loss": round(losses[-1], 4)}
        return found | measure(model, test, words)

    header = {
        "command": "python -m lessons.experiments.lesson_02",
        "torch": torch.__version__.split("+")[0],
        "held_fixed": {
            "training_sentences": len(training),
            "training_clauses": [1, TRAINED_UP_TO],
            "test_sentences_a_length": len(test) // 8,
            "embedding_size": EMBEDDING_SIZE,
            "hidden_size": HIDDEN_SIZE,
            "batch_size": 64,
            "epochs": options.epochs,
            "learning_rate": 4e-3,
        },
    }
    keys = [{"context_size": size, "seed": seed} for seed in options.seeds for size in options.sizes]
    run_missing(options.results or "02_context_limit", header, keys, run)


if __name__ == "__main__":
    sys.exit(main())
