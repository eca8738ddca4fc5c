"""What the process of an answer may send at random: never a pass, no error but those declared, in bounded time.

A few hundred cases, always the same, in every run of the tests; thousands of new ones with `make fuzz`.
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import cycle
from random import Random

import grading_cases as cases
import msgpack
import pytest
import torch
from fuzzing import fuzzed
from hypothesis import given
from hypothesis import strategies as st

from autograder.checks.recording import recorded_values
from autograder.checks.reference import reference_answer
from autograder.checks.registry import find_check
from autograder.course.lessons import find_lesson
from autograder.judging.exercises import Cases, judge
from autograder.judging.matched import Matched
from autograder.sandbox.inside.limits import Limits
from autograder.sandbox.inside.server import _Submission
from autograder.status import STATUSES
from autograder.subjects.codec import CallbackName, CodecError, Handle, Opaque, decode, encode
from autograder.subjects.subject import (
    AnswerError,
    Crashed,
    LocalTransport,
    Subject,
    SubjectLost,
    TimedOut,
    Transport,
    Unwritten,
)
from autograder.subjects.wire import Frames, WireSubject
from lessons.toolkit.batches import Batch

DECLARED = (Unwritten, AnswerError, SubjectLost)
EXERCISES = [name for name in cases.EXERCISES if name != "make_dictionary"][:5]
SEEDS = st.integers(0, 2**32)


# Bytes


def garbage(random: Random) -> bytes:
    """A message of noise, of values that are no reply, or of extensions that no encoder writes."""
    kind = random.randrange(3)
    if kind == 0:
        return random.randbytes(random.choice([0, 1, 7, 100, 5000]))
    return msgpack.packb(nonsense(random, 4), default=repr) if kind == 1 else spoilt(random, honest(random))


def nonsense(random: Random, depth: int) -> object:
    plain = [None, True, 2**63, -1, 0.5, float("nan"), "value", "error", b"x" * 9, "", [], {}]
    if depth == 0:
        return random.choice(plain)
    inner = [nonsense(random, depth - 1) for _ in range(random.randrange(5))]
    code = random.randrange(-2, 9)
    extensions = [] if code < 0 else [msgpack.ExtType(code, msgpack.packb(random.choice([inner, *inner, None])))]
    keys = ["value", "error", "unwritten", "ask", "data", "named", 7, None]
    return random.choice([*plain, inner, {random.choice(keys): value for value in inner}, *extensions * 6])


def honest(random: Random) -> bytes:
    """What an encoder writes."""
    batch = Batch(*(torch.ones(2, 3),) * 4)
    values = [torch.randn(3, 5), (1, (2, "x")), batch, Handle("model"), CallbackName("f"), Opaque("set"), 2**70, [1.5]]
    return encode({random.choice(["value", "error", "ask"]): random.choice(values), "data": [], "named": {}})


def spoilt(random: Random, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(random.choice([1, 1, 3, 20])):
        found[random.randrange(len(found))] = random.randrange(256)
    at, to = sorted(random.randint(0, len(data)) for _ in range(2))
    return random.choice([bytes(found), data[:at], data + data[at:], data[:at] + data[to:]])


@fuzzed(400)
@given(SEEDS)
def test_bytes_are_a_value_of_the_codecs_or_a_codec_error(seed):
    data = garbage(Random(seed))
    with contextlib.suppress(CodecError):
        check_kinds(decode(data))


def check_kinds(value: object) -> None:
    """A value has nothing but what crosses in it, and can be sent on."""
    plain = (
        type(None),
        bool,
        int,
        float,
        str,
        bytes,
        list,
        tuple,
        dict,
        torch.Tensor,
        Batch,
        Handle,
        CallbackName,
        Opaque,
    )
    assert type(value) in plain
    for inner in value.values() if type(value) is dict else value if type(value) in (list, tuple) else ():
        check_kinds(inner)
    with contextlib.suppress(CodecError):
        encode(value)


# Frames on a socket


@fuzzed(60)
@given(SEEDS)
def test_frames_that_are_cut_too_large_or_slow_are_a_declared_error_in_time(seed):
    random, began = Random(seed), time.monotonic()
    ours, theirs = socket.socketpair()
    sender = threading.Thread(target=misbehave, args=(random, theirs))
    sender.start()
    subject = WireSubject(Frames(ours), 0.3)
    subject.callback("f", lambda *data: data)
    with ours, contextlib.suppress(*DECLARED):
        for _ in range(5):
            subject.call("__call__", 1)
    sender.join()
    assert time.monotonic() - began < 5


def misbehave(random: Random, connection: socket.socket) -> None:
    """Send what no actor would, by pieces, and hang up."""
    with connection, contextlib.suppress(OSError):
        for _ in range(random.randint(0, 6)):
            body = random.choice([b"", b"?"]) + garbage(random)
            size = random.choice([len(body), len(body), len(body) + 5, 0, 2**32 - 1, 5 * 2**20])
            data = struct.pack("!I", size) + body
            at = random.randint(0, len(data))
            connection.sendall(data[:at])
            time.sleep(random.choice([0, 0, 0.02, 0.4 if random.random() < 0.1 else 0]))
            connection.sendall(data[at:])


def test_questions_without_end_end(monkeypatch):
    monkeypatch.setattr("autograder.subjects.wire.QUESTION_LIMIT", 50)
    ours, theirs = socket.socketpair()
    question = b"?" + encode({"ask": "f", "data": [], "named": {}})
    with ours, theirs:
        theirs.sendall((struct.pack("!I", len(question)) + question) * 51)
        with pytest.raises(SubjectLost, match="asked more than"):
            WireSubject(Frames(ours), 5).call("__call__")


def test_a_process_that_never_reads_is_given_up_in_time():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.3)
        with pytest.raises(TimedOut):
            WireSubject(Frames(ours), 0.3).call("__call__", bytes(4_000_000))


@pytest.mark.parametrize("sent", [b"\0", b"\0\0\0", b"\0\0\0\x09\x81"])
def test_an_order_that_is_cut_off_ends_a_submissions_process(sent):
    """A header that was cut off was waited for without end."""
    ours, theirs = socket.socketpair()
    with theirs:
        ours.sendall(sent)
        ours.close()
        with pytest.raises(SubjectLost):
            _Submission(theirs, None, Limits()).serve()


@pytest.mark.parametrize("question", [torch.zeros(3), [1], 7, {"ask": [], "data": [], "named": {}}, {"ask": "f"}])
def test_a_question_that_is_none_is_refused(question):
    subject = Subject(Asking(encode(question)))
    subject.callback("f", lambda: 7)
    assert "refused" in subject.call("__call__")


class Asking(Transport):
    """Asks one question and replies with what it was told."""

    def __init__(self, question: bytes):
        self._question = question

    def exchange(self, request: bytes, answer_question: Callable[[bytes], bytes]) -> bytes:
        return encode({"value": decode(answer_question(self._question))})


# Whole checks


class Replaying(Transport):
    """Replies to each request with the next message, whatever is asked; then its process has ended."""

    def __init__(self, messages: Iterator[bytes]):
        self._messages = messages

    def exchange(self, request: bytes, answer_question: Callable[[bytes], bytes]) -> bytes:
        message = next(self._messages, None)
        if message is None:
            raise Crashed("the process that ran the answer ended")
        while message.startswith(b"?"):
            answer_question(message[1:])
            message = message[1:]
        return message


class Recording(LocalTransport):
    """Keeps the replies of an answer."""

    def __init__(self, answer: object):
        super().__init__(answer)
        self.replies: list[bytes] = []

    def exchange(self, request: bytes, answer_question: Callable[[bytes], bytes]) -> bytes:
        self.replies.append(super().exchange(request, answer_question))
        return self.replies[-1]


class Staged:
    """A sandbox in which the answer is behind a transport."""

    limits = Limits()

    def __init__(self, transport: Transport):
        self._subject = Subject(transport)
        self.cell_results, self.cpu_seconds, self.exercise_seconds = (), 0.0, 0.0

    @contextmanager
    def submission(self, cells: list[str]) -> Iterator["Staged"]:
        yield self

    @contextmanager
    def exercise(self, name: str) -> Iterator[Subject]:
        yield self._subject


def status(exercise: str, transport: Transport) -> str:
    """What grading says of an exercise: on the recorded case, then on the same as fresh."""
    values = Cases(recorded_values(exercise), recorded_values(exercise))
    verdicts, _, _ = judge(Staged(transport), Matched([]), {exercise: find_check(exercise)}, {exercise: values})
    return verdicts[exercise].status


@cache
def replies(exercise: str) -> tuple[bytes, ...]:
    """What the reference replies, twice over."""
    transport = Recording(reference_answer(find_lesson(cases.LESSON), exercise))
    assert status(exercise, transport) == "passed"
    return tuple(transport.replies)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_replies_of_the_reference_pass(exercise):
    assert status(exercise, Replaying(iter(replies(exercise)))) == "passed"


@fuzzed(60)
@given(st.sampled_from(EXERCISES), SEEDS)
def test_garbage_never_passes(exercise, seed):
    random = Random(seed)
    messages = cycle([garbage(random) for _ in range(30)])
    assert status(exercise, Replaying(messages)) in ("failed", "error", "crashed", "not_attempted")


@fuzzed(60)
@given(st.sampled_from(EXERCISES), SEEDS)
def test_a_reply_cut_off_left_out_or_pushed_aside_never_passes_and_others_get_a_verdict(exercise, seed):
    """What is spoilt, swapped or doubled may still pass, where it hits what its stage does not look at."""
    random, told = Random(seed), list(replies(exercise))
    at, other = random.randrange(len(told)), random.randrange(len(told))
    change = random.choice(["cut", "gone", "noise", "spoil", "swap", "twice"])
    if change == "cut":
        told = told[:at]
    elif change == "gone":
        del told[at]
    elif change == "noise":
        told.insert(at, b"?" + garbage(random))
    elif change == "spoil":
        told[at] = spoilt(random, told[at])
    elif change == "swap":
        told[at], told[other] = told[other], told[at]
    else:
        told.insert(at, told[at])
    found = status(exercise, Replaying(iter(told)))
    assert found in STATUSES
    assert found != "passed" or change in ("spoil", "swap", "twice")
