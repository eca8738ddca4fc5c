"""Reads a notebook that anybody may have written: whole, of bounded size and valid, or a reason why not."""

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lessons.toolkit.text import Words, t

if TYPE_CHECKING:
    from nbformat import NotebookNode

LARGEST_NOTEBOOK = 50_000_000  # bytes
MOST_CELLS = 1_000  # nobody writes more by hand, and each takes time to look at
MOST_SOURCE = 1_000_000  # characters in all code cells together
MOST_VALUES = 300_000  # in the file's JSON, each of which takes some 20 microseconds to look at


class UnreadableError(Exception):
    """A file is no notebook that can be graded; `told` says why."""

    def __init__(self, told: Words):
        super().__init__(told)
        self.told = told


def read_notebook(path: Path) -> "NotebookNode":
    """The notebook at `path` as valid nbformat 4, whatever its version, with every cell id made unique.

    Raises:
        UnreadableError: it cannot be read, is too large, or is no notebook.
    """
    return parse_notebook(read_content(path))


def parse_notebook(content: bytes) -> "NotebookNode":
    """As `read_notebook`, of a file's bytes."""
    text = _without_surrogates(_text(content))
    notebook = _as_notebook(text, _content(text))
    _check_size(notebook)
    return notebook


def as_file(notebook: "NotebookNode") -> bytes:
    """The bytes of a notebook's file, in the newest minor version of nbformat 4."""
    from nbformat import v4

    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return v4.writes(notebook).encode("utf-8", "backslashreplace") + b"\n"


def read_content(path: Path) -> bytes:
    """A notebook's bytes.

    Raises:
        UnreadableError: it cannot be read, or is too large.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_NOTEBOOK:
            numbers = {"size": f"{size / 1e6:.0f}", "limit": LARGEST_NOTEBOOK // 1_000_000}
            raise UnreadableError(
                t("has {size} MB, more than {limit} MB; clear its outputs and save it again", **numbers)
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(t("the file cannot be read: {error}", error=error.strerror)) from error


def _text(content: bytes) -> str:
    if not content.strip():
        raise UnreadableError(t("the file is empty"))
    try:
        return content.decode(json.detect_encoding(content))
    except UnicodeDecodeError as error:
        raise UnreadableError(t("not a notebook: not UTF-8 text at byte {place}", place=error.start)) from error


def _without_surrogates(text: str) -> str:
    """JSON can hold halves of characters, which no file can; they become question marks."""
    if "\\ud" not in text.lower():
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace").decode()
    except (ValueError, RecursionError):
        return text  # what is wrong with it is said later


def _content(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        ends = error.msg.startswith("Unterminated") or error.pos >= len(text.rstrip()) - 1
        problem = t("it ends early, as if cut off") if ends else error.msg
        place = {"line": error.lineno, "problem": problem}
        raise UnreadableError(t("not a notebook: no valid JSON in line {line} ({problem})", **place)) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(t("not a notebook: no usable JSON ({error})", error=str(error))) from error
    if not isinstance(found, dict):
        raise UnreadableError(t("not a notebook: its JSON is a {kind}, not an object", kind=type(found).__name__))
    if not ("cells" in found or "worksheets" in found):
        raise UnreadableError(t("not a notebook: it has no cells"))
    _check_count(found)
    return found


def _check_count(found: dict) -> None:
    """Of cells, before each of them is validated."""
    sheets = found.get("worksheets")  # nbformat 3
    parts = [found, *(sheet for sheet in (sheets if isinstance(sheets, list) else ()) if isinstance(sheet, dict))]
    count = sum(len(part["cells"]) for part in parts if isinstance(part.get("cells"), list))
    if count > MOST_CELLS:
        numbers = {"count": f"{count:,}", "limit": f"{MOST_CELLS:,}"}
        raise UnreadableError(t("has {count} cells, more than {limit}; delete those that are not needed", **numbers))
    if _has_more_values(found, MOST_VALUES):
        raise UnreadableError(
            t("is made of more than {limit} parts; clear its outputs and save it again", limit=f"{MOST_VALUES:,}")
        )


def _has_more_values(found: dict, most: int) -> bool:
    """Whether JSON holds more than so many values, at any depth."""
    count = 0
    waiting: list[dict | list] = [found]
    while waiting and count <= most:
        part = waiting.pop()
        values = part.values() if isinstance(part, dict) else part
        count += len(values)
        waiting.extend(value for value in values if isinstance(value, dict | list))
    return count > most


def _check_size(notebook: "NotebookNode") -> None:
    size = sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "code")
    if size > MOST_SOURCE:
        numbers = {"count": f"{size:,}", "limit": f"{MOST_SOURCE:,}"}
        raise UnreadableError(t("has {count} characters of code, more than {limit}; shorten its cells", **numbers))


def _as_notebook(text: str, content: dict[str, Any]) -> "NotebookNode":
    """What nbformat makes of it; else a notebook rebuilt of its cells, where it has them."""
    import nbformat
    from nbformat.validator import normalize

    from autograder.notebooks.repair import rebuilt

    try:
        with warnings.catch_warnings(action="ignore"):  # about what it mends: missing and repeated cell ids
            _, notebook = normalize(nbformat.convert(nbformat.reader.reads(text), 4))
        nbformat.validate(notebook)
        return notebook
    except Exception as error:  # any JSON may come here, and nbformat checks little before it converts
        reason = f"{type(error).__name__}: {_first_line(error)}"
    try:
        notebook = rebuilt(content)
        nbformat.validate(notebook)
    except Exception as error:
        raise UnreadableError(t("not a valid notebook ({reason})", reason=reason)) from error
    return notebook


def _first_line(error: Exception) -> str:
    try:
        return (str(error).splitlines() or [""])[0][:200]
    except RecursionError:  # nbformat words an error with the part that is wrong, however deep that is
        return "nested too deeply"
