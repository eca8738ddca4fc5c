"""The course's baseline and attention model on a real corpus: sizes, training against overfitting, BLEU.

A few thousand real sentences are soon learnt by heart, so training differs from the lessons' in what makes that hard:
dropout, unknown words in the source, smoothed labels. The encoder reads both ways, as in Bahdanau et al. 2015.
"""

import math
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from sacrebleu.metrics import BLEU
from torch import Tensor, nn
from torch.nn import functional as F

from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, pad_batch, training_step
from lessons.earlier.lesson_03 import AdditiveScore, AttentionDecoder, AttentionSeq2Seq
from lessons.experiments.beam_search import beam_search, decoder_of
from lessons.experiments.readers import read_both_ways
from lessons.experiments.trainings import count_parameters
from lessons.toolkit.batches import UNKNOWN, Batch, Encoded
from lessons.toolkit.real_corpus import RealPair, RealVocabularies, join_tokens, source_tokens
from lessons.toolkit.training import one_cycle, train

MODELS = ("baseline", "attention")


@dataclass(frozen=True)
class Settings:
    """What a run is made of; the same for both models.

    Attributes:
        embedding_size, hidden_size, attention_size: E, H, A.
        dropout: share of embeddings and of states in front of the output layer that is set to 0 in training.
        word_dropout: share of source words that training replaces by the unknown word.
        label_smoothing: share of the probability that the loss spreads over all words.
        learning_rate, weight_decay: of AdamW, in one cycle.
        batch_tokens: a batch has at most so many source and target tokens, padding included.
        epochs: how often each pair is seen; the last epoch may be a fraction of one.
        beam: how many beginnings beam search keeps; 1 is greedy.
        length_power: a translation's score is its log probability divided by its length to this power.
    """

    embedding_size: int = 128
    hidden_size: int = 256
    attention_size: int = 64
    dropout: float = 0.1
    word_dropout: float = 0.05
    label_smoothing: float = 0.1
    learning_rate: float = 4e-3
    weight_decay: float = 1e-2
    batch_tokens: int = 1500
    epochs: float = 24
    beam: int = 5
    length_power: float = 1.0


# --- models ------------------------------------------------------------------------------------------------


class BidirectionalEncoder(Encoder):
    """Reads a sentence from both ends, H / 2 numbers each way: Bahdanau et al. 2015, section 3.2.

    Args:
        vocabulary_size: V.
        embedding_size: E.
        hidden_size: H, even.
    """

    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__(vocabulary_size, embedding_size, hidden_size)
        self.gru = nn.GRU(embedding_size, hidden_size // 2, batch_first=True, bidirectional=True)

    def forward(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """As `Encoder.forward`; the second result joins the last state of each direction, (B, H)."""
        return read_both_ways(self.gru, self.embedding(source), source_mask)


def make_model(name: str, words: RealVocabularies, settings: Settings) -> nn.Module:
    """A model of `MODELS`, untrained."""
    sizes = (settings.embedding_size, settings.hidden_size)
    encoder = BidirectionalEncoder(len(words.source), *sizes)
    if name == "baseline":
        model = Seq2Seq(encoder, Decoder(len(words.target), *sizes))
    else:
        score = AdditiveScore(settings.hidden_size, settings.attention_size)
        model = AttentionSeq2Seq(encoder, AttentionDecoder(len(words.target), *sizes, score))
    return _with_dropout(model, settings.dropout)


def _with_dropout(model: nn.Module, share: float) -> nn.Module:
    """Put dropout behind both embeddings and in front of the output layer."""
    for part in (model.encoder, model.decoder):
        part.embedding = nn.Sequential(part.embedding, nn.Dropout(share))
    model.decoder.output = nn.Sequential(nn.Dropout(share), model.decoder.output)
    return model


# --- training ----------------------------------------------------------------------------------------------


def plan_epoch(pairs: Sequence[Encoded], batch_tokens: int, generator: torch.Generator) -> list[list[int]]:
    """Which pairs share a batch: similar lengths, at most `batch_tokens` with padding, in random order.

    A pair that is longer than that has a batch of its own.
    """
    noise = torch.rand(len(pairs), generator=generator).tolist()
    order = sorted(range(len(pairs)), key=lambda i: (len(pairs[i][1]) + 2 * noise[i], len(pairs[i][0])))
    batches, longest = [[]], (0, 0)
    for i in order:
        longest = tuple(map(max, longest, map(len, pairs[i])))
        if batches[-1] and sum(longest) * (len(batches[-1]) + 1) > batch_tokens:
            batches.append([])
            longest = tuple(map(len, pairs[i]))
        batches[-1].append(i)
    return [batches[i] for i in torch.randperm(len(batches), generator=generator).tolist()]


def make_batch(pairs: Sequence[Encoded], device: torch.device) -> Batch:
    """Encoded pairs as a padded batch on a device."""
    sides = zip(*pairs, strict=True)
    return Batch(*(part.to(device) for side in sides for part in pad_batch(list(side))))


def drop_words(batch: Batch, share: float) -> Batch:
    """A batch in which some source words are unknown, so that the model learns to live with them."""
    dropped = (torch.rand(batch.source.shape, device=batch.source.device) < share) & (batch.source > UNKNOWN)
    return Batch(batch.source.masked_fill(dropped, UNKNOWN), batch.source_mask, batch.target, batch.target_mask)


def train_model(
    model: nn.Module, pairs: Sequence[Encoded], settings: Settings, seed: int, device: torch.device
) -> list[float]:
    """Train in place; the seed fixes the batches. Returns the mean loss of each epoch, in nats a token."""
    generator = torch.Generator().manual_seed(seed)
    plans = [plan_epoch(pairs, settings.batch_tokens, generator) for _ in range(math.ceil(settings.epochs))]
    plans[-1] = plans[-1][: math.ceil(len(plans[-1]) * (settings.epochs - len(plans) + 1))]
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    epochs = iter(plans)

    def clip(*_) -> None:
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)

    def batches() -> Iterator[Batch]:
        for chosen in next(epochs):
            yield drop_words(make_batch([pairs[i] for i in chosen], device), settings.word_dropout)

    def loss(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        return F.cross_entropy(logits[mask], target[mask], label_smoothing=settings.label_smoothing)

    optimizer.register_step_pre_hook(clip)
    model.to(device).train()
    return train(
        step=lambda batch: training_step(model, loss, optimizer, batch),
        batches=batches,
        epochs=len(plans),
        schedule=one_cycle(optimizer, steps=sum(map(len, plans))),
    )


# --- translating and measuring -----------------------------------------------------------------------------


def translate(
    model: nn.Module, sentences: Sequence[str], words: RealVocabularies, settings: Settings, device: torch.device
) -> list[str]:
    """Translations of English sentences; a hundred of similar length are searched together."""
    model.eval()
    encoded = [words.encode_source(sentence) for sentence in sentences]
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i]))
    made = {}
    for start in range(0, len(order), 100):
        chosen = order[start : start + 100]
        source, mask = (part.to(device) for part in pad_batch([encoded[i] for i in chosen]))
        with torch.no_grad():
            step, state = decoder_of(model, source, mask, settings.beam)
        written = beam_search(step, state, settings.beam, 10 + 5 * source.shape[1], settings.length_power)
        made |= {
            i: join_tokens(words.target.decode(numbers)).strip() for i, numbers in zip(chosen, written, strict=True)
        }
    return [made[i] for i in range(len(encoded))]


