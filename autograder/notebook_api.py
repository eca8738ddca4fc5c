"""`check` and `hint`, as learners call them in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.checks.check import Verdict

_hints_opened: dict[str, int] = {}


class CheckFailed(Exception):
    """An exercise did not pass. The message that leads on is printed before; this only stops the cell."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: one line, since all that helps is printed above it."""
        return [f"{type(self).__name__}: see the message above"]


class NotAttempted(CheckFailed):
    """The exercise still raises NotImplementedError."""


class AnswerRaised(CheckFailed):
    """The learner's code raised an error, or gave no answer in time."""


_FAILURES = {"failed": CheckFailed, "not_attempted": NotAttempted, "error": AnswerRaised, "timeout": AnswerRaised}


def check(exercise: str, answer: Any) -> None:
    """Check your answer to an exercise, and print what was found.

    Args:
        exercise: the name of the exercise.
        answer: the function or class that you wrote for it.

    Raises:
        CheckFailed: a stage was not passed; the printed message says which, and what to look at.
    """
    try:
        verdict = check_recorded(exercise, answer)
    except KeyboardInterrupt:
        print(f"✗ {exercise}: interrupted. Is there a loop in your code that never ends?")
        raise AnswerRaised("interrupted") from None
    print(verdict.text())
    if not verdict.passed:
        raise _FAILURES[verdict.status](verdict.reason) from None


def check_recorded(exercise: str, answer: Any) -> Verdict:
    """The verdict on an answer in this process, on the recorded cases of the exercise.

    Raises:
        UnknownExercise: there is no exercise of that name; the message lists those there are.
    """
    from autograder.checks.registry import find_check
    from autograder.checks.trial import RecordedCase, Trial
    from autograder.recording import recorded_values
    from autograder.subjects.subject import LocalSubject

    found = find_check(exercise)
    return found.run(Trial(LocalSubject(answer), RecordedCase(recorded_values(exercise))))


def hint(exercise: str) -> None:
    """Print the next hint for an exercise; each call opens one more, up to the last.

    Args:
        exercise: the name of the exercise.

    Raises:
        UnknownExercise: there is no exercise of that name; the message lists those there are.
    """
    from autograder.checks.registry import find_check

    hints = find_check(exercise).hints
    opened = min(_hints_opened.get(exercise, 0) + 1, len(hints))
    _hints_opened[exercise] = opened
    more = f'Call hint("{exercise}") again for the next.' if opened < len(hints) else "That was the last one."
    print(f"Hint {opened} of {len(hints)}: {hints[opened - 1]}\n{more}")
