"""What a submission holds, as HTML that is safe to open: an allow-list, nothing that runs, nothing from elsewhere."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import nh3
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.notebooks.bounded_cache import BoundedCache
from autograder.notebooks.harmless import PICTURES, picture
from autograder.reports.feedback.bounds import part
from autograder.reports.feedback.markdown import as_html

LONGEST_MARKDOWN = 50_000  # characters that are rendered; more is shown as plain text
LONGEST_CODE = 50_000  # characters that are coloured
MOST_TAGS = (
    20_000  # cleaning takes a time that grows with the square of the depth: this many in one another take a second
)
LONGEST_TEXT = 20_000  # characters of one text that are shown
REMEMBERED = 1_000_000  # characters of code whose colouring is kept

_TAGS = frozenset(
    "a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li mark ol p pre q s samp small "
    "span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "td": {"colspan"}, "th": {"colspan", "scope"}}
_LINK = re.compile(r"https?://|mailto:|#")
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# also what turns the direction of text, so that code reads otherwise than it runs: Boucher and Anderson 2021
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def markdown(source: str, attachments: Mapping[str, Mapping[str, str]] | None = None) -> Markup:
    """Markdown as HTML; formulas stay as TeX."""
    return part(lambda: _markdown(source, attachments or {}), lambda: _preformatted(plain(source)))


def _markdown(source: str, attachments: Mapping[str, Mapping[str, str]]) -> Markup:
    text = plain(source, LONGEST_MARKDOWN)
    if len(source) > LONGEST_MARKDOWN:
        return _preformatted(text)
    try:
        return html(as_html(text, attachments))
    except Exception:  # an attachment that is not there, or nested too deep
        return _preformatted(text)


def typed(source: str) -> Markup:
    """A text as it was typed."""
    return part(lambda: _preformatted(plain(source)), lambda: _preformatted(plain(source)))


def html(source: str) -> Markup:
    """HTML without whatever could run, load or reach out."""
    return part(lambda: _html(source), lambda: _preformatted(plain(source)))


def _html(source: str) -> Markup:
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
    return part(lambda: _output(found) or Markup(), lambda: _preformatted(plain(_words(found)))) or None


def _output(found: Mapping[str, Any]) -> Markup | None:
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


def _words(found: Mapping[str, Any]) -> str:
    """What an output says, as it came."""
    said = found.get("text") or found.get("data", {}).get("text/plain") or found.get("data", {}).get("text/html")
    return said if isinstance(said, str) else ""


def code(source: str) -> Markup:
    """Python with its tokens marked for colouring, or as it is where it is very long."""
    return part(lambda: _code(source), lambda: plain(source))


def _code(source: str) -> Markup:
    text = plain(source, LONGEST_CODE)
    if len(source) > LONGEST_CODE:
        return Markup(escape(text))
    return _coloured(text)


def _colour(text: str) -> Markup:
    return Markup(highlight(text, _LEXER, _FORMATTER).rstrip("\n"))


# To colour takes most of a page's time, and all pages of a lesson share the course's own cells.
_LEXER, _FORMATTER = PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)
_coloured = BoundedCache(_colour, REMEMBERED)


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
