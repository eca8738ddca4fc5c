"""The text of an answer as it was typed, out of the cells of a running notebook."""

import ast
import builtins
import inspect
import linecache
import symtable
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from types import CodeType, ModuleType
from typing import Any, get_origin

from autograder.course.source import without_magics


class NoTextError(Exception):
    """An answer cannot be written as a file of its own; the message says why."""


def definition_with_needs(answer: Any, known: dict[str, Any]) -> str:
    """An answer as it was typed, below what it needs from other cells.

    Args:
        answer: a function or class of the notebook.
        known: names that are there anyway.

    Raises:
        NoTextError: its text is not at hand, or it needs what is no text.
    """
    space = _globals_of(answer)
    texts: dict[str, str] = {}
    waiting = [(answer.__name__, answer)]
    while waiting:
        name, value = waiting.pop()
        texts = {name: _text_of(name, value), **texts} if name not in texts else texts
        for need in sorted(_needs(texts[name]) - texts.keys()):
            if need in space and not _is_known(space[need], known.get(need)):
                waiting.append((need, space[need]))
    return "\n\n".join(dict.fromkeys(texts.values())).rstrip() + "\n"


def _is_known(value: Any, there: Any) -> bool:
    """Whether a name means the same there: an object itself, or an equal constant or alias such as `list[int]`."""
    is_plain = isinstance(value, str | int | float) or get_origin(value) is not None
    return there is not None and (value is there or (is_plain and bool(value == there)))


def _text_of(name: str, value: Any) -> str:
    """What makes a name: the definition in its cell, an import, or a constant."""
    if isinstance(value, ModuleType):
        return f"import {value.__name__} as {name}" if value.__name__ != name else f"import {name}"
    if text := _definition(value):
        return text
    if _is_importable(value):
        return f"from {value.__module__} import {value.__qualname__} as {name}"
    with suppress(ValueError, SyntaxError, MemoryError, RecursionError):
        if ast.literal_eval(repr(value)) == value:
            return f"{name} = {value!r}"
    raise NoTextError(f"it needs {name}, which no file can make")


def _is_importable(value: Any) -> bool:
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    if not isinstance(module, str) or module == "__main__" or not name.isidentifier():
        return False
    with suppress(ImportError):
        return getattr(import_module(module), name, None) is value
    return False


def _definition(value: Any) -> str:
    """The statement that defines a function or class in a cell; "" where there is none."""
    source = cell_of(value)
    with suppress(SyntaxError):
        for node in ast.parse(without_magics(source)).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == getattr(value, "__name__", ""):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                return "\n".join(source.splitlines()[first - 1 : node.end_lineno])
    return ""


def cell_of(value: Any) -> str:
    """The cell that defines a function or class; "" where none does."""
    code = next(_codes(value), None)
    if code is None or getattr(value, "__module__", "__main__") != "__main__":
        return ""
    return "".join(linecache.getlines(code.co_filename))


def _codes(value: Any) -> Iterator[CodeType]:
    """The code of a function, or of a class's methods."""
    members = vars(value).values() if isinstance(value, type) else [value]
    for member in members:
        function = inspect.unwrap(getattr(member, "__func__", member)) if callable(member) else None
        if isinstance(code := getattr(function, "__code__", None), CodeType):
            yield code


def _globals_of(value: Any) -> dict[str, Any]:
    """The names of the notebook that defines a function or class."""
    members = vars(value).values() if isinstance(value, type) else [value]
    functions = (inspect.unwrap(getattr(member, "__func__", member)) for member in members if callable(member))
    found = (getattr(function, "__globals__", None) for function in functions)
    return next((space for space in found if space is not None), {})


def _needs(text: str) -> set[str]:
    """The names of the notebook that a definition reads."""
    table = symtable.symtable(text, "part", "exec")
    own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()}
    return set(_read_in(table)) - own - vars(builtins).keys()


def _read_in(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _read_in(child)
