"""Where a lesson's submissions are entered: what is to be judged of them, then notebook, gradebook and journal.

Who judges, and on which machine, is not known here.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.files import write_whole
from autograder.gradebook import course_root, lateness, placing, scores
from autograder.grading.counted import counted
from autograder.grading.judge import Graded
from autograder.judging.judged import Judged, ToJudge
from autograder.notebooks.reading import UnreadableError, read_content
from autograder.results import journal
from autograder.results.fingerprint import NO_KEY, Key
from autograder.results.grades import ExerciseResult
from autograder.status import Status
from autograder.submissions.attempt_folders import ATTEMPTS, Attempt
from autograder.submissions.attempts import time_handed_in
from autograder.submissions.find import Submission
from autograder.verdict import Verdict
from lessons.toolkit.text import Words, t

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory


@dataclass(frozen=True)
class Plan:
    """What is to be done with a submission.

    Attributes:
        submission: which.
        keys: what the verdicts on each attempt depend on, by its name.
        earlier: what the journal has of its attempts, by name.
        tasks: what is to be judged of each attempt, by name; the others are known, or
        unread: cannot be read.
    """

    submission: Submission
    keys: Mapping[str, Key]
    earlier: Mapping[str, journal.Entry]
    tasks: Mapping[str, ToJudge]
    unread: Mapping[str, UnreadableError]


class Recorder:
    """Enters the submissions of one lesson, in the process that made it or in those that it forks.

    Args:
        root: the output folder, a course root that knows the lesson.
        slug: the lesson.
        back: the folder in it with the notebooks that go back; only who enters need ask nbgrader for its name.
    """

    def __init__(self, root: Path, slug: str, back: str):
        self.root, self._slug, self._folder = root, slug, back

    @cached_property
    def _directory(self) -> "CourseDirectory":
        return course_root.course_directory(self.root, self._slug)

    @cached_property
    def _book(self) -> "Gradebook":
        """This process's own: a connection to a database cannot be shared with forks."""
        return course_root.gradebook(self._directory)

    def plan(self, submission: Submission, keys: Mapping[str, Key]) -> Plan:
        """Say what of a submission's attempts is to be judged."""
        earlier = self._earlier(submission)
        found = {one.name: self._to_judge(submission, one, keys, earlier) for one in submission.attempts}
        tasks = {name: task for name, task in found.items() if isinstance(task, ToJudge)}
        unread = {name: error for name, error in found.items() if isinstance(error, UnreadableError)}
        return Plan(submission, keys, earlier, tasks, unread)

    def enter(self, plan: Plan, answers: Mapping[str, Judged | UnreadableError], rule: str, scoring: str) -> Graded:
        """Write notebook, gradebook and journal for the attempt that counts.

        Args:
            answers: what came of each task, by its name.
            rule: which attempt counts.
            scoring: hash of what the points depend on.

        Raises:
            UnreadableError: no attempt can be read.
        """
        judged = {**plan.unread, **answers}
        tried, unread = {}, []
        for attempt in plan.submission.attempts:
            found = judged.get(attempt.name)
            if isinstance(found, UnreadableError):
                unread.append((attempt, found))
                self._note_unread(plan, attempt, found.told)
            elif found is None:
                tried[attempt] = plan.earlier[attempt.name]
            else:
                tried[attempt] = self._keep(plan, attempt, found)
        if not tried:
            raise unread[-1][1]
        fresh = {name: one for name, one in judged.items() if isinstance(one, Judged)}
        rows = self._enter(plan.submission, tried, fresh, rule, scoring)
        logging.getLogger().warning("Graded %s", plan.submission)
        told = "; ".join(f"{one.name or 'first attempt'}: {error}" for one, error in unread)
        cpu_seconds = sum(one.cpu_seconds for one in fresh.values())
        return Graded(plan.submission, rows, told, cpu_seconds, sum(one.count for one in fresh.values()))

    def _earlier(self, submission: Submission) -> dict[str, journal.Entry]:
        """What is known of the attempts; the notebook that went back is kept aside if it is no longer the only one."""
        found = journal.history(self.root, submission.student, submission.lesson)
        if found and len(submission.attempts) > 1:
            back, was_counting = self._back(submission), found[-1].attempt
            for one in submission.attempts:
                if one.name == was_counting and back.exists() and not self._back(submission, one).exists():
                    _copy(back, self._back(submission, one))
        elif found and found[-1].attempt != submission.attempts[0].name:
            self._bring_back(submission)
        return journal.by_attempt(found)

    def _bring_back(self, submission: Submission) -> None:
        """Where only one attempt is left of several, let its notebook be what goes back: another's lies there."""
        kept = self._kept(submission, submission.attempts[0])
        if kept.exists():
            _copy(kept, self._back(submission))
        else:
            self._back(submission).unlink(missing_ok=True)

    def _back(self, submission: Submission, attempt: Attempt | None = None) -> Path:
        """Where the notebook that goes back lies; of one of several attempts, where it waits to be what counts."""
        student, lesson = submission.student, submission.lesson
        if attempt is None or len(submission.attempts) == 1:
            return self.root / self._folder / student / lesson / f"{lesson}.ipynb"
        return self._kept(submission, attempt)

    def _kept(self, submission: Submission, attempt: Attempt) -> Path:
        """Where one of several waits."""
        folder = self.root / ATTEMPTS / submission.student / submission.lesson
        return folder / f"{attempt.name or 'first'}.ipynb"

    def _to_judge(
        self, submission: Submission, attempt: Attempt, keys: Mapping[str, Key], earlier: Mapping[str, journal.Entry]
    ) -> ToJudge | UnreadableError | None:
        """What of an attempt is to be judged; None where all verdicts are known."""
        path, key, known = self._back(submission, attempt), keys[attempt.name], earlier.get(attempt.name)
        stale = key.stale(known.key if known else None) if path.exists() else set(key.checks)
        if not stale:
            return None
        path.unlink(missing_ok=True)  # it is not what will be handed back: a run that is killed now leaves none
        try:
            content = read_content(attempt.notebook)
        except UnreadableError as error:
            return error
        if key.submission != hashlib.sha256(content).hexdigest():
            return UnreadableError(t("the file was changed while it was read; grade again"))
        holding = {slug: known.verdicts[slug] for slug in key.checks if known and slug not in stale}
        return ToJudge(content, frozenset(stale), holding)

    def _keep(self, plan: Plan, attempt: Attempt, judged: Judged) -> journal.Entry:
        """Write the notebook that goes back; the entry for the journal, which has it if it is one of several."""
        submission = plan.submission
        write_whole(self._back(submission, attempt), judged.notebook)
        entry = journal.Entry(plan.keys[attempt.name], judged.verdicts, attempt.name)
        if len(submission.attempts) > 1:
            journal.write(self.root, submission.student, submission.lesson, entry)
        return entry

    def _note_unread(self, plan: Plan, attempt: Attempt, reason: Words) -> None:
        """In the journal, once: an attempt of several that cannot be read."""
        submission = plan.submission
        exercises = plan.keys[attempt.name].checks
        verdicts = {slug: Verdict(slug, Status.UNREADABLE, title=reason, case="") for slug in exercises}
        entry = journal.Entry(NO_KEY, verdicts, attempt.name)
        if len(submission.attempts) > 1 and entry != plan.earlier.get(attempt.name):
            journal.write(self.root, submission.student, submission.lesson, entry)

    def _enter(
        self,
        submission: Submission,
        tried: Mapping[Attempt, journal.Entry],
        fresh: Mapping[str, Judged],
        rule: str,
        scoring: str,
    ) -> list[ExerciseResult]:
        """The attempt that counts into the folder, the gradebook, then the journal."""
        student, lesson = submission.student, submission.lesson
        try:
            attempt = counted(self._book, self._directory, student, tried, rule)
            entry = tried[attempt]
            judged = fresh.get(attempt.name)
            time = time_handed_in(attempt, lateness.due_date(self._book, lesson, student))
            attempt = replace(attempt, time=time)
            placing.place(submission, attempt, self.root, judged.handed_in if judged else None)
            if len(submission.attempts) > 1:
                _copy(self._back(submission, attempt), self._back(submission))
            placing.write_receipt(attempt, self._back(submission).parent)
            statuses = {name: verdict.status for name, verdict in entry.verdicts.items()}
            before = journal.entered(journal.history(self.root, student, lesson))
            same = before is not None and before.key.submission == entry.key.submission
            scores.save_scores(self._book, lesson, student, statuses, attempt.time, same)
            lateness.save_penalty(self._directory, self._book, student)
            rows = scores.results(self._book, self._directory, student, lambda slug: entry.verdicts[slug])
        except Exception:
            self._book.db.rollback()
            raise
        journal.write(self.root, student, lesson, replace(entry, scoring=scoring))
        return rows


def _copy(source: Path, target: Path) -> None:
    """Copy it, whole or not at all."""
    write_whole(target, source.read_bytes())
