"""Results of experiments that take longer than a lesson: data files, each with the command that made it."""

import json
from pathlib import Path
from typing import Any

from lessons.toolkit.paths import datasets_folder


def load_results(name: str) -> dict[str, Any]:
    """The results that a lesson shows.

    Raises:
        FileNotFoundError: there are none of that name; the message lists those there are.
    """
    path = _folder() / f"{name}.json"
    if not path.exists():
        known = ", ".join(sorted(found.stem for found in _folder().glob("*.json")))
        raise FileNotFoundError(f"no results {name!r} in {_folder()}; there are {known or 'none'}")
    return json.loads(path.read_text(encoding="utf-8"))


def save_results(name: str, results: dict[str, Any]) -> Path:
    """Write results as JSON, one key a line, and return the file."""
    path = _folder() / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _folder() -> Path:
    return datasets_folder() / "results"
