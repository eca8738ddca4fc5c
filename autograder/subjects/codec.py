"""Values as bytes, between the grader and the process that runs an answer.

What crosses: None, bool, int, float, str, bytes, list, tuple, dict with scalar keys, tensors, the toolkit's
`Batch`, and references to objects that live on the other side. NumPy numbers become numbers; NumPy arrays become
tensors of the class `Array`, so that a check can tell them from what lessons can use. Iterators become lists of at most
`ITERATOR_LIMIT` items. Everything else arrives as an `Opaque` that only names its type. Nothing is ever pickled, and
decoding builds no object that the other side chose.
"""

import math
import struct
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from itertools import islice
from typing import Any

import msgpack
import numpy
import torch
from torch import Tensor

from lessons.toolkit.batches import Batch
from lessons.toolkit.text import Words, t

SIZE_LIMIT = 4 * 2**20  # bytes; read values can take seventy times as much memory
ITERATOR_LIMIT = 10_000
DIMENSION_LIMIT = 8
EXTENSION_LIMIT = 50_000  # tuples, tensors and such in one message: each takes 10 to 60 microseconds to read
DEPTH_LIMIT = 32  # of such in one another: each level copies its bytes, and takes 40 KB of the stack

_TENSOR, _TUPLE, _INTEGER, _BATCH, _HANDLE, _CALLBACK, _OPAQUE, _ARRAY = range(1, 9)
_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        *(torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
        *(torch.float16, torch.bfloat16, torch.float32, torch.float64),
    )
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_NUMPY = {name: numpy.dtype("int16" if name == "bfloat16" else name) for name in _DTYPES}  # bytes of the same size
_KEYS = (type(None), bool, int, float, str, bytes)
_PLAIN_KINDS: tuple[type[Any], ...] = (float, str, bytes, list, dict)
_LISTS: tuple[type[Any], ...] = (Iterator, range, type({}.keys()), type({}.values()), type({}.items()))


class CodecError(ValueError):
    """Bytes that are no message, or a value too large or too deep to send; `told` says which."""

    def __init__(self, told: Words):
        super().__init__(told)
        self.told = told


@dataclass(frozen=True)
class Handle:
    """Names an object that lives with the subject: a stand-in, or what `build` made."""

    name: str


@dataclass(frozen=True)
class CallbackName:
    """Names a function of the check that the subject may call."""

    name: str


class Array(Tensor):
    """A tensor that holds what was a NumPy array on the other side."""


@dataclass(frozen=True)
class Opaque:
    """A value that does not cross; only the name of its type does."""

    type_name: str


def encode(value: Any) -> bytes:
    """The value as bytes.

    Raises:
        CodecError: the value is nested too deeply, refers to itself, or takes more than SIZE_LIMIT bytes.
    """
    try:
        data = _pack(value)
    except (ValueError, RecursionError) as error:
        raise CodecError(t("a value is nested too deeply to be read ({error})", error=str(error))) from None
    if len(data) > SIZE_LIMIT:
        raise CodecError(t("a value takes {size} bytes, more than the {limit} that are read", **_sizes(data)))
    return data


def decode(data: bytes) -> Any:
    """The value that `encode` turned into these bytes.

    Raises:
        CodecError: these bytes are not a message.
    """
    if len(data) > SIZE_LIMIT:
        raise CodecError(t("a message of {size} bytes, more than the {limit} that are read", **_sizes(data)))
    try:
        return _Reader().read(data)
    except CodecError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, RuntimeError, OverflowError, struct.error) as error:
        raise CodecError(t("not a message: {error}", error=type(error).__name__)) from None


def _sizes(data: bytes) -> dict[str, str]:
    return {"size": f"{len(data):,}", "limit": f"{SIZE_LIMIT:,}"}


_PLAIN = msgpack.Packer(strict_types=True)  # for what needs no `_reduce`: one that does cannot pack within itself


def _pack(value: Any) -> bytes:
    packed: bytes = msgpack.packb(value, default=_reduce, strict_types=True, unicode_errors="surrogatepass")
    return packed


def _extension(code: int, *parts: Any) -> msgpack.ExtType:
    return msgpack.ExtType(code, _pack(list(parts)))


def _reduce(value: Any) -> Any:
    """What msgpack should send in place of a value that it does not know."""
    if isinstance(value, Tensor):
        return _reduce_tensor(value)
    if isinstance(value, tuple):
        return _extension(_TUPLE, *value)
    if isinstance(value, Batch):
        return _extension(_BATCH, *(getattr(value, name) for name in Batch.__dataclass_fields__))
    if isinstance(value, Handle):
        return _extension(_HANDLE, *astuple(value))
    if isinstance(value, CallbackName):
        return _extension(_CALLBACK, *astuple(value))
    if isinstance(value, Opaque):
        return _extension(_OPAQUE, *astuple(value))
    return _reduce_kin(value)


