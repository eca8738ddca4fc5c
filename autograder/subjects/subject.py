"""What a check can do with an answer, and how each request reaches it."""

from collections.abc import Callable
from inspect import signature
from typing import Any, Protocol

from torch import Tensor

from autograder.subjects.actor import ANSWER, Actor
from autograder.subjects.codec import CallbackName, CodecError, Handle, decode, encode
from autograder.subjects.errors import MESSAGE_LIMIT, Values, read_values
from lessons.toolkit.text import Words, speaking, t


class Unwritten(Exception):
    """The answer still raises NotImplementedError."""


class AnswerError(Exception):
    """The learner's code raised.

    Attributes:
        type_name, message: of the error.
        line, number: the learner's own line that raised, "" and 0 where there is none.
        values: what the names on that line held, as pairs of a name and words.
    """

    def __init__(self, type_name: str, message: str, line: str = "", number: int = 0, values: Values = ()):
        super().__init__(f"{type_name}: {message}" if message else type_name)
        self.type_name, self.message, self.line, self.number, self.values = type_name, message, line, number, values


class SubjectLost(Exception):
    """The process that ran the answer is gone, silent for too long, or sent something that is no reply.

    Attributes:
        status: what a verdict says of it; a word of `autograder.status`, which is not mounted beside a submission.
        told: how it was lost, for people.
    """

    status = "crashed"

    def __init__(self, told: Words):
        super().__init__(told)
        self.told = told


class TimedOut(SubjectLost):
    """It took too long, by the clock or by the processor."""

    status = "timeout"


class Crashed(SubjectLost):
    """It ended before it replied; the message says how, where that is known."""


class Transport(Protocol):
    """Carries one encoded request to the actor and brings back one encoded reply."""

    def exchange(self, request: bytes, answer_question: Callable[[bytes], bytes]) -> bytes:
        """Send a request; answer every question that comes before the reply."""


class Subject:
    """An answer under test.

    Everything that goes in or comes out is a value that the codec carries; the check never holds an object of
    the learner's. Each method raises `Unwritten`, `AnswerError` or `SubjectLost`.
    """

    def __init__(self, transport: Transport):
        self._transport = transport
        self._callbacks: dict[str, Callable[..., Any]] = {}

    def call(self, method: str, *data: Any, target: Handle = ANSWER) -> Any:
        """Call the answer (`"__call__"`) or one of its methods."""
        return self._request(op="call", target=target, method=method, data=list(data))

    def build(self, **sizes: int | Handle) -> None:
        """Make an instance of the answer, a class, from sizes and stand-ins; later calls go to the instance."""
        self._request(op="build", sizes=sizes)

    def load(self, weights: dict[str, Tensor], target: Handle = ANSWER) -> None:
        """Set every parameter of a module."""
        self._request(op="load", target=target, weights=weights)

    def weights(self, target: Handle = ANSWER) -> dict[str, Tensor]:
        """Every parameter of a module, by name."""
        found: dict[str, Tensor] = self._request(op="weights", target=target)
        return found

    def gradients(
        self, inputs: list[Any], cotangents: list[Any], method: str = "__call__", target: Handle = ANSWER
    ) -> dict[str, Any]:
        """Gradients of sum(output * cotangent), as {"inputs": [...], "weights": {name: ...}}."""
        found: dict[str, Any] = self._request(
            op="gradients", target=target, method=method, data=inputs, cotangents=cotangents
        )
        return found

    def stand_in(self, name: str, kind: str, *data: Any) -> Handle:
        """Place a stand-in (see `stand_ins.KINDS`) beside the answer, to be passed in calls."""
        self._request(op="stand_in", name=name, kind=kind, data=list(data))
        return Handle(name)

    def value(self, handle: Handle) -> Any:
        """What has become of a value that was placed beside the answer."""
        return self._request(op="value", target=handle)

    def callback(self, name: str, function: Callable[..., Any]) -> CallbackName:
        """Let the answer call `function`, which runs on the check's side and gets copies."""
        self._callbacks[name] = function
        return CallbackName(name)

    def _request(self, **message: Any) -> Any:
        reply = self._transport.exchange(encode(message), self._answer_question)
        return read_reply(reply)

    def _answer_question(self, question: bytes) -> bytes:
        try:
            match decode(question):
                case {"ask": str(name), "data": list(data), "named": dict(named)}:
                    return encode({"value": _called(self._callbacks[name], data, named)})
            return encode({"refused": "called with something unusable"})
        except CallbackRefused as error:
            return encode({"refused": str(error)})
        except Exception as error:  # the answer may pass anything, and no function of a check looks at all of it
            return encode({"refused": f"called with something unusable ({type(error).__name__})"})


class CallbackRefused(Exception):
    """A callback of the check does not accept what the answer passed; the text reaches the learner's code."""


def _called(function: Callable[..., Any], data: list[Any], named: dict[str, Any]) -> Any:
    """What a callback returns; what it refuses is in English, as Python's own errors in the learner's code are.

    Raises:
        CallbackRefused: by itself, or where it takes other arguments; the message names one.
    """
    try:
        with speaking("en", {}):
            return function(*data, **named)
    except TypeError:
        try:
            signature(function).bind(*data, **named)
        except TypeError as error:  # such as "missing a required argument: 'source_mask'"
            raise CallbackRefused(f"called with something unusable ({error})") from None
        raise


def _no_question(question: bytes) -> bytes:
    raise RuntimeError("an answer asks only while a request is carried out")


class LocalTransport:
    """Reaches an answer in this process, through the same bytes as any other."""

    def __init__(self, answer: Any):
        self._actor = Actor(answer, self._ask)
        self._answer_question: Callable[[bytes], bytes] = _no_question

    def exchange(self, request: bytes, answer_question: Callable[[bytes], bytes]) -> bytes:
        """Carry out the request at once."""
        self._answer_question = answer_question
        return self._actor.reply(request)

    def _ask(self, name: str, data: list[Any], named: dict[Any, Any]) -> Any:
        return read_answer(self._answer_question(encode({"ask": name, "data": data, "named": named})))


class LocalSubject(Subject):
    """An answer in this process."""

    def __init__(self, answer: Any):
        super().__init__(LocalTransport(answer))


def read_answer(data: bytes) -> Any:
    """What the check answered to a callback; a refusal is raised as a ValueError in the learner's code."""
    message = decode(data)
    if "refused" in message:
        raise ValueError(message["refused"])
    return message["value"]


def read_reply(data: bytes) -> Any:
    """The value that a reply brings.

    Raises:
        Unwritten, AnswerError: it brings that instead.
        SubjectLost: it is no reply.
    """
    try:
        reply = decode(data)
    except CodecError as error:
        raise SubjectLost(error.told) from None
    match reply:
        case {"value": value}:
            return value
        case {"unwritten": str(text)}:
            raise Unwritten(text)
        case {"error": {"type": str(name), "message": str(text), "line": str(line), "number": int(number), **rest}}:
            name, text, line = name[:MESSAGE_LIMIT], text[:MESSAGE_LIMIT], line[:MESSAGE_LIMIT]
            raise AnswerError(name, text, line, number, read_values(rest.get("values")))
    raise SubjectLost(t("what came back is no reply"))
