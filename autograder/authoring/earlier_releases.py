"""Enters the lessons of a version that another one follows: `python -m autograder.authoring.earlier_releases`.

Usage: ... VERSION LESSONS, with a folder that has its released lessons as `NN_slug/NN_slug.ipynb`.
"""

import json
import sys
from pathlib import Path

from autograder.files import write_whole
from autograder.notebooks.released_cells import EARLIER, digests


def enter(version: str, folder: Path) -> None:
    """Enter the digest of each cell of a version's lessons that carries no exercise."""
    known = json.loads(EARLIER.read_text(encoding="utf-8")) if EARLIER.exists() else {}
    notebooks = [path for path in sorted(folder.glob("[0-9][0-9]_*/*.ipynb")) if path.stem == path.parent.name]
    known[version] = {path.stem: " ".join(_digests_in(path)) for path in notebooks}
    write_whole(EARLIER, (json.dumps(known, indent=1) + "\n").encode())


def _digests_in(notebook: Path) -> list[str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [
        name for cell in cells for name in _digest_in(cell["id"], digests(cell["cell_type"], "".join(cell["source"])))
    ]


def _digest_in(cell_id: str, found: set[str]) -> list[str]:
    """The part of a cell's id that is a digest of its text."""
    return [part for part in cell_id.split("-")[1:2] if part in found]


if __name__ == "__main__":
    enter(sys.argv[1], Path(sys.argv[2]))
