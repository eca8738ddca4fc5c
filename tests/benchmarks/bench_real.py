"""The translator on a real corpus: `make bench-real FILE=...` prints BLEU and time.

Baseline and attention learn from the same pairs, with the same settings, batches and steps, and about as many
parameters; both translate the same held-out English sentences.
"""

import argparse
import random
import resource
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from lessons.experiments.lesson_06_real import LENGTHS, SEEDS, measured, results_file
from lessons.experiments.real_corpus import MODELS, Run, Settings, bleu, bleu_by_length, bleu_metric, run
from lessons.experiments.results_file import ResultsFile
from lessons.toolkit.real_corpus import (
    UNITS,
    CorpusError,
    RealPair,
    RealVocabularies,
    read_pairs,
    source_tokens,
    split_by_source,
)
from lessons.toolkit.training import use_threads


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="tab-separated: English, translation, perhaps attribution")
    parser.add_argument("--unit", choices=UNITS, default="syllables", help="words for French and the like")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(reversed(MODELS)))
    parser.add_argument("--seeds", type=int, nargs="+", help="of first weights and batches (1; with --results 1 to 5)")
    parser.add_argument("--limit", type=int, help="read only so many pairs")
    parser.add_argument("--held-out", type=int, default=500, metavar="N", help="hold out about N English sentences")
    parser.add_argument("--split-seed", type=int, default=1, help="which sentences are held out")
    parser.add_argument("--vocabulary", type=int, default=10_000, metavar="V", help="at most so many tokens a side")
    parser.add_argument("--epochs", type=float, default=Settings.epochs, help="a fraction for a trial")
    parser.add_argument("--batch-tokens", type=int, default=Settings.batch_tokens, help="bounds memory")
    parser.add_argument("--beam", type=int, default=Settings.beam, help="1 is greedy decoding")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    parser.add_argument("--show", type=int, default=5, metavar="N", help="print so many translations")
    parser.add_argument("--results", action="store_true", help="keep the figures for lesson 06; do only missing runs")
    options = parser.parse_args(given)
    options.seeds = options.seeds or (list(SEEDS) if options.results else [1])
    return options


def chosen_device(name: str) -> torch.device:
    """The device of that name.

    Raises:
        SystemExit: this machine or this build of PyTorch has no such GPU.
    """
    if name == "cuda" and not torch.cuda.is_available():
        build = f"PyTorch {torch.__version__}"
        raise SystemExit(f"bench-real: --device cuda, but {build} finds no CUDA GPU here; leave the option out")
    return torch.device(name)


def describe(path: Path, train: list[RealPair], test: list[RealPair], words: RealVocabularies) -> None:
    """Print what is learnt from and what the models cannot know."""
    print(f"{path}: {len(train):,} pairs to learn from, {len(test):,} held out; no English sentence is on both sides")
    print(f"vocabularies: {len(words.source):,} English words, {len(words.target):,} {words.unit}")
    unknown, tokens = words.unknown(test), sum(len(source_tokens(pair.source)) for pair in test)
    examples = ", ".join(word for word, _ in unknown.most_common(5))
    share = unknown.total() / tokens
    print(f"unknown: {unknown.total():,} of {tokens:,} held-out English words, {share:.1%} ({examples} ...)")


def heading(made: Run, test: list[RealPair], unit: str) -> str:
    """The columns; those of BLEU by length say how many sentences each range has."""
    ranges = bleu_by_length(bleu_metric(unit), made.translations, test, LENGTHS)
    names = [f"<={most}" if most else f">{LENGTHS[-1]}" for most in ranges]
    counts = [f"{name} ({count})" for name, (_, count) in zip(names, ranges.values(), strict=True)]
    columns = f"{'model':10}{'seed':>5}{'parameters':>12}{'loss':>7}{'seconds':>9}{'CPU s':>7}{'BLEU':>7}   "
    return columns + "".join(f"{count:>12}" for count in counts)


def row(name: str, seed: int, made: Run, test: list[RealPair], unit: str) -> str:
    """One run."""
    metric = bleu_metric(unit)
    ranges = bleu_by_length(metric, made.translations, test, LENGTHS)
    score = bleu(metric, made.translations, test)
    columns = f"{made.parameters:12,}{made.loss:7.2f}{made.seconds:9.0f}{made.cpu_seconds:7.0f}{score:7.1f}   "
    return f"{name:10}{seed:5}{columns}" + "".join(f"{part:12.1f}" for part, _ in ranges.values())


def main(given: Sequence[str] | None = None) -> None:
    """Read, split, train every model with every seed, and print a line for each."""
    options = arguments(given)
    device = chosen_device(options.device)
    use_threads(options.threads)
    try:
        pairs = read_pairs(options.file, options.limit)
    except CorpusError as error:
        raise SystemExit(f"bench-real: {error}") from None
    train, test = split_by_source(pairs, min(0.5, options.held_out / len(pairs)), options.split_seed)
    words = RealVocabularies(train, options.unit, maximum_size=options.vocabulary)
    describe(options.file, train, test, words)
    settings = replace(Settings(), epochs=options.epochs, batch_tokens=options.batch_tokens, beam=options.beam)
    print(f"{settings}\n{options.device}, {options.threads} threads; CPU seconds are the sum over threads", flush=True)
    kept = None
    if options.results:
        kept = results_file(options.file, options.split_seed, (train, test), words, settings)
    first = None
    for name, seed in wanted(options, kept):
        made = run(name, train, test, words, settings, seed, device)
        if kept is not None:
            kept.add(measured(name, seed, made, test, options.unit))
        if first is None:
            print(f"\n{heading(made, test, options.unit)}", flush=True)
        print(row(name, seed, made, test, options.unit), flush=True)
        first = first or made
    if first is not None:
        finish(options, first, test)
    if kept is not None and not kept.missing():
        kept.publish()
        print(f"every run is there: {kept.published}")


def wanted(options: argparse.Namespace, kept: ResultsFile | None) -> list[tuple[str, int]]:
    """The runs that were asked for, as (model, seed); of those with a results file only the missing ones."""
    keys = [(name, seed) for seed in options.seeds for name in options.models]
    if kept is None:
        return keys
    missing = kept.missing()
    return [key for key in keys if key in missing]


def finish(options: argparse.Namespace, made: Run, test: list[RealPair]) -> None:
    """Print how BLEU was computed, memory, and some translations of the first run."""
    metric = bleu_metric(options.unit)
    bleu(metric, made.translations, test)  # the signature is known once a score was computed
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)
    print(f"\nBLEU: {metric.get_signature()}; columns on the right: by source tokens\npeak memory: {peak:.1f} GiB")
    examples = random.Random(1).sample(list(zip(test, made.translations, strict=True)), min(options.show, len(test)))
    for pair, translation in examples:
        print(f"  {pair.source} | {pair.target} | {translation}")


if __name__ == "__main__":
    sys.exit(main())
