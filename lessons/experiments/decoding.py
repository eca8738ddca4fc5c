"""Greedy translation by any of the experiments' models, in batches; also with the right number of words imposed."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from lessons.earlier.lesson_01 import Seq2Seq, greedy_decode, pad_batch
from lessons.experiments.cached_decoding import cached_step, can_cache
from lessons.experiments.trainings import Trained
from lessons.toolkit.batches import END, Encoded
from lessons.toolkit.corpus import SentencePair

MAX_LENGTH = 60
Step = Callable[[Tensor, Tensor, object], tuple[Tensor, Tensor]]


def decoder_of(model: nn.Module, source: Tensor, source_mask: Tensor) -> tuple[Step, Tensor]:
    """Read a batch, and give the decoder as `greedy_decode` calls it, with its first state.

    Args:
        model: the baseline, or any model whose decoder attends.
        source: (B, S) int64.
        source_mask: (B, S) bool.

    Returns:
        step: (words (B, 1), state (B, H), anything) → logits (B, 1, V), state (B, H).
        state: (B, H).
    """
    read, last = model.encoder(source, source_mask)
    if can_cache(model):
        return cached_step(model, read, source_mask), last
    known = (last,) if isinstance(model, Seq2Seq) else (read, source_mask)

    def step(words: Tensor, state: Tensor, _: object) -> tuple[Tensor, Tensor]:
        logits, state, *_ = model.decoder(words, state, *known)
        return logits, state

    return step, last


def translate(run: Trained, pairs: Sequence[SentencePair], with_length: bool = False) -> list[list[str]]:
    """Translate the source side greedily.

    Args:
        run: the model and how it reads.
        pairs: whose source side is translated.
        with_length: impose the reference's number of words: END is forbidden before it and chosen there.

    Returns:
        The words of each translation.
    """
    target = run.training.words().target
    written = greedy(run.model, [run.training.encode(pair) for pair in pairs], with_length)
    return [[target[number] for number in numbers] for numbers in written]


@torch.no_grad()
def greedy(model: nn.Module, encoded: Sequence[Encoded], with_length: bool = False) -> list[list[int]]:
    """Translate encoded pairs, 200 at a time; the target side serves for its length alone, where that is imposed.

    Returns:
        Word numbers without END, a list for each sentence.
    """
    written: list[list[int]] = []
    for start in range(0, len(encoded), 200):
        part = encoded[start : start + 200]
        source, mask = pad_batch([ids for ids, _ in part])
        step, first = decoder_of(model, source, mask)
        if with_length:
            step = _with_length(step, torch.tensor([len(ids) - 1 for _, ids in part]))
        written += greedy_decode(lambda *_, first=first: (None, first), step, source, mask, MAX_LENGTH)
    return written


def _with_length(step: Step, lengths: Tensor) -> Step:
    """Forbid END until each sentence has its number of words (B,), then leave nothing else."""
    written = 0

    def with_length(words: Tensor, state: Tensor, anything: object) -> tuple[Tensor, Tensor]:
        nonlocal written
        logits, state = step(words, state, anything)
        logits[:, 0, END] = torch.where(lengths <= written, torch.inf, -torch.inf)
        written += 1
        return logits, state

    return with_length
