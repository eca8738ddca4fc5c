"""What the heads of a Transformer do: where each one looks, by gold links, and what the model loses without it.

All of it forces the right words, as lesson 05's measures do. A head is silenced by setting to zero the columns of the
output matrix that read it, so that nothing else of the model changes.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from lessons.earlier.lesson_01 import masked_loss, pad_batch
from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_05 import argmax_links, word_weights
from lessons.earlier.lesson_07 import silence_heads
from lessons.experiments.hidden_words import error_rate
from lessons.toolkit.batches import make_batches
from lessons.toolkit.corpus import SentencePair
from lessons.toolkit.head_maps import maps_of

#: Name → attentions of a model, one for each block.
KINDS = {
    "encoder": lambda model: [block.attention for block in model.encoder.blocks],
    "decoder": lambda model: [block.own for block in model.decoder.blocks],
    "cross": lambda model: [block.cross for block in model.decoder.blocks],
}


def head_errors(model: nn.Module, pairs: Sequence[SentencePair], words: Vocabularies) -> list[float]:
    """Compute the AER of the greatest weights of each head of the cross-attention, block by block."""
    batches = make_batches([words.encode(pair) for pair in pairs], pad_batch, 100)
    maps = maps_of(model, batches, word_weights)
    return [round(error_rate([argmax_links(each) for each in head], pairs), 4) for head in maps]


@contextmanager
def silenced(attention: nn.Module, heads: Iterable[int]) -> Iterator[None]:
    """Silence heads of one attention for a while."""
    whole = attention.output.weight.data
    attention.output.weight.data = silence_heads(whole, list(heads), attention.heads)
    try:
        yield
    finally:
        attention.output.weight.data = whole


@torch.no_grad()
def loss_of(model: nn.Module, pairs: Sequence[SentencePair], words: Vocabularies) -> float:
    """Compute the mean loss over all words and ENDs, in nats per word."""
    total, count = 0.0, 0
    for batch in make_batches([words.encode(pair) for pair in pairs], pad_batch, 250):
        real = int(batch.target_mask.sum())
        total += real * masked_loss(model(batch), batch.target, batch.target_mask).item()
        count += real
    return total / count


def knock_outs(model: nn.Module, pairs: Sequence[SentencePair], words: Vocabularies) -> dict[str, Any]:
    """Measure what the right words lose, in nats per word, without one head, and without all heads of one layer.

    Returns:
        "whole": the loss of the whole model; for each of `KINDS` "heads", a number for each head, layer by layer, and
        "layers", one for each layer: by how much the loss grows.
    """
    whole = loss_of(model, pairs, words)
    found: dict[str, Any] = {"whole": round(whole, 4)}
    for kind, attentions in KINDS.items():
        heads, layers = [], []
        for attention in attentions(model):
            everyone = list(range(attention.heads))
            groups = [*([head] for head in everyone), everyone]
            *alone, together = (_lost(model, attention, group, pairs, words) for group in groups)
            heads += [round(nats - whole, 4) + 0.0 for nats in alone]
            layers.append(round(together - whole, 4) + 0.0)
        found[kind] = {"heads": heads, "layers": layers}
    return found


def _lost(
    model: nn.Module, attention: nn.Module, heads: Iterable[int], pairs: Sequence[SentencePair], words: Vocabularies
) -> float:
    with silenced(attention, heads):
        return loss_of(model, pairs, words)
