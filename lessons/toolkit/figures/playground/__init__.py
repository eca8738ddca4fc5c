"""The playground: a learner moves attention and sees the next word change.

In a learner's kernel it is a widget that asks the kernel at every change. In building, nbval and grading, and where
there is no front end for widgets, a still picture with its text stands in its place; the published pages bring that
picture to life with a shipped model, which then runs in the browser.
"""

import html
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from torch import Tensor, nn

from lessons.toolkit.glosses import gloss
from lessons.toolkit.playground_tasks import Task
from lessons.toolkit.shipped_models import Run
from lessons.toolkit.text import Text, lang_attribute, named

Model = nn.Module | Callable[..., Run]

#: Short enough to be seen at once: verb and object trade places, an adverb moves, a clause comes first.
SENTENCES = (
    "I love you",
    "Jihun drinks coffee",
    "I waited for the teacher yesterday",
    "Sora made coffee when it snowed",
)
_NO_WIDGET = Text("To try it yourself, open this lesson in JupyterLab, or read its page on the course's site.")


class Words(Protocol):
    """The words of both languages by number, and the numbers of the source words."""

    source: list[str]
    target: list[str]
    source_numbers: dict[str, int]


def playground(
    model: Model | Mapping[str, Model],
    words: Words,
    sentences: Sequence[str] = SENTENCES,
    *,
    on_pages: Sequence[str] = (),
    tasks: Sequence[Task] = (),
) -> None:
    """Show the playground.

    Args:
        model: a translator as lessons 3 and 5 build it, or a function with the arguments of `ShippedModel` that
            returns a `Run`; two with their titles stand side by side and read the same sentence.
        words: what its numbers mean, such as the `Vocabularies` of lesson 2.
        sentences: English ones to choose from.
        on_pages: for each model the shipped one that runs on the published page, such as `03_attention`; without
            them the page keeps the still picture.
        tasks: what is to be found with these models; their sentences come first.

    Raises:
        ValueError: there is no sentence, or not one shipped model for each model.
    """
    models = dict(model) if isinstance(model, Mapping) else {"your model": model}
    if not sentences or len(on_pages) not in (0, len(models)):
        raise ValueError("give at least one sentence, and on_pages as many names as there are models, or none")
    from lessons.toolkit.figures.playground import kernel, still  # they load matplotlib and a widget library

    begun = {task.english: list(task.prefix) for task in tasks}
    pairs = [
        {**_pair(sentence, words), "prefix": begun.get(sentence, [])}
        for sentence in {**begun, **dict.fromkeys(sentences)}
    ]
    runs = {title: kernel.runner(one) for title, one in models.items()}
    names = list(on_pages) or list(models)
    config = {
        "models": [{"name": name, "title": named(title)} for name, title in zip(names, models, strict=True)],
        "pairs": pairs,
        **kernel.texts(),
    }
    if on_pages and tasks:
        config["tasks"] = [task.for_page() for task in tasks]
    picture = still.picture(runs, pairs[0], words)
    if kernel.can_answer():
        known = {"target": list(words.target), "glosses": [gloss(word) for word in words.target]}
        kernel.show_widget({**config, "words": known}, dict(zip(names, runs.values(), strict=True)), picture)
    else:
        show_still(picture, "playground", config if on_pages else None)


def stepper(
    source: Sequence[str], target: Sequence[str], states: Tensor, start: Tensor, layer: Tensor, output: Tensor
) -> None:
    """Show lesson 3's example by hand with numbers to change; the arguments are those of `by_hand.Example`."""
    from lessons.toolkit.figures.playground import by_hand  # it loads matplotlib

    by_hand.show(by_hand.Example(source, target, states, start, layer, output))


def _pair(sentence: str, words: Words) -> dict[str, Any]:
    """A sentence with its places, END among them, and their numbers."""
    split = sentence.split()
    unknown = words.source.index("<unknown>")
    numbers = [words.source_numbers.get(word, unknown) for word in split]
    return {"english": sentence, "source": [*split, "<end>"], "numbers": [*numbers, words.source.index("<end>")]}


def show_still(picture: Any, kind: str, config: Mapping[str, Any] | None) -> None:
    """Show a picture with what a page needs to bring it to life.

    Args:
        picture: see `still.Picture`.
        kind: `playground` or `stepper`.
        config: what the module on the page takes; None where the page keeps the picture.
    """
    from IPython.display import display

    data = "" if config is None else f' data-{kind}="{html.escape(json.dumps(config, ensure_ascii=False))}"'
    shown = f"<div{lang_attribute()}{data}>{picture.element}<p><small>{html.escape(str(_NO_WIDGET))}</small></p></div>"
    display({"text/html": shown, "text/plain": picture.text}, raw=True)
