"""What crosses between grader and answer arrives as it was; anything else is named, never guessed, never built."""

import contextlib
import functools
import math
import resource
import time
from collections import Counter, namedtuple

import msgpack
import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checks.framework.compare import difference
from autograder.subjects.codec import (
    ITERATOR_LIMIT,
    SIZE_LIMIT,
    CallbackName,
    CodecError,
    Handle,
    Opaque,
    decode,
    encode,
)
from lessons.toolkit.batches import Batch

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
KEYS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_plain_values_come_back_equal_and_of_the_same_type(value):
    returned = decode(encode(value))
    assert returned == value
    assert type(returned) is type(value)


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_a_value_or_a_codec_error(data):
    with contextlib.suppress(CodecError):
        decode(data)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none(number):
    returned = decode(encode(number))
    assert returned == number or (math.isnan(returned) and math.isnan(number))


def test_a_column_of_one_row_comes_back():
    column = torch.tensor([[4, 7]])[:, -1]  # one number, in steps of two
    assert torch.equal(decode(encode(column)), torch.tensor([7]))


FLOATS = [torch.float16, torch.bfloat16, torch.float32, torch.float64]
DTYPES = [torch.bool, torch.uint8, torch.int32, torch.int64, *FLOATS]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 5), (2, 3, 5)], ids=str)
def test_tensors_keep_dtype_shape_and_values(dtype, shape):
    tensor = (torch.arange(math.prod(shape)).reshape(shape) % 2).to(dtype)
    returned = decode(encode(tensor))
    assert returned.dtype == dtype
    assert returned.shape == tensor.shape
    assert torch.equal(returned, tensor)


def test_a_tensor_view_and_a_parameter_cross_as_plain_tensors():
    matrix = torch.nn.Parameter(torch.randn(3, 5))
    returned = decode(encode(matrix.T))
    assert type(returned) is torch.Tensor
    assert not returned.requires_grad
    assert torch.equal(returned, matrix.T)


def test_batches_handles_and_callback_names_cross():
    batch = Batch(torch.ones(2, 3).long(), torch.ones(2, 3).bool(), torch.ones(2, 4).long(), torch.ones(2, 4).bool())
    returned = decode(encode({"batch": batch, "handle": Handle("model"), "callback": CallbackName("decoder")}))
    assert torch.equal(returned["batch"].target, batch.target)
    assert (returned["handle"], returned["callback"]) == (Handle("model"), CallbackName("decoder"))


def test_relatives_of_plain_values_are_converted():
    point = namedtuple("point", "x y")(1, 2)
    assert decode(encode(point)) == (1, 2)
    assert decode(encode(Counter("aab"))) == {"a": 2, "b": 1}
    assert decode(encode(numpy.float32(0.5))) == 0.5
    assert decode(encode(numpy.int64(7))) == 7
    assert decode(encode(numpy.array(0.5))).shape == ()
    assert torch.equal(decode(encode(numpy.arange(6).reshape(2, 3)))[1], torch.tensor([3, 4, 5]))
    assert decode(encode(number * 2 for number in range(3))) == [0, 2, 4]
    assert decode(encode(2**100)) == 2**100


def test_an_endless_iterator_is_cut():
    assert len(decode(encode(iter(int, 1)))) == ITERATOR_LIMIT


@pytest.mark.parametrize(
    "value",
    [{1, 2}, object(), print, torch.nn.Linear(1, 1), torch.eye(2).to_sparse()],
    ids=["set", "object", "function", "module", "sparse"],
)
def test_everything_else_arrives_as_its_type_name(value):
    assert isinstance(decode(encode([value]))[0], Opaque)


def test_a_value_that_holds_itself_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(CodecError, match="nested"):
        encode(endless)


def test_large_values_are_refused_before_they_are_copied():
    with pytest.raises(CodecError, match="larger"):
        encode(torch.empty(1).expand(SIZE_LIMIT))


def tensor_message(name, shape, data):
    return msgpack.packb(msgpack.ExtType(1, msgpack.packb([name, shape, data])))


@pytest.mark.parametrize(
    "data",
    [
        tensor_message("float32", [2], b"123"),
        tensor_message("float32", [-1, -1], b"1234"),
        tensor_message("float32", [2**62, 2**62], b""),
        tensor_message("object", [1], b"12345678"),
        tensor_message("float32", ["1"], b"1234"),
        tensor_message("float32", [1] * 9, b"1234"),
        msgpack.packb(msgpack.ExtType(4, msgpack.packb([1, 2, 3, 4]))),
        msgpack.packb(msgpack.ExtType(99, msgpack.packb(["x"]))),
        msgpack.packb(msgpack.ExtType(5, msgpack.packb([7]))),
        b"\x91" * 100_000,
        b"",
    ],
    ids=range(11),
)
def test_malformed_messages_are_codec_errors(data):
    with pytest.raises(CodecError):
        decode(data)


def test_the_difference_of_equal_values_is_none_after_the_trip():
    value = {"losses": [0.5, 0.25], "weights": torch.randn(3, 5), "words": ("a", "b")}
    assert difference(value, decode(encode(value))) is None


@pytest.mark.parametrize("key", [(1, 2), 2**64, (), Opaque("x")], ids=repr)
def test_dicts_whose_keys_could_be_chosen_to_collide_only_arrive_as_their_kind(key):
    assert isinstance(decode(encode({"a": {key: 1}}))["a"], Opaque)


def extension(code: int, *parts: object) -> msgpack.ExtType:
    return msgpack.ExtType(code, msgpack.packb(list(parts)))


TUPLE, TENSOR, INTEGER, HANDLE = 2, 1, 3, 5
PIXELS = extension(TENSOR, "uint8", [2**21], bytes(2**21))
COSTLY = {
    "a tensor for the parts of a tuple": msgpack.ExtType(TUPLE, msgpack.packb(PIXELS)),
    "a tensor for the parts of a name": msgpack.ExtType(HANDLE, msgpack.packb(PIXELS)),
    "a tensor for a tensor's bytes": extension(
        TENSOR, "uint8", [1], extension(TENSOR, "int64", [1], (2**50).to_bytes(8, "little"))
    ),
    "a tensor for a number": extension(INTEGER, extension(TENSOR, "int64", [], bytes(8))),
    "tuples deep in one another": functools.reduce(lambda inner, _: extension(TUPLE, inner), range(400), bytes(2**20)),
    "more tensors than anyone sends": [extension(TENSOR, "bool", [], b"1")] * 50_001,
}


@pytest.mark.parametrize("value", COSTLY.values(), ids=COSTLY)
def test_few_bytes_do_not_cost_much_memory_time_or_the_stack(value):
    """Each of these took gigabytes, many seconds, or ended the process."""
    message, began = msgpack.packb(value), time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(CodecError):
        decode(message)
    assert time.process_time() - began < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024  # KiB
