"""All results in one table: `python -m lessons.experiments.summary` writes `datasets/results/README.md`."""

import statistics
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.results import load_results

HEAD = """\
# Results

<!-- Written by `python -m lessons.experiments.summary`. Do not edit. -->

What the lessons show over several seeds, from the files in this folder. Ranges run from the worst seed to the best.
A command trains only what its file lacks: delete the file to make it anew. `make results` runs them all, on one core.
The same seed gives other figures on another kind of processor, by tenths where training went well.

| lesson | what was measured | seeds | result | command |
| --- | --- | --- | --- | --- |
"""

Runs = list[dict[str, Any]]
Row = tuple[str, Runs, str]  # what was measured, the runs it comes from, the result


def share(values: Iterable[float], digits: int = 0) -> str:
    """Shares as a range in per cent: `94 to 96 %`."""
    found = [100 * value for value in values]
    low, high = f"{min(found):.{digits}f}", f"{max(found):.{digits}f}"
    return f"{low} %" if low == high else f"{low} to {high} %"


def score(values: Iterable[float], digits: int = 1) -> str:
    """Scores as a range: `33.9 to 36.3`."""
    found = list(values)
    low, high = f"{min(found):.{digits}f}", f"{max(found):.{digits}f}"
    return low if low == high else f"{low} to {high}"


def picked(results: dict[str, Any], **wanted: Any) -> Runs:
    """The runs with these settings."""
    return [run for run in results["runs"] if wanted.items() <= run.items()]


def lesson_01(results: dict[str, Any]) -> Iterator[Row]:
    """Exact match beside word-by-word lookup."""
    runs = results["runs"]
    found = share(run["exact_match"] for run in runs)
    yield "baseline, one and two clauses: exact match", runs, found
    yield "word by word with a dictionary: exact match", [], share([results["lookup_exact_match"]])


def lesson_02(results: dict[str, Any]) -> Iterator[Row]:
    """Exact match by context size and number of clauses."""
    for size in sorted({run["context_size"] for run in results["runs"]}):
        runs = picked(results, context_size=size)
        found = (share(run["exact_match"][n - 1] for run in runs) for n in (1, 3, 6))
        yield f"context of {size} numbers: exact match at 1, 3, 6 clauses", runs, "; ".join(found)


def lesson_03(results: dict[str, Any]) -> Iterator[Row]:
    """Exact match by model and number of clauses."""
    for name, epochs in sorted({(run["model"], run["epochs"]) for run in results["runs"]}):
        runs = picked(results, model=name, epochs=epochs)
        found = (share(run["exact_match"][n - 1] for run in runs) for n in (1, 3, 6, 8))
        yield f"{name}, {epochs} epochs: exact match at 1, 3, 6, 8 clauses", runs, "; ".join(found)


def lesson_04(results: dict[str, Any]) -> Iterator[Row]:
    """Exact match by the way of forcing, and the first word after an error."""
    for way in results["ways"]:
        runs = picked(results, way=way)
        after = share(run["free_after_error"][0] for run in runs)
        found = f"{share(run['exact_match'] for run in runs)}; {after}"
        yield f"teacher forcing, {way}: exact match; right words just after a first error", runs, found


def lesson_05(results: dict[str, Any]) -> Iterator[Row]:
    """Alignment error rate of both models and of the diagonal."""
    for reads in ("states", "words"):
        runs = picked(results, reads=reads)
        greatest, threshold = (
            statistics.median(run[key][-1] for run in runs) for key in ("aer_argmax", "aer_threshold")
        )
        found = f"median {greatest:.2f}; {threshold:.2f}"
        yield f"decoder reads {reads}: AER by the greatest weight; by a threshold", runs, found
    yield "diagonal: AER", [], f"{results['aer_diagonal']:.2f}"


def lesson_06(results: dict[str, Any]) -> Iterator[Row]:
    """BLEU, greedy and with a beam, and whose fault the errors are."""
    for model in ("baseline", "attention"):
        runs = picked(results, model=model)
        for way in ("greedy", "beam"):
            found = (score(run["bleu"][way][n - 1] for run in runs) for n in (1, 3, 6, 8))
            yield f"{model}, {way}: BLEU at 1, 3, 6, 8 clauses", runs, "; ".join(found)
            wrong, missed = (sum(sum(run[key][way][:6]) for run in runs) for key in ("wrong", "search_errors"))
            yield f"{model}, {way}: errors up to 6 clauses that are the search's", runs, share([missed / wrong])


LESSONS = {
    "01_seq2seq": lesson_01,
    "02_context_limit": lesson_02,
    "03_attention": lesson_03,
    "04_teacher_forcing": lesson_04,
    "05_alignments": lesson_05,
    "06_translator": lesson_06,
}


def summary() -> str:
    """The page, from all results files."""
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
