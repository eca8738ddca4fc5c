"""All results in one table: `python -m lessons.experiments.summary` writes `datasets/results/README.md`."""

import sys
from collections.abc import Iterable, Iterator
from statistics import median
from typing import Any

from lessons.experiments.lesson_03 import MODELS
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.results import load_results, runs_of

HEAD = """\
# Results

<!-- Written by `python -m lessons.experiments.summary`. Do not edit. -->

What the lessons show over several seeds, from the files in this folder. Ranges run from the worst seed to the best.
`make results` trains what a file lacks, in two processes of one thread, and goes on where it was stopped: hours, if
everything is missing. The same seed gives other figures on another kind of processor, by tenths where training went
well.

| lesson | what was measured | seeds | result | command |
| --- | --- | --- | --- | --- |
"""

Runs = list[dict[str, Any]]
Row = tuple[str, Runs, str]  # what was measured, the runs it comes from, the result


def share(values: Iterable[float], digits: int = 0) -> str:
    """Write shares as a range in per cent: `94 to 96 %`."""
    return score((100 * value for value in values), digits) + " %"


def score(values: Iterable[float], digits: int = 1) -> str:
    """Write scores as a range: `33.9 to 36.3`."""
    found = list(values)
    low, high = f"{min(found):.{digits}f}", f"{max(found):.{digits}f}"
    return low if low == high else f"{low} to {high}"


def by_clauses(runs: Runs, field: str, clauses: Iterable[int]) -> str:
    """Write a share for each of some numbers of clauses."""
    return "; ".join(share(run[field][n - 1] for run in runs) for n in clauses)


def lesson_01(results: dict[str, Any]) -> Iterator[Row]:
    """Exact match, compared with word-by-word lookup."""
    runs = results["runs"]
    yield "baseline, one and two clauses: exact match", runs, share(run["exact_match"] for run in runs)
    looked_up = results["held_fixed"]["lookup_exact_match"]
    yield "word by word with a dictionary: exact match", [], share([looked_up])


def lesson_02(results: dict[str, Any]) -> Iterator[Row]:
    """Exact match of new and of seen sentences, for every context size and control."""
    for name in results["seeds"]:
        runs = runs_of(results, name)
        yield f"{name}: exact match at 1, 3, 6 clauses", runs, by_clauses(runs, "exact_match", (1, 3, 6))
        yield f"{name}: the same for sentences seen in training", runs, by_clauses(runs, "seen_exact_match", (1, 3, 6))


def lesson_03(results: dict[str, Any]) -> Iterator[Row]:
    """Exact match of new and of seen sentences by model, and the gradient at the first word."""
    for name in MODELS:
        runs = runs_of(results, name)
        yield f"{name}: exact match at 1, 3, 6, 8 clauses", runs, by_clauses(runs, "exact_match", (1, 3, 6, 8))
        yield f"{name}: the same for seen sentences, 1, 3, 6", runs, by_clauses(runs, "seen_exact_match", (1, 3, 6))
        ratios = [run["first_word_gradient"]["before"][5] / run["first_word_gradient"]["before"][0] for run in runs]
        text = f"{name}, untrained: gradient at the first word, six clauses as a share of one"
        yield text, runs, f"median {median(ratios):.1e}"


def step_time(results: dict[str, Any]) -> Iterator[Row]:
    """Seconds of a training step, by sentence length."""
    for name in results["seeds"]:
        runs = runs_of(results, name)
        first, *_, last = runs[0]["median_seconds"]
        yield f"{name}: seconds of a step, shortest and longest sentences", runs, f"{first:.3f}; {last:.3f}"


def lesson_04(results: dict[str, Any]) -> Iterator[Row]:
    """Exact match by the way of forcing, and what follows an injected error."""
    for way in results["seeds"]:
        runs = runs_of(results, way)
        yield f"teacher forcing, {way}: exact match", runs, share(run["exact_match"] for run in runs)
        for kind in ("same_kind", "structure"):
            found = (
                share(run["injected_errors"][kind][field] for run in runs) for field in ("next_right", "rest_kept")
            )
            text = f"{way}, wrong word ({kind.replace('_', ' ')}): next word right; rest still right"
            yield text, runs, "; ".join(found)


def lesson_05(results: dict[str, Any]) -> Iterator[Row]:
    """Translations, alignment error rates, and what hidden words cost."""
    for name in results["seeds"]:
        runs = runs_of(results, name)
        rates = (score((run["alignment"][key] for run in runs), 2) for key in ("aer_argmax", "aer_threshold"))
        found = f"{share(run['exact_match'] for run in runs)}; {'; '.join(rates)}"
        yield f"{name}: exact match; AER by the greatest weight; by a threshold", runs, found
        tables = [run["hiding"]["hidden"]["all"] for run in runs]
        lost = (score((table[hidden]["median"] for table in tables), 2) for hidden in ("darkest", "gold", "both"))
        yield f"{name}: nats lost (median), darkest word hidden; gold words; both", runs, "; ".join(lost)
    held = results["held_fixed"]
    yield "AER of the diagonal; of chance", [], f"{held['aer_diagonal']:.2f}; {held['aer_uniform']:.2f}"


