"""The Transformers that lesson 07 compares with the recurrent models: its own parts, put together.

All have the interface of `AttentionSeq2Seq`, two blocks a side, H = 64, four heads, and as many parameters as lesson
3's attention model within 5 %.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from lessons.earlier.lesson_03 import AttentionSeq2Seq
from lessons.earlier.lesson_07 import (
    DecoderBlock,
    EncoderBlock,
    MultiHeadAttention,
    TransformerDecoder,
    TransformerEncoder,
    attend,
    causal_mask,
    sinusoids,
)

SIZE, HEADS, INNER_SIZE, LAYERS = 64, 4, 256, 2
Positions = Callable[[int, int], Tensor]
Mask = Callable[[int], Tensor]


def no_positions(length: int, size: int) -> Tensor:
    """Give zeros (length, size) where `sinusoids` tells the places apart."""
    return torch.zeros(length, size)


def one_ahead(length: int) -> Tensor:
    """Give the faulty mask of the lesson's repair, (length, length): a place sees the next one, too."""
    return torch.ones(length, length, dtype=torch.bool).tril(1)


def make_transformer(
    source_words: int, target_words: int, positions: Positions = sinusoids, mask: Mask = causal_mask
) -> AttentionSeq2Seq:
    """Build an untrained Transformer; its first weights come from PyTorch's global seed, the encoder's first.

    Args:
        source_words, target_words: V of either side.
        positions: called as positions(length, H), gives what is added to the embedded words, (length, H).
        mask: called as mask(length), gives the mask of the decoder's own words, (length, length).
    """

    def heads() -> MultiHeadAttention:
        return MultiHeadAttention(SIZE, HEADS, attend)

    readers = [EncoderBlock(heads(), SIZE, INNER_SIZE) for _ in range(LAYERS)]
    encoder = TransformerEncoder(source_words, SIZE, readers, positions)
    writers = [DecoderBlock(heads(), heads(), SIZE, INNER_SIZE) for _ in range(LAYERS)]
    return AttentionSeq2Seq(encoder, TransformerDecoder(target_words, SIZE, writers, positions, mask))


#: Name → untrained model from the sizes of both vocabularies.
TRANSFORMERS: dict[str, Callable[[int, int], AttentionSeq2Seq]] = {
    "transformer": make_transformer,
    "transformer without positions": lambda source, target: make_transformer(source, target, no_positions),
    "transformer that reads ahead": lambda source, target: make_transformer(source, target, mask=one_ahead),
}
