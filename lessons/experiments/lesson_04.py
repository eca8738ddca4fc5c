"""Lesson 04 over five seeds: `python -m lessons.experiments.lesson_04` writes its file in `datasets/results/`.

The attention model of lesson 03, trained with four ways to choose what the decoder reads. Data, steps, optimiser
and parameters are the same for all; for one seed the first weights and the order of the batches are, too.
"""

import math
import sys
from functools import partial

import torch
from torch import Tensor

from lessons.earlier.lesson_01 import Encoder, masked_loss, pad_batch
from lessons.earlier.lesson_03 import AdditiveScore, AttentionDecoder, AttentionSeq2Seq
from lessons.earlier.lesson_04 import (
    accuracy_after_error,
    decode,
    forced_step,
    forcing_ratio,
    free_running,
    previous_words,
)
from lessons.experiments.training import Vocabularies, count_parameters, experiment_arguments, run_missing
from lessons.toolkit.batches import END, Batch, make_batches
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.training import one_cycle, train, use_threads

CLAUSES = (1, 2, 3, 4)
EMBEDDING_SIZE, HIDDEN_SIZE, ATTENTION_SIZE = 64, 128, 32
BATCH_SIZE, LEARNING_RATE, EPOCHS = 64, 4e-3, 3
REACH = 8
SCHEDULES = {  # name → schedule and setting; with k = 100 the ratio passes 0.5 in the middle of the 900 steps
    "ratio 1.0": ("constant", 1.0),
    "ratio 0.5": ("constant", 0.5),
    "ratio 0.0": ("constant", 0.0),
    "inverse sigmoid": ("inverse sigmoid", 100.0),
}


def make_model(words: Vocabularies, seed: int) -> AttentionSeq2Seq:
    """The attention model, untrained."""
    torch.manual_seed(seed)
    encoder = Encoder(len(words.source), EMBEDDING_SIZE, HIDDEN_SIZE)
    score = AdditiveScore(HIDDEN_SIZE, ATTENTION_SIZE)
    return AttentionSeq2Seq(encoder, AttentionDecoder(len(words.target), EMBEDDING_SIZE, HIDDEN_SIZE, score))


def train_model(
    model: AttentionSeq2Seq, pairs: list[SentencePair], words: Vocabularies, seed: int, epochs: int, way: str
) -> list[float]:
    """Train in one of the ways of `SCHEDULES`; returns the mean loss of each epoch, in nats a word."""
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    shuffling, tossing = (torch.Generator().manual_seed(seed + offset) for offset in (0, 1000))
    encoded = [words.encode(pair) for pair in pairs]
    schedule, setting = SCHEDULES[way]
    return train(
        step=forced_step(model, optimizer, lambda step: forcing_ratio(schedule, step, setting), tossing),
        batches=lambda: make_batches(encoded, pad_batch, BATCH_SIZE, shuffling),
        epochs=epochs,
        schedule=one_cycle(optimizer, epochs * math.ceil(len(encoded) / BATCH_SIZE)),
    )


@torch.no_grad()
def measure(model: AttentionSeq2Seq, batch: Batch) -> dict[str, object]:
    """Loss and accuracies of one batch, forced and free-running."""
    previous = previous_words(batch.target)
    scores = partial(decode, model, batch)
    forced = scores(previous, torch.ones_like(previous, dtype=torch.bool))
    found = {"forced_loss": round(masked_loss(forced, batch.target, batch.target_mask).item(), 4)}
    for name, written in (("forced", forced.argmax(-1)), ("free", free_running(scores, previous))):
        after = accuracy_after_error(written, batch.target, batch.target_mask, REACH)
        found |= {
            f"{name}_accuracy": _word_accuracy(written, batch),
            f"{name}_after_error": [round(value, 4) for value in after.tolist()],
        }
    right = ((written == batch.target) | ~batch.target_mask).all(1)
    return found | _same_length(written, batch, ~right) | {"exact_match": round(right.float().mean().item(), 4)}


def _same_length(written: Tensor, batch: Batch, wrong: Tensor) -> dict[str, object]:
    """Of the wrong sentences (B,): the share as long as the reference, and their accuracy after the first error.

    Counting place by place holds a word too few or too many against all that follow; here no word is.
    """
    ends = (written == END) & batch.target_mask
    same = wrong & ends.any(1) & (ends.int().argmax(1) == batch.target_mask.sum(1) - 1)
    after = accuracy_after_error(written[same], batch.target[same], batch.target_mask[same], REACH)
    share = same.sum() / wrong.sum()
    return {
        "wrong_with_same_length": round(share.item(), 4),
        "free_after_error_same_length": [round(value, 4) for value in after.tolist()],
    }


def _word_accuracy(written: Tensor, batch: Batch) -> float:
    return round((written == batch.target)[batch.target_mask].float().mean().item(), 4)


def test_batch(words: Vocabularies) -> Batch:
    """All test sentences of the trained lengths, as one batch."""
    encoded = [words.encode(pair) for pair in load_split("by_length", CLAUSES)]
    (batch,) = make_batches(encoded, pad_batch, len(encoded))
    return batch


def main() -> None:
    """Do the runs that are missing."""
    parser = experiment_arguments("Train in every way from every seed.")
    parser.set_defaults(epochs=EPOCHS)
    options = parser.parse_args()
    use_threads(1)
    words = Vocabularies(load_split("train"))
    training, test = load_split("train", CLAUSES)[:: options.every], test_batch(words)

    def run(seed: int, way: str) -> dict[str, object]:
        model = make_model(words, seed)
        losses = train_model(model, training, words, seed, options.epochs, way)
        return {"parameters": count_parameters(model), "training_loss": round(losses[-1], 4)} | measure(model, test)

    header = {
        "command": "python -m lessons.experiments.lesson_04",
        "torch": torch.__version__.split("+")[0],
        "ways": {way: list(schedule) for way, schedule in SCHEDULES.items()},
        "held_fixed": {
            "training_sentences": len(training),
            "training_clauses": list(CLAUSES),
            "test_sentences": len(test),
            "embedding_size": EMBEDDING_SIZE,
            "hidden_size": HIDDEN_SIZE,
            "attention_size": ATTENTION_SIZE,
            "batch_size": BATCH_SIZE,
            "epochs": options.epochs,
            "learning_rate": LEARNING_RATE,
        },
    }
    keys = [{"seed": seed, "way": way} for seed in options.seeds for way in SCHEDULES]
    run_missing(options.results or "04_teacher_forcing", header, keys, run)


if __name__ == "__main__":
    sys.exit(main())
