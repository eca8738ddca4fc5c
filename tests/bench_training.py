"""How fast the course trains: `python tests/bench_training.py` (`make bench`) prints a table.

Baseline and attention are trained twice at the same time, in turns: in the course's arrangement, and in the plain one
of much teaching code, which projects keys and makes logits inside every step and pads random batches to the longest.
Both have the same weights and the same mathematics; the first lines show that their losses agree on equal batches.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, masked_loss, pad_batch, training_step
from lessons.earlier.lesson_03 import AdditiveScore, AttentionDecoder, AttentionSeq2Seq
from lessons.experiments.lesson_03 import translate_with
from lessons.experiments.training import Vocabularies
from lessons.toolkit.batches import Batch, Encoded, make_batches
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.training import exact_match, use_threads

EMBEDDING_SIZE, HIDDEN_SIZE, ATTENTION_SIZE, BATCH_SIZE, LEARNING_RATE = 64, 64, 32, 128, 4e-3
CLAUSES, GOAL, TURN = (1, 2, 3, 4), 0.95, 25  # steps between two looks at the score
LIMITS = {"attention": 400.0, "baseline": 30.0}  # seconds; the baseline stays far below the goal however long it trains


class PlainDecoder(Decoder):
    """The baseline's decoder, word by word, with logits in every step."""

    def forward(self, words: Tensor, state: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """As `Decoder.forward`."""
        state, logits = state.unsqueeze(0), []
        for t in range(words.shape[1]):
            inputs = torch.cat([self.embedding(words[:, t]), context], -1)
            read, state = self.gru(inputs.unsqueeze(1), state)
            logits.append(self.output(read[:, 0]))
        return torch.stack(logits, 1), state.squeeze(0)


class PlainAttentionDecoder(AttentionDecoder):
    """The attention decoder with keys and logits in every step."""

    def forward(
        self, words: Tensor, state: Tensor, states: Tensor, source_mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """As `AttentionDecoder.forward`."""
        logits, weights = [], []
        for t in range(words.shape[1]):
            keys = self.score.prepare(states)
            state, looked = self.step(self.embedding(words[:, t]), state, keys, states, source_mask)
            logits.append(self.output(state))
            weights.append(looked)
        return torch.stack(logits, 1), state, torch.stack(weights, 1)


def make_model(name: str, plain: bool, words: Vocabularies, seed: int) -> nn.Module:
    """A model whose first weights depend on the seed alone."""
    torch.manual_seed(seed)
    encoder = Encoder(len(words.source), EMBEDDING_SIZE, HIDDEN_SIZE)
    size = len(words.target)
    if name == "baseline":
        return Seq2Seq(encoder, (PlainDecoder if plain else Decoder)(size, EMBEDDING_SIZE, HIDDEN_SIZE))
    kind = PlainAttentionDecoder if plain else AttentionDecoder
    return AttentionSeq2Seq(
        encoder, kind(size, EMBEDDING_SIZE, HIDDEN_SIZE, AdditiveScore(HIDDEN_SIZE, ATTENTION_SIZE))
    )


def plain_batches(pairs: list[Encoded], seed: int) -> Iterator[Batch]:
    """Random batches, epoch after epoch, each padded to its longest sentence."""
    shuffling = random.Random(seed)
    while True:
        order = shuffling.sample(pairs, len(pairs))
        for start in range(0, len(order), BATCH_SIZE):
            sources, targets = zip(*order[start : start + BATCH_SIZE], strict=True)
            yield Batch(*pad_batch(list(sources)), *pad_batch(list(targets)))


def course_batches(pairs: list[Encoded], seed: int) -> Iterator[Batch]:
    """The toolkit's batches of similar length, epoch after epoch."""
    shuffling = torch.Generator().manual_seed(seed)
    while True:
        yield from make_batches(pairs, pad_batch, BATCH_SIZE, shuffling)


@dataclass
class Runner:
    """One model in training, with its clock: only batches and steps count, not the looks at the score.

    Attributes:
        seconds, tokens: spent and learnt from so far; tokens are real target words, END included.
        score: exact match at the longest of `CLAUSES` when it was last looked at.
    """

    model: nn.Module
    batches: Iterator[Batch]
    seconds: float = 0.0
    tokens: int = 0
    score: float = 0.0
    optimizer: torch.optim.Optimizer = field(init=False)

    def __post_init__(self) -> None:
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE)

    def turn(self, measure: Callable[[nn.Module], float]) -> None:
        """Some steps, then a look at the score."""
        start = time.perf_counter()
        for _ in range(TURN):
            batch = next(self.batches)
            training_step(self.model, masked_loss, self.optimizer, batch)
            self.tokens += int(batch.target_mask.sum())
        self.seconds += time.perf_counter() - start
        self.score = measure(self.model)


def race(name: str, seed: int, limit: float, pairs: list[SentencePair], test: list[SentencePair]) -> list[Runner]:
    """Train both arrangements in turns, each until it reaches the goal or the limit in seconds."""
    words = Vocabularies(pairs)
    encoded = [words.encode(pair) for pair in pairs]
    course = Runner(make_model(name, False, words, seed), course_batches(encoded, seed))
    plain = Runner(make_model(name, True, words, seed), plain_batches(encoded, seed))

    def measure(model: nn.Module) -> float:
        with torch.no_grad():
            return exact_match(translate_with(model, test, words), [pair.target_words for pair in test])

    while going := [one for one in (course, plain) if one.score < GOAL and one.seconds < limit]:
        for runner in going:
            runner.turn(measure)
    return [course, plain]


def largest_difference(name: str, pairs: list[SentencePair], steps: int = 20) -> float:
    """The largest difference between the losses of both arrangements on the same batches, in nats a word."""
    words = Vocabularies(pairs)
    encoded = [words.encode(pair) for pair in pairs]
    curves = []
    for plain in (False, True):
        model, batches = make_model(name, plain, words, 1), course_batches(encoded, 1)
        optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
        curves.append([training_step(model, masked_loss, optimizer, next(batches)) for _ in range(steps)])
    return max(abs(one - other) for one, other in zip(*curves, strict=True))


def report(name: str, seed: int, course: Runner, plain: Runner) -> float:
    """Print one race; returns how many times faster in tokens a second the course is."""
    rates = [runner.tokens / runner.seconds for runner in (course, plain)]
    times = [
        f"{runner.seconds:5.0f} s" if runner.score >= GOAL else f"> {runner.seconds:3.0f} s"
        for runner in (course, plain)
    ]
    both = course.score >= GOAL and plain.score >= GOAL
    ratio = f"{plain.seconds / course.seconds:.1f} x" if both else "  -  "
    print(
        f"{name:10} seed {seed}  to {GOAL:.0%}: course {times[0]}, plain {times[1]}, {ratio}   "
        f"target tokens a second: {rates[0]:7,.0f} and {rates[1]:7,.0f}, {rates[0] / rates[1]:.1f} x",
        flush=True,
    )
    return rates[0] / rates[1]


def main() -> None:
    """Race both arrangements of both models over the seeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--models", nargs="+", choices=("attention", "baseline"), default=["attention", "baseline"])
    parser.add_argument("--limit", type=float, help=f"seconds after which a run is given up; by default {LIMITS}")
    options = parser.parse_args()
    use_threads(2)
    pairs, test = load_split("train", CLAUSES), load_split("by_length", CLAUSES[-1:])
    for name in options.models:
        print(f"{name}: losses of 20 steps on equal batches differ by at most {largest_difference(name, pairs):.1e}")
    for name in options.models:
        limit = options.limit or LIMITS[name]
        ratios = [report(name, seed, *race(name, seed, limit, pairs, test)) for seed in options.seeds]
        print(f"{name}: {statistics.median(ratios):.1f} times the target tokens a second (median)")


if __name__ == "__main__":
    sys.exit(main())