@dataclass(frozen=True)
class Run:
    """One trained model, measured on held-out pairs.

    Attributes:
        parameters: how many numbers it learns.
        loss: mean of the last epoch, in nats a token, smoothed labels included.
        seconds, cpu_seconds: of training; CPU seconds are the sum over threads.
        translations: one for each held-out pair.
    """

    parameters: int
    loss: float
    seconds: float
    cpu_seconds: float
    translations: list[str]


def run(
    name: str,
    train_pairs: Sequence[RealPair],
    test_pairs: Sequence[RealPair],
    words: RealVocabularies,
    settings: Settings,
    seed: int,
    device: torch.device,
) -> Run:
    """Train a model of `MODELS` from a seed and translate the held-out sentences."""
    torch.manual_seed(seed)
    model = make_model(name, words, settings)
    encoded = [words.encode(pair) for pair in train_pairs]
    began = time.perf_counter(), time.process_time()
    losses = train_model(model, encoded, settings, seed, device)
    seconds, cpu_seconds = time.perf_counter() - began[0], time.process_time() - began[1]
    translations = translate(model, [pair.source for pair in test_pairs], words, settings, device)
    return Run(count_parameters(model), losses[-1], seconds, cpu_seconds, translations)


def bleu_metric(unit: str) -> BLEU:
    """BLEU over characters for syllables, over sacrebleu's usual words else."""
    return BLEU(tokenize="char" if unit == "syllables" else "13a")


def bleu(metric: BLEU, translations: Sequence[str], pairs: Sequence[RealPair]) -> float:
    """BLEU of translations against the target side of their pairs, from 0 to 100; one reference each."""
    return metric.corpus_score(list(translations), [[pair.target for pair in pairs]]).score


def bleu_by_length(
    metric: BLEU, translations: Sequence[str], pairs: Sequence[RealPair], longest: Sequence[int]
) -> dict[int | None, tuple[float, int]]:
    """BLEU and number of sentences, separately for each range of source lengths.

    Args:
        metric: of `bleu_metric`.
        translations: one for each pair.
        pairs: the held-out pairs.
        longest: the most tokens of each range, rising; sentences beyond the last are under None.
    """
    parts = defaultdict(list)
    for made, pair in zip(translations, pairs, strict=True):
        length = len(source_tokens(pair.source))
        parts[next((most for most in longest if length <= most), None)].append((made, pair))
    found = [most for most in (*longest, None) if parts[most]]
    return {most: (bleu(metric, *zip(*parts[most], strict=True)), len(parts[most])) for most in found}
