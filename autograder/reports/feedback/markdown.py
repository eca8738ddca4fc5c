"""Markdown as notebooks have it, formulas kept as TeX. What comes out is not yet safe to open: see `sanitize`.

nbconvert has a renderer too, which takes a second to load, and a time that grows with the square of a text's length.
"""

from collections.abc import Mapping
from html import escape
from re import Match
from typing import Any

from mistune import BlockParser, BlockState, HTMLRenderer, InlineParser, InlineState, Markdown, import_plugin

_PLUGINS = ("strikethrough", "table", "url", "task_lists", "def_list")
# Each ends where the next one of its kind could begin, or after so many characters: a text of nothing but opening
# marks is read once, not once for each of them.
_BLOCK_TEX = r"(?<!\\)\$\$(?:\\.|[^$\\]|\$(?!\$))*\$\$"
_INLINE_TEX = r"(?<![$\\])\$(?:\\.|[^$\\])+\$(?!\$)"
_LATEX = r"\\\\\[(?:(?!\\\\\[).)*?\\\\\]|\\\\\((?:(?!\\\\\().)*?\\\\\)"
_ENVIRONMENT = r"\\begin\{(?P<environment>[a-z]{1,20}\*?)\}.{0,5000}?\\end\{(?P=environment)\}"
_FORMULA = f"(?s:{_BLOCK_TEX}|{_INLINE_TEX}|{_LATEX}|{_ENVIRONMENT})"
_BLOCK_FORMULA = f"(?s:{_BLOCK_TEX}|{_ENVIRONMENT})"


class _Inline(InlineParser):
    """mistune's, which looks for the end of a line from each of many spaces; this one from the first alone."""

    STD_LINEBREAK = r"(?:\\|(?<! ) {2,})\n\s*"
    HARD_LINEBREAK = r"(?<! ) *\n\s*"
    SPECIFICATION = {**InlineParser.SPECIFICATION, "linebreak": STD_LINEBREAK, "softbreak": HARD_LINEBREAK}


class _Renderer(HTMLRenderer):
    """HTML as mistune makes it, with the pictures that are attached to a cell."""

    def __init__(self, attachments: Mapping[str, Mapping[str, str]]):
        super().__init__(escape=False, allow_harmful_protocols=True)  # `sanitize` takes off what is harmful
        self._attachments = attachments

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture; one that is attached travels in the page."""
        kind, name, address = url.partition("attachment:")
        if name and not kind:
            found = self._attachments[address]
            kind = next(kind for kind in ("image/png", "image/jpeg", *found) if kind in found)
            url = f"data:{kind};base64,{found[kind]}"
        return super().image(text, url, title)

    def block_code(self, code: str, info: str | None = None) -> str:
        """Code in a text is not coloured."""
        return super().block_code(code)

    def formula(self, text: str) -> str:
        """TeX as it was written."""
        return escape(text, quote=False)


def _parse_formula(inline: InlineParser, found: Match[str], state: InlineState) -> int:
    state.append_token({"type": "formula", "raw": found[0]})
    return found.end()


def _parse_block_formula(block: BlockParser, found: Match[str], state: BlockState) -> int:
    """A paragraph, so that no line of the formula is taken for a heading, say."""
    state.add_paragraph(found[0])
    return found.end()


def as_html(source: str, attachments: Mapping[str, Mapping[str, str]]) -> str:
    """Markdown as HTML.

    Raises:
        Exception: a picture is not attached, or parts are nested too deep.
    """
    plugins = [import_plugin(name) for name in _PLUGINS]
    markdown = Markdown(_Renderer(attachments), BlockParser(), _Inline(hard_wrap=False), plugins)
    markdown.inline.register("formula", _FORMULA, _parse_formula, before="escape")
    markdown.block.register("formula", _BLOCK_FORMULA, _parse_block_formula, before="fenced_code")
    html: Any = markdown(source)
    return str(html)
