"""Lesson 01 over five seeds: `python -m lessons.experiments.lesson_01` writes `datasets/results/01_seq2seq.json`.

The model, data, batch size, epochs and optimiser are those of the notebook; only the seed differs.
"""

import sys

import torch

from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, make_dictionary
from lessons.experiments.training import SEEDS, Vocabularies, train_model, translate
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.results import save_results
from lessons.toolkit.training import exact_match, use_threads

CLAUSES = (1, 2)
EMBEDDING_SIZE, HIDDEN_SIZE, EPOCHS = 128, 256, 7


def train_baseline(pairs: list[SentencePair], words: Vocabularies, seed: int) -> Seq2Seq:
    """The baseline of the lesson, trained from one seed."""
    torch.manual_seed(seed)
    encoder = Encoder(len(words.source), EMBEDDING_SIZE, HIDDEN_SIZE)
    model = Seq2Seq(encoder, Decoder(len(words.target), EMBEDDING_SIZE, HIDDEN_SIZE))
    train_model(model, pairs, words, seed, EPOCHS)
    return model


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
