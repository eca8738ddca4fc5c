"""Where and why answers stop, in an instructor's words: the checks' own, and those of the zoo of known mistakes."""

import re
from dataclasses import dataclass
from functools import cache

from autograder.checks.framework.check import Check
from autograder.checks.registry import find_check
from autograder.checks.wording.causes import GENERAL_CAUSES
from autograder.paths import PACKAGE
from autograder.reports.class_report.records import Answer
from autograder.status import Status

_HEADER = re.compile(r"# (?P<told>.+)\n# stage: (?P<stage>\S+)\n# cause: (?P<cause>\S+)\n")
_GENERAL = {
    "differs": "other numbers than expected, for no known reason",
    "returned-none": "returns nothing",
    "raised": "stops with an error",
    "lost": "takes too long",
    "ended": "ends its process",
    "unusable": "gives back what cannot be compared",
}
_NO_STAGE = {
    Status.ERROR: "the answer's own cell stops with an error",
    Status.TIMEOUT: "the answer's own cell takes too long",
    Status.CRASHED: "the answer's own cell ends its process",
}
UNKNOWN = "for a reason that was not recorded"


@dataclass(frozen=True)
class Mistake:
    """A way to fail an exercise.

    Attributes:
        stage: "2 of 3: padding" where a stage of the check stopped it, else "".
        name: of the cause, such as "padding counted".
        told: what such an answer does, where it is one of the known mistakes: "Padding counts."
        asked: what the check asks the learner.
    """

    stage: str
    name: str
    told: str = ""
    asked: str = ""


def mistake_of(answer: Answer) -> Mistake:
    """Why an answer did not pass."""
    check = find_check(answer.exercise)
    stage = _stage(check, answer.verdict.name)
    if not stage:
        return Mistake("", _NO_STAGE.get(answer.status, UNKNOWN))
    cause = answer.verdict.cause
    name = _GENERAL.get(cause) or cause.replace("-", " ")
    asked = check.causes.get(cause) or GENERAL_CAUSES.get(cause, "")
    return Mistake(stage, name, _told(answer), asked)


def _stage(check: Check, name: str) -> str:
    """The stage of that name as people are told of it, "" where there is none."""
    stages = {stage.__name__: stage.stage_title for stage in check.stages()}
    return f"{list(stages).index(name) + 1} of {len(stages)}: {stages[name]}" if name in stages else ""


def _told(answer: Answer) -> str:
    """What the zoo says; nothing where the cause can have others than the mistake that it shows."""
    if answer.verdict.cause in GENERAL_CAUSES:
        return ""
    return _zoo(answer.lesson, answer.exercise).get((answer.verdict.name, answer.verdict.cause), "")


@cache
def _zoo(lesson: str, exercise: str) -> dict[tuple[str, str], str]:
    """The known mistakes of an exercise: stage and cause → what is wrong."""
    paths = sorted((PACKAGE / "checks/zoo" / lesson / exercise).glob("wrong_*.py"))
    found = (_HEADER.match(path.read_text(encoding="utf-8")) for path in paths)
    return {(header["stage"], header["cause"]): header["told"] for header in found if header}
