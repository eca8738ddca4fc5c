"""The translator on a real corpus, over five seeds: `make bench-real FILE=pairs.tsv BENCH_ARGS=--results`.

The figures, and only figures, stand in a results file that lesson 06 prints where no corpus was fetched.
"""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from lessons.experiments.real_corpus import MODELS, Run, Settings, bleu, bleu_by_length, bleu_metric
from lessons.experiments.results_file import ResultsFile
from lessons.toolkit.real_corpus import RealPair, RealVocabularies

NAME = "06_real_corpus"
SEEDS = (1, 2, 3, 4, 5)
LENGTHS = (4, 6, 8, 11)  # the most words and punctuation marks of each range
FIELDS = ("parameters", "loss", "threads", "seconds", "bleu", "by_length")


def results_file(
    path: Path,
    split_seed: int,
    sides: tuple[list[RealPair], list[RealPair]],
    words: RealVocabularies,
    settings: Settings,
) -> ResultsFile:
    """Describe the experiment on one file: pairs to learn from and held out, split and settings."""
    train, test = sides
    header = {
        "command": "make bench-real FILE=pairs.tsv BENCH_ARGS=--results",
        "corpus": {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()},
        "torch": torch.__version__.split("+")[0],
        "held_fixed": {
            "training_pairs": len(train),
            "held_out_pairs": len(test),
            "split_seed": split_seed,
            "source_words": len(words.source),
            "target_tokens": len(words.target),
            "unit": words.unit,
        }
        | asdict(settings),
        "trainings": {name: {"model": name} for name in MODELS},
        "seeds": {name: list(SEEDS) for name in MODELS},
        "fields": list(FIELDS),
    }
    return ResultsFile(NAME, header)


def measured(name: str, seed: int, made: Run, test: list[RealPair], unit: str) -> dict[str, Any]:
    """Give the figures of one run: BLEU of all held-out pairs, and by source length with the number of pairs."""
    metric = bleu_metric(unit)
    ranges = bleu_by_length(metric, made.translations, test, LENGTHS)
    return {
        "training": name,
        "seed": seed,
        "parameters": made.parameters,
        "loss": round(made.loss, 4),
        "threads": torch.get_num_threads(),
        "seconds": round(made.seconds),
        "bleu": round(bleu(metric, made.translations, test), 2),
        "by_length": [{"most": most, "bleu": round(score, 2), "n": n} for most, (score, n) in ranges.items()],
    }
