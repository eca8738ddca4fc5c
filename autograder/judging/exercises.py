"""Judges the exercises of a submission: its cells run in the sandbox, the checks run here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

from autograder.checks.framework.check import GENERAL_CAUSES, Check, Verdict
from autograder.checks.framework.trial import RecordedCase, Trial
from autograder.judging.findings import Finding
from autograder.judging.matching import Matched, Placed, spoilt_later, up_to
from autograder.notebooks.python_names import definitions
from autograder.sandbox.forkserver import SandboxError
from autograder.sandbox.sandbox import Cell, CellResult, NotDefined, Sandbox, Session
from autograder.status import Status
from autograder.subjects.subject import SubjectLost
from autograder.text import harmless, one_line, without_file

UNUSABLE = "what the answer gave back cannot be read by the check"
_ENDED = "its process ended"  # how it ended is a number that the answer chooses, and it has seen fresh inputs
_OWN_CELL = "the answer's own cell failed"
_QUESTIONS = {
    Status.ERROR: "The cell stopped before its end. Does it run in a fresh kernel, after the cells above it?",
    Status.TIMEOUT: GENERAL_CAUSES["lost"],
    Status.CRASHED: GENERAL_CAUSES["ended"],
}


@dataclass(frozen=True)
class Cases:
    """The values that a check takes: on the case that the notebook has, and on fresh inputs, None for no such case."""

    recorded: list[bytes]
    fresh: list[bytes] | None


@dataclass(frozen=True)
class Judgement:
    """What a submission gave.

    Attributes:
        findings: for each exercise.
        cells: how each cell of the notebook ended, by its index.
        cpu_seconds: what its cells and exercises took.
    """

    findings: dict[str, Finding]
    cells: dict[int, CellResult]
    cpu_seconds: float = 0.0


def judge(
    sandbox: Sandbox,
    found: Matched,
    checks: Mapping[str, Check],
    cases: Mapping[str, Cases],
    untouched: Collection[str] = (),
) -> Judgement:
    """Run a submission's cells and judge every exercise.

    Args:
        untouched: the exercises that are known to be as they were handed out; there is nothing to try of them.

    Raises:
        SandboxError: the sandbox cannot be had.
    """
    running, began = found.running, monotonic()
    unsolved = {slug: _shown(Verdict(slug, Status.NOT_ATTEMPTED)) for slug in checks if slug in untouched}
    checks = {slug: check for slug, check in checks.items() if slug not in untouched}
    with sandbox.submission(_runnable(running)) as session:
        run = _Run(session, running)
        findings = {slug: run.judge(found, check, cases[slug]) for slug, check in checks.items()}
        cells = {cell.index: result for cell, result in run.results if cell.index is not None}
    findings |= _explained(sandbox, found, {slug: checks[slug] for slug in run.unexplained}, cases)
    for slug, check in checks.items():
        if monotonic() - began < sandbox.limits.submission_wall:
            findings[slug] = _second_look(sandbox, found, check, cases[slug], findings[slug])
    noted = {slug: _noted(found, slug, finding) for slug, finding in (unsolved | findings).items()}
    return Judgement(noted, cells, session.cpu_seconds)


def _runnable(cells: list[Placed]) -> list[Cell]:
    """The cells, each with its imports and definitions as what can stand in for it."""
    return [Cell(cell.source, partial(definitions, cell.source), cell.kind == "own") for cell in cells]


def _explained(
    sandbox: Sandbox, found: Matched, checks: Mapping[str, Check], cases: Mapping[str, Cases]
) -> dict[str, Finding]:
    """What fails on the case that the notebook has, in full, from processes that no fresh input can have reached."""
    if not checks:
        return {}
    with sandbox.submission(_runnable(found.running)) as session:
        run = _Run(session, found.running)
        shown = {slug: run.judge(found, check, replace(cases[slug], fresh=None)) for slug, check in checks.items()}
    return {slug: finding for slug, finding in shown.items() if finding.status != Status.PASSED}


def _second_look(sandbox: Sandbox, found: Matched, check: Check, cases: Cases, first: Finding) -> Finding:
    """Where later cells give names another meaning, the answer also counts as it stood when its check ran."""
    if first.status in (Status.PASSED, Status.NOT_ATTEMPTED, Status.MISSING, Status.TIMEOUT):
        return first
    names = spoilt_later(found, check.slug, check.defines)
    if not names or not found.of(check.slug):
        return first
    cells = up_to(found, check.slug)
    with sandbox.submission(_runnable(cells)) as session:
        second = _Run(session, cells).judge(found, check, cases)
    if second.status != Status.PASSED:
        return first
    found.note(check.slug, f"judged as it stood at its check: cells below it bind {', '.join(sorted(names))} anew")
    return second


def _noted(found: Matched, slug: str, finding: Finding) -> Finding:
    """The finding with what was mended."""
    notes = found.notes.get(slug, [])
    reason = one_line("; ".join([*([finding.reason] if finding.reason else []), *notes]))
    text = "\n".join([finding.text, *(f"  Note: {note}." for note in notes)])
    return replace(finding, reason=reason, text=text)


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

    def judge(self, found: Matched, check: Check, cases: Cases) -> Finding:
        """Judge one exercise, and note what that took."""
        finding = self._judge(found, check, cases)
        return replace(finding, seconds=self._session.exercise_seconds)

    def _judge(self, found: Matched, check: Check, cases: Cases) -> Finding:
        """The recorded case, then the fresh one; the first that fails counts."""
        try:
            verdict, hidden = self._verdict(check, cases)
        except SandboxError:
            raise
        except NotDefined:
            return self._undefined(found, check)
        except SubjectLost as lost:
            ended = _ENDED if self._has_seen_fresh and lost.status == Status.CRASHED else str(lost)
            return self._cause(found, check) or _plain(Status(lost.status), check, ended)
        except Exception:  # a reply of the right form and absurd content: no check is written for all of them
            return _plain(Status.ERROR, check, UNUSABLE)
        unexplained = not hidden and self._has_seen_fresh and verdict.status != Status.NOT_ATTEMPTED
        self.unexplained += [check.slug] if unexplained else []
        finding = _hidden(verdict) if hidden or unexplained else _shown(verdict)
        return replace(finding, stage=verdict.name, cause=verdict.cause, case="fresh" if hidden else "recorded")

    def _verdict(self, check: Check, cases: Cases) -> tuple[Verdict, bool]:
        """The verdict that counts, and whether it is on fresh inputs."""
        with self._session.exercise(check.defines) as subject:
            verdict = check.run(Trial(subject, RecordedCase(cases.recorded)))
            if not verdict.passed or cases.fresh is None:
                return verdict, False
            self._has_seen_fresh = True
            return check.run(Trial(subject, RecordedCase(cases.fresh))), True

    def _undefined(self, found: Matched, check: Check) -> Finding:
        """Why there is nothing of the exercise's name."""
        if (cause := self._cause(found, check)) is not None:
            return cause
        if found.of(check.slug):
            return _plain(Status.MISSING, check, f"its cell does not define {check.defines}")
        lost = f"the notebook has no cell marked {check.slug}, and none that defines {check.defines}"
        return _plain(Status.MISSING, check, f"{lost}: the answer's cell was deleted")

    def _cause(self, found: Matched, check: Check) -> Finding | None:
        """How the answer's own cell failed, if it did."""
        for cell, result in self.results:
            if (cell.kind, cell.slug) == ("exercise", check.slug) and result.status != "ok":
                return _stopped(Status(result.status), check, one_line(without_file(str(result.error))))
        return None


