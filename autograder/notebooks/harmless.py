"""Makes a learner's notebook harmless wherever it is rendered: by formgrader, by nbconvert, or by whoever opens it.

Formgrader puts Markdown, raw cells and metadata into its page as they are, and that page may do all that the person
may who opened it. What cleans such pages is loaded when the server starts, if at all, so the notebook itself has to be
harmless. It still shows what was written: behind the first sign of what would be HTML, a picture from elsewhere or a
link that could run something, a sign of no width is put in. No reader of Markdown takes that for more than text, in
code, in a formula and elsewhere; so nothing has to be parsed here, and a text of any kind takes a time that grows with
its length.
"""

import base64
import binascii
import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from nbformat import NotebookNode

PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
MOST_PICTURES = 8_000_000  # characters of the pictures in a notebook's texts that are kept
MOST_TEXT = 1_000_000  # characters of a notebook's texts that are read as Markdown; the others are shown as they are
LONGEST_TEXT = 50_000  # of one text
LONGEST_GAP = 200  # spaces in a row: some readers of Markdown take a time that grows with their square

_BREAK = "\u200b"  # a sign of no width
_PICTURE = re.compile(  # each part ends where the next may begin, or after so many signs: that keeps it linear
    r"!\[(?P<alt>[^\[\]<>]*)\]\(\s{0,9}"
    r"(?P<picture>attachment:[^\s<>]{1,300}?|data:image/[a-z]{1,9};base64,[A-Za-z0-9+/=]+)"
    r"(?:\s{1,9}\"[^\"<>]{0,300}\")?\s{0,9}\)",
    re.IGNORECASE,
)
_FORMATTING = "b|code|del|em|i|kbd|mark|q|s|small|strong|sub|sup|u|var"
_TOKEN = re.compile(
    r"(?P<picture>!\[[^\[\]<>]*\]\(attachment:picture-\d+\.(?:png|jpeg)\))"
    r"|<[bh]r\s{0,9}/?>"
    rf"|<(?P<opens>{_FORMATTING})>(?=[^<>\n]*</(?P=opens)>)"  # formatting within a line stays, where it ends
    rf"|</(?P<closes>{_FORMATTING})>"
    r"|\](?=\(\s{0,9}(?:https?://|mailto:|#))|\](?=:\s{1,9}https?://)"  # links to pages and within stay
    r"|(?P<runs><(?=[A-Za-z/!?])|!(?=\[)|\](?=[(:]))",
    re.IGNORECASE,
)
_GAP = re.compile(rf"[ \t]{{{LONGEST_GAP},}}")
_FENCE = re.compile(r"`{3,}")
_TAG = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_OURS = ("nbgrader", "autograder")  # metadata that grading writes


def make_harmless(notebook: "NotebookNode", given: Collection[str] = ()) -> None:
    """Change a notebook so that nothing in its texts, raw cells, attachments and metadata does more than show itself.

    Args:
        given: the texts of the course, which stay as they are.

    Outputs are left alone, and so is code: it is shown as code.
    """
    notebook.metadata = _only(notebook.metadata, ("kernelspec",))
    reader = _Reader()
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = _only(cell.metadata, _OURS)
        if isinstance(tags, list):
            cell.metadata.tags = [tag for tag in tags if isinstance(tag, str) and _TAG.fullmatch(tag)]
        attached = cell.pop("attachments", None)
        if cell.cell_type == "markdown" and cell.source not in given:
            cell.source, pictures = reader.read(cell.source, attached if isinstance(attached, dict) else {})
            if pictures:
                cell.attachments = pictures
        elif cell.cell_type == "raw":
            cell.source = _broken(cell.source)


def harmless_outputs(outputs: "Iterable[NotebookNode]") -> "list[NotebookNode]":
    """Outputs of which only pictures and text are left, with what grading notes beside them."""
    return [shown for output in outputs if (shown := _output(output)) is not None]


