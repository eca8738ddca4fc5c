"""Lesson 01 over five seeds: `python -m lessons.experiments.lesson_01` writes `datasets/results/01_seq2seq.json`.

The model, data, batch size, epochs and optimiser are those of the notebook; only the seed differs.
"""

import math
import sys

import torch

from lessons.earlier.lesson_01 import (
    Decoder,
    Encoder,
    Seq2Seq,
    build_vocabulary,
    encode_words,
    greedy_decode,
    make_dictionary,
    masked_loss,
    pad_batch,
    training_step,
)
from lessons.toolkit.batches import make_batches
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.results import save_results
from lessons.toolkit.training import exact_match, one_cycle, train, use_threads

SEEDS = (1, 2, 3, 4, 5)
CLAUSES = (1, 2)
EMBEDDING_SIZE, HIDDEN_SIZE, BATCH_SIZE, EPOCHS, LEARNING_RATE = 128, 256, 64, 7, 4e-3
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


def train_baseline(pairs: list[SentencePair], words: Vocabularies, seed: int) -> Seq2Seq:
    """The baseline of the lesson, trained from one seed."""
    torch.manual_seed(seed)
    encoder = Encoder(len(words.source), EMBEDDING_SIZE, HIDDEN_SIZE)
    model = Seq2Seq(encoder, Decoder(len(words.target), EMBEDDING_SIZE, HIDDEN_SIZE))
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    shuffling = torch.Generator().manual_seed(seed)
    encoded = [words.encode(pair) for pair in pairs]
    train(
        step=lambda batch: training_step(model, masked_loss, optimizer, batch),
        batches=lambda: make_batches(encoded, pad_batch, BATCH_SIZE, shuffling),
        epochs=EPOCHS,
        schedule=one_cycle(optimizer, EPOCHS * math.ceil(len(encoded) / BATCH_SIZE)),
    )
    return model


def translate(model: Seq2Seq, pairs: list[SentencePair], words: Vocabularies) -> list[list[str]]:
    """Greedy translations of the source side."""
    ids, mask = pad_batch([words.encode(pair)[0] for pair in pairs])
    written = greedy_decode(model.encoder, model.decoder, ids, mask, MAX_LENGTH)
    return [[words.target[number] for number in numbers] for numbers in written]


def look_up(training: list[SentencePair], pairs: list[SentencePair]) -> list[list[str]]:
    """Translations word by word, with the most frequent counterpart of each word."""
    dictionary = make_dictionary([_example(pair) for pair in training])
    return [[dictionary[word] for word in pair.source_words if word in dictionary] for pair in pairs]


def _example(pair: SentencePair) -> tuple:
    links = [(link.source, link.target) for link in pair.alignment if link.sure]
    return pair.source_words, pair.target_words, links


def main() -> None:
    """Train all seeds and write the results."""
    use_threads(2)
    training, test = load_split("train", CLAUSES), load_split("test", CLAUSES)
    references = [pair.target_words for pair in test]
    words = Vocabularies(training)
    runs = []
    for seed in SEEDS:
        score = exact_match(translate(train_baseline(training, words, seed), test, words), references)
        runs.append({"seed": seed, "exact_match": round(score, 4)})
        print(f"seed {seed}: {score:.1%}", flush=True)
    results = {
        "command": "python -m lessons.experiments.lesson_01",
        "torch": torch.__version__.split("+")[0],
        "training_sentences": len(training),
        "test_sentences": len(test),
        "lookup_exact_match": round(exact_match(look_up(training, test), references), 4),
        "runs": runs,
    }
    print(f"wrote {save_results('01_seq2seq', results)}")


if __name__ == "__main__":
    sys.exit(main())
