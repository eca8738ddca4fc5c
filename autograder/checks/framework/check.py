"""The frame of every check: stages in order, the first that fails ends it, and a verdict."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, cast

from autograder.checks.framework.trial import Failed, Trial
from autograder.checks.wording.advice import advice_on
from autograder.checks.wording.causes import GENERAL_CAUSES
from autograder.status import Status
from autograder.subjects.subject import AnswerError, SubjectLost, Unwritten
from autograder.verdict import Raised, Verdict
from lessons.toolkit.text import Text

_LOST = {Status.TIMEOUT: "lost", Status.CRASHED: "ended"}


# What Python and torch raise where a value is of a kind, shape or size that nobody expected.
_UNUSABLE = (TypeError, AttributeError, LookupError, ValueError, OverflowError, RuntimeError)


class Stage(Protocol):
    """A method of a check that is one of its stages."""

    __name__: str
    stage_title: str

    def __call__(self, check: Any, trial: Trial) -> None:
        """Require something of the answer."""


def stage(title: str) -> Callable[[Callable[..., None]], Stage]:
    """Mark a method of a check as a stage. Stages run in the order in which they are written."""

    def mark(method: Callable[..., None]) -> Stage:
        marked = cast("Stage", method)
        marked.stage_title = title
        return marked

    return mark


@dataclass(frozen=True)
class Sign:
    """The error in which a known mistake ends.

    Attributes:
        kinds: its types, as a regular expression.
        message, line: what is found in what it says, and in the learner's line that raised it, as regular expressions.
    """

    kinds: str
    message: str = ""
    line: str = ""

    def fits(self, error: AnswerError) -> bool:
        """Whether an error is one of these."""
        searched = ((self.message, error.message), (self.line, error.line))
        return bool(re.fullmatch(self.kinds, error.type_name)) and all(re.search(*each) for each in searched)


class Check:
    """What one exercise must do. A subclass states its slug, causes and hints, and has stages.

    Class attributes:
        slug: the exercise.
        defines: the name that the exercise's cell defines.
        causes: cause → question that leads the learner to it.
        signs: cause → the error that tells it; errors without a sign have the cause `raised`.
        hints: from a question, through the concept, to the name of a function; never code.
        is_repair: whether the cell gives faulty code to mend; the cause `unrepaired` is what that does.
    """

    slug: ClassVar[str]
    defines: ClassVar[str]
    causes: ClassVar[Mapping[str, str]] = {}
    signs: ClassVar[Mapping[str, Sign]] = {}
    hints: ClassVar[tuple[str, ...]] = ()
    is_repair: ClassVar[bool] = False

    def stages(self) -> list[Stage]:
        """All stages in order."""
        return [method for method in vars(type(self)).values() if hasattr(method, "stage_title")]

    def run(self, trial: Trial) -> Verdict:
        """Run the stages until one fails."""
        stages = self.stages()
        for number, method in enumerate(stages, 1):
            trial.begin_stage()
            failure = self._failure_of(method, trial)
            if failure is not None:
                return Verdict(
                    self.slug,
                    stage=number,
                    stages=len(stages),
                    name=method.__name__,
                    title=Text(method.stage_title),
                    given=trial.given or None,
                    **failure,
                )
        return Verdict(self.slug, Status.PASSED, stages=len(stages))

    def _failure_of(self, method: Stage, trial: Trial) -> dict[str, Any] | None:
        try:
            method(self, trial)
        except Failed as failed:
            shown = {name: getattr(failed, name) for name in ("expected", "got", "margin", "tables")}
            return {"status": Status.FAILED, **self._explained(failed), **shown}
        except Unwritten:
            return {"status": Status.NOT_ATTEMPTED}
        except AnswerError as error:
            return {"status": Status.ERROR, **self._raised(error)}
        except SubjectLost as lost:
            return {"status": Status(lost.status), **self._cause(_LOST[Status(lost.status)]), "got": lost.told}
        except _UNUSABLE:  # no stage looks at everything that an answer can give back
            return {"status": Status.FAILED, **self._cause("unusable")}
        return None

    def _raised(self, error: AnswerError) -> dict[str, Any]:
        """An error of the answer's; where a sign tells the mistake, its question goes before all advice."""
        known = next((cause for cause, sign in self.signs.items() if sign.fits(error)), None)
        advice = None if known else advice_on(error, knows_more="raised" in self.causes)
        raised = Raised(str(error), error.line, error.number, error.values, advice)
        return {**self._cause(known or "raised"), "raised": raised}

    def _explained(self, failed: Failed) -> dict[str, Any]:
        """The cause that the check knows goes before what the machine has found; both are said."""
        if failed.evidence is None:
            return self._cause(failed.cause)
        cause = failed.cause if failed.cause in self.causes else failed.evidence.cause
        return {**self._cause(cause), "evidence": failed.evidence.words}

    def _cause(self, cause: str) -> dict[str, Any]:
        question = self.causes.get(cause) or GENERAL_CAUSES[cause]
        return {"cause": cause, "question": Text(question)}
