"""One run of a check: the inputs drawn, what the reference gives for them, and what the answer gives.

Inputs and expected values are made now (`FreshCase`), made and kept (`RecordingCase`), or read back
(`RecordedCase`). A check cannot tell which.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from autograder.checks.framework.arrangement import swapped_results
from autograder.checks.framework.calling_again import by_calling_again
from autograder.checks.framework.calls import Call, are_stacked, smallest_that_differs
from autograder.checks.framework.compare import (
    ITEMS_SHOWN,
    MOST_SHOWN,
    NONE,
    Difference,
    brief,
    difference,
    in_words,
    kind_of,
)
from autograder.checks.framework.explain import explain
from autograder.checks.framework.parameters import gradient_in_words, parameter_in_words, shapes
from autograder.checks.framework.random_inputs import Case, Draw
from autograder.checks.framework.relations import Evidence
from autograder.checks.framework.tables import side_by_side
from autograder.subjects.actor import ANSWER
from autograder.subjects.codec import CallbackName, Handle, decode, encode
from autograder.subjects.subject import AnswerError, Subject
from autograder.verdict import Table
from lessons.toolkit.text import Words, composed, cut, t

WORDS_LIMIT = 400  # characters of one side
WHOLE_LIMIT = 100  # characters of a value that is shown whole, not by its first difference


class Failed(Exception):
    """A stage was not passed.

    Attributes:
        cause: a key of the check's `causes`.
        expected, got: in words, or None.
        margin: how clearly a number differs, in tolerances.
        tables: both sides drawn, or None.
        evidence: what explains the difference where no suspect does, or None.
    """

    def __init__(
        self,
        cause: str,
        expected: Words | None = None,
        got: Words | None = None,
        margin: float = math.inf,
        tables: tuple[Table, Table] | None = None,
        evidence: Evidence | None = None,
    ):
        super().__init__(cause)
        self.cause, self.margin, self.tables, self.evidence = cause, margin, tables, evidence
        self.expected, self.got = (None if words is None else cut(words, WORDS_LIMIT) for words in (expected, got))


def _listed(data: Sequence[Any]) -> Words:
    """Arguments in words; random floats say nothing but their shape."""
    floats = [isinstance(value, Tensor) and value.is_floating_point() for value in data]
    words = [kind_of(value) if only else brief(value, WORDS_LIMIT) for value, only in zip(data, floats, strict=True)]
    return composed("{values}", values=words)


class FreshCase:
    """Values are made now."""

    def take(self, make: Callable[[], Any]) -> Any:
        """Make the value."""
        return make()


class RecordingCase:
    """Values are made now and kept, in order."""

    def __init__(self) -> None:
        self._values: list[bytes] = []

    def take(self, make: Callable[[], Any]) -> Any:
        """Make the value and keep it."""
        data = encode(make())
        self._values.append(data)
        return decode(data)

    def recorded(self) -> list[bytes]:
        """All values so far."""
        return list(self._values)


class RecordedCase:
    """Values are read back; nothing is made, so that no reference is needed."""

    def __init__(self, values: list[bytes]):
        self._values = iter(values)

    def take(self, make: Callable[[], Any]) -> Any:
        """Read the next value back."""
        return decode(next(self._values))


class Trial:
    """What the stages of a check work with.

    Args:
        subject: the answer under test.
        case: where inputs and expected values come from.
        reference: the reference solution, None where expected values are read back.
        generator: the source of randomness, None where inputs are read back.

    Attributes:
        arguments: of the last call.
    """

    def __init__(
        self,
        subject: Subject,
        case: Case,
        reference: Subject | None = None,
        generator: torch.Generator | None = None,
    ):
        self.subject = subject
        self.draw = Draw(case, generator)
        self._case, self._reference = case, reference
        self._heard: dict[str, Any] = {}
        self._made: dict[Callable[..., Any], Any] = {}
        self.arguments: Sequence[Any] = ()
        self._calls: list[Call] = []

    def begin_stage(self) -> None:
        """Forget the calls of the stage before."""
        self.arguments, self._calls = (), []

    @property
    def given(self) -> Words:
        """The arguments of the last call, in words."""
        return _listed(self.arguments)

    def both(self, *data: Any, method: str = "__call__", target: Handle = ANSWER) -> tuple[Any, Any]:
        """What the reference and the answer give for the same call."""
        self.arguments = data
        results = self._each(lambda side: side.call(method, *data, target=target))
        self._calls.append(Call(target, method, data, *results))
        return results

    def same_gradients(self, inputs: list[Any], cotangents: list[Any], method: str = "__call__") -> None:
        """Require the reference's gradients at every float input and every weight, see `Subject.gradients`.

        Raises:
            Failed: a gradient is missing or differs.
        """
        self.arguments = inputs
        expected = self._case.take(lambda: self._known.gradients(inputs, cotangents, method))
        try:
            got = self.subject.gradients(inputs, cotangents, method)
        except AnswerError as error:
            if "does not require grad" not in error.message:
                raise
            told = t("none: the result is cut off from the input")
            raise Failed("gradient-cut", t("a gradient"), told) from None
        if found := difference(expected, got):
            wanted, had = (gradient_in_words(found.place, inputs, words) for words in (found.expected, found.got))
            raise Failed("gradient-cut", wanted, had, found.margin)

    def weights(self, target: Handle = ANSWER) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """The parameters of reference and answer, or of a stand-in on both sides."""
        return self._each(lambda side: side.weights(target))

    def build(self, **sizes: int | Handle) -> dict[str, Tensor]:
        """Make both modules, require the same parameters, give both the same random weights; return these."""
        self._each(lambda side: side.build(**sizes))
        expected, got = self.weights()
        self._require_parameters(expected, got)
        weights = {name: self.draw.normal(*weight.shape, scale=0.6) for name, weight in expected.items()}
        self._each(lambda side: side.load(weights))
        return weights

    def once(self, make: Callable[["Trial"], Any]) -> Any:
        """What `make` gives, called by the first stage that asks for it; later stages share what it has built."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]

    def stand_in(self, name: str, kind: str, *data: Any) -> Handle:
        """Place a stand-in on both sides."""
        self._each(lambda side: side.stand_in(name, kind, *data) and None)
        return Handle(name)

    def keep(self, name: str, value: Any) -> Handle:
        """Place a value on both sides, to be passed in calls and looked at afterwards with `kept`."""
        return self.stand_in(name, "value", value)

    def kept(self, handle: Handle) -> tuple[Any, Any]:
        """What has become of a value on both sides."""
        return self._each(lambda side: side.value(handle))

    def callback(self, name: str, make: Callable[[], Callable[..., Any]]) -> CallbackName:
        """Let both sides call a function of the check, each its own made by `make`; see `heard`."""
        self._heard[name] = make()
        self.subject.callback(name, self._heard[name])
        if self._reference is not None:
            self._reference.callback(name, make())
        return CallbackName(name)

    def heard(self, name: str) -> Any:
        """The callback that the answer has called."""
        return self._heard[name]

    def equal(
        self,
        expected: Any,
        got: Any,
        axes: str = "",
        suspects: Mapping[str, Any] | None = None,
        otherwise: str = "differs",
    ) -> None:
        """Require that two values agree.

        Args:
            expected, got: the two values.
            axes: dimension letters of the tensors in them.
            suspects: cause → the value that this known mistake would give for the same inputs.
            otherwise: the cause when no suspect fits and the kind of value is right.

        Raises:
            Failed: they differ.
        """
        found = difference(expected, got, axes)
        if found is None:
            return
        for cause, mistaken in (suspects or {}).items():
            if difference(mistaken, got) is None:
                raise _failed(cause, found, expected, got, axes)
        by_kind = _CAUSES_BY_KIND.get(found.kind, otherwise)
        cause = otherwise if found.kind == "length" and otherwise != "differs" else by_kind
        nothing = found.got == NONE and not found.place
        raise self._unforeseen("returned-none" if nothing else cause, found, expected, got, axes)

    def require(self, condition: bool, cause: str, expected: Words, got: Words) -> None:
        """Require a property that has no single expected value.

        Raises:
            Failed: the condition is false.
        """
        if not condition:
            raise Failed("returned-none" if got == NONE else cause, expected, got)

    def require_plain(self, expected: Any, got: Any) -> None:
        """Require plain numbers in lists of lists that agree otherwise: `equal` takes a tensor of one number for it.

        Raises:
            Failed: there is a tensor among them.
        """
        if (tensor := _first_tensor(got)) is not None:
            raise Failed("tensors-kept", brief(expected), t("{tensor} among them", tensor=kind_of(tensor)))

    def _unforeseen(self, cause: str, found: Difference, expected: Any, got: Any, axes: str) -> Failed:
        """No suspect fits: show the smallest call that differs, and what explains the difference."""
        if found.got == NONE:
            return _failed(cause, found, expected, got, axes)
        call = smallest_that_differs(self._calls)
        evidence = (call and swapped_results(call.expected, call.got)) or explain(
            expected, got, call.arguments if call else self.arguments, axes
        )
        if call is not None:
            evidence = evidence or by_calling_again(partial(self._again, call), call)
            if are_stacked(self._calls, expected) and (only := difference(call.expected, call.got)):
                self.arguments = call.arguments
                return _failed(cause, only, call.expected, call.got, evidence=evidence)
        return _failed(cause, found, expected, got, axes, evidence)

    def _again(self, call: Call, arguments: Sequence[Any]) -> Any:
        return self.subject.call(call.method, *arguments, target=call.target)

    def _each(self, act: Callable[[Subject], Any]) -> tuple[Any, Any]:
        """Let the reference act, unless its result is read back, then the answer."""
        return self._case.take(lambda: act(self._known)), act(self.subject)

    @property
    def _known(self) -> Subject:
        """The reference, where a value is made now."""
        assert self._reference is not None
        return self._reference

    def _require_parameters(self, expected: dict[str, Tensor], got: dict[str, Tensor]) -> None:
        wanted, had = shapes(expected), shapes(got)
        if wanted != had:
            raise Failed("changed-constructor", parameter_in_words(wanted, had), parameter_in_words(had, wanted))


