"""An alignment to explore by pointer or keyboard: plain HTML and CSS, no script, so it works in exported pages too."""

import hashlib
import html
from collections.abc import Sequence

from IPython.display import display
from torch import Tensor

from lessons.toolkit.figures.visual_language import NEUTRAL, SOURCE, TARGET
from lessons.toolkit.glosses import gloss
from lessons.toolkit.text import lang_attribute, said

_FAINT = 0.1  # a word with less weight stays dark

_STYLE = """
#ID { font-size: 1.15em; line-height: 1.6; color: black; background: white; padding: 0.4em 0.8em; }
#ID p { margin: 0.3em 0; }
#ID span { border-radius: 0.3em; padding: 0 0.4em; margin-bottom: 0.7em; }
#ID span { display: inline-block; position: relative; white-space: nowrap; }
#ID span::after { position: absolute; left: 50%; top: 2.75em; line-height: 1; font-size: 0.65em; }
#ID span::after { transform: translateX(-50%); }
#ID .word { border: 1px solid TARGET; cursor: default; }
#ID .word:is(:hover, :focus) { outline: 3px solid TARGET; outline-offset: 1px; }
#ID small { color: NEUTRAL; }
#ID .word small { display: block; font-size: 0.65em; line-height: 1.2; text-align: center; }
"""


def explorer_html(source: Sequence[str], target: Sequence[str], weights: Tensor) -> str:
    """A sentence pair as HTML: a target word that is pointed at or focused lights its source words up.

    Each source word shows its weight as the strength of its background, and as text while it is lit. Tab moves
    from target word to target word.

    Args:
        source: S words.
        target: T words.
        weights: (T, S), from 0 to 1.

    Raises:
        ValueError: the weights have another shape.
    """
    if weights.shape != (len(target), len(source)):
        raise ValueError(
            f"weights of shape {tuple(weights.shape)} for {len(target)} target, {len(source)} source words"
        )
    name = "align-" + hashlib.sha256(repr((source, target, weights.tolist())).encode()).hexdigest()[:10]
    lit = "".join(_lit(name, j, i, weight) for j, i, weight in _shown(weights))
    read = " ".join(f'<span class="source{i}">{html.escape(word)}</span>' for i, word in enumerate(source))
    written = " ".join(_target_word(j, word, source, weights[j]) for j, word in enumerate(target))
    hint = said("Point at a Korean word, or move to it with Tab: the English words it looked at light up.")
    style = _STYLE.replace("ID", name).replace("TARGET", TARGET).replace("NEUTRAL", NEUTRAL) + lit
    inside = f"<style>{style}</style><p>{read}</p><p>{written}</p><small>{hint}</small>"
    return f'<div id="{name}"{lang_attribute()}>{inside}</div>'


def show_explorer(source: Sequence[str], target: Sequence[str], weights: Tensor) -> None:
    """Show `explorer_html` in the notebook; where HTML cannot be shown, the greatest weights as text."""
    best = [f"{word} ← {source[int(row.argmax())]}" for word, row in zip(target, weights, strict=True)]
    display({"text/html": explorer_html(source, target, weights), "text/plain": ", ".join(best)}, raw=True)


def _shown(weights: Tensor) -> list[tuple[int, int, float]]:
    return [(j, i, float(weights[j, i])) for j, i in (weights >= _FAINT).nonzero().tolist()]


def _lit(name: str, j: int, i: int, weight: float) -> str:
    """The rule for source word i while target word j is active."""
    active = f"#{name}:has(.target{j}:is(:hover, :focus)) .source{i}"
    colour = f"{SOURCE}{round(255 * (0.1 + 0.45 * weight)):02x}"  # the last two digits are its opacity
    number = f'{active}::after {{ content: "{weight:.2f}"; }}'
    return f"{active} {{ background: {colour}; outline: {1 + 2 * weight:.1f}px solid {SOURCE}; }} {number}\n"


def _target_word(j: int, word: str, source: Sequence[str], row: Tensor) -> str:
    """A target word that can be focused; screen readers hear its source words."""
    order = row.argsort(descending=True).tolist()
    seen = ", ".join(f"{source[i]} {float(row[i]):.2f}" for i in order[:3] if float(row[i]) >= _FAINT)
    label = html.escape(f"{word}: {seen}", quote=True)
    below = f"<small>{html.escape(gloss(word))}</small>" if gloss(word) else ""
    shown = html.escape(word) + below
    return f'<span class="word target{j}" tabindex="0" role="img" aria-label="{label}">{shown}</span>'
