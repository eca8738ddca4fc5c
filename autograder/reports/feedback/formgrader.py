"""Formgrader's pages: the course's sanitizer in place of what nbconvert's own templates put into a page as it is.

Loads nbconvert, so only nbgrader imports it.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

import jinja2
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from autograder.notebooks.harmless import PICTURES, picture
from autograder.reports.feedback import sanitize


@jinja2.pass_context
def markdown_filter(context: jinja2.runtime.Context, source: str) -> str:
    """What nbconvert calls `markdown2html`, sanitized."""
    cell = context.get("cell", {})
    return str(sanitize.markdown(str(source), cell.get("attachments")))


class HarmlessOutputs(Preprocessor):
    """Leaves of outputs, raw cells and metadata what nbconvert's templates can put into a page as it is."""

    enabled = True

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Change the copy of a notebook that becomes a page."""
        nb.metadata.pop("language_info", None)
        for cell in nb.cells:
            cell.metadata.pop("tags", None)
            if cell.cell_type == "raw":
                cell.source = escape(cell.source)
            for found in cell.get("outputs", ()):
                if "data" in found:
                    found.metadata, found.data = NotebookNode(), _harmless(found.data)
        return nb, resources


def _harmless(data: Mapping[str, Any]) -> NotebookNode:
    kept = {kind: data[kind] for kind in PICTURES if kind in data and picture(kind, data[kind])}
    kept |= {kind: data[kind] for kind in ("text/plain", "text/latex") if isinstance(data.get(kind), str)}
    if "text/html" in data and not kept:
        kept["text/html"] = str(sanitize.html(str(data["text/html"])))
    return NotebookNode(kept)
