"""Which cells are the course's own text, of this release or of an earlier one, and which release a notebook is of.

Learners finish a term with the release that they began with, so that their notebooks hold text that is no longer in a
lesson. `earlier_releases.json` has a digest of each cell that carries no exercise, by version and lesson, as it was
when the next version came; `python -m autograder.notebooks.released_cells VERSION LESSONS` enters those of a folder.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from autograder.files import write_whole

_FILE = Path(__file__).with_name("earlier_releases.json")
_KINDS = {"markdown": ("markdown",), "code": ("setup", "exploration")}  # of cells whose id is a digest, by cell type
_DIGITS = 8


def digest(kind: str, source: str) -> str:
    """What the id of a cell without a slug ends with: a hash of its kind and source."""
    return hashlib.sha256(f"{kind}\0{source}".encode("utf-8", "replace")).hexdigest()[:_DIGITS]


def digests(cell_type: str, source: str) -> set[str]:
    """The digests that a cell may have, given that its kind, a tag, may be lost."""
    return {digest(kind, source) for kind in _KINDS.get(cell_type, ())}


def is_of_a_release(cell_type: str, source: str, name: object = None) -> bool:
    """Whether a cell is as some release has it, known here or not.

    Args:
        name: the cell's id.
    """
    found = digests(cell_type, source)
    own = name.split("-")[1:2] if isinstance(name, str) else []
    return bool(found & {*own, *all_digests()})


def releases_of(lesson: str, cells: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The earlier releases of a lesson that share most with a notebook: several where these cells do not differ.

    Args:
        cells: type and source of each cell that today's release does not have.
    """
    found = {one for cell_type, source in cells for one in digests(cell_type, source)}
    shared = {version: len(found & lessons.get(lesson, set())) for version, lessons in earlier_releases().items()}
    most = max(shared.values(), default=0)
    return tuple(version for version, count in shared.items() if most and count == most)


@cache
def earlier_releases() -> Mapping[str, Mapping[str, set[str]]]:
    """Digests by version, the oldest first, and lesson."""
    found = json.loads(_FILE.read_text(encoding="utf-8"))
    return {version: {slug: set(row.split()) for slug, row in lessons.items()} for version, lessons in found.items()}


@cache
def all_digests() -> frozenset[str]:
    """Every digest that is entered."""
    return frozenset(one for lessons in earlier_releases().values() for row in lessons.values() for one in row)


def enter(version: str, folder: Path) -> None:
    """Enter a version's released lessons, those of a folder `NN_slug/NN_slug.ipynb`, into the file."""
    known = json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.exists() else {}
    notebooks = [path for path in sorted(folder.glob("[0-9][0-9]_*/*.ipynb")) if path.stem == path.parent.name]
    known[version] = {path.stem: " ".join(_digests_in(path)) for path in notebooks}
    write_whole(_FILE, (json.dumps(known, indent=1) + "\n").encode())


def _digests_in(notebook: Path) -> list[str]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    found = (digests(cell["cell_type"], "".join(cell["source"])) for cell in cells)
    names = [(cell["id"].split("-")[1:2], of_cell) for cell, of_cell in zip(cells, found, strict=True)]
    return [name for parts, of_cell in names for name in parts if name in of_cell]


if __name__ == "__main__":
    enter(sys.argv[1], Path(sys.argv[2]))
