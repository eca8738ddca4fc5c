"""The five models of lesson 05: lesson 3's, each of three changes alone, and the two that the lesson makes together.

All have the interface of `AttentionSeq2Seq`, E = 64, H = 128, A = 32, and as many parameters as lesson 3's within
5 %. They differ in what the encoder reads, in what the weighted sum is made of, and in when the decoder reads it.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from lessons.earlier.lesson_01 import Encoder
from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_03 import AdditiveScore, AttentionDecoder, AttentionSeq2Seq, attend
from lessons.earlier.lesson_05 import WordDecoder, WordEncoder

EMBEDDING_SIZE, HIDDEN_SIZE, ATTENTION_SIZE = 64, 128, 32
MIX_SIZE = 160  # of the decoder that reads late: with H, the paper's size, it would be 6 % smaller than lesson 3's


def read_both_ways(gru: nn.GRU, embedded: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
    """Read embedded words from both ends; packed, so that the backward direction begins at the last real word.

    Args:
        gru: bidirectional, H / 2 units each way.
        embedded: (B, S, E), padded on the right.
        source_mask: (B, S) bool, True at real words.

    Returns:
        states (B, S, H): at each word the forward state, then the backward state; 0 at padding.
        ends (B, H): the forward state after the last real word, then the backward state of the first.
    """
    packed = pack_padded_sequence(embedded, source_mask.sum(1).cpu(), batch_first=True, enforce_sorted=False)
    states, ends = gru(packed)  # ends (2, B, H / 2)
    states, _ = pad_packed_sequence(states, batch_first=True, total_length=embedded.shape[1])
    return states, torch.cat([ends[0], ends[1]], dim=-1)


class BothWaysEncoder(nn.Module):
    """Reads a sentence from both ends: after Bahdanau et al. 2015, section 3.2 and appendix A.2.

    Simplified: each direction has H / 2 units, so that its states are as large as those of lesson 3; and the
    decoder starts from what both directions end with, where the paper takes only the backward one.

    Args:
        vocabulary_size: V, how many source words there are.
        embedding_size: E.
        hidden_size: H, an even number.
    """

    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size // 2, batch_first=True, bidirectional=True)
        self.start = nn.Linear(hidden_size, hidden_size)

    def forward(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Read a batch of sentences.

        Args:
            source: (B, S) int64, padded on the right.
            source_mask: (B, S) bool, True at real words.

        Returns:
            states (B, S, H): at each word the forward state, then the backward state; 0 at padding.
            start (B, H): tanh of a linear layer over the forward state after the last real word and the
                backward state of the first; the decoder's first state.
        """
        states, ends = read_both_ways(self.gru, self.embedding(source), source_mask)
        return states, torch.tanh(self.start(ends))


class PairScore(AdditiveScore):
    """The additive score where the encoder gives states and embedded words: it scores the states."""

    def prepare(self, source: tuple[Tensor, Tensor]) -> Tensor:
        """Keys (B, S, A) from states (B, S, H) and embedded words (B, S, E)."""
        return super().prepare(source[0])


