"""Keeps an answer that has passed its check as a part, which `lessons.toolkit.own_parts` has later lessons run on.

A part is a file that stands alone: the names of the lesson's setup, what the answer needs from other cells, and the
answer as it was typed. What cannot be made such a file is not kept, and nothing but that suffers.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from autograder.checks.framework.trial import RecordedCase, Trial
from autograder.checks.recording import recorded_values
from autograder.checks.registry import find_check, lesson_number
from autograder.files import write_whole
from autograder.learner.answer_text import NoTextError, definition_with_needs
from autograder.learner.progress import folder_of, is_of_solutions
from autograder.subjects.subject import LocalTransport, Subject
from lessons.toolkit.own_parts import FOLDER, SIZE_LIMIT, is_reference_run, part_text, read_parts
from lessons.toolkit.readiness import is_unfinished

ALWAYS_QUICK = 0.001  # seconds; what takes less with the inputs of a check is not called slow


def keep(exercise: str, answer: Any, place: Path) -> None:
    """Keep an answer that has passed, for whoever works in `place`; not in grading, and not for the course's solutions.

    Args:
        exercise: what it answers.
        answer: the function or class.
        place: the folder that the notebook runs in.
    """
    folder = folder_of(place)
    if is_reference_run() or is_of_solutions(folder):
        return
    with suppress(OSError, NoTextError):  # a folder that cannot be written keeps no parts
        earlier = import_module(f"lessons.earlier.lesson_{lesson_number(exercise)}")
        code = f"from {earlier.__name__} import *\n\n\n{definition_with_needs(answer, vars(earlier))}"
        if len(code.encode()) > SIZE_LIMIT // 2:
            raise NoTextError("it is too long")
        course = vars(earlier)[earlier.EXERCISES[exercise]]
        times = 1.0 if is_unfinished(course) else _seconds(exercise, answer) / _seconds(exercise, course)
        _write(folder, exercise, answer.__name__, code, times)


def _write(folder: Path, exercise: str, name: str, code: str, times: float) -> None:
    """Write a part, where it is another than before or took less time; one that was switched off stays so."""
    before = read_parts(folder).get(exercise)
    if before is not None and before.unchanged and before.text == code and before.times <= times:
        return
    text = part_text(exercise, name, code, times, in_use=before is None or before.in_use)
    write_whole(folder / FOLDER / f"{exercise}.py", text.encode())


def _seconds(exercise: str, answer: Any) -> float:
    """The CPU seconds that an answer takes with the recorded inputs: the best of three."""
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
        began = time.process_time()  # not the clock's: the machine does other things, too
        reply = super().exchange(request, answer_question)
        self._seconds += time.process_time() - began
        return reply
