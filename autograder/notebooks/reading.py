"""Reads a notebook that anybody may have written: whole, of bounded size and valid, or a reason why not."""

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.notebooks.file_kinds import encoding_of, kind_of_bytes, kind_of_text, shortcut
from autograder.notebooks.outputs import drop_outputs, without_outputs
from lessons.toolkit.text import Words, t

if TYPE_CHECKING:
    from nbformat import NotebookNode

LARGEST_FILE = 200_000_000  # bytes, outputs among them
LARGEST_NOTEBOOK = 50_000_000  # bytes, without outputs where it has more with them
MOST_CELLS = 1_000  # nobody writes more by hand, and each takes time to look at
MOST_SOURCE = 1_000_000  # characters in all code cells together
MOST_VALUES = 300_000  # in the file's JSON, each of which takes some 20 microseconds to look at
_PADDING = "\0\x1a\ufeff \t\r\n"  # what disks and programs fill files up with


class UnreadableError(Exception):
    """A file is no notebook that can be graded; `told` says why."""

    def __init__(self, told: Words):
        super().__init__(told)
        self.told = told


def read_notebook(path: Path, whole: bool = False) -> "NotebookNode":
    """The notebook at `path` as valid nbformat 4, whatever its version, with every cell id made unique.

    Args:
        path: the file.
        whole: whether to refuse it rather than to leave outputs out that are too many.

    Raises:
        UnreadableError: it cannot be read, is too large, or is no notebook.
    """
    return parse_notebook(read_content(path), whole)


def parse_notebook(content: bytes, whole: bool = False) -> "NotebookNode":
    """As `read_notebook`, of a file's bytes."""
    text, rest = _first_document(_text(_lean(content, whole)))
    text = _without_surrogates(text)
    found = _content(text)
    if not whole and _has_more_values(found, MOST_VALUES):
        drop_outputs(found)
        text = json.dumps(found)
    _check_count(found)
    notebook = _as_notebook(text, found)
    if rest:
        from autograder.notebooks.repair import REBUILT

        notebook.metadata[REBUILT] = True
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
        if size > LARGEST_FILE:
            raise _too_large(size, LARGEST_FILE)
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(t("the file cannot be read: {error}", error=error.strerror)) from error


def lean(content: bytes) -> bytes:
    """A notebook's bytes as they are to be sent on: without outputs where they are too many with them.

    Raises:
        UnreadableError: they are too many without them, too.
    """
    return _lean(content, whole=False)


def _lean(content: bytes, whole: bool) -> bytes:
    size = len(content)
    if size > LARGEST_NOTEBOOK and not whole:
        content = content.rstrip(b"\0") if content.startswith(b"{") else content
        content = without_outputs(content) or content
    if len(content) > LARGEST_NOTEBOOK:
        raise _too_large(size, LARGEST_NOTEBOOK)
    return content


def _too_large(size: int, limit: int) -> UnreadableError:
    numbers = {"size": f"{size / 1e6:.0f}", "limit": limit // 1_000_000}
    return UnreadableError(t("has {size} MB, more than {limit} MB; clear its outputs and save it again", **numbers))


def _text(content: bytes) -> str:
    """A file as text; bytes that are no UTF-8 become halves of characters, for they may stand behind its end.

    Raises:
        UnreadableError: it is empty, of another kind, or not UTF-8, nor UTF-16 or UTF-32.
    """
    if not content.strip():
        raise UnreadableError(t("the file is empty"))
    if (kind := kind_of_bytes(content)) is not None:
        raise UnreadableError(t("not a notebook, but {kind}", kind=kind))
    if content.startswith(b"\0" * 8):
        content = content.lstrip(b"\0")
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding, "surrogateescape" if encoding.startswith("utf-8") else "strict")
    except UnicodeDecodeError as error:
        raise _not_utf8(content, error.start) from error


def _not_utf8(content: bytes, place: int) -> UnreadableError:
    if (encoding := encoding_of(content)) is not None:
        words = {"encoding": encoding, "place": place}
        return UnreadableError(t("not UTF-8 text at byte {place}, but {encoding}; save it as UTF-8", **words))
    return UnreadableError(t("not a notebook: not UTF-8 text at byte {place}", place=place))


def _first_document(text: str) -> tuple[str, str]:
    """The JSON that a text begins with, and what stands behind it, padding left out.

    Raises:
        UnreadableError: it begins with none, or a second one stands behind it.
    """
    begin = len(text) - len(text.lstrip(_PADDING))
    try:
        _, end = json.JSONDecoder().raw_decode(text, begin)
    except json.JSONDecodeError as error:
        raise _no_json(text, error) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(t("not a notebook: no usable JSON ({error})", error=str(error))) from error
    document, rest = text[begin:end], text[end:].strip(_PADDING)
    _require_utf8(document)
    if rest.startswith(("{", "[")):
        line = text.count("\n", 0, text.index(rest[:1], end)) + 1
        raise UnreadableError(t("two files in one: the second begins in line {line}; hand in one of them", line=line))
    return document, "".join(character for character in rest if not "\udc80" <= character <= "\udcff")


def _no_json(text: str, error: json.JSONDecodeError) -> UnreadableError:
    """Why a text is no JSON, as far as that can be told."""
    if (kind := kind_of_text(text)) is not None:
        return UnreadableError(t("not a notebook, but {kind}", kind=kind))
    _require_utf8(text)
    bare = text.rstrip(_PADDING)
    ends = error.msg.startswith("Unterminated") or error.pos >= len(bare) - 1
    problem = t("it ends early, as if cut off") if ends else error.msg
    if len(text) - len(bare) > 1 and text.endswith("\0"):
        problem = t("{problem}; its last {count} bytes are zero", problem=problem, count=len(text) - len(bare))
    place = {"line": error.lineno, "problem": problem}
    return UnreadableError(t("not a notebook: no valid JSON in line {line} ({problem})", **place))


def _require_utf8(text: str) -> None:
    """Refuse text of which bytes were no UTF-8.

    Raises:
        UnreadableError: some were.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _not_utf8(text.encode("utf-8", "surrogateescape"), len(text[: error.start].encode())) from error


def _without_surrogates(text: str) -> str:
    """JSON can hold halves of characters, which no file can; they become question marks."""
    if "\\ud" not in text.lower():
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace").decode()
    except (ValueError, RecursionError):
        return text  # what is wrong with it is said later


def _content(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise UnreadableError(t("not a notebook: its JSON is a {kind}, not an object", kind=type(found).__name__))
    if not ("cells" in found or "worksheets" in found):
        if (kind := shortcut(found)) is not None:
            raise UnreadableError(t("not a notebook, but {kind}", kind=kind))
        raise UnreadableError(t("not a notebook: it has no cells"))
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
