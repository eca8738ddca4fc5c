"""The frame of every check: stages in order, the first that fails ends it, and a verdict in words."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from autograder.checks.framework.advice import advice_on
from autograder.checks.framework.tables import Table
from autograder.checks.framework.trial import Failed, Trial
from autograder.status import Status
from autograder.subjects.subject import AnswerError, SubjectLost, Unwritten

GENERAL_CAUSES: Mapping[str, str] = {
    "differs": "The kind of value is right, the content is not. Which step of the description is missing?",
    "returned-none": "Nothing came back. Does the function end in a return statement on every path?",
    "wrong-type": "The kind of value is another one than the docstring promises. What does it say after Returns?",
    "wrong-dtype": "The kind of number is another one than the docstring promises. Is a conversion missing?",
    "wrong-shape": "The shape is another one than the docstring promises. Which dimension was added, lost or swapped?",
    "wrong-length": "The number of items differs. Is one left out, or one too many kept?",
    "wrong-keys": "The keys differ. Which ones does the docstring ask for?",
    "changed-constructor": "The parameters differ from those that were given. Was `__init__` changed? "
    "Restore it with `autograder reset`.",
    "gradient-cut": "The gradient is missing or wrong. Is there a `detach`, `item` or `no_grad` on the way, or a "
    "new tensor made of numbers?",
    "unusable": "What came back is of another kind than before, or too large to compare. Does every path of your code "
    "return what the docstring promises?",
    "raised": "Your code stopped with an error. Which type or shape has each value in the line where it stopped?",
    "lost": "Your code did not come back with an answer in time. Is there a loop that never ends?",
    "ended": "Your code ended the process that it ran in. Does it call exit, or fill the memory?",
}
_LOST = {Status.TIMEOUT: "lost", Status.CRASHED: "ended"}


# What Python and torch raise where a value is of a kind, shape or size that nobody expected.
_UNUSABLE = (TypeError, AttributeError, LookupError, ValueError, OverflowError, RuntimeError)

TO_DO = "Replace the line that raises NotImplementedError, run that cell, then this one."


@dataclass(frozen=True)
class Raised:
    """An error that the answer raised.

    Attributes:
        told: its type and message.
        line, number: the learner's own line, "" and 0 where the error passed none.
        values: what the names on that line held, as pairs of a name and words.
        advice: what to look at for an error of its kind, "" where the check's question says more.
    """

    told: str
    line: str = ""
    number: int = 0
    values: tuple[tuple[str, str], ...] = ()
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.told}, in line {self.number}: {self.line}" if self.line else self.told


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes:
        exercise: its slug.
        status: "passed", "failed", "error", "timeout", "crashed" or "not_attempted".
        stage, stages: the number of the stage that failed, from 1 (0 where none did), and of all stages.
        name, title: of that stage; the title says what it asks.
        cause: the likely cause by name, and `question`, the same in words.
        given, expected, got: the arguments and both sides in words; None where there is nothing to show.
        margin: how clearly a number differs, in tolerances.
        tables: expected and got as tables, where they are small enough to be shown so.
        raised: the error that ended it, if one did.
    """

    exercise: str
    status: Status
    stage: int = 0
    stages: int = 0
    name: str = ""
    title: str = ""
    cause: str = ""
    question: str = ""
    given: str | None = None
    expected: str | None = None
    got: str | None = None
    margin: float = math.inf
    tables: tuple[Table, Table] | None = field(default=None, compare=False)  # `expected` and `got` drawn
    raised: Raised | None = None

    @property
    def passed(self) -> bool:
        """Whether every stage was passed."""
        return self.status == Status.PASSED

    @property
    def advice(self) -> str:
        """What leads the learner on: for an error what is known of its kind, else the question of the cause."""
        return (self.raised and self.raised.advice) or self.question

    @property
    def reason(self) -> str:
        """One line for a table of grades: nothing for a pass, and never an input or an expected value."""
        if self.passed:
            return ""
        if self.status == Status.NOT_ATTEMPTED:
            return "not attempted"
        return f"{self.title}: {self.question}"

    def text(self) -> str:
        """The verdict as plain text for learners."""
        if self.passed:
            return f"✓ {self.exercise}: all {self.stages} stages passed"
        if self.status == Status.NOT_ATTEMPTED:
            return f"○ {self.exercise}: still to do. {TO_DO}"
        place = f", stage {self.stage} of {self.stages}" if self.stage else ""
        lines = [f"✗ {self.exercise}{place}: {self.title}"]
        lines += [f"    {label:<9} {_indented(words)}" for label, words in self.rows()]
        return "\n".join([*lines, f"    {self.advice}", f'  For a hint: hint("{self.exercise}")'])

    def rows(self) -> list[tuple[str, str]]:
        """What is shown of the failure, as labels and words: the call, and both sides or the error and its place."""
        rows = [("given", self.given), ("expected", self.expected), ("got", self.got)]
        if self.raised is not None:
            values = "\n".join(f"{name} is {words}" for name, words in self.raised.values)
            rows += [("error", self.raised.told), (f"line {self.raised.number}", self.raised.line), ("there", values)]
        return [(label, words) for label, words in rows if words]