def _plain(status: Status, check: Check, reason: str) -> Finding:
    return Finding(status, one_line(reason), f"✗ {check.slug}: {one_line(reason)}")


def _stopped(status: Status, check: Check, told: str) -> Finding:
    """The answer's own cell came to no end, so that no stage was reached."""
    lines = [f"✗ {check.slug}: {_OWN_CELL}", f"    got       {told}", f"    {_QUESTIONS[status]}"]
    return Finding(status, one_line(f"{_OWN_CELL}: {told}"), "\n".join(lines))


def _shown(verdict: Verdict) -> Finding:
    """A verdict on the case that the notebook has, too."""
    reason = verdict.reason
    if verdict.status in (Status.TIMEOUT, Status.CRASHED):
        reason = f"{verdict.title}: {verdict.got}"
    elif verdict.status == Status.ERROR:
        reason = f"{reason} It was {verdict.raised}"
    return Finding(verdict.status, one_line(reason), harmless(verdict.text()))


def _hidden(verdict: Verdict) -> Finding:
    """A verdict on fresh inputs: nothing that the answer was given, and nothing that it can have made of it."""
    if verdict.passed:
        return Finding(Status.PASSED, "", verdict.text())
    lines = [f"✗ {verdict.exercise}, stage {verdict.stage} of {verdict.stages}, on inputs that are not shown:"]
    lines += [f"    {verdict.title}", f"    {verdict.question}"]
    reason = verdict.reason if verdict.status != Status.CRASHED else f"{verdict.title}: {_ENDED}"
    return Finding(verdict.status, one_line(f"on fresh inputs, {reason}"), "\n".join(lines))
