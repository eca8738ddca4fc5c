"""The weights of every head of a Transformer, picked up while it runs."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from lessons.toolkit.batches import Batch

WordWeights = Callable[[Tensor, Tensor, Tensor], list[Tensor]]


@contextmanager
def record_heads(model: nn.Module) -> Iterator[list[Tensor]]:
    """Keep what the heads of the cross-attention look at, while the model runs within the block.

    Args:
        model: its decoder has `blocks`, and each block an attention `cross` that gives (contexts, weights).

    Yields:
        A list that gets a tensor (B, N, T, S) from each block, in their order, each time the model runs.
    """
    weights: list[Tensor] = []
    hooks = [
        block.cross.register_forward_hook(lambda module, given, found: weights.append(found[1].detach()))
        for block in model.decoder.blocks
    ]
    try:
        yield weights
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def maps_of(model: nn.Module, batches: Iterable[Batch], word_weights: WordWeights) -> list[list[Tensor]]:
    """Give for each head of the cross-attention, block by block, the weights (T, S) of every pair.

    Args:
        model: as for `record_heads`; it reads the right words.
        batches: of the pairs, in order.
        word_weights: lesson 5's: (weights (B, T, S), source mask, target mask) → a matrix for each pair.
    """
    found: list[list[Tensor]] = []
    for batch in batches:
        with record_heads(model) as recorded:
            model(batch)
        heads = [head for weights in recorded for head in weights.unbind(1)]
        found = found or [[] for _ in heads]
        for kept, head in zip(found, heads, strict=True):
            kept += word_weights(head, batch.source_mask, batch.target_mask)
    return found
