"""Korean sentences in a notebook, each word above its English gloss, so that who reads no Korean can follow."""

import html
from collections.abc import Sequence

from IPython.display import display

from lessons.toolkit.glosses import LEGEND, gloss, interlinear, labels, legend
from lessons.toolkit.text import named

#: What stands before a sentence, such as its English; its Korean words; a gloss for each, or None to look them up.
Line = tuple[str, Sequence[str], Sequence[str] | None]

_WORD = "display: inline-block; margin: 0 1.1em 0.3em 0; text-align: left; line-height: 1.3"
_GLOSS = "font-size: 85%; opacity: 0.75"  # inherits the theme's colour
_LINE = "margin: 0 0 0.5em 0"


def show_glossed(lines: Sequence[Line], *, explain: bool = False) -> None:
    """Show sentences with their glosses; a browser breaks long ones between words, so no gloss loses its word.

    Args:
        lines: the sentences, in order; one without Korean words is its text alone.
        explain: whether the labels of these glosses are explained below.

    Raises:
        ValueError: a sentence has not as many glosses as words.
    """
    full = [
        (named(text), words, [gloss(word) for word in words] if known is None else known)
        for text, words, known in lines
    ]
    plain = [_plain(*line) for line in full]
    shown = [_as_html(*line) for line in full]
    if explain:
        glosses = [each for _, _, found in full for each in found]
        plain.append(legend(glosses))
        rows = [f"<b>{label}</b>: {html.escape(str(LEGEND[label]), quote=False)}" for label in labels(glosses)]
        shown.append(f'<div style="{_GLOSS}">{"<br>".join(rows)}</div>')
    display({"text/html": "".join(shown), "text/plain": "\n".join(plain)}, raw=True)


def _plain(text: str, words: Sequence[str], glosses: Sequence[str]) -> str:
    return f"{text}\n{interlinear(words, glosses, indent='  ')}" if words else text


def _as_html(text: str, words: Sequence[str], glosses: Sequence[str]) -> str:
    columns = "".join(
        f'<span style="{_WORD}"><span lang="ko">{html.escape(word)}</span><br>'
        f'<span style="{_GLOSS}">{html.escape(meaning) or "&nbsp;"}</span></span> '
        for word, meaning in zip(words, glosses, strict=True)
    )
    sentence = f'<div style="margin-left: 1.5em">{columns}</div>' if words else ""
    return f'<div style="{_LINE if words else "margin: 0"}">{html.escape(text)}{sentence}</div>'
