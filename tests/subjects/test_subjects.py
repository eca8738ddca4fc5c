"""An answer behaves the same in this process and in another, and what goes wrong has a name."""

import socket

import pytest
import torch
from torch import nn
from worker_process import WorkerProcess

from autograder.subjects.codec import encode
from autograder.subjects.errors import MESSAGE_LIMIT, NAMES_LIMIT, WORDS_LIMIT
from autograder.subjects.subject import AnswerError, CallbackRefused, LocalSubject, SubjectLost, Unwritten, read_reply
from autograder.subjects.wire import Frames, WireSubject
from lessons.toolkit.text import cut, speaking, t, to_data

CELLS = {
    "double": "def double(x):\n    return 2 * x\n",
    "spoil": "def spoil(x):\n    x.zero_()\n    return x\n",
    "broken": "def broken(x):\n    y = x + 1\n    return y[7]\n",
    "unwritten": "def unwritten(x):\n    raise NotImplementedError('Lesson 01, exercise unwritten')\n",
    "ask": "def ask(tell, x):\n    return [tell(x), tell(x + 1)]\n",
    "ask_by_name": "def ask_by_name(tell, x):\n    return tell(x=x)\n",
    "grow": "def grow(numbers):\n    numbers.append(3)\n",
    "Scale": "import torch\nfrom torch import nn\n"
    "class Scale(nn.Module):\n"
    "    def __init__(self, size):\n"
    "        super().__init__()\n"
    "        self.weight = nn.Parameter(torch.ones(size))\n"
    "    def forward(self, x):\n"
    "        return x * self.weight\n",
    "leave": "import sys\ndef leave():\n    sys.exit(3)\n",
}


@pytest.fixture(scope="module")
def worker():
    process = WorkerProcess()
    yield process
    process.close()


@pytest.fixture(params=["local", "wire"])
def subject_of(request):
    """Makes a subject of either kind from a name in CELLS."""
    if request.param == "local":

        def make(name):
            namespace = {}
            exec(CELLS[name], namespace)
            return LocalSubject(namespace[name])

        yield make
        return
    worker = request.getfixturevalue("worker")
    yield lambda name: worker.subject([CELLS[name]], name)
    worker.release()


def test_call(subject_of):
    assert torch.equal(subject_of("double").call("__call__", torch.tensor([1, 2, 3])), torch.tensor([2, 4, 6]))


def test_the_check_keeps_its_inputs(subject_of):
    mine = torch.ones(3)
    subject_of("spoil").call("__call__", mine)
    assert mine.tolist() == [1, 1, 1]


def test_an_error_names_the_learners_own_line(subject_of):
    with pytest.raises(AnswerError) as caught:
        subject_of("broken").call("__call__", torch.zeros(2))
    assert caught.value.type_name == "IndexError"
    assert caught.value.number == 3


def test_not_implemented_is_its_own_case(subject_of):
    with pytest.raises(Unwritten, match="exercise unwritten"):
        subject_of("unwritten").call("__call__", 1)


def test_callbacks_run_on_the_checks_side(subject_of):
    heard = []
    subject = subject_of("ask")
    tell = subject.callback("tell", lambda x: heard.append(x) or x * 10)
    assert subject.call("__call__", tell, 4) == [40, 50]
    assert heard == [4, 5]


def test_callbacks_take_named_arguments(subject_of):
    subject = subject_of("ask_by_name")
    assert subject.call("__call__", subject.callback("tell", lambda x: x * 10), 4) == 40


def test_a_kept_value_shows_what_became_of_it(subject_of):
    subject = subject_of("grow")
    kept = subject.stand_in("numbers", "value", [1, 2])
    subject.call("__call__", kept)
    assert subject.value(kept) == [1, 2, 3]


def test_a_refused_callback_is_an_error_in_the_learners_code(subject_of):
    def refuse(_):
        raise CallbackRefused("words must have shape (B, 1)")

    subject = subject_of("ask")
    with pytest.raises(AnswerError, match=r"shape \(B, 1\)"):
        subject.call("__call__", subject.callback("tell", refuse), 4)


def test_modules_are_built_loaded_and_differentiated(subject_of):
    subject = subject_of("Scale")
    subject.build(size=3)
    subject.load({"weight": torch.tensor([1.0, 2.0, 3.0])})
    x, cotangent = torch.tensor([5.0, 7.0, 11.0]), torch.tensor([1.0, 10.0, 100.0])
    assert subject.weights()["weight"].tolist() == [1, 2, 3]
    assert subject.call("forward", x).tolist() == [5, 14, 33]
    gradients = subject.gradients([x], [cotangent], "forward")
    assert gradients["weights"]["weight"].tolist() == [5, 70, 1100]
    assert gradients["inputs"][0].tolist() == [1, 20, 300]


def test_stand_ins_live_beside_the_answer(subject_of):
    subject = subject_of("double")
    weights = {"previous": torch.eye(4), "source": torch.eye(4)}
    model = subject.stand_in("model", "linear_translator", weights)
    assert torch.equal(subject.weights(model)["previous"], torch.eye(4))


def test_leaving_is_an_error_not_the_end(subject_of):
    with pytest.raises(AnswerError, match="SystemExit"):
        subject_of("leave").call("__call__")


def test_a_process_that_dies_is_lost_and_the_next_answer_is_served(worker):
    dying = worker.subject(["import os\ndef die():\n    os._exit(1)\n"], "die", seconds=1)
    with pytest.raises(SubjectLost):
        dying.call("__call__")
    worker.release()
    assert worker.subject([CELLS["double"]], "double").call("__call__", 4) == 8
    worker.release()