def _indented(text: str) -> str:
    """Every line below the first, so that none can be taken for a line of the check's own."""
    return f"\n{' ' * 14}".join(text.splitlines())


Stage = Callable[["Check", Trial], None]


def stage(title: str) -> Callable[[Stage], Stage]:
    """Mark a method of a check as a stage. Stages run in the order in which they are written."""

    def mark(method: Stage) -> Stage:
        method.stage_title = title
        return method

    return mark


class Check:
    """What one exercise must do. A subclass states its slug, causes and hints, and has stages.

    Class attributes:
        slug: the exercise.
        defines: the name that the exercise's cell defines.
        causes: cause → question that leads the learner to it.
        hints: from a question, through the concept, to the name of a function; never code.
    """

    slug: ClassVar[str]
    defines: ClassVar[str]
    causes: ClassVar[Mapping[str, str]] = {}
    hints: ClassVar[tuple[str, ...]] = ()

    def stages(self) -> list[Stage]:
        """All stages in order."""
        return [method for method in vars(type(self)).values() if hasattr(method, "stage_title")]

    def run(self, trial: Trial) -> Verdict:
        """Run the stages until one fails."""
        stages = self.stages()
        for number, method in enumerate(stages, 1):
            trial.arguments = ()
            failure = self._failure_of(method, trial)
            if failure is not None:
                return Verdict(
                    self.slug,
                    stage=number,
                    stages=len(stages),
                    name=method.__name__,
                    title=method.stage_title,
                    given=trial.given or None,
                    **failure,
                )
        return Verdict(self.slug, Status.PASSED, stages=len(stages))

    def _failure_of(self, method: Stage, trial: Trial) -> dict[str, Any] | None:
        try:
            method(self, trial)
        except Failed as failed:
            shown = {name: getattr(failed, name) for name in ("expected", "got", "margin", "tables")}
            return {"status": Status.FAILED, **self._cause(failed.cause), **shown}
        except Unwritten:
            return {"status": Status.NOT_ATTEMPTED}
        except AnswerError as error:
            advice = advice_on(error, knows_more="raised" in self.causes)
            raised = Raised(str(error), error.line, error.number, error.values, advice)
            return {"status": Status.ERROR, **self._cause("raised"), "raised": raised}
        except SubjectLost as lost:
            return {"status": Status(lost.status), **self._cause(_LOST[Status(lost.status)]), "got": str(lost)}
        except _UNUSABLE:  # no stage looks at everything that an answer can give back
            return {"status": Status.FAILED, **self._cause("unusable")}
        return None

    def _cause(self, cause: str) -> dict[str, str]:
        question = self.causes.get(cause) or GENERAL_CAUSES[cause]
        return {"cause": cause, "question": question}
