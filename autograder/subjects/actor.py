"""Does to an answer what a check asks, in the process where the answer lives."""

import dis
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from autograder.subjects.codec import CallbackName, CodecError, Handle, decode, encode
from autograder.subjects.errors import describe, is_learners, text_of
from autograder.subjects.stand_ins import KINDS

ANSWER = Handle("answer")
_RAISE = dis.opmap["RAISE_VARARGS"]

Ask = Callable[[str, list[Any], dict[Any, Any]], Any]


class Actor:
    """Holds one answer and the objects made for it, and carries out requests.

    Args:
        answer: the learner's function or class.
        ask: sends (callback name, arguments, named arguments) to the check and returns what the check answers.
    """

    def __init__(self, answer: Any, ask: Ask):
        self._answer = answer
        self._objects: dict[str, Any] = {ANSWER.name: answer}
        self._ask = ask

    @torch.enable_grad()  # whatever a cell has left behind
    def reply(self, request: bytes) -> bytes:
        """Carry out one encoded request and encode what came of it, errors included."""
        try:
            message = decode(request)
            return encode({"value": self._carry_out(**message)})
        except CodecError as error:
            return encode({"error": describe(error)})
        except NotImplementedError as error:
            unwritten = {"unwritten": text_of(error)}
            return encode(unwritten if _is_stub(error) else {"error": describe(error)})
        except (Exception, SystemExit) as error:
            return encode({"error": describe(error)})

    def _carry_out(self, op: str, **arguments: Any) -> Any:
        operations: dict[str, Callable[..., Any]] = {
            "call": self._call,
            "build": self._build,
            "load": self._load,
            "weights": self._weights,
            "gradients": self._gradients,
            "stand_in": self._stand_in,
            "value": self._value,
        }
        return operations[op](**arguments)

    def _call(self, target: Handle, method: str, data: list[Any]) -> Any:
        return self._resolve(target, method)(*map(self._live, data))

    def _build(self, sizes: dict[str, Any]) -> None:
        self._objects[ANSWER.name] = self._answer(**self._live(sizes))

    def _stand_in(self, name: str, kind: str, data: list[Any]) -> None:
        self._objects[name] = KINDS[kind](*map(self._live, data))

    def _value(self, target: Handle) -> Any:
        return self._objects[target.name]

    def _load(self, target: Handle, weights: dict[str, Tensor]) -> None:
        module = self._module(target)
        with torch.no_grad():
            for name, parameter in module.named_parameters():
                parameter.copy_(weights[name])

    def _weights(self, target: Handle) -> dict[str, Tensor]:
        return dict(self._module(target).named_parameters())

    def _gradients(self, target: Handle, method: str, data: list[Any], cotangents: list[Any]) -> dict[str, Any]:
        """Gradients of sum(output * cotangent) with respect to every weight and every float input."""
        given = [self._live(value) for value in data]
        leaves = [value.requires_grad_(True) for value in given if _is_float(value)]
        inputs = [value.clone() if _is_float(value) else value for value in given]  # as results of other layers are
        outputs = self._resolve(target, method)(*inputs)
        outputs = outputs if isinstance(outputs, tuple | list) else (outputs,)
        pairs = zip(outputs, cotangents, strict=True)
        total = sum((output * weight).sum() for output, weight in pairs if weight is not None)
        weights = dict(self._objects[target.name].named_parameters()) if self._is_module(target) else {}
        for parameter in weights.values():
            parameter.grad = None
        total.backward()
        return {
            "inputs": [leaf.grad for leaf in leaves],
            "weights": {name: parameter.grad for name, parameter in weights.items()},
        }

    def _resolve(self, target: Handle, method: str) -> Callable[..., Any]:
        found = self._objects[target.name]
        called: Callable[..., Any] = found if method == "__call__" else getattr(found, method)
        return called

    def _is_module(self, target: Handle) -> bool:
        return isinstance(self._objects[target.name], nn.Module)

    def _module(self, target: Handle) -> nn.Module:
        found = self._objects[target.name]
        if not isinstance(found, nn.Module):
            raise TypeError(f"expected a torch.nn.Module, got {type(found).__name__}")
        return found

    def _live(self, value: Any) -> Any:
        """References become the objects that they name, also inside lists, tuples and dicts."""
        if isinstance(value, Handle):
            return self._objects[value.name]
        if isinstance(value, CallbackName):
            return self._callback(value.name)
        if isinstance(value, list | tuple):
            return type(value)(map(self._live, value))
        if isinstance(value, dict):
            return {key: self._live(item) for key, item in value.items()}
        return value

    def _callback(self, name: str) -> Callable[..., Any]:
        def call(*data: Any, **named: Any) -> Any:
            return self._ask(name, list(data), named)

        return call


def _is_float(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point()


def _is_stub(error: NotImplementedError) -> bool:
    """Whether a `raise` of the learner's raised it; libraries do so too, as torch for some kinds of tensors."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None:
        return False
    code = last.tb_frame.f_code
    return is_learners(code.co_filename) and code.co_code[last.tb_lasti] == _RAISE
