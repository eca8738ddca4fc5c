"""The models that the experiments train: name → model from vocabulary sizes and sizes of its parts."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq
from lessons.earlier.lesson_02 import Bottleneck
from lessons.earlier.lesson_03 import (
    AdditiveScore,
    AttentionDecoder,
    AttentionSeq2Seq,
    DotScore,
    FixedScore,
    GeneralScore,
    UniformScore,
)
from lessons.experiments.readers import READERS
from lessons.experiments.transformers import TRANSFORMERS

#: The share of numbers that dropout sets to 0.
DROPOUT = 0.3


@dataclass(frozen=True)
class Sizes:
    """Sizes of a model's parts: E, H, A, and C, how many numbers the context passes through (None: all H)."""

    embedding: int = 64
    hidden: int = 128
    attention: int = 32
    context: int | None = None


def baseline(source_words: int, target_words: int, sizes: Sizes) -> Seq2Seq:
    """Build lesson 1's encoder–decoder; with C below H its context passes through lesson 2's bottleneck."""
    encoder: nn.Module = Encoder(source_words, sizes.embedding, sizes.hidden)
    decoder = Decoder(target_words, sizes.embedding, sizes.hidden)
    if sizes.context is not None:
        encoder = Bottleneck(encoder, sizes.hidden, sizes.context)
    return Seq2Seq(encoder, decoder)


def baseline_with_dropout(source_words: int, target_words: int, sizes: Sizes) -> Seq2Seq:
    """Build the baseline with dropout where no state is handed on: Zaremba et al. 2014, arXiv:1409.2329."""
    model = baseline(source_words, target_words, sizes)
    model.encoder.embedding = nn.Sequential(model.encoder.embedding, nn.Dropout(DROPOUT))
    model.decoder.embedding = nn.Sequential(model.decoder.embedding, nn.Dropout(DROPOUT))
    model.decoder.output = nn.Sequential(nn.Dropout(DROPOUT), model.decoder.output)
    return model


def attention(score: Callable[[Sizes], nn.Module]) -> Callable[[int, int, Sizes], AttentionSeq2Seq]:
    """Make a builder of lesson 3's attention model with a score of this kind."""

    def build(source_words: int, target_words: int, sizes: Sizes) -> AttentionSeq2Seq:
        encoder = Encoder(source_words, sizes.embedding, sizes.hidden)
        decoder = AttentionDecoder(target_words, sizes.embedding, sizes.hidden, score(sizes))
        return AttentionSeq2Seq(encoder, decoder)

    return build


def reader(name: str) -> Callable[[int, int, Sizes], AttentionSeq2Seq]:
    """Make a builder of one of lesson 5's models, which have sizes of their own."""
    return lambda source_words, target_words, sizes: READERS[name](source_words, target_words)


def transformer(name: str) -> Callable[[int, int, Sizes], AttentionSeq2Seq]:
    """Make a builder of one of lesson 7's models, which have sizes of their own."""
    return lambda source_words, target_words, sizes: TRANSFORMERS[name](source_words, target_words)


ARCHITECTURES: dict[str, Callable[[int, int, Sizes], nn.Module]] = {
    "baseline": baseline,
    "baseline with dropout": baseline_with_dropout,
    "additive": attention(lambda sizes: AdditiveScore(sizes.hidden, sizes.attention)),
    "dot": attention(lambda sizes: DotScore()),
    "general": attention(lambda sizes: GeneralScore(sizes.hidden)),
    "uniform": attention(lambda sizes: UniformScore()),
    "fixed weights": attention(lambda sizes: FixedScore(sizes.hidden, sizes.attention)),
    **{name: reader(name) for name in READERS if name != "one way"},  # which is "additive"
    **{name: transformer(name) for name in TRANSFORMERS},
}
