"""A trained model as bytes that the playground's JavaScript reads: a header in JSON, then all weights as float16."""

import base64
import json
import struct
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from lessons.toolkit.shipped_models import reads_words

SIZE_LIMIT = 600_000  # bytes
SIZE_LIMIT_IN_A_PAGE = 800_000  # characters of base64


def pack(weights: Mapping[str, Tensor], source: Sequence[str], target: Sequence[str], glosses: Sequence[str]) -> bytes:
    """Pack a model of lesson 3 or 5, with the words that it knows.

    Args:
        weights: name → tensor of an encoder with a GRU, and of a decoder that reads states (lesson 3) or words
            (lesson 5), with an additive score.
        source, target: the words by their numbers.
        glosses: for each target word its English gloss, or "".

    Returns:
        Four bytes with the size of the header, the header, the weights; all numbers little-endian.

    Raises:
        ValueError: the model is too large for a page.
    """
    header = {
        "reads": "words" if reads_words(weights) else "states",
        "words": {"source": list(source), "target": list(target), "glosses": list(glosses)},
        "tensors": [[name, list(weight.shape)] for name, weight in weights.items()],
    }
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    halves = torch.cat([weight.flatten().half() for weight in weights.values()]).numpy().astype("<f2").tobytes()
    packed = struct.pack("<I", len(text)) + text + halves
    if len(packed) > SIZE_LIMIT:
        raise ValueError(f"the model takes {len(packed):,} bytes; a page takes at most {SIZE_LIMIT:,}")
    return packed


def in_base64(packed: bytes) -> str:
    """The bytes as text for a page."""
    return base64.b64encode(packed).decode("ascii")
