"""Which of a student's attempts counts: the newest on time, or the best."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from autograder.course import settings
from autograder.submissions.find import Attempt

Net = Callable[[Attempt], float]


def seconds_late(attempt: Attempt, due: datetime | None) -> float:
    """How long after `due` it was handed in; 0 where either time is unknown."""
    if attempt.time is None or due is None:
        return 0.0
    return max(0.0, (attempt.time - due).total_seconds())


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
