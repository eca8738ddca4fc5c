"""What judging a notebook takes and gives, as plain data: loads no torch, so that who only writes it down need not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.judging.messages import pack, unpack
from autograder.verdict import Verdict


@dataclass(frozen=True)
class ToJudge:
    """A notebook, and what of it is to be judged.

    Attributes:
        content: the file's bytes.
        stale: the exercises whose verdicts are not known.
        known: the verdicts that are.
    """

    content: bytes
    stale: frozenset[str]
    known: Mapping[str, Verdict]

    def packed(self) -> bytes:
        """As bytes."""
        return pack([self.content, sorted(self.stale), _plain(self.known)])

    @classmethod
    def unpacked(cls, data: bytes) -> "ToJudge":
        """What `packed` made bytes of."""
        content, stale, known = unpack(data)
        return cls(content, frozenset(stale), _verdicts(known))


@dataclass(frozen=True)
class Judged:
    """What came of a notebook.

    Attributes:
        verdicts: on every exercise, those that were known among them, and on every written answer.
        handed_in: the notebook as nbformat 4, as a file's bytes.
        notebook: what goes back, as a file's bytes.
        cpu_seconds: what its cells and exercises took.
        count: how many exercises were judged.
    """

    verdicts: Mapping[str, Verdict]
    handed_in: bytes
    notebook: bytes
    cpu_seconds: float
    count: int

    def packed(self) -> bytes:
        """As bytes."""
        return pack([_plain(self.verdicts), self.handed_in, self.notebook, self.cpu_seconds, self.count])

    @classmethod
    def unpacked(cls, data: bytes) -> "Judged":
        """What `packed` made bytes of."""
        verdicts, *others = unpack(data)
        return cls(_verdicts(verdicts), *others)


def _plain(verdicts: Mapping[str, Verdict]) -> dict[str, Any]:
    return {name: verdict.to_data() for name, verdict in verdicts.items()}


def _verdicts(plain: Mapping[str, Any]) -> dict[str, Verdict]:
    return {name: Verdict.from_data(data) for name, data in plain.items()}
