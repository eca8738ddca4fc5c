"""What a lesson's notebooks are judged by, and plain data as bytes: what travels to other processes and machines."""

from dataclasses import asdict, dataclass
from typing import Any

import msgpack

from autograder.sandbox.inside.limits import Limits


@dataclass(frozen=True)
class Assignment:
    """What a lesson's notebooks are judged by.

    Attributes:
        lesson: its slug.
        limits: what a submission may use.
        key: the secret of the fresh cases.
        released: the lesson's notebook as it was handed out, with its points.
        hidden: folders that no submission may see, should they be on the machine: output and submissions.
    """

    lesson: str
    limits: Limits
    key: bytes
    released: str
    hidden: list[str]

    def packed(self) -> bytes:
        """As bytes."""
        return pack(asdict(self))

    @classmethod
    def unpacked(cls, data: bytes) -> "Assignment":
        """What `packed` made bytes of."""
        found = unpack(data)
        return cls(**{**found, "limits": Limits(**found["limits"])})


def pack(value: Any) -> bytes:
    """Plain data as bytes."""
    packed: bytes = msgpack.packb(value, unicode_errors="surrogatepass")
    return packed


def unpack(data: bytes) -> Any:
    """What `pack` made bytes of."""
    return msgpack.unpackb(data, unicode_errors="surrogatepass")
