"""Keeps an answer that has passed its check as a part, which `lessons.toolkit.own_parts` has later lessons run on.

A part is a file that stands alone: the names of the lesson's setup, what the answer needs from other cells, and the
answer as it was typed. What cannot be made such a file is not kept, and nothing but that suffers.
"""

import ast
import builtins
import inspect
import linecache
import os
import symtable
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from autograder.checks.framework.trial import RecordedCase, Trial
from autograder.checks.recording import recorded_values
from autograder.checks.registry import find_check, lesson_number
from autograder.course.lessons import solutions_folder
from autograder.course.source import without_magics
from autograder.files import write_whole
from autograder.learner.progress import folder_of
from autograder.subjects.subject import LocalTransport, Subject
from lessons.toolkit.own_parts import FOLDER, SIZE_LIMIT, part_text, read_parts

ALWAYS_QUICK = 0.001  # seconds; what takes less with the inputs of a check is not called slow


class NotKeptError(Exception):
    """An answer cannot be kept as a part; the message says why."""


def keep(exercise: str, answer: Any, place: Path) -> None:
    """Keep an answer that has passed, for whoever works in `place`; not in grading, and not for the course's solutions.

    Args:
        exercise: what it answers.
        answer: the function or class.
        place: the folder that the notebook runs in.
    """
    folder = folder_of(place)
    if _is_not_a_learners(folder):
        return
    with suppress(OSError, NotKeptError):  # a folder that cannot be written keeps no parts
        earlier = import_module(f"lessons.earlier.lesson_{lesson_number(exercise)}")
        code = f"from {earlier.__name__} import *\n\n\n{definition_with_needs(answer, vars(earlier))}"
        if len(code.encode()) > SIZE_LIMIT // 2:
            raise NotKeptError("it is too long")
        times = _seconds(exercise, answer) / _seconds(exercise, vars(earlier)[earlier.EXERCISES[exercise]])
        _write(folder, exercise, answer.__name__, code, times)


def _is_not_a_learners(folder: Path) -> bool:
    told = "NBGRADER_EXECUTION" in os.environ or os.environ.get("AUTOGRADER_REFERENCE") == "1"
    return told or folder == solutions_folder().resolve()


def _write(folder: Path, exercise: str, name: str, code: str, times: float) -> None:
    """Write a part, where it is another than before; one that was switched off stays so."""
    before = read_parts(folder).get(exercise)
    if before is not None and before.unchanged and before.text == code:
        return
    text = part_text(exercise, name, code, times, in_use=before is None or before.in_use)
    write_whole(folder / FOLDER / f"{exercise}.py", text.encode())


def _seconds(exercise: str, answer: Any) -> float:
    """How long an answer takes with the recorded inputs: the best of three, since the machine does other things too."""
    return max(min(_Timed(answer).run(exercise) for _ in range(3)), ALWAYS_QUICK)


class _Timed(LocalTransport):
    """Adds up how long an answer takes to reply."""

    def __init__(self, answer: Any):
        super().__init__(answer)
        self._seconds = 0.0

    def run(self, exercise: str) -> float:
        find_check(exercise).run(Trial(Subject(self), RecordedCase(recorded_values(exercise))))
        return self._seconds

    def exchange(self, request: bytes, answer_question: Callable[[bytes], bytes]) -> bytes:
        began = time.perf_counter()
        reply = super().exchange(request, answer_question)
        self._seconds += time.perf_counter() - began
        return reply


# The text of a part


def definition_with_needs(answer: Any, known: dict[str, Any]) -> str:
    """An answer as it was typed, below what it needs from other cells.

    Args:
        answer: a function or class of the notebook.
        known: names that are there anyway.

    Raises:
        NotKeptError: its text is not at hand, or it needs what is no text.
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
    return there is not None and (value is there or (isinstance(value, str | int | float) and value == there))


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
    raise NotKeptError(f"it needs {name}, which no file can make")


def _is_importable(value: Any) -> bool:
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    if not isinstance(module, str) or module == "__main__" or not name.isidentifier():
        return False
    with suppress(ImportError):
        return getattr(import_module(module), name, None) is value
    return False


def _definition(value: Any) -> str:
    """The statement that defines a function or class in a cell; "" where there is none."""
    code = next(_codes(value), None)
    source = "".join(linecache.getlines(code.co_filename)) if code else ""
    if not source or getattr(value, "__module__", "__main__") != "__main__":
        return ""
    with suppress(SyntaxError):
        for node in ast.parse(without_magics(source)).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == getattr(value, "__name__", ""):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                return "\n".join(source.splitlines()[first - 1 : node.end_lineno])
    return ""


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
