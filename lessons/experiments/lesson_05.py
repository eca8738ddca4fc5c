"""Lesson 05 over five seeds: `python -m lessons.experiments.lesson_05` writes `datasets/results/05_alignments.json`.

The model of lesson 3, which reads states, and the changed one, which reads words, see the same data for the same
number of steps: sentences of one to four clauses. After each epoch the alignment error rate is measured on the test
sentences of these lengths, after the last one on the whole test set as well.
"""

import math
import sys
from collections.abc import Callable

import torch
from torch import Tensor, nn

from lessons.earlier.lesson_01 import greedy_decode, masked_loss, pad_batch, training_step
from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_05 import (
    alignment_error_rate,
    argmax_links,
    diagonal_links,
    state_reader,
    threshold_links,
    word_reader,
    word_weights,
)
from lessons.experiments.training import count_parameters, experiment_arguments, run_missing
from lessons.toolkit.batches import make_batches, shift_right
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.training import exact_match, one_cycle, train, use_threads

NAME = "05_alignments"
READERS: dict[str, Callable[[Vocabularies], nn.Module]] = {"states": state_reader, "words": word_reader}
THRESHOLD = 0.3  # lesson 05 chooses it on the validation sentences
EPOCHS = 6
BATCH_SIZE, LEARNING_RATE = 64, 4e-3

Link = tuple[int, int]


@torch.no_grad()
def weights_of(model: nn.Module, pairs: list[SentencePair], words: Vocabularies) -> list[Tensor]:
    """For each pair a matrix (T, S): where the model looks while it reads the right words."""
    matrices: list[Tensor] = []
    for batch in make_batches([words.encode(pair) for pair in pairs], pad_batch, 100):
        source, last = model.encoder(batch.source, batch.source_mask)
        _, _, weights = model.decoder(shift_right(batch.target), last, source, batch.source_mask)
        matrices += word_weights(weights, batch.source_mask, batch.target_mask)
    return matrices


def error_rate(alignments: list[list[Link]], pairs: list[SentencePair]) -> float:
    """AER of the links found for each pair."""
    gold = [([], []) for _ in pairs]
    for (sure, possible), pair in zip(gold, pairs, strict=True):
        for link in pair.alignment:
            (sure if link.sure else possible).append((link.source, link.target))
    return alignment_error_rate([(found, *links) for found, links in zip(alignments, gold, strict=True)])


def error_rates(model: nn.Module, pairs: list[SentencePair], words: Vocabularies) -> dict[str, float]:
    """AER by the greatest weight and by a threshold."""
    weights = weights_of(model, pairs, words)
    return {
        "argmax": round(error_rate([argmax_links(each) for each in weights], pairs), 4),
        "threshold": round(error_rate([threshold_links(each, THRESHOLD) for each in weights], pairs), 4),
    }


@torch.no_grad()
def translate(model: nn.Module, pairs: list[SentencePair], words: Vocabularies) -> list[list[str]]:
    """Greedy translations of the source side."""
    ids, mask = pad_batch([words.encode(pair)[0] for pair in pairs])
    source, last = model.encoder(ids, mask)

    def step(read: Tensor, state: Tensor, _: Tensor) -> tuple[Tensor, Tensor]:
        return model.decoder(read, state, source, mask)[:2]

    written = greedy_decode(lambda *_: (source, last), step, ids, mask, max_length=60)
    return [[words.target[number] for number in numbers] for numbers in written]


def train_reader(
    model: nn.Module,
    pairs: list[SentencePair],
    words: Vocabularies,
    seed: int,
    epochs: int,
    after_epoch: Callable[[], None] = lambda: None,
) -> list[float]:
    """Train as lesson 3 does; returns the mean loss of each epoch, in nats a word."""
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    shuffling = torch.Generator().manual_seed(seed)
    encoded = [words.encode(pair) for pair in pairs]
    schedule = one_cycle(optimizer, epochs * math.ceil(len(encoded) / BATCH_SIZE))
    losses: list[float] = []
    for _ in range(epochs):
        losses += train(
            step=lambda batch: training_step(model, masked_loss, optimizer, batch),
            batches=lambda: make_batches(encoded, pad_batch, BATCH_SIZE, shuffling),
            epochs=1,
            schedule=schedule,
        )
        after_epoch()
    return losses


def main() -> None:
    """Train what is missing and write the results after each run."""
    parser = experiment_arguments("Alignment error rate against epochs, over seeds.")
    parser.set_defaults(epochs=EPOCHS)
    options = parser.parse_args()
    use_threads(1)
    training, test = load_split("train")[:: options.every], load_split("test")
    words = Vocabularies(load_split("train"))

    def run(reads: str, seed: int) -> dict[str, object]:
        torch.manual_seed(seed)
        model = READERS[reads](words)
        errors: list[dict[str, float]] = []
        losses = train_reader(
            model, training, words, seed, options.epochs, lambda: errors.append(error_rates(model, test, words))
        )
        return {
            "parameters": count_parameters(model),
            "loss": round(losses[-1], 4),
            "exact_match": round(exact_match(translate(model, test, words), [pair.target_words for pair in test]), 4),
            "aer_argmax": [rates["argmax"] for rates in errors],
            "aer_threshold": [rates["threshold"] for rates in errors],
        }

    diagonal = [diagonal_links(len(pair.source_words), len(pair.target_words)) for pair in test]
    header = {
        "command": "python -m lessons.experiments.lesson_05",
        "torch": torch.__version__.split("+")[0],
        "held_fixed": {
            "training_sentences": len(training),
            "test_sentences": len(test),
            "epochs": options.epochs,
            "batch_size": BATCH_SIZE,
            "learning_rate": LEARNING_RATE,
            "threshold": THRESHOLD,
        },
        "aer_diagonal": round(error_rate(diagonal, test), 4),
    }
    keys = [{"reads": reads, "seed": seed} for seed in options.seeds for reads in READERS]
    run_missing(options.results or NAME, header, keys, run)


if __name__ == "__main__":
    sys.exit(main())
