"""Padded batches of sentence pairs, and the order in which training sees them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

SPECIAL_TOKENS = ("<pad>", "<start>", "<end>", "<unknown>")
PAD, START, END, UNKNOWN = range(4)

Encoded = tuple[Sequence[int], Sequence[int]]


@dataclass(frozen=True)
class Batch:
    """Sentence pairs as word numbers, padded on the right.

    source       (B, S) int64
    source_mask  (B, S) bool, True at real tokens
    target       (B, T) int64, each row ends with END
    target_mask  (B, T) bool, True at real tokens
    """

    source: Tensor
    source_mask: Tensor
    target: Tensor
    target_mask: Tensor

    def __len__(self) -> int:
        return len(self.source)


def shift_right(target: Tensor) -> Tensor:
    """What the decoder reads while it is trained to write `target`: START, then every word but the last.

    Args:
        target: (B, T) int64.

    Returns:
        (B, T) int64: column 0 is START, column t is column t-1 of `target`.
    """
    start = torch.full_like(target[:, :1], START)
    return torch.cat([start, target[:, :-1]], dim=1)


def make_batches(
    pairs: Sequence[Encoded],
    pad_batch: Callable[[list[Sequence[int]]], tuple[Tensor, Tensor]],
    batch_size: int,
    generator: torch.Generator | None = None,
) -> Iterator[Batch]:
    """Cut encoded sentence pairs into padded batches of similar length.

    Sentences are shuffled, then sorted by length within pools of 20 batches, so that little of a batch is
    padding and batches still differ from epoch to epoch. Without a generator the order is kept.

    Args:
        pairs: (source numbers, target numbers) of each sentence pair.
        pad_batch: turns a list of B number lists into ids (B, S) and mask (B, S).
        batch_size: B; the last batch may be smaller.
        generator: source of the shuffling; None keeps the given order.
    """
    order = list(range(len(pairs)))
    if generator is not None:
        order = _shuffled_by_length(pairs, batch_size, generator)
    starts = list(range(0, len(order), batch_size))
    if generator is not None:
        starts = [starts[i] for i in torch.randperm(len(starts), generator=generator).tolist()]
    for start in starts:
        chosen = [pairs[i] for i in order[start : start + batch_size]]
        yield Batch(*pad_batch([source for source, _ in chosen]), *pad_batch([target for _, target in chosen]))


def _shuffled_by_length(pairs: Sequence[Encoded], batch_size: int, generator: torch.Generator) -> list[int]:
    order = torch.randperm(len(pairs), generator=generator).tolist()
    pool = 20 * batch_size
    pools = [order[start : start + pool] for start in range(0, len(order), pool)]
    return [i for part in pools for i in sorted(part, key=lambda i: (len(pairs[i][0]), len(pairs[i][1])))]
