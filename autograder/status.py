"""How an exercise of a submission ended."""

from enum import StrEnum


class Status(StrEnum):
    """How an exercise ended; the values stand in tables, in the journal and in the metadata of cells."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"  # the answer stopped with an error
    TIMEOUT = "timeout"
    CRASHED = "crashed"  # the answer ended the process that it ran in
    MISSING = "missing"  # the notebook has no answer to judge
    NOT_ATTEMPTED = "not_attempted"
    MANUAL = "manual"  # a person grades it
    UNREADABLE = "unreadable"  # the submission cannot be read


STATUSES = tuple(Status)
