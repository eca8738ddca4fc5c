"""What goes between the process that asks for pages and the one that makes them: a few words as JSON, and bytes."""

import json
import struct
from collections.abc import Mapping
from typing import IO, Any

_SIZES = struct.Struct("!II")


def send(stream: IO[bytes], words: Mapping[str, Any], content: bytes) -> None:
    """Write them, at once."""
    head = json.dumps(words).encode()
    stream.write(_SIZES.pack(len(head), len(content)) + head + content)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Read them; None where the other end has closed."""
    sizes = stream.read(_SIZES.size)
    if len(sizes) < _SIZES.size:
        return None
    head, content = _SIZES.unpack(sizes)
    words, body = stream.read(head), stream.read(content)
    return (json.loads(words), body) if len(body) == content and len(words) == head else None
