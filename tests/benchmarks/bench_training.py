"""How fast the course trains: `python tests/benchmarks/bench_training.py` (`make bench`) prints a table.

Baseline and attention are trained as the experiment of lesson 03 trains them, with its sizes, sentences, epochs and
learning rates, and each of them twice at the same time, in turns: in the course's arrangement, and in the plain one of
much teaching code, which projects keys and makes logits inside every step and pads random batches to the longest. Both
have the same first weights and the same mathematics; the first lines show that their losses agree on equal batches.

The learning rate falls as it does there. With a constant one the score wanders just below the goal for thousands of
steps, and when it first touches it is luck.
"""

import argparse
import itertools
import math
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler

from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, masked_loss, pad_batch, training_step
from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_03 import AdditiveScore, AttentionDecoder, AttentionSeq2Seq
from lessons.experiments.decoding import greedy
from lessons.experiments.trainings import BATCH_SIZE, TRAININGS
from lessons.toolkit.batches import Batch, Encoded, make_batches
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.training import exact_match, one_cycle, use_threads

TRAINING = TRAININGS["additive"]  # lesson 03's; its baseline has the same settings
SIZES, EPOCHS, LEARNING_RATE = TRAINING.sizes, TRAINING.epochs, TRAINING.learning_rate
CLAUSES, GOAL, TURN = 4, 0.95, 25  # clauses of the test sentences; steps between two looks at the score
LIMITS = {"attention": math.inf, "baseline": 30.0}  # seconds; the baseline stays far below the goal to its last step


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
    sizes = SIZES.embedding, SIZES.hidden
    encoder = Encoder(len(words.source), *sizes)
    size = len(words.target)
    if name == "baseline":
        return Seq2Seq(encoder, (PlainDecoder if plain else Decoder)(size, *sizes))
    kind = PlainAttentionDecoder if plain else AttentionDecoder
    return AttentionSeq2Seq(encoder, kind(size, *sizes, AdditiveScore(SIZES.hidden, SIZES.attention)))


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
        last_step: where the schedule ends.
        seconds, steps, tokens: spent, made and learnt from so far; tokens are real target words, END included.
        score: exact match at `CLAUSES` when it was last looked at.
    """

    model: nn.Module
    batches: Iterator[Batch]
    last_step: int
    seconds: float = 0.0
    steps: int = 0
    tokens: int = 0
    score: float = 0.0
    optimizer: torch.optim.Optimizer = field(init=False)
    schedule: LRScheduler = field(init=False)

    def __post_init__(self) -> None:
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE)
        self.schedule = one_cycle(self.optimizer, self.last_step)

    def turn(self, measure: Callable[[nn.Module], float]) -> None:
        """Some steps, then a look at the score."""
        start = time.perf_counter()
        for batch in itertools.islice(self.batches, min(TURN, self.last_step - self.steps)):
            training_step(self.model, masked_loss, self.optimizer, batch)
            self.schedule.step()
            self.steps += 1
            self.tokens += int(batch.target_mask.sum())
        self.seconds += time.perf_counter() - start
        self.score = measure(self.model)

    def goes_on(self, limit: float) -> bool:
        """Whether it has still to train: before the goal, the end of the schedule and the limit in seconds."""
        return self.score < GOAL and self.steps < self.last_step and self.seconds < limit


def race(name: str, seed: int, limit: float, pairs: list[SentencePair], test: list[SentencePair]) -> list[Runner]:
    """Train both arrangements in turns, each until it reaches the goal, the end or the limit in seconds."""
    words = Vocabularies(pairs)
    encoded = [words.encode(pair) for pair in pairs]
    steps = EPOCHS * math.ceil(len(encoded) / BATCH_SIZE)
    course = Runner(make_model(name, False, words, seed), course_batches(encoded, seed), steps)
    plain = Runner(make_model(name, True, words, seed), plain_batches(encoded, seed), steps)

    tested = [words.encode(pair) for pair in test]

    def measure(model: nn.Module) -> float:
        return exact_match(greedy(model, tested), [target[:-1] for _, target in tested])

    while going := [one for one in (course, plain) if one.goes_on(limit)]:
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


def report(name: str, seed: int, course: Runner, plain: Runner) -> tuple[float, float]:
    """Print one race; returns how many times faster the course is, in seconds and in tokens a second.

    The first is NaN where one of both did not reach the goal.
    """
    both = course.score >= GOAL and plain.score >= GOAL
    sooner = plain.seconds / course.seconds if both else math.nan
    rates = [runner.tokens / runner.seconds for runner in (course, plain)]
    print(
        f"{name:10} seed {seed}  to {GOAL:.0%}: course {_reached(course)}, plain {_reached(plain)}, {_times(sooner)}   "
        f"target tokens a second: {rates[0]:,.0f} and {rates[1]:,.0f}, {_times(rates[0] / rates[1])}",
        flush=True,
    )
    return sooner, rates[0] / rates[1]


def _reached(runner: Runner) -> str:
    sign = "" if runner.score >= GOAL else "> "
    return f"{sign}{runner.seconds:.0f} s ({runner.steps:,} steps)"


def _times(ratio: float) -> str:
    return "no ratio" if math.isnan(ratio) else f"{ratio:.1f} x"


def main() -> None:
    """Race both arrangements of both models over the seeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--models", nargs="+", choices=("attention", "baseline"), default=["attention", "baseline"])
    parser.add_argument("--limit", type=float, help=f"seconds after which a run is given up; by default {LIMITS}")
    options = parser.parse_args()
    use_threads(2)
    pairs, test = load_split("train"), load_split("by_length", [CLAUSES])
    for name in options.models:
        print(f"{name}: losses of 20 steps on equal batches differ by at most {largest_difference(name, pairs):.1e}")
    for name in options.models:
        limit = options.limit or LIMITS[name]
        ratios = [report(name, seed, *race(name, seed, limit, pairs, test)) for seed in options.seeds]
        sooner, faster = (statistics.median(column) for column in zip(*ratios, strict=True))
        print(f"{name}, median: seconds {_times(sooner)}, target tokens a second {_times(faster)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
