"""In which language a notebook is, or a learner's folder, by what it says of itself."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import settings
from autograder.languages import ENGLISH, language_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

RELEASED = ".released"  # JupyterLab shows no hidden files; .json, or it might be handed in
COURSE_NOTE = "course.json"
_OWN_IMPORT = re.compile(r"^from autograder(?:\.(\w+))? import check\b", re.MULTILINE)


def language_told(notebook: "NotebookNode") -> str | None:
    """The language that a notebook's metadata name, or else the import in its setup cell; None where both are lost."""
    if (found := language_of(notebook.metadata)) != ENGLISH:
        return found
    imports = (_OWN_IMPORT.search(cell.source) for cell in notebook.cells if cell.cell_type == "code")
    first = next(filter(None, imports), None)
    return None if first is None else language_of({"autograder": {"language": first[1]}})


def language_of_folder(folder: Path) -> str:
    """The language that a learner has chosen for a folder; for a new one, what course.toml says."""
    if not (folder / RELEASED).exists():
        return str(settings.in_force()["course"]["language"])
    try:
        noted = json.loads((folder / RELEASED / COURSE_NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ENGLISH
    return language_of({"autograder": noted})
