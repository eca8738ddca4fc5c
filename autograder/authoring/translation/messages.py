"""The texts that programs and templates say at run time, found without running them.

In Python a text is the literal that `t` or `said` is called with, the title of a stage, what `Advice` leads to, what
`--help` says of a command and its options, or one of the words that a check or a table of words keeps by name; in a
template of Jinja, what `t` is called with.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.authoring.translation.catalogue import Key
from lessons.toolkit.text import LABEL

_CALLS = {  # the place of the text among the arguments, and its kind
    "t": (0, "message"),
    "said": (0, "message"),
    "Text": (0, "message"),
    "stage": (0, "stage"),
    "Advice": (2, "advice"),
}
_NAMES = {
    "causes": "cause",
    "hints": "hint",
    "GENERAL_CAUSES": "cause",
    "CAUSES": "cause",
    "_FORM": "cause",
    "_COUNTED": "message",
    "LABELS": "label",
    "DIMENSIONS": "label",
    "LICENCE": "message",
}
_SAID_BY_KEYWORD = {
    "Task": (("title", "text", "right"), "message"),
    "Typer": (("help",), "help"),
    "Option": (("help",), "help"),
    "Argument": (("help",), "help"),
}


def key_at_run_time(kind: str, english: str) -> str:
    """What a text is found by at run time; a name is not found as a text, nor a text as a name."""
    return LABEL + english if kind == "label" else english


def message_texts(paths: Iterable[Path]) -> list[Key]:
    """The texts of modules, templates (`.j2`), scripts and questions (`.toml`), in order."""
    found = (key for path in paths for key in _texts(path.read_text(encoding="utf-8"), path.suffix))
    return list(dict.fromkeys(found))


def _texts(source: str, suffix: str) -> Iterator[Key]:
    if suffix != ".py":
        yield from (("message", text) for text in _OTHERS[suffix](source))
        return
    kinds = ast.Call | ast.Assign | ast.AnnAssign | ast.FunctionDef
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset)):
        match node:
            case ast.Call():
                yield from _of_call(node)
            case ast.FunctionDef():
                yield from _of_command(node)
            case _:
                yield from _of_words(node)


def _of_command(function: ast.FunctionDef) -> Iterator[Key]:
    """What `--help` says of a function that is a command of Typer's: its docstring."""
    calls = (one.func for one in function.decorator_list if isinstance(one, ast.Call))
    if any(isinstance(one, ast.Attribute) and one.attr == "command" for one in calls):
        yield "help", " ".join((ast.get_docstring(function) or "").split())


def _of_call(call: ast.Call) -> Iterator[Key]:
    name = (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )
    place, kind = _CALLS.get(name, (0, ""))
    if kind and len(call.args) > place:
        yield from ((kind, text) for text in _literals(call.args[place]))
    keywords, kind = _SAID_BY_KEYWORD.get(name, ((), ""))
    texts = (keyword.value for keyword in call.keywords if keyword.arg in keywords)
    yield from ((kind, text) for each in texts for text in _literals(each))


def _of_words(node: ast.Assign | ast.AnnAssign) -> Iterator[Key]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    kind = next((_NAMES[one.id] for one in targets if isinstance(one, ast.Name) and one.id in _NAMES), "")
    if kind and node.value is not None:
        yield from ((kind, text) for text in _literals(node.value))


def _literals(node: ast.AST) -> Iterator[str]:
    """The texts of an expression: of either branch, of a list, and of a dict's values."""
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp():
            yield from [*_literals(node.body), *_literals(node.orelse)]
        case ast.Dict():
            yield from (text for value in node.values for text in _literals(value))
        case ast.List() | ast.Tuple():
            yield from (text for value in node.elts for text in _literals(value))


def _of_template(source: str) -> Iterator[str]:
    from jinja2 import Environment, nodes

    for call in Environment().parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t" and isinstance(call.args[0], nodes.Const):
            yield str(call.args[0].value)


def _of_script(source: str) -> Iterator[str]:
    yield from re.findall(r'\bsaid\("([^"]*)"', source)


def _of_questions(source: str) -> Iterator[str]:
    """The questions of `recall.toml`, their options and the reason of each."""
    for lesson in tomllib.loads(source).values():
        for asked in lesson.values():
            yield from (asked["question"], *asked["options"].values(), *asked["why"].values())


_OTHERS = {".j2": _of_template, ".js": _of_script, ".toml": _of_questions}