@pytest.fixture
def wire():
    ours, theirs = socket.socketpair()
    yield WireSubject(Frames(ours), seconds=0.3), Frames(theirs)
    ours.close()
    theirs.close()


def test_silence_is_lost(wire):
    with pytest.raises(SubjectLost, match="in time"):
        wire[0].call("__call__")


@pytest.mark.parametrize(
    "reply",
    [b"\xc1", encode(7), encode({"value": 1, "more": 2})[:-1], encode({"error": {"type": 3}}), encode({"nothing": 1})],
    ids=range(5),
)
def test_what_is_no_reply_is_lost(wire, reply):
    wire[1].send(reply)
    with pytest.raises(SubjectLost):
        wire[0].call("__call__")


def test_a_forged_length_is_not_waited_for(wire):
    wire[1].connection.sendall(b"\xff\xff\xff\xff")
    with pytest.raises(SubjectLost, match="announced"):
        wire[0].call("__call__")


def test_questions_are_bounded_in_kind(wire):
    subject, other = wire
    other.send(b"?" + encode({"ask": "no such callback", "data": [], "named": {}}))
    other.send(encode({"value": 5}))
    assert subject.call("__call__") == 5
    other.receive(1)
    assert b"refused" in other.receive(1)


def test_a_module_is_required_where_weights_are(subject_of):
    with pytest.raises(AnswerError, match=r"torch\.nn\.Module"):
        subject_of("double").weights()


def test_plain_descent_moves_like_the_librarys():
    from autograder.subjects.stand_ins import PlainDescent

    ours, theirs = nn.Linear(3, 5), nn.Linear(3, 5)
    theirs.load_state_dict(ours.state_dict())
    pairs = [(ours, PlainDescent(ours, 0.3)), (theirs, torch.optim.SGD(theirs.parameters(), lr=0.3))]
    for x in torch.randn(3, 7, 3):
        for model, optimizer in pairs:
            optimizer.zero_grad()
            model(x).square().sum().backward()
            optimizer.step()
    torch.testing.assert_close(ours.weight, theirs.weight)


def test_plain_descent_calls_a_closure_as_the_librarys_does():
    from autograder.subjects.stand_ins import PlainDescent

    ours, theirs = nn.Linear(3, 5), nn.Linear(3, 5)
    theirs.load_state_dict(ours.state_dict())
    x, losses = torch.randn(7, 3), []
    for model, optimizer in ((ours, PlainDescent(ours, 0.3)), (theirs, torch.optim.SGD(theirs.parameters(), lr=0.3))):

        def closure(model=model, optimizer=optimizer):
            optimizer.zero_grad()
            loss = model(x).square().sum()
            loss.backward()
            return loss

        losses += [optimizer.step(closure).item() for _ in range(2)]
    assert losses[:2] == pytest.approx(losses[2:])
    torch.testing.assert_close(ours.weight, theirs.weight)


@pytest.mark.parametrize("make", [lambda: torch.ones(1, device="meta"), lambda: torch.ones(1, device="meta").cpu()])
def test_what_a_library_does_not_implement_is_an_error_of_the_answer(make):
    with pytest.raises(AnswerError, match="NotImplementedError"):
        LocalSubject(make).call("__call__")


LIST = cut(t("a {kind} of {count}", kind="list", count=3), WORDS_LIMIT)


@pytest.mark.parametrize(
    ("values", "read"),
    [
        ([["x", "a list of 3"]], (("x", "a list of 3"),)),
        ([["x"], ["y", 3], "xy", ["z", "None"]], (("z", "None"),)),
        ([["x" * 10_000, "y" * 10_000]], (("x" * WORDS_LIMIT, "y" * (WORDS_LIMIT - 1) + "…"),)),
        ([["x", to_data(t("a {kind} of {count}", kind="list", count=3))]], (("x", LIST),)),
        ([["x", to_data(t("no {kind} of ours", kind="text"))], ["y", {"template": 3}]], ()),
        ([[str(i), "1"] for i in range(10_000)], tuple((str(i), "1") for i in range(NAMES_LIMIT))),
        ("none", ()),
        ({"x": "y"}, ()),
    ],
    ids=range(8),
)
def test_what_an_error_says_of_values_is_bounded_however_it_comes_back(values, read):
    told = {"type": "E", "message": "m" * 10_000, "line": "", "number": 0, "values": values}
    with pytest.raises(AnswerError) as caught:
        read_reply(encode({"error": told}))
    assert caught.value.values == read
    assert len(caught.value.message) == MESSAGE_LIMIT


def test_a_call_with_other_arguments_is_told_which_one_is_missing(subject_of):
    subject = subject_of("ask")
    callback = subject.callback("encoder", lambda source, source_mask: source)
    with pytest.raises(AnswerError, match="missing a required argument: 'source_mask'"):
        subject.call("__call__", callback, 4)


def test_what_a_callback_refuses_is_english_in_every_language(subject_of):
    def refuse(value):
        raise CallbackRefused(f"got {t('the number {number}', number=value)}")

    subject = subject_of("ask")
    with speaking("xx", {"the number {number}": "⟦{number}⟧"}), pytest.raises(AnswerError, match="got the number 4"):
        subject.call("__call__", subject.callback("tell", refuse), 4)
