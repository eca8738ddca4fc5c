"""Results of experiments that take longer than a lesson: data files, each with the command that made it.

A file says what all runs share (its header: command, corpus, settings, which trainings from which seeds), then lists
the runs. `check_results` holds it to that, so that no lesson shows half of an experiment, or one on other sentences.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lessons.toolkit.corpus import corpus_sha256
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.text import named, said

_REMEDY = "get it back with `git checkout`, or run `make results`"


class ResultsError(ValueError):
    """A results file lacks something or belongs to another corpus; the message names file, field and command."""


def load_results(name: str) -> dict[str, Any]:
    """Load the results that a lesson shows.

    Raises:
        FileNotFoundError: there are none of that name; the message lists those there are.
        ResultsError: a run, a seed or a field is missing, or the file belongs to another corpus.
    """
    path = _folder() / f"{name}.json"
    if not path.exists():
        known = ", ".join(sorted(found.stem for found in _folder().glob("*.json")))
        raise FileNotFoundError(f"no results {name!r} in {_folder()}; there are {known or 'none'}")
    results = read_results(path)
    check_results(results, path)
    return results


def read_results(path: Path) -> dict[str, Any]:
    """Read a results file as it is.

    Raises:
        ResultsError: it is no JSON object with runs.
    """
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ResultsError(f"{path}: not JSON ({error}); {_REMEDY}") from None
    if not isinstance(results, dict) or not isinstance(results.get("runs"), list):
        raise ResultsError(f"{path}: no list 'runs' in it; {_REMEDY}")
    return results


def check_results(results: dict[str, Any], path: Path) -> None:
    """Check that a results file is whole and about the course's corpus.

    Raises:
        ResultsError: it is not; the message names file, field and command.
    """
    for field in ("command", "corpus", "fields", "seeds"):
        if field not in results:
            raise ResultsError(f"{path}: the field {field!r} is missing; run `make results`")
    remedy = f"run `{results['command']}`"
    if results["corpus"].get("name") == "english_korean" and results["corpus"].get("sha256") != corpus_sha256():
        raise ResultsError(f"{path}: the field 'corpus' names other sentences than datasets/english_korean; {remedy}")
    for training, seed in missing_runs(results):
        raise ResultsError(f"{path}: the run of training {training!r} from seed {seed} is missing; {remedy}")
    for run in results["runs"]:
        for field in results["fields"]:
            if field not in run:
                where = f"the run of training {run['training']!r} from seed {run['seed']}"
                raise ResultsError(f"{path}: the field {field!r} is missing in {where}; {remedy}")


def missing_runs(results: dict[str, Any]) -> list[tuple[str, int]]:
    """List the (training, seed) that the header names and no run has."""
    done = {(run.get("training"), run.get("seed")) for run in results["runs"]}
    wanted = [(training, seed) for training, seeds in results["seeds"].items() for seed in seeds]
    return [key for key in wanted if key not in done]


def runs_of(results: dict[str, Any], training: str) -> list[dict[str, Any]]:
    """Give the runs of one training, in the order of their seeds.

    Raises:
        KeyError: there is none of that name; the message lists those there are.
    """
    runs = [run for run in results["runs"] if run["training"] == training]
    if not runs:
        raise KeyError(f"no training {training!r} in these results; there are {', '.join(results['seeds'])}")
    return sorted(runs, key=lambda run: run["seed"])


def worst_to_best(runs: list[dict[str, Any]], field: str, clauses: Iterable[int]) -> list[str]:
    """Write a share for each of some numbers of clauses, from the worst run to the best: `94 to 96 %`.

    Args:
        runs: of one training.
        field: of each run; it has a share from 0 to 1 for each number of clauses, from one on.
        clauses: which of them are written.
    """
    columns = ([f"{100 * run[field][n - 1]:.0f}" for run in runs] for n in clauses)
    ends = ((min(column, key=int), max(column, key=int)) for column in columns)
    return [
        said("{share} %", share=low) if low == high else said("{low} to {high} %", low=low, high=high)
        for low, high in ends
    ]


def seeds_of(runs: list[dict[str, Any]]) -> str:
    """Say how many runs there are, one to a seed."""
    return said("{count} seeds", count=len(runs)) if len(runs) > 1 else said("1 seed")


def in_words(models: dict[str, list[dict[str, Any]]], field: str, clauses: Iterable[int]) -> str:
    """Write what `worst_to_best` says of several models in a line, for those who cannot see a figure."""
    numbers = list(clauses)
    return "; ".join(
        f"{named(name)}: {', '.join(worst_to_best(runs, field, numbers))}" for name, runs in models.items()
    )


def save_results(path: Path, results: dict[str, Any]) -> None:
    """Write results as JSON, one field a line; a reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(".tmp")
    waiting.write_text(_as_text(results) + "\n", encoding="utf-8")
    waiting.replace(path)


def _as_text(value: Any, indent: str = "") -> str:
    """JSON in which lists of numbers stand on one line, so that a file can be read and its changes seen."""
    inner = indent + "  "
    if isinstance(value, dict) and value:
        items = [
            f"{inner}{json.dumps(key, ensure_ascii=False)}: {_as_text(item, inner)}" for key, item in value.items()
        ]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "[\n" + ",\n".join(inner + _as_text(item, inner) for item in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


def _folder() -> Path:
    return datasets_folder() / "results"
