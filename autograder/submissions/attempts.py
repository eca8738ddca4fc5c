"""Which of a student's attempts counts: the newest on time, or the best."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from autograder.course import settings
from autograder.submissions.attempt_folders import Attempt
from autograder.submissions.find import Submission

Net = Callable[[Attempt], float]


def seconds_late(attempt: Attempt, due: datetime | None) -> float:
    """How long after `due` it was handed in; 0 where either time is unknown."""
    time = time_handed_in(attempt, due)
    return max(0.0, (time - due).total_seconds()) if time and due else 0.0


def time_handed_in(attempt: Attempt, due: datetime | None) -> datetime | None:
    """When it counts as handed in: by the receipt, or, where there is none, by its own folder if that makes it late.

    A folder may say what its student likes. What it says is of no use to the student so, and a folder that was made by
    hand, with times in it, still says who was late.
    """
    late = attempt.claimed is not None and due is not None and attempt.claimed > due
    return attempt.claimed if late and attempt.time is None else attempt.time


def limited(submission: Submission, limit: int) -> Submission:
    """A submission with the first so many of its attempts, 0 for all, and a note about the others."""
    count = len(submission.attempts)
    if not 0 < limit < count:
        return submission
    kept = submission.attempts[:limit]
    told = f"handed in {count} times, and course.toml allows {limit}: the first {limit} count"
    return replace(submission, notebook=kept[-1].notebook, attempts=kept, notes=(*submission.notes, told))


def counting(attempts: Sequence[Attempt], due: datetime | None, rule: str, net: Net | None = None) -> Attempt:
    """The attempt that counts.

    Args:
        attempts: oldest first.
        due: until when an attempt is on time; None for ever.
        rule: "newest": the newest that was on time, else the newest; "best": that with the most points, of several
            such the first.
        net: an attempt's points less the late penalty; needed only where the rule is "best".
    """
    if rule == "best" and net is not None:
        return max(attempts, key=net)
    return next((one for one in reversed(attempts) if seconds_late(one, due) == 0), attempts[-1])


def in_utc(time: datetime | None) -> datetime | None:
    """A time of nbgrader's gradebook, which keeps UTC without saying so."""
    return time and time.replace(tzinfo=UTC)


def with_grace(due: datetime | None) -> datetime | None:
    """Until when a submission counts as on time."""
    return due and due + timedelta(minutes=settings.in_force()["late"]["grace_minutes"])
