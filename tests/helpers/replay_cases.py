"""Answers that look at nothing: they give back what the reference gave for other inputs.

A learner can find out what the reference gives for the recorded case. An answer that only says it again has learnt
nothing, and must not pass on inputs that it has not seen.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from autograder.checks.framework.check import Check
from autograder.checks.framework.trial import RecordedCase, RecordingCase, Trial
from autograder.checks.recording import recorded_values
from autograder.checks.reference import reference_answer
from autograder.course.lessons import Lesson
from autograder.judging.fresh_cases import seed_of
from autograder.subjects.actor import ANSWER
from autograder.subjects.codec import CallbackName, Handle, decode
from autograder.subjects.subject import LocalSubject, Transport
from autograder.verdict import Verdict


@dataclass
class Call:
    """One call of the reference: how its arguments look, what it asked the check, and what it gave."""

    looks: str
    reply: bytes
    questions: list[bytes] = field(default_factory=list)


@dataclass
class Drawn:
    """The inputs and expected values of one draw, and the calls of the reference, for each stage its own list."""

    values: list[bytes]
    calls: list[Call]
    stages: list[list[bytes]]


def drawn(lesson: Lesson, check: Check, secret: str) -> Drawn:
    """Draw a case as the grader does with this secret."""
    seed = seed_of(hashlib.sha256(secret.encode()).digest(), check.slug)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _watched(lesson, check, RecordingCase(), torch.Generator().manual_seed(seed))


def recorded(lesson: Lesson, check: Check) -> Drawn:
    """The recorded case, which every learner has."""
    return _watched(lesson, check, RecordedCase(recorded_values(check.slug)), None)


def _watched(
    lesson: Lesson, check: Check, case: RecordingCase | RecordedCase, generator: torch.Generator | None
) -> Drawn:
    answer = reference_answer(lesson, check.slug)
    subject = LocalSubject(answer)
    spy = subject._transport = _Spy(subject._transport)
    counted = _by_stage(check, spy)
    verdict = counted.run(Trial(subject, case, LocalSubject(answer), generator))
    assert verdict.passed, verdict.text()
    return Drawn(case.recorded() if isinstance(case, RecordingCase) else [], spy.calls, spy.stages)


def _by_stage(check: Check, spy: "_Spy") -> Check:
    """The check, which tells the spy where a stage begins."""
    counted = type(check)()
    stages = [_announced(method, spy) for method in check.stages()]
    counted.stages = lambda: stages
    return counted


def _announced(method: Callable, spy: "_Spy") -> Callable:
    def announced(check: Check, trial: Trial) -> None:
        spy.stages.append([])
        method(check, trial)

    return announced


class _Spy:
    """Keeps what an answer gives back, and what it asks."""

    def __init__(self, inner: Transport):
        self._inner, self.calls, self.stages = inner, list[Call](), list[list[bytes]]()

    def exchange(self, request: bytes, answer_question: Callable[[bytes], bytes]) -> bytes:
        questions: list[bytes] = []

        def ask(question: bytes) -> bytes:
            questions.append(question)
            return answer_question(question)

        reply = self._inner.exchange(request, ask)
        if is_answered(message := decode(request)):
            self.calls.append(Call(looks(message), reply, questions))
            self.stages[-1].append(reply)
        return reply


def is_answered(message: dict[str, Any]) -> bool:
    """Whether a reply is in the answer's hands: what it gives back, gradients, and what it has made of a stand-in.

    Placing things, loading weights, and a value that stays as it is need no answer.
    """
    on_answer = message.get("target") == ANSWER
    return message["op"] in ("call", "gradients") or (message["op"] == "weights" and not on_answer)


def looks(message: dict[str, Any]) -> str:
    """How a request looks to an answer that sees kinds and sizes, and no values."""
    return f"{message['op']} {message.get('method')} {_outline(message.get('data'))}"


def _outline(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"{value.dtype}{tuple(value.shape)}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({','.join(map(_outline, value))})"
    if isinstance(value, dict):
        return f"dict({','.join(map(_outline, value.values()))})"
    if isinstance(value, Handle | CallbackName):
        return value.name
    return type(value).__name__


Choose = Callable[[int, str], Call]


class _Blind:
    """Reaches an answer that gives what `choose` says for the n-th call, and asks the same as the reference did."""

    def __init__(self, inner: Transport, choose: Choose):
        self._inner, self._choose, self._count = inner, choose, 0

    def exchange(self, request: bytes, answer_question: Callable[[bytes], bytes]) -> bytes:
        if not is_answered(message := decode(request)):
            return self._inner.exchange(request, answer_question)
        call = self._choose(self._count, looks(message))
        self._count += 1
        for question in call.questions:
            answer_question(question)
        return call.reply


def replay(known: Drawn, _others: list[Drawn]) -> Choose:
    """Say again, call by call, what the recorded case wants."""
    return lambda number, _: known.calls[min(number, len(known.calls) - 1)]


def by_looks(known: Drawn, others: list[Drawn]) -> Choose:
    """Say what was wanted most often where the arguments had the same kinds and sizes; else what the record says."""
    seen: dict[str, list[Call]] = {}
    for call in _calls([known, *others]):
        seen.setdefault(call.looks, []).append(call)
    often = {look: _most_common(calls) for look, calls in seen.items()}
    return lambda number, look: often.get(look) or replay(known, others)(number, look)


def most_common(known: Drawn, others: list[Drawn]) -> Choose:
    """Say what was wanted most often in the n-th call, over many draws."""
    often = [_most_common(list(calls)) for calls in zip(*(each.calls for each in [known, *others]), strict=False)]
    return lambda number, _: often[min(number, len(often) - 1)]


def _calls(draws: Iterable[Drawn]) -> Iterator[Call]:
    for draw in draws:
        yield from draw.calls


def _most_common(calls: list[Call]) -> Call:
    reply, _ = Counter(call.reply for call in calls).most_common(1)[0]
    return next(call for call in calls if call.reply == reply)


def verdict_of(lesson: Lesson, check: Check, case: Drawn, choose: Choose) -> Verdict:
    """What the check says of an answer that chooses its replies so."""
    subject = LocalSubject(reference_answer(lesson, check.slug))
    subject._transport = _Blind(subject._transport, choose)
    return check.run(Trial(subject, RecordedCase(case.values)))
