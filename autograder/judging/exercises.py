"""Judges the exercises of a submission: its cells run in the sandbox, the checks run here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

from autograder.checks.framework.check import Check
from autograder.checks.framework.trial import RecordedCase, Trial
from autograder.checks.wording.causes import GENERAL_CAUSES
from autograder.judging.attempted import attempted
from autograder.judging.matched import Matched, Placed, spoilt_later, up_to
from autograder.judging.stops import note_lack_of_gpu, note_stops
from autograder.notebooks.python_names import definitions, rest_below
from autograder.sandbox.forkserver import SandboxError
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.session import Cell, CellResult, NotDefined, Session
from autograder.status import Status
from autograder.subjects.subject import AnswerError, SubjectLost
from autograder.text import one_line, without_file
from autograder.verdict import Verdict
from lessons.toolkit.text import Text, Words, t

UNUSABLE = t("what the answer gave back cannot be read by the check")
_ENDED = t("its process ended")  # how it ended is a number that the answer chooses, and it has seen fresh inputs
_OWN_CELL = t("the answer's own cell failed")
_QUESTIONS = {
    Status.ERROR: t("The cell stopped before its end. Does it run in a fresh kernel, after the cells above it?"),
    Status.TIMEOUT: Text(GENERAL_CAUSES["lost"]),
    Status.CRASHED: Text(GENERAL_CAUSES["ended"]),
}


@dataclass(frozen=True)
class Cases:
    """The values that a check takes: on the case that the notebook has, and on fresh inputs, None for no such case."""

    recorded: list[bytes]
    fresh: list[bytes] | None


def judge(
    sandbox: Sandbox,
    found: Matched,
    checks: Mapping[str, Check],
    cases: Mapping[str, Cases],
    untouched: Collection[str] = (),
) -> tuple[dict[str, Verdict], dict[int, CellResult], float]:
    """Run a submission's cells and judge every exercise.

    Args:
        untouched: the exercises that are known to be as they were handed out; there is nothing to try of them.

    Returns:
        The verdict on each exercise; how each cell of the notebook ended, by its index; and the seconds of CPU that its
        cells and exercises took.

    Raises:
        SandboxError: the sandbox cannot be had.
    """
    running, began = found.running, monotonic()
    unsolved = {slug: Verdict(slug, Status.NOT_ATTEMPTED, case="") for slug in checks if slug in untouched}
    checks = {slug: check for slug, check in checks.items() if slug not in untouched}
    with sandbox.submission(_runnable(found, running)) as session:
        run = _Run(session, running)
        verdicts = {slug: run.judge(found, check, cases[slug]) for slug, check in checks.items()}
        cells = {cell.index: result for cell, result in run.results if cell.index is not None}
        note_stops(found, run.results, checks)
    verdicts |= _explained(sandbox, found, {slug: checks[slug] for slug in run.unexplained}, cases)
    for slug, check in checks.items():
        if monotonic() - began < sandbox.limits.submission_wall:
            verdicts[slug] = _second_look(sandbox, found, check, cases[slug], verdicts[slug])
    verdicts = {slug: attempted(found, verdict) for slug, verdict in verdicts.items()}
    for verdict in verdicts.values():
        note_lack_of_gpu(found, verdict)
    noted = {slug: _noted(found, slug, verdict) for slug, verdict in (unsolved | verdicts).items()}
    return noted, cells, session.cpu_seconds


def _runnable(found: Matched, cells: list[Placed]) -> list[Cell]:
    """The cells, each with what can stand in for it, and what runs of it below a statement that fails.

    A cell of the learner's own that failed may be one that was to try something out; what it would bind below an error
    is not to take the place of an answer.
    """
    answers = found.answered
    return [
        Cell(
            cell.source,
            partial(definitions, cell.source),
            cell.kind == "own",
            partial(rest_below, without=answers if cell.kind == "own" else ()),
        )
        for cell in cells
    ]


def _explained(
    sandbox: Sandbox, found: Matched, checks: Mapping[str, Check], cases: Mapping[str, Cases]
) -> dict[str, Verdict]:
    """What fails on the case that the notebook has, in full, from processes that no fresh input can have reached."""
    if not checks:
        return {}
    with sandbox.submission(_runnable(found, found.running)) as session:
        run = _Run(session, found.running)
        shown = {slug: run.judge(found, check, replace(cases[slug], fresh=None)) for slug, check in checks.items()}
    return {slug: verdict for slug, verdict in shown.items() if not verdict.passed}


def _second_look(sandbox: Sandbox, found: Matched, check: Check, cases: Cases, first: Verdict) -> Verdict:
    """Where later cells give names another meaning, the answer also counts as it stood when its check ran."""
    if first.status in (Status.PASSED, Status.NOT_ATTEMPTED, Status.MISSING, Status.TIMEOUT):
        return first
    names = spoilt_later(found, check.slug, check.defines)
    if not names or not found.of(check.slug):
        return first
    cells = up_to(found, check.slug)
    with sandbox.submission(_runnable(found, cells)) as session:
        second = _Run(session, cells).judge(found, check, cases)
    if second.status != Status.PASSED:
        return first
    found.note(check.slug, t("judged as it stood at its check: cells below it bind {names} anew", names=sorted(names)))
    return second


def _noted(found: Matched, slug: str, verdict: Verdict) -> Verdict:
    """The verdict with what was mended, and where it may be right of an exercise that was posed in another way then."""
    release = [found.release] if found.release is not None and verdict.status in (Status.FAILED, Status.ERROR) else []
    return replace(verdict, notes=(*found.notes.get(slug, ()), *release))


class _Run:
    """A session and the cells that it has run.

    What one exercise leaves behind, the next could show, so once one has seen a fresh input, no text is shown that an
    answer can have made.

    Attributes:
        unexplained: exercises that failed on the recorded case after that.
    """

    def __init__(self, session: Session, cells: list[Placed]):
        self._session, self._cells = session, cells
        self._has_seen_fresh = False
        self.unexplained: list[str] = []

    @property
    def results(self) -> list[tuple[Placed, CellResult]]:
        """How each cell ended."""
        return list(zip(self._cells, self._session.cell_results, strict=True))

    def judge(self, found: Matched, check: Check, cases: Cases) -> Verdict:
        """Judge one exercise, and note what that took."""
        verdict = self._judge(found, check, cases)
        return replace(verdict, seconds=self._session.exercise_seconds)

    def _judge(self, found: Matched, check: Check, cases: Cases) -> Verdict:
        """The recorded case, then the fresh one; the first that fails counts."""
        try:
            verdict = self._verdict(check, cases)
        except SandboxError:
            raise
        except NotDefined:
            return self._undefined(found, check)
        except SubjectLost as lost:
            ended = _ENDED if self._has_seen_fresh and lost.status == Status.CRASHED else lost.told
            return self._cause(found, check) or _not_called(check, Status(lost.status), ended)
        except Exception:  # a reply of the right form and absurd content: no check is written for all of them
            return _not_called(check, Status.ERROR, UNUSABLE)
        if verdict.passed or not self._has_seen_fresh:
            return verdict
        if verdict.case == "recorded" and verdict.status != Status.NOT_ATTEMPTED:
            self.unexplained.append(check.slug)
        hidden = verdict.hide()
        return replace(hidden, got=_ENDED) if verdict.status == Status.CRASHED else hidden

    def _verdict(self, check: Check, cases: Cases) -> Verdict:
        """The verdict that counts."""
        with self._session.exercise(check.defines) as subject:
            verdict = check.run(Trial(subject, RecordedCase(cases.recorded)))
            if not verdict.passed or cases.fresh is None:
                return verdict
            self._has_seen_fresh = True
            return replace(check.run(Trial(subject, RecordedCase(cases.fresh))), case="fresh")

    def _undefined(self, found: Matched, check: Check) -> Verdict:
        """Why there is nothing of the exercise's name."""
        if (cause := self._cause(found, check)) is not None:
            return cause
        if found.of(check.slug):
            return _not_called(check, Status.MISSING, t("its cell does not define {name}", name=check.defines))
        return _not_called(check, Status.MISSING, nowhere(found, check))

    def _cause(self, found: Matched, check: Check) -> Verdict | None:
        """How the answer's own cell failed, if it did."""
        for cell, result in self.results:
            if (cell.kind, cell.slug) == ("exercise", check.slug) and result.error is not None:
                return _stopped(check, Status(result.status), result.error)
        return None


def nowhere(found: Matched, check: Check) -> Text:
    """Say why an exercise has no cell: an older release may have posed it in another way, or not at all."""
    words = {"exercise": check.slug, "name": check.defines}
    if found.release is not None:
        return t(
            "{release}; it has no cell marked {exercise}, and none that defines {name}", release=found.release, **words
        )
    return t(
        "the notebook has no cell marked {exercise}, and none that defines {name}: the answer's cell was deleted",
        **words,
    )


def _not_called(check: Check, status: Status, title: Words) -> Verdict:
    return Verdict(check.slug, status, title=title, case="")


def _stopped(check: Check, status: Status, error: AnswerError | SubjectLost) -> Verdict:
    """The answer's own cell came to no end, so that no stage was reached."""
    told = error.told if isinstance(error, SubjectLost) else one_line(without_file(str(error)))
    return Verdict(check.slug, status, title=_OWN_CELL, question=_QUESTIONS[status], got=told, case="")