def _output(found: "NotebookNode") -> "NotebookNode | None":
    import nbformat

    if "data" not in found:
        return found
    shown = {kind: data for kind, data in found.data.items() if picture(kind, data)}
    if isinstance(found.data.get("text/plain"), str):
        shown["text/plain"] = found.data["text/plain"]
    kept = _only(found.get("metadata", {}), _OURS)
    return nbformat.v4.new_output("display_data", shown, metadata=kept) if shown else None


def picture(kind: str, data: Any) -> str | None:
    """The address of a picture that travels in a page; None for what is no PNG or JPEG."""
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError, AttributeError):
        return None
    if kind not in PICTURES or not content.startswith(PICTURES[kind]):
        return None
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _only(found: Mapping[str, Any], names: Collection[str]) -> "NotebookNode":
    """What of metadata is kept: all else can hide a cell from formgrader, or becomes part of its page."""
    import nbformat

    kept: NotebookNode = nbformat.from_dict({name: found[name] for name in names if name in found})
    return kept


class _Reader:
    """Reads the texts of a notebook, whose pictures and signs have a limit together."""

    def __init__(self) -> None:
        self._room, self._text = MOST_PICTURES, MOST_TEXT

    def read(self, source: str, attached: Mapping[str, Any]) -> tuple[str, dict[str, dict[str, str]]]:
        """A text that is harmless, and the pictures that it shows.

        They have new names: not every reader of Markdown finds every old one, and one that it misses is an error.
        """
        pictures: dict[str, dict[str, str]] = {}

        def renamed(token: re.Match[str]) -> str:
            kind, data = _found(token["picture"], attached)
            if picture(kind, data) is None or len(data) > self._room:
                return _broken(token[0])
            self._room -= len(data)
            name = f"picture-{len(pictures) + 1}.{kind.removeprefix('image/')}"
            pictures[name] = {kind: data}
            return f"![{token['alt']}](attachment:{name})"

        text = _PICTURE.sub(renamed, _GAP.sub(" " * LONGEST_GAP, source))
        self._text -= len(text)
        if len(text) > LONGEST_TEXT or self._text < 0:
            return _as_it_is(text), pictures
        return _harmless(text, pictures), pictures


def _found(address: str, attached: Mapping[str, Any]) -> tuple[str, str]:
    """Kind and data of a picture that a text names."""
    if address.lower().startswith("data:"):
        kind, _, data = address[len("data:") :].partition(";base64,")
        return kind.lower(), data
    name = address[len("attachment:") :]
    kinds = attached.get(name, attached.get(unquote(name)))
    found = kinds if isinstance(kinds, dict) else {}
    return next(((kind, found[kind]) for kind in PICTURES if isinstance(found.get(kind), str)), ("", ""))


def _harmless(text: str, pictures: Collection[str]) -> str:
    """A text with the sign of no width wherever it could do more than show itself."""
    opened = ""

    def replaced(token: re.Match[str]) -> str:
        nonlocal opened
        if token["opens"]:
            opened = token["opens"].lower()
        elif token["closes"]:
            closes, opened = token["closes"].lower() == opened, ""
            return token[0] if closes else _broken(token[0])
        elif token["picture"] and token[0].rpartition(":")[2][:-1] not in pictures:
            return _broken(token[0])
        return f"{token[0]}{_BREAK}" if token["runs"] else token[0]

    return _TOKEN.sub(replaced, text)


def _broken(text: str) -> str:
    """A text in which no tag, picture or link is left."""
    for begins in ("<", "![", "](", "]:"):
        text = text.replace(begins, f"{begins[0]}{_BREAK}{begins[1:]}")
    return text


def _as_it_is(text: str) -> str:
    """A text as Markdown that shows its signs."""
    fence = "`" * (max(map(len, _FENCE.findall(text)), default=2) + 1)
    return f"{fence}\n{_broken(text)}\n{fence}"