class ReadWords(nn.Module):
    """The weighted sum of embedded words in place of states: an idea of Nguyen and Chiang 2018 (arXiv:1710.01329).

    Args:
        embedding_size: E.
        hidden_size: H, so that the context is as large as that of lesson 3.
    """

    def __init__(self, embedding_size: int, hidden_size: int):
        super().__init__()
        self.widen = nn.Linear(embedding_size, hidden_size)

    def forward(self, scores: Tensor, source: tuple[Tensor, Tensor], source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Read the source for one step of the decoder.

        Args:
            scores: (B, S).
            source: states (B, S, H), which are not read, and embedded words (B, S, E).
            source_mask: (B, S) bool, True at real words.

        Returns:
            context (B, H): tanh of a linear layer over the weighted sum.
            weights (B, S).
        """
        read, weights = attend(scores, source[1], source_mask)
        return torch.tanh(self.widen(read)), weights


class LateDecoder(WordDecoder):
    """Moves first, then reads states, for its output only: after Luong et al. 2015, section 3.1.

    It is the decoder of lesson 05 with states (size H) in place of words (size E).

    Args:
        vocabulary_size: V, how many target words there are.
        embedding_size: E.
        hidden_size: H, the same as the encoder's.
        mix_size: how many units the layer has that mixes the new state and what was read.
        score: the additive score of lesson 3.
    """

    def __init__(
        self, vocabulary_size: int, embedding_size: int, hidden_size: int, mix_size: int, score: AdditiveScore
    ):
        super().__init__(vocabulary_size, embedding_size, hidden_size, score)
        self.mix = nn.Linear(2 * hidden_size, mix_size)
        self.output = nn.Linear(mix_size, vocabulary_size)

    def forward(
        self, words: Tensor, state: Tensor, source: Tensor, source_mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits (B, T, V), state (B, H) and weights (B, T, S); source (B, S, H) is both scored and read."""
        return super().forward(words, state, (source, source), source_mask)


def _one_way(source_size: int, target_size: int) -> AttentionSeq2Seq:
    encoder = Encoder(source_size, EMBEDDING_SIZE, HIDDEN_SIZE)
    score = AdditiveScore(HIDDEN_SIZE, ATTENTION_SIZE)
    return AttentionSeq2Seq(encoder, AttentionDecoder(target_size, EMBEDDING_SIZE, HIDDEN_SIZE, score))


def _both_ways(source_size: int, target_size: int) -> AttentionSeq2Seq:
    encoder = BothWaysEncoder(source_size, EMBEDDING_SIZE, HIDDEN_SIZE)
    score = AdditiveScore(HIDDEN_SIZE, ATTENTION_SIZE)
    return AttentionSeq2Seq(encoder, AttentionDecoder(target_size, EMBEDDING_SIZE, HIDDEN_SIZE, score))


def _words_as_values(source_size: int, target_size: int) -> AttentionSeq2Seq:
    encoder = WordEncoder(source_size, EMBEDDING_SIZE, HIDDEN_SIZE)
    score, read = PairScore(HIDDEN_SIZE, ATTENTION_SIZE), ReadWords(EMBEDDING_SIZE, HIDDEN_SIZE)
    return AttentionSeq2Seq(encoder, AttentionDecoder(target_size, EMBEDDING_SIZE, HIDDEN_SIZE, score, read))


def _read_when_you_write(source_size: int, target_size: int) -> AttentionSeq2Seq:
    encoder = Encoder(source_size, EMBEDDING_SIZE, HIDDEN_SIZE)
    score = AdditiveScore(HIDDEN_SIZE, ATTENTION_SIZE)
    return AttentionSeq2Seq(encoder, LateDecoder(target_size, EMBEDDING_SIZE, HIDDEN_SIZE, MIX_SIZE, score))


def _both_changes(source_size: int, target_size: int) -> AttentionSeq2Seq:
    encoder = WordEncoder(source_size, EMBEDDING_SIZE, HIDDEN_SIZE)
    score = AdditiveScore(HIDDEN_SIZE, ATTENTION_SIZE)
    return AttentionSeq2Seq(encoder, WordDecoder(target_size, EMBEDDING_SIZE, HIDDEN_SIZE, score))


READERS: dict[str, Callable[[int, int], AttentionSeq2Seq]] = {
    "one way": _one_way,
    "both ways": _both_ways,
    "words as values": _words_as_values,
    "read when you write": _read_when_you_write,
    "both changes": _both_changes,
}


def make_reader(name: str, words: Vocabularies) -> AttentionSeq2Seq:
    """A model of `READERS`, untrained; its first weights come from PyTorch's global seed, the encoder's first.

    Raises ValueError for another name.
    """
    if name not in READERS:
        raise ValueError(f"there is no reader {name!r}; the readers are {', '.join(READERS)}")
    return READERS[name](len(words.source), len(words.target))
