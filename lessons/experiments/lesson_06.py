"""Lesson 06 over five seeds: `python -m lessons.experiments.lesson_06` writes `datasets/results/06_translator.json`.

Lesson 1's baseline and lesson 3's attention model see the same data for the same number of steps; their parameters
agree within 5 %. Each translates the sentences of `by_length.tsv` greedily and with a beam.
"""

import sys
from collections.abc import Iterable
from typing import Any

import sacrebleu
import torch
from torch import nn

from lessons.earlier.lesson_06 import best_of, decoder_step, hypotheses_of
from lessons.experiments.lesson_03 import ATTENTION_SIZE, EMBEDDING_SIZE, HIDDEN_SIZE, make_model
from lessons.experiments.training import (
    Vocabularies,
    count_parameters,
    experiment_arguments,
    run_missing,
    train_model,
)
from lessons.toolkit.batches import START
from lessons.toolkit.corpus import SentencePair, count_clauses, load_split
from lessons.toolkit.training import exact_match, use_threads

NAME = "06_translator"
MODELS = ("baseline", "attention")
BEAM_SIZE = 5
WAYS = {"greedy": (1, 0.0), "beam": (BEAM_SIZE, 1.0), "beam, not normalised": (BEAM_SIZE, 0.0)}
MAX_LENGTH = 60

Translation = tuple[list[int], float]  # word numbers, END among them, and their log-probability


def bleu(translations: list[list[str]], references: list[list[str]]) -> float:
    """Corpus BLEU over words between spaces, in per cent, as sacrebleu counts it."""
    written, wanted = ([" ".join(words) for words in side] for side in (translations, references))
    return sacrebleu.corpus_bleu(written, [wanted], tokenize="none", force=True).score


@torch.no_grad()
def log_probability(model: nn.Module, source: list[int], target: list[int]) -> float:
    """How probable a model finds a translation; both sides with END."""
    step, state = decoder_step(model, source)
    total = 0.0
    for read, word in zip([START, *target], target, strict=False):
        scores, state = step(torch.tensor([read]), state)
        total += scores[0, word].item()
    return total


def is_search_error(model: nn.Module, source: list[int], target: list[int], found: list[Translation]) -> bool:
    """Whether the right translation is more probable than all that the search found: it was missed, not rejected."""
    return log_probability(model, source, target) > max(score for _, score in found) + 1e-4


def measure(model: nn.Module, pairs: list[SentencePair], words: Vocabularies) -> dict[str, Any]:
    """BLEU and exact match of every way, and how many errors are the search's, on sentences of one length."""
    encoded = [words.encode(pair) for pair in pairs]
    searched = {
        size: [hypotheses_of(model, source, size, MAX_LENGTH) for source, _ in encoded] for size in (1, BEAM_SIZE)
    }
    references = [pair.target_words for pair in pairs]
    found: dict[str, Any] = {"bleu": {}, "exact_match": {}, "wrong": {}, "search_errors": {}}
    for way, (size, alpha) in WAYS.items():
        written = [[words.target[n] for n in best_of(each, alpha)] for each in searched[size]]
        wrong = [n for n, (made, wanted) in enumerate(zip(written, references, strict=True)) if made != wanted]
        missed = [is_search_error(model, *encoded[n], searched[size][n]) for n in wrong]
        found["bleu"][way] = round(bleu(written, references), 2)
        found["exact_match"][way] = round(exact_match(written, references), 4)
        found["wrong"][way], found["search_errors"][way] = len(wrong), sum(missed)
    return found


def by_way(found: list[dict[str, Any]]) -> dict[str, dict[str, list]]:
    """What `measure` found for each length, as measure → way → a list over lengths."""
    return {kind: {way: [each[kind][way] for each in found] for way in WAYS} for kind in found[0]}


def lengths_of(pairs: Iterable[SentencePair]) -> list[int]:
    """The numbers of clauses that occur, in order."""
    return sorted({count_clauses(pair.source_words) for pair in pairs})


def main() -> None:
    """Do the runs that are missing."""
    parser = experiment_arguments(__doc__.splitlines()[0])
    options = parser.parse_args()
    use_threads(1)
    training, test = load_split("train")[:: options.every], load_split("by_length")
    words = Vocabularies(load_split("train"))
    lengths = lengths_of(test)
    groups = {n: [pair for pair in test if count_clauses(pair.source_words) == n] for n in lengths}

    def run(model: str, seed: int) -> dict[str, Any]:
        torch.manual_seed(seed)
        made = make_model(model, words)
        losses = train_model(made, training, words, seed, options.epochs)
        found = by_way([measure(made, groups[n], words) for n in lengths])
        return {"parameters": count_parameters(made), "loss": round(losses[-1], 4)} | found

    header = {
        "command": "python -m lessons.experiments.lesson_06",
        "torch": torch.__version__.split("+")[0],
        "sacrebleu": sacrebleu.__version__,
        "held_fixed": {
            "training_sentences": len(training),
            "epochs": options.epochs,
            "embedding_size": EMBEDDING_SIZE,
            "hidden_size": HIDDEN_SIZE,
            "attention_size": ATTENTION_SIZE,
            "batch_size": 64,
            "learning_rate": 4e-3,
            "test_sentences_a_length": len(test) // len(lengths),
        },
        "clauses": lengths,
        "trained_up_to": lengths_of(training)[-1],
        "mean_source_words": [
            round(sum(len(pair.source_words) for pair in groups[n]) / len(groups[n]), 1) for n in lengths
        ],
        "beam_size": BEAM_SIZE,
        "alpha": WAYS["beam"][1],
    }
    keys = [{"model": model, "seed": seed} for seed in options.seeds for model in MODELS]
    run_missing(options.results or NAME, header, keys, run)


if __name__ == "__main__":
    sys.exit(main())
