"""Greedy decoding by a Transformer that keeps keys and values of the words it has written.

Lesson 7's decoder reads everything again at each step. That gives the same logits, only later.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from lessons.earlier.lesson_07 import MultiHeadAttention, TransformerDecoder, attend, causal_mask

Step = Callable[[Tensor, Tensor, object], tuple[Tensor, Tensor]]
Pair = tuple[Tensor, Tensor]


def can_cache(model: nn.Module) -> bool:
    """Tell whether a model's old words never change: a Transformer whose places see none that come later."""
    decoder = model.decoder
    return isinstance(decoder, TransformerDecoder) and decoder.causal_mask is causal_mask


def cached_step(model: nn.Module, states: Tensor, source_mask: Tensor) -> Step:
    """Give the decoder as `greedy_decode` calls it, for one translation from its beginning to its end.

    Args:
        model: of which `can_cache` is true.
        states: (B, S, H), the encoder's.
        source_mask: (B, S) bool.

    Returns:
        step: (words (B, 1), state, anything) → logits (B, 1, V), the same state; what was written is kept inside.
    """
    decoder, places = model.decoder, 0
    source = [_keys_and_values(block.cross, states) for block in decoder.blocks]
    own: list[Pair | None] = [None] * len(source)
    real = source_mask[:, None, None]

    def step(words: Tensor, state: Tensor, _: object) -> tuple[Tensor, Tensor]:
        nonlocal places
        places += 1
        embedded = decoder.embedding(words)
        new = embedded + decoder.positions(places, embedded.shape[-1])[-1]
        for number, block in enumerate(decoder.blocks):
            normed = block.before_own(new)
            own[number] = _longer(own[number], _keys_and_values(block.own, normed))
            new = new + _look(block.own, normed, own[number], torch.ones(1, 1, 1, 1, dtype=torch.bool))
            new = new + _look(block.cross, block.before_cross(new), source[number], real)
            new = new + block.inner(block.before_inner(new))
        return decoder.output(decoder.norm(new)), state

    return step


def _keys_and_values(attention: MultiHeadAttention, states: Tensor) -> Pair:
    return attention.split(attention.key(states)), attention.split(attention.value(states))


def _longer(kept: Pair | None, new: Pair) -> Pair:
    return new if kept is None else (torch.cat([kept[0], new[0]], 2), torch.cat([kept[1], new[1]], 2))


def _look(attention: MultiHeadAttention, asking: Tensor, kept: Pair, allowed: Tensor) -> Tensor:
    found, _ = attend(attention.split(attention.query(asking)), *kept, allowed)
    return attention.output(attention.join(found))