def lesson_06(results: dict[str, Any]) -> Iterator[Row]:
    """BLEU, greedy and with a beam, and whose fault the errors are."""
    for name in results["seeds"]:
        runs = runs_of(results, name)
        for way in ("greedy", "beam"):
            found = (score((run["bleu"][way][n - 1] for run in runs), 1) for n in (1, 3, 6, 8))
            yield f"{name}, {way}: BLEU at 1, 3, 6, 8 clauses", runs, "; ".join(found)
            wrong, missed = (sum(sum(run[key][way][:6]) for run in runs) for key in ("wrong", "search_errors"))
            yield f"{name}, {way}: errors up to 6 clauses that are the search's", runs, share([missed / wrong])


def real_corpus(results: dict[str, Any]) -> Iterator[Row]:
    """Character BLEU on real sentences."""
    for name in results["seeds"]:
        runs = runs_of(results, name)
        yield f"{name}, real corpus: character BLEU", runs, score((run["bleu"] for run in runs), 1)


def lesson_07(results: dict[str, Any]) -> Iterator[Row]:
    """Exact match of the Transformer and of what it is compared with, by training."""
    for name in results["seeds"]:
        runs = runs_of(results, name)
        yield f"{name}: exact match at 1, 3, 6, 8 clauses", runs, by_clauses(runs, "exact_match", (1, 3, 6, 8))
        yield f"{name}: exact match of validation sentences", runs, share((run["valid_exact_match"] for run in runs), 1)


def heads(results: dict[str, Any]) -> Iterator[Row]:
    """Error rates of the heads, and what is lost without them."""
    runs = results["runs"]
    chosen = [run["aer"][run["valid_aer"].index(min(run["valid_aer"]))] for run in runs]
    yield "transformer: AER of the head chosen on validation sentences", runs, score(chosen, 2)
    yield "transformer: AER of all heads", runs, score((rate for run in runs for rate in run["aer"]), 2)
    for kind in ("encoder", "decoder", "cross"):
        for part in ("heads", "layers"):
            lost = [nats for run in runs for nats in run["knock_out"][kind][part]]
            silent = "one head" if part == "heads" else "all heads of a layer"
            yield f"transformer, {kind}: nats per word lost without {silent}", runs, score(lost, 2)


def leak(results: dict[str, Any]) -> Iterator[Row]:
    """What a mask that reads ahead does to loss and translations."""
    for name in results["seeds"]:
        runs = runs_of(results, name)
        found = f"{score((run['loss'] for run in runs), 2)}; {share(run['exact_match'] for run in runs)}"
        yield f"{name}, one epoch: mean loss in nats per word; exact match", runs, found


def step_cost(results: dict[str, Any]) -> Iterator[Row]:
    """Processor time and memory of a training step, by sentence length."""
    for name in results["seeds"]:
        runs = runs_of(results, name)
        seconds, sizes = runs[0]["median_seconds"], [size / 2**20 for size in runs[0]["kept_bytes"]]
        found = f"{seconds[0]:.3f} s, {sizes[0]:.0f} MiB; {seconds[-1]:.3f} s, {sizes[-1]:.0f} MiB"
        yield f"{name}: processor time and memory of a step, shortest and longest sentences", runs, found


LESSONS = {
    "01_seq2seq": lesson_01,
    "02_context_limit": lesson_02,
    "03_attention": lesson_03,
    "03_step_time": step_time,
    "04_teacher_forcing": lesson_04,
    "05_alignments": lesson_05,
    "06_translator": lesson_06,
    "06_real_corpus": real_corpus,
    "07_self_attention": lesson_07,
    "07_heads": heads,
    "07_leak": leak,
    "07_step_cost": step_cost,
}


def summary() -> str:
    """Write the page, from all results files."""
    lines = []
    for name, rows in LESSONS.items():
        results = load_results(name)
        for measured, runs, found in rows(results):
            seeds = len({run["seed"] for run in runs}) or "none"
            lines.append(f"| {name[:2]} | {measured} | {seeds} | {found} | `{results['command']}` |\n")
    return HEAD + "".join(lines)


def main() -> None:
    """Write the page."""
    path = datasets_folder() / "results" / "README.md"
    path.write_text(summary(), encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    sys.exit(main())