_CAUSES_BY_KIND = {
    "type": "wrong-type",
    "dtype": "wrong-dtype",
    "shape": "wrong-shape",
    "size": "wrong-size",
    "length": "wrong-length",
    "keys": "wrong-keys",
}


def _failed(
    cause: str, found: Difference, expected: Any, got: Any, axes: str = "", evidence: Evidence | None = None
) -> Failed:
    """Small values are shown whole, larger ones by their first difference."""
    tables = None if found.kind == "type" else side_by_side(expected, got, axes)
    wanted, had = brief(expected), brief(got)
    if found.kind == "value" and max(len(str(wanted)), len(str(had))) < WHOLE_LIMIT and not _is_large(expected):
        return Failed(cause, wanted, had, found.margin, tables, evidence)
    wanted, had = (_at(found.place, side) for side in (found.expected, found.got))
    return Failed(cause, wanted, had, found.margin, tables, evidence)


def _at(place: str, words: Words) -> Words:
    return composed("{place}: {value}", place=in_words(place), value=words) if place else words


def _first_tensor(value: Any) -> Tensor | None:
    if isinstance(value, list | tuple):
        return next((found for item in value if (found := _first_tensor(item)) is not None), None)
    return value if isinstance(value, Tensor) else None


def _is_large(value: Any) -> bool:
    """Whether a value is, or holds, a tensor or list that is not shown whole."""
    if isinstance(value, Tensor):
        return value.numel() > MOST_SHOWN
    if isinstance(value, list | tuple) and len(value) > ITEMS_SHOWN:
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return any(map(_is_large, inner))
