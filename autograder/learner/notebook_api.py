"""`check`, `hint` and `progress`, as learners call them in a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.status import Status

if TYPE_CHECKING:
    from autograder.verdict import Verdict
    from lessons.toolkit.text import Text

WIDTH = 70  # columns of an error's message

_hints_opened: dict[str, int] = {}


class CheckFailed(Exception):
    """An exercise did not pass. The message that leads on is displayed before; this stops the cell.

    Args:
        reason: as a table of grades has it.
        lines: what failed, and the question that leads on: nbgrader's *Validate*, and whatever runs notebooks without
            showing them, tell only the error.
    """

    def __init__(self, reason: str = "", *lines: str):
        super().__init__(reason)
        self.lines = lines or (reason,)

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: all else that helps is displayed above it. nbgrader cuts long lines off."""
        told = [part for line in self.lines for part in textwrap.wrap(line, WIDTH)]
        return [f"{type(self).__name__}: {told[0]}", *(f"    {line}" for line in told[1:])]


class NotAttempted(CheckFailed):
    """The exercise still raises NotImplementedError."""


class AnswerRaised(CheckFailed):
    """The learner's code raised an error, or gave no answer in time."""


_FAILURES = {
    Status.FAILED: CheckFailed,
    Status.NOT_ATTEMPTED: NotAttempted,
    Status.ERROR: AnswerRaised,
    Status.TIMEOUT: AnswerRaised,
}


def check(exercise: str, answer: Any) -> None:
    """Check your answer to an exercise, and show what was found.

    Args:
        exercise: the name of the exercise.
        answer: the function or class that you wrote for it.

    Raises:
        CheckFailed: a stage was not passed; what is shown says which, and what to look at.
        UnknownExercise: there is no exercise of that name; the message lists those there are.
    """
    from autograder.checks.registry import find_check
    from autograder.learner import own_parts, printed, progress
    from autograder.learner.cards.card import card
    from autograder.learner.cards.display import show
    from autograder.notebooks.verdict_metadata import verdict_note
    from lessons.toolkit import readiness
    from lessons.toolkit.text import t

    try:
        with printed.shortened():
            verdict = _verdict(exercise, answer)
    except KeyboardInterrupt:
        question = t("Is there a loop in your code that never ends?")
        verdict = _stopped(exercise, Status.TIMEOUT, t("interrupted"), question)
    progress.note(exercise, verdict.status, Path.cwd())
    readiness.note(exercise, answer, verdict.passed)
    if verdict.passed:
        with printed.silenced():  # it calls the answer again, to see how long it takes
            own_parts.keep(exercise, answer, Path.cwd())
    note = {} if verdict.passed else verdict_note(verdict, find_check(exercise).hints)
    show(verdict.text(), lambda: card(verdict, find_check(exercise)), note)
    if not verdict.passed:
        raise _FAILURES[verdict.status](verdict.reason(), *verdict.in_short()) from None


def _verdict(exercise: str, answer: Any) -> Verdict:
    """What is found of an answer, or of the cell that should have defined it."""
    from autograder.checks.registry import find_check
    from autograder.learner.broken_cells import error_in_last_definition
    from autograder.learner.to_mend import is_as_given
    from lessons.toolkit.text import t

    name = find_check(exercise).defines
    if error := error_in_last_definition(name):
        title = t("the cell that defines {name} did not run: {error}", name=name, error=error)
        question = t("What Python still knows as {name} is older than that cell. Can you mend and run it?", name=name)
        return _stopped(exercise, Status.ERROR, title, question)
    return still_to_mend(exercise) if is_as_given(exercise, answer) else check_recorded(exercise, answer)


def check_recorded(exercise: str, answer: Any) -> Verdict:
    """The verdict on an answer in this process, on the recorded cases of the exercise.

    Raises:
        UnknownExercise: there is no exercise of that name; the message lists those there are.
    """
    from autograder.checks.framework.trial import RecordedCase, Trial
    from autograder.checks.recording import recorded_values
    from autograder.checks.registry import find_check
    from autograder.subjects.subject import LocalSubject
    from lessons.toolkit.text import t

    found = find_check(exercise)
    trial = Trial(LocalSubject(answer), RecordedCase(recorded_values(exercise)))
    try:
        return found.run(trial)
    except Exception:  # no check is written for every value that can come back
        title = t("what came back is nothing that the check can read")
        question = t("What does the docstring promise after Returns, and in which order?")
        return _stopped(exercise, Status.ERROR, title, question)


def still_to_mend(exercise: str) -> Verdict:
    """The verdict on code that is to be mended, and is as it was given."""
    from autograder.verdict import TO_MEND, Verdict

    return Verdict(exercise, Status.NOT_ATTEMPTED, question=TO_MEND)


def _stopped(exercise: str, status: Status, title: Text, question: Text) -> Verdict:
    """A verdict that belongs to no stage."""
    from autograder.verdict import Verdict

    return Verdict(exercise, status, title=title, question=question)


def hint(exercise: str) -> None:
    """Print the next hint for an exercise; each call opens one more, up to the last.

    Args:
        exercise: the name of the exercise.

    Raises:
        UnknownExercise: there is no exercise of that name; the message lists those there are.
    """
    from autograder.checks.registry import find_check
    from lessons.toolkit.text import named, said

    hints = find_check(exercise).hints
    opened = min(_hints_opened.get(exercise, 0) + 1, len(hints))
    _hints_opened[exercise] = opened
    with _as_in_the_folder():
        print(f"{said('Hint {number} of {count}', number=opened, count=len(hints))}: {named(hints[opened - 1])}")
        if opened < len(hints):
            print(said('Call hint("{exercise}") again for the next.', exercise=exercise))
        else:
            print(said("That was the last one."))


def progress() -> None:
    """Show all exercises of all lessons, which are done, the points so far, and the next step."""
    from autograder.learner.cards import overview
    from autograder.learner.cards.display import show
    from autograder.learner.progress import folder_of, read_progress

    with _as_in_the_folder():
        found = read_progress(folder_of(Path.cwd()))
        show(overview.text(found), lambda: overview.html(found))


@contextmanager
def _as_in_the_folder() -> Iterator[None]:
    """Say everything in the language of the learner's folder, where no notebook has said which it is in."""
    from autograder.learner.cards.display import in_notebook
    from lessons.toolkit.text import is_english

    if in_notebook() or not is_english():
        yield
        return
    from autograder.languages import speaking
    from autograder.learner.progress import folder_of
    from autograder.notebooks.spoken import language_of_folder

    with speaking(language_of_folder(folder_of(Path.cwd()))):
        yield
