"""What a page needs so that its playground lives: the module, its style and the shipped models, all in the page."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

_STILL = re.compile(r'data-playground="([^"]*)"')
_STEPPER = "data-stepper="
_BEGIN = "\nmountPage(document);\n"  # what the page adds to the module


@dataclass(frozen=True)
class Playground:
    """The scripts of a page.

    Attributes:
        style: the playground's CSS.
        script: the module, and the call that brings the page to life.
        allowed: by which the page's policy lets this script run, and no other.
        models: name → weights in base64.
    """

    style: Markup
    script: Markup
    allowed: str
    models: Mapping[str, str]


def playground_of(body: str) -> Playground | None:
    """What the page of a lesson needs, or None where it has no playground.

    Raises:
        ValueError: a model takes more of a page than it may.
    """
    names = {
        model["name"] for found in _STILL.findall(body) for model in json.loads(html.unescape(found)).get("models", ())
    }
    if not names and _STEPPER not in body:
        return None
    from lessons.toolkit.figures.playground.kernel import SCRIPT, STYLE

    script = SCRIPT.read_text(encoding="utf-8") + _BEGIN
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    style = STYLE.read_text(encoding="utf-8")
    return Playground(Markup(style), Markup(script), f"sha256-{digest}", {name: _model(name) for name in sorted(names)})


@cache
def _model(name: str) -> str:
    """A shipped model in base64."""
    from lessons.earlier.lesson_02 import Vocabularies
    from lessons.toolkit.corpus import load_split
    from lessons.toolkit.figures.playground.packed import SIZE_LIMIT_IN_A_PAGE, in_base64, pack
    from lessons.toolkit.glosses import gloss
    from lessons.toolkit.shipped_models import shipped_weights

    words = Vocabularies(load_split("train"))
    glosses = [gloss(word) for word in words.target]
    text = in_base64(pack(shipped_weights(name), words.source, words.target, glosses))
    if len(text) > SIZE_LIMIT_IN_A_PAGE:
        raise ValueError(
            f"{name} takes {len(text):,} characters of a page; at most {SIZE_LIMIT_IN_A_PAGE:,} are allowed"
        )
    return text
