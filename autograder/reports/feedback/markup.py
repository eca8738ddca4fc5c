"""The course's own texts, such as hints and questions, as HTML."""

import re
from html import escape

from markupsafe import Markup

_CODE = re.compile(r"`([^`\n]+)`")
_EMPHASIS = re.compile(r"(?<![\w*])\*(\w[^*<>]*\w)\*(?![A-Za-z0-9_*])")


def marked(text: str) -> Markup:
    """A text with what stands between backticks as code and *words* in italics; all else is shown as it is."""
    return Markup(_EMPHASIS.sub(r"<em>\1</em>", _CODE.sub(r"<code>\1</code>", escape(text))))
