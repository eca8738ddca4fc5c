"""What a submission holds, as HTML that is safe to open: an allow-list, nothing that runs, nothing from elsewhere.

Loads nbconvert, so only nbgrader imports it.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import jinja2
import nh3
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.notebooks.harmless import PICTURES, picture

LONGEST_MARKDOWN = 50_000  # characters that are rendered; more is shown as plain text
LONGEST_CODE = 50_000  # characters that are coloured
MOST_TAGS = (
    20_000  # cleaning takes a time that grows with the square of the depth: this many in one another take a second
)
LONGEST_TEXT = 20_000  # characters of one text that are shown

_TAGS = frozenset(
    "a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li mark ol p pre q s samp small "
    "span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "td": {"colspan"}, "th": {"colspan", "scope"}}
_LINK = re.compile(r"https?://|mailto:|#")
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# also what turns the direction of text, so that code reads otherwise than it runs: Boucher and Anderson 2021
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def markdown(source: str, attachments: dict[str, dict[str, str]] | None = None) -> Markup:
    """Markdown as HTML; formulas stay as TeX."""
    text = plain(source, LONGEST_MARKDOWN)
    if len(source) > LONGEST_MARKDOWN:
        return _preformatted(text)
    try:
        renderer = IPythonRenderer(escape=False, attachments=attachments or {}, exclude_anchor_links=True)
        return html(MarkdownWithMath(renderer=renderer).render(text))
    except Exception:  # an attachment that is not there, or nested too deep
        return _preformatted(text)


def html(source: str) -> Markup:
    """HTML without whatever could run, load or reach out."""
    if len(source) > 40 * LONGEST_MARKDOWN or source.count("<") > MOST_TAGS:  # pictures within a text are long
        return _preformatted(plain(source))
    clean = nh3.clean(
        source,
        tags=set(_TAGS),
        clean_content_tags=set(),  # what stands in a script is shown as text
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
    )
    return Markup(clean)


def output(found: Mapping[str, Any]) -> Markup | None:
    """An output of a cell as a picture or as text; None where there is nothing to show."""
    if found["output_type"] == "stream":
        return _preformatted(plain(found["text"]))
    if found["output_type"] == "error":
        lines = found["traceback"] or [f"{found['ename']}: {found['evalue']}"]
        return _preformatted(plain("\n".join(lines)))
    data = found["data"]
    for kind in PICTURES:
        if kind in data and (address := picture(kind, data[kind])):
            return Markup('<img alt="Figure" src="{}">').format(address)
    if isinstance(data.get("text/plain"), str):
        return _preformatted(plain(data["text/plain"]))
    return html(data["text/html"]) if isinstance(data.get("text/html"), str) else None


def code(source: str) -> Markup:
    """Python with its tokens marked for colouring, or as it is where it is very long."""
    text = plain(source, LONGEST_CODE)
    if len(source) > LONGEST_CODE:
        return Markup(escape(text))
    return Markup(highlight(text, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n"))


def plain(text: str, longest: int = LONGEST_TEXT) -> str:
    """Text that was printed, without colours and control characters, and not too long."""
    shown = _CONTROL.sub("�", _COLOURS.sub("", text[:longest].replace("\r\n", "\n").replace("\r", "\n")))
    left_out = len(text) - longest
    return shown if left_out <= 0 else f"{shown}\n… {left_out:,} more characters are not shown"


def _preformatted(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(text)


def _kept(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute that may stay: pictures only if they travel in the page, links to pages and within."""
    if (tag, name) == ("img", "src"):
        kind, _, data = value.removeprefix("data:").partition(";base64,")
        return value if value.startswith("data:") and picture(kind, data) else None
    if (tag, name) == ("a", "href"):
        return value if _LINK.match(value) else None
    return value


# For nbconvert's own templates, which formgrader's page is made with


@jinja2.pass_context
def markdown_filter(context: jinja2.runtime.Context, source: str) -> str:
    """What nbconvert calls `markdown2html`, sanitized."""
    cell = context.get("cell", {})
    return str(markdown(str(source), cell.get("attachments")))


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
        kept["text/html"] = str(html(str(data["text/html"])))
    return NotebookNode(kept)
