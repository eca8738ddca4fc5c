"""Enters the lessons of a version that another one follows: `python -m autograder.authoring.earlier_releases`.

Usage: ... VERSION LESSONS, with a folder that has its released lessons as `NN_slug/NN_slug.ipynb`, and those of other
languages in folders such as `ko`.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.files import write_whole
from autograder.notebooks.released_cells import EARLIER, digests


def enter(version: str, folder: Path) -> None:
    """Enter the digest of each cell of a version's lessons that carries no exercise, in every language."""
    known = json.loads(EARLIER.read_text(encoding="utf-8")) if EARLIER.exists() else {}
    notebooks = [path for path in sorted(folder.glob("[0-9][0-9]_*/*.ipynb")) if path.stem == path.parent.name]
    known[version] = {path.stem: " ".join(_digests_in(path, folder)) for path in notebooks}
    write_whole(EARLIER, (json.dumps(known, indent=1) + "\n").encode())


def _digests_in(notebook: Path, folder: Path) -> Iterator[str]:
    translated = [_cells(path) for path in sorted(folder.glob(f"??/{notebook.stem}/{notebook.name}"))]
    for name, cell in _cells(notebook).items():
        for digest in _digest_in(name, _of(cell)):  # of the English; its translations have the same id
            yield digest
            for other in translated:
                yield from sorted(_of(other[name]) if name in other else ())


def _cells(notebook: Path) -> dict[str, dict[str, Any]]:
    return {cell["id"]: cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]}


def _of(cell: dict[str, Any]) -> set[str]:
    return digests(cell["cell_type"], "".join(cell["source"]))


def _digest_in(cell_id: str, found: set[str]) -> list[str]:
    """The part of a cell's id that is a digest of its text."""
    return [part for part in cell_id.split("-")[1:2] if part in found]


if __name__ == "__main__":
    enter(sys.argv[1], Path(sys.argv[2]))
