"""What judging a notebook takes and gives, as plain data: loads no torch, so that who only writes it down need not."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from autograder.judging.messages import pack, unpack
from autograder.status import Status


@dataclass(frozen=True)
class Finding:
    """The verdict on an exercise.

    Attributes:
        status: how it ended.
        reason: one line for the table; never an input or an expected value of a fresh case.
        text: for the notebook; no more of a fresh case than the reason.
        stage, cause: where and why the check stopped, by name; "" where it did not, or was not reached.
        case: which inputs decided, "recorded" or "fresh"; "" where none did.
        seconds: of CPU that the answer took in its check.
    """

    status: Status
    reason: str
    text: str
    stage: str = ""
    cause: str = ""
    case: str = ""
    seconds: float = 0.0

    @property
    def details(self) -> dict[str, str | float]:
        """What the class report counts."""
        return {"stage": self.stage, "cause": self.cause, "case": self.case, "seconds": round(self.seconds, 4)}


@dataclass(frozen=True)
class ToJudge:
    """A notebook, and what of it is to be judged.

    Attributes:
        content: the file's bytes.
        stale: the exercises whose verdicts are not known.
        known: those that are.
    """

    content: bytes
    stale: frozenset[str]
    known: Mapping[str, Finding]

    def packed(self) -> bytes:
        """As bytes."""
        return pack([self.content, sorted(self.stale), _plain(self.known)])

    @classmethod
    def unpacked(cls, data: bytes) -> "ToJudge":
        """What `packed` made bytes of."""
        content, stale, known = unpack(data)
        return cls(content, frozenset(stale), _findings(known))


@dataclass(frozen=True)
class Judged:
    """What came of a notebook.

    Attributes:
        findings: for every exercise, those that were known among them.
        written: status and reason of each written answer.
        handed_in: the notebook as nbformat 4, as a file's bytes.
        notebook: what goes back, as a file's bytes.
        cpu_seconds: what its cells and exercises took.
        count: how many exercises were judged.
    """

    findings: Mapping[str, Finding]
    written: Mapping[str, tuple[str, str]]
    handed_in: bytes
    notebook: bytes
    cpu_seconds: float
    count: int

    def packed(self) -> bytes:
        """As bytes."""
        answers = dict(self.written)
        return pack([_plain(self.findings), answers, self.handed_in, self.notebook, self.cpu_seconds, self.count])

    @classmethod
    def unpacked(cls, data: bytes) -> "Judged":
        """What `packed` made bytes of."""
        findings, answers, *others = unpack(data)
        return cls(_findings(findings), {name: tuple(told) for name, told in answers.items()}, *others)


def _plain(findings: Mapping[str, Finding]) -> dict[str, tuple[Any, ...]]:
    return {slug: astuple(one) for slug, one in findings.items()}


def _findings(plain: Mapping[str, list[Any]]) -> dict[str, Finding]:
    return {slug: Finding(*told) for slug, told in plain.items()}