def _reduce_kin(value: Any) -> Any:
    """Subclasses and near relations of what crosses."""
    if isinstance(value, numpy.ndarray) and value.dtype.kind in "biuf":
        return _reduce_tensor(torch.from_numpy(numpy.array(value, order="C")), _ARRAY)
    if isinstance(value, numpy.generic):
        return value.item()
    if isinstance(value, bool | int):
        return _extension(_INTEGER, str(int(value))) if abs(int(value)) >= 2**63 else int(value)
    for plain in _PLAIN_KINDS:
        if isinstance(value, plain):
            return plain(value)
    if isinstance(value, _LISTS):
        return list(islice(value, ITERATOR_LIMIT))
    return _extension(_OPAQUE, type(value).__name__[:200])


def _reduce_tensor(tensor: Tensor, code: int = _TENSOR) -> msgpack.ExtType:
    name = _NAMES.get(tensor.dtype)
    if name is None or tensor.layout != torch.strided:
        told = str(tensor.dtype).removeprefix("torch.")
        return _extension(_OPAQUE, f"tensor of {told}, {tensor.layout}")
    if tensor.numel() * tensor.element_size() > SIZE_LIMIT:
        raise CodecError(t("a tensor of shape {shape} is larger than what is read", shape=str(tuple(tensor.shape))))
    plain = tensor.view(torch.int16) if name == "bfloat16" else tensor
    data = plain.numpy(force=True).tobytes()
    return msgpack.ExtType(code, _PLAIN.pack([name, list(tensor.shape), data]))


def _restore_dict(pairs: list[tuple[Any, Any]]) -> dict[Any, Any] | Opaque:
    """The dict, if its keys are plain: for others it is easy to choose millions that have the same hash."""
    if not all(type(key) in _KEYS and (type(key) is not int or -(2**63) <= key < 2**64) for key, _ in pairs):
        return Opaque("dict with keys that are no plain values")
    return dict(pairs)


class _Reader:
    """Reads one message, and counts its extensions: they cost far more than their bytes."""

    def __init__(self) -> None:
        self._left, self._depth = EXTENSION_LIMIT, 0

    def read(self, data: bytes) -> Any:
        """The value in these bytes, the whole message or a part of it."""
        return msgpack.unpackb(
            data,
            ext_hook=self._restore,
            object_pairs_hook=_restore_dict,
            strict_map_key=False,
            unicode_errors="surrogatepass",
        )

    def _restore(self, code: int, data: bytes) -> Any:
        self._left -= 1
        self._depth += 1
        if self._left < 0 or self._depth > DEPTH_LIMIT:
            raise CodecError(t("a value has too many parts, or too deep in one another, to be read"))
        parts = self.read(data)
        self._depth -= 1
        if type(parts) is not list:
            raise CodecError(t("not a message: an extension without parts"))
        return _restored(code, parts)


def _restored(code: int, parts: list[Any]) -> Any:
    """The value behind an extension of ours; anything malformed is an error."""
    if code == _TUPLE:
        return tuple(parts)
    if code == _TENSOR:
        return _restore_tensor(*parts)
    if code == _ARRAY:
        return _restore_tensor(*parts).as_subclass(Array)
    if code == _INTEGER:
        return _restore_integer(*parts)
    if code == _BATCH:
        return _restore_batch(parts)
    named = {_HANDLE: Handle, _CALLBACK: CallbackName, _OPAQUE: Opaque}
    (name,) = parts
    if code not in named or not isinstance(name, str):
        raise CodecError(t("not a message: unknown extension"))
    return named[code](name)


def _restore_integer(digits: str) -> int:
    if not isinstance(digits, str):
        raise CodecError(t("not a message: bad number"))
    return int(digits)


def _restore_tensor(name: str, shape: list[int], data: bytes) -> Tensor:
    dtype = _DTYPES[name]
    if type(shape) is not list or type(data) is not bytes:
        raise CodecError(t("not a message: bad tensor"))
    if len(shape) > DIMENSION_LIMIT or any(type(size) is not int or size < 0 for size in shape):
        raise CodecError(t("not a message: bad tensor shape"))
    if math.prod(shape) * dtype.itemsize != len(data):
        raise CodecError(t("not a message: tensor data and shape disagree"))
    if not data:
        return torch.empty(shape, dtype=dtype)
    # bool tensors with bytes other than 0 and 1 behave strangely, so normalise them
    if dtype is torch.bool:
        return (torch.frombuffer(bytearray(data), dtype=torch.uint8) != 0).reshape(shape)
    values = torch.from_numpy(numpy.frombuffer(bytearray(data), dtype=_NUMPY[name]).reshape(shape)).clone()
    return values.view(dtype) if name == "bfloat16" else values


def _restore_batch(parts: list[Any]) -> Batch:
    if len(parts) != 4 or not all(isinstance(part, Tensor) for part in parts):
        raise CodecError(t("not a message: bad batch"))
    return Batch(*parts)
