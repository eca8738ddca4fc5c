"""Shows one thing in two forms: HTML where a notebook can draw it, plain text everywhere else."""

import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2


def show(text: str, html: Callable[[], str], metadata: Mapping[str, Any] = MappingProxyType({})) -> None:
    """Print the text; in a notebook, display both as one output, of which each page takes what it can show.

    The output keeps the metadata, for whoever reads the notebook later.
    """
    if not in_notebook():
        print(text)
        return
    from IPython.display import display

    display({"text/plain": text, "text/html": html()}, metadata=dict(metadata), raw=True)


def render(template: str, **values: Any) -> str:
    """A template of this folder, with everything in it escaped that is no HTML of the course's own."""
    return _templates().get_template(template).render(values)


def in_notebook() -> bool:
    """Whether this process is a kernel; IPython in a terminal shows text."""
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return hasattr(shell, "kernel")


@cache
def _templates() -> "jinja2.Environment":
    from markupsafe import Markup

    from autograder import templates
    from lessons.toolkit.text import lang_attribute, t

    environment = templates.environment("autograder.learner.cards")
    style = files("autograder.learner.cards").joinpath("card.css").read_text(encoding="utf-8")
    environment.globals["t"] = t
    environment.globals["lang_attribute"] = lambda: Markup(lang_attribute())
    environment.globals["style"] = Markup(f"<style>\n{style}</style>")
    return environment
