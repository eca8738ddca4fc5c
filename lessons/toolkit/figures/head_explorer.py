"""The heads of a Transformer to explore: choose one by pointer or keyboard, see its links and its map; no script."""

import hashlib
import html
from collections.abc import Sequence

from IPython.display import display
from torch import Tensor

from lessons.toolkit.corpus import SentencePair
from lessons.toolkit.figures.alignment_explorer import explorer_html
from lessons.toolkit.figures.visual_language import NEUTRAL, SOURCE
from lessons.toolkit.text import lang_attribute, said

_STYLE = """
#ID { color: black; background: white; padding: 0.4em 0.8em; }
#ID label { display: inline-block; padding: 0.1em 0.7em; margin: 0.1em; }
#ID label { border: 1px solid NEUTRAL; border-radius: 0.3em; }
#ID label:has(:checked) { background: SOURCE; color: white; }
#ID label:has(:focus-visible) { outline: 3px solid SOURCE; outline-offset: 2px; }
#ID fieldset { border: none; padding: 0; margin: 0.3em 0; }
#ID input { position: absolute; opacity: 0; }
#ID .panel { display: none; }
#ID table { border-collapse: collapse; margin: 0.5em 0; }
#ID th { font-weight: normal; font-size: 0.8em; padding: 0 0.3em; text-align: right; }
#ID td { width: 1.6em; height: 1.3em; border: 1px solid #DDDDDD; }
"""


def head_explorer_html(pair: SentencePair, maps: Sequence[Tensor], heads: int) -> str:
    """Heads of the cross-attention as HTML: one is chosen, and its links and its map are shown.

    The choice is a group of radio buttons, so the arrow keys move through it and screen readers name it.

    Args:
        pair: S source and T target words.
        maps: (T, S) of each head, block by block.
        heads: N, how many heads a block has.
    """
    seen = repr((pair.source, [weights.tolist() for weights in maps]))
    name = "heads-" + hashlib.sha256(seen.encode()).hexdigest()[:10]
    style = _STYLE.replace("ID", name).replace("NEUTRAL", NEUTRAL).replace("SOURCE", SOURCE)
    style += "".join(
        f"#{name}:has(.choice{number}:checked) .panel{number} {{ display: block; }}\n" for number in range(len(maps))
    )
    buttons = "".join(_button(name, number, heads) for number in range(len(maps)))
    legend = html.escape(said("Block and head of the attention to the source"))
    chooser = f"<fieldset><legend>{legend}</legend>{buttons}</fieldset>"
    panels = "".join(_panel(number, pair, weights) for number, weights in enumerate(maps))
    return f'<div id="{name}"{lang_attribute()}><style>{style}</style>{chooser}{panels}</div>'


def show_head_explorer(pair: SentencePair, maps: Sequence[Tensor], heads: int) -> None:
    """Show `head_explorer_html`; where HTML cannot be shown, where each head looks most as text."""
    lines = [
        f"{_title(number, heads)}: "
        + ", ".join(
            said("{word} at {source_words}", word=word, source_words=pair.source_words[int(row.argmax())])
            for word, row in zip(pair.target_words, weights, strict=True)
        )
        for number, weights in enumerate(maps)
    ]
    display({"text/html": head_explorer_html(pair, maps, heads), "text/plain": "\n".join(lines)}, raw=True)


def _title(number: int, heads: int) -> str:
    return said("block {number}, head {number_2}", number=number // heads + 1, number_2=number % heads + 1)


def _button(name: str, number: int, heads: int) -> str:
    checked = " checked" if number == 0 else ""
    return f'<label><input type="radio" name="{name}" class="choice{number}"{checked}> {_title(number, heads)}</label>'


def _panel(number: int, pair: SentencePair, weights: Tensor) -> str:
    targets = [f"{word} {gloss}" for word, gloss in zip(pair.target_words, pair.glosses, strict=True)]
    links = explorer_html(pair.source_words, targets, weights)
    head = "".join(f"<th scope=col>{html.escape(word)}</th>" for word in pair.source_words)
    rows = "".join(
        f"<tr><th scope=row>{html.escape(word)}</th>{''.join(map(_cell, row.tolist()))}</tr>"
        for word, row in zip(targets, weights, strict=True)
    )
    return f'<div class="panel panel{number}">{links}<table><tr><th></th>{head}</tr>{rows}</table></div>'


def _cell(weight: float) -> str:
    """A cell of the map: white to black, its weight as a text on pointing at it."""
    grey = round(255 * (1 - weight))
    return f'<td title="{weight:.2f}" style="background:rgb({grey},{grey},{grey})"></td>'
