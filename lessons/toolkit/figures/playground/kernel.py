"""What the kernel does for the playground: it runs the learner's model at every change, and sends the answer."""

import re
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython import get_ipython
from torch import nn

from lessons.toolkit.forced_attention import run_model
from lessons.toolkit.own_parts import is_learners_kernel
from lessons.toolkit.shipped_models import Run
from lessons.toolkit.text import is_english, language, said

if TYPE_CHECKING:
    from lessons.toolkit.figures.playground.still import Picture

SCRIPT, STYLE = (Path(__file__).with_name(f"playground.{kind}") for kind in ("js", "css"))
_SAID = re.compile(r'\bsaid\("([^"]*)"')
_DIGITS = 6  # of what is sent: a bar of the picture has fewer

Runner = Callable[..., Run]


def runner(model: nn.Module | Runner) -> Runner:
    """The function that runs a model over a prefix, see `ShippedModel`.

    Raises:
        TypeError: it is neither a translator nor a function.
    """
    if hasattr(model, "encoder") and hasattr(model, "decoder"):
        return partial(run_model, model)
    if callable(model):
        return model
    raise TypeError(f"a playground needs a model with encoder and decoder, or a function, not {type(model).__name__}")


def answer(run: Runner, request: Mapping[str, Any]) -> dict[str, list[float]]:
    """What a model does at the last step of a request, with the given weights and with its own.

    Args:
        run: see `runner`.
        request: source, prefix, hidden, unread and given, as `run` of playground.js takes them.

    Returns:
        weights, context and probabilities (V,) with the given weights, and own, ownContext and ownProbabilities.
    """
    source, prefix = ([int(number) for number in request[name]] for name in ("source", "prefix"))
    places: Sequence[Collection[int]] = [request[name] for name in ("hidden", "unread")]
    given = {int(step): weights for step, weights in request["given"].items()}
    now = run(source, prefix, *places, given)
    before = {step: weights for step, weights in given.items() if step != len(prefix)}
    own = now if before == given else run(source, prefix, *places, before)
    found = {}
    for (weights, context, shares), one in (
        (("weights", "context", "probabilities"), now),
        (("own", "ownContext", "ownProbabilities"), own),
    ):
        found[weights] = one.weights[-1]
        found[context] = one.contexts[-1]
        found[shares] = one.logits[-1].softmax(-1)
    return {name: [round(number, _DIGITS) for number in values.tolist()] for name, values in found.items()}


def reply(runs: Mapping[str, Runner], message: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a message of the widget, or what the learner's model raised."""
    number = message.get("number")
    try:
        return {"number": number, "answer": answer(runs[message["name"]], message["request"])}
    except Exception as error:  # of the learner's model: it is told, and the playground goes on
        told = f"{type(error).__name__}: {error}"
        return {"number": number, "error": said("The model stopped with {error}", error=told)}


def texts() -> dict[str, Any]:
    """The language that is spoken and what the module says in it, for its config; nothing in English."""
    if is_english():
        return {}
    told = {text: said(text) for text in _SAID.findall(SCRIPT.read_text(encoding="utf-8"))}
    return {"language": language(), "texts": told}


def can_answer() -> bool:
    """Whether this is a learner's kernel; in building, nbval and grading a widget would leave random ids."""
    return is_learners_kernel()


def show_widget(config: Mapping[str, Any], runs: Mapping[str, Runner], picture: "Picture") -> None:
    """Show the still picture, and after it the widget, which hides the picture as long as it lives.

    Args:
        config: what the module takes.
        runs: for each model what answers for it; see `runner`.
        picture: what is there when the widget is not: without a kernel, or in a front end that has no widgets.
    """
    from IPython.display import display

    key = uuid.uuid4().hex
    widget = _widget_class()(config={**config, "still": key})
    widget.on_msg(lambda _, message, buffers: widget.send(reply(runs, message)))
    _close_earlier(widget)
    still = f'<div data-playground-still="{key}">{picture.element}</div>'
    display({"text/html": still, "text/plain": picture.text}, raw=True)
    display(widget)


@cache
def _widget_class() -> type:
    """The widget; the library takes a moment to load, and only a learner's kernel needs it."""
    import anywidget
    import traitlets

    class Playground(anywidget.AnyWidget):
        """The channel to one playground in the notebook."""

        _esm = SCRIPT.read_text(encoding="utf-8")
        _css = STYLE.read_text(encoding="utf-8")
        config = traitlets.Dict().tag(sync=True)

    return Playground


_open: dict[str, tuple[str, list[Any]]] = {}  # cell → the run of it that made these widgets


def _close_earlier(widget: Any) -> None:
    """Close what an earlier run of the same cell has shown, which would keep its model for ever."""
    parent = get_ipython().get_parent()
    cell = parent.get("metadata", {}).get("cellId", "")
    run = parent.get("header", {}).get("msg_id", "")
    before, widgets = _open.get(cell, ("", []))
    if cell and before != run:
        for each in widgets:
            each.close()
        widgets = []
    _open[cell] = (run, [*widgets, widget])
