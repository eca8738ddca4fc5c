"""In which language a notebook is, by what it says of itself."""

import re
from typing import TYPE_CHECKING

from autograder.languages import ENGLISH, language_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

_OWN_IMPORT = re.compile(r"^from autograder(?:\.(\w+))? import check\b", re.MULTILINE)


def language_told(notebook: "NotebookNode") -> str | None:
    """The language that a notebook's metadata name, or else the import in its setup cell; None where both are lost."""
    if (found := language_of(notebook.metadata)) != ENGLISH:
        return found
    imports = (_OWN_IMPORT.search(cell.source) for cell in notebook.cells if cell.cell_type == "code")
    first = next(filter(None, imports), None)
    return None if first is None else language_of({"autograder": {"language": first[1]}})
