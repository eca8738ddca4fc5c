"""The playground without a browser: what answers a change, what a page carries, the tasks, and the still pictures."""

import base64
import copy
import html
import json
import re
import struct
import subprocess
import sys
import time

import pytest
import torch
from playground_cases import MODELS, packed, probabilities, requests, trained, vocabularies

from lessons.toolkit import playground_tasks
from lessons.toolkit.batches import END
from lessons.toolkit.corpus import SentencePair
from lessons.toolkit.figures import playground as package
from lessons.toolkit.figures.playground import by_hand, kernel, playground, stepper
from lessons.toolkit.figures.playground.packed import SIZE_LIMIT, SIZE_LIMIT_IN_A_PAGE
from lessons.toolkit.forced_attention import run_model
from lessons.toolkit.playground_tasks import CAUSES, FREE, HIDE, SWAP, judge, shares_left
from lessons.toolkit.shipped_models import Run, rounded, shipped, shipped_weights

pytestmark = pytest.mark.long  # the vocabulary is counted from all training sentences

TASKS = pytest.mark.parametrize("task", [SWAP, FREE, HIDE], ids=lambda task: task.kind)
EACH_MODEL = pytest.mark.parametrize("name", MODELS)
HALF_A_TENTH = 0.05  # seconds for a change


@pytest.fixture
def displayed(monkeypatch):
    """What is displayed, in place of a notebook."""
    found = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: found.append(data))
    return found


# --- a model with weights from outside -----------------------------------------------------------------------------


@EACH_MODEL
def test_the_shipped_model_is_that_of_the_lessons(name):
    for request in requests(20, seed=2):
        by_hand_, by_classes = shipped(name)(**request), run_model(trained(name, True), **request)
        for one, other in zip(by_hand_, by_classes, strict=True):
            torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4)


@EACH_MODEL
def test_given_weights_are_used_where_they_are_given_and_nowhere_else(name):
    model = trained(name, False)
    request = next(each for each in requests(20) if len(each["prefix"]) > 2)
    own = run_model(model, **{**request, "hidden": [], "given": {}}).weights
    given = {1: [0.7, 0.3, *[0.0] * (len(request["source"]) - 2)]}
    moved = run_model(model, **{**request, "hidden": [], "given": given}).weights
    assert moved[1].tolist() == pytest.approx(given[1])
    assert moved[0].tolist() == pytest.approx(own[0].tolist())


def test_the_learners_own_model_is_left_as_it_is():
    model = trained(MODELS[0], False)
    before, score = copy.deepcopy(model.state_dict()), model.decoder.score
    run_model(model, [5, 6, END], [7], given={0: [0.5, 0.5, 0.0]})
    assert model.decoder.score is score
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())


@EACH_MODEL
def test_a_hidden_state_has_no_weight_and_an_unread_word_changes_the_states(name):
    source = vocabularies().encode(SentencePair("Sora made coffee when it snowed", "난"))[0]
    hidden = shipped(name)(source, [], hidden=[2])
    assert hidden.weights[0, 2] == 0
    plain, unread = shipped(name)(source, []), shipped(name)(source, [], unread=[2])
    assert not torch.allclose(plain.logits, unread.logits, atol=1e-2)


@EACH_MODEL
def test_a_translation_has_the_best_word_at_each_step_bit_by_bit_and_encodes_once(name, monkeypatch):
    """Each word is what a fresh reading of all words before it says, with the same weights at the same steps."""
    model, encoded = shipped(name), []
    encode = model._encode
    monkeypatch.setattr(model, "_encode", lambda source: encoded.append(source) or encode(source))
    for request in requests(20, seed=3):
        source, given = request["source"], request["given"]
        encoded.clear()
        written = model.translate(source, given, most=20)
        assert encoded == [source]
        best = model(source, written, given=given).logits.argmax(1).tolist()
        assert best[: len(written)] == written
        assert END not in written
        assert len(written) == 20 or best[-1] == END


# --- the kernel's answer -------------------------------------------------------------------------------------------


@EACH_MODEL
def test_the_kernel_answers_with_and_without_the_weights_of_this_step(name):
    request = next(each for each in requests(20) if each["given"] and each["prefix"] and not each["hidden"])
    last = len(request["prefix"])
    sent = json.loads(json.dumps(request))  # as it comes over the wire: the steps are strings
    found = kernel.answer(kernel.runner(trained(name, False)), sent)
    assert found["weights"] == pytest.approx(request["given"][last], abs=1e-5)
    assert found["probabilities"] == pytest.approx(probabilities(name, request, False), abs=1e-5)
    before = {step: weights for step, weights in request["given"].items() if step != last}
    own = probabilities(name, {**request, "given": before}, False)
    assert found["ownProbabilities"] == pytest.approx(own, abs=1e-5)
    assert found["ownContext"] != found["context"]


@EACH_MODEL
def test_a_change_takes_less_than_a_twentieth_of_a_second(name):
    """Of the processor's time, so that a crowded machine fails nobody; sentences of up to twelve words."""
    run, times = kernel.runner(trained(name, False)), []
    asked = [each for each in requests(120) if len(each["source"]) < 13]
    kernel.answer(run, asked[0])
    for request in asked:
        start = time.process_time()
        kernel.answer(run, request)
        times.append(time.process_time() - start)
    print(f"{name}: median {1000 * sorted(times)[len(times) // 2]:.1f} ms, n = {len(times)}")
    assert sorted(times)[len(times) // 2] < HALF_A_TENTH


def test_what_the_learners_model_raises_is_told():
    def broken(*arguments):
        raise ValueError("these shapes do not fit")

    told = kernel.reply({"mine": broken}, {"number": 7, "name": "mine", "request": requests(1)[0]})
    assert told["number"] == 7
    assert "ValueError: these shapes do not fit" in told["error"]


def test_any_function_that_gives_a_run_can_answer():
    def uniform(source, prefix, hidden, unread, given):
        steps, places = len(prefix) + 1, len(source)
        return Run(torch.full((steps, places), 1 / places), torch.zeros(steps, 3), torch.zeros(steps, 5))

    found = kernel.answer(kernel.runner(uniform), {**requests(1)[0], "given": {}})
    assert found["probabilities"] == pytest.approx([0.2] * 5)
    with pytest.raises(TypeError, match="encoder and decoder, or a function"):
        kernel.runner("a model")


def test_a_message_of_the_widget_is_answered(monkeypatch, displayed):
    """The widget sends to a kernel that is not there; what it would send is looked at."""
    monkeypatch.setattr(kernel, "can_answer", lambda: True)
    parent = {"metadata": {"cellId": "one"}, "header": {"msg_id": "first"}}
    monkeypatch.setattr(kernel, "get_ipython", lambda: type("Shell", (), {"get_parent": lambda self: parent})())
    playground(trained(MODELS[0], False), vocabularies())
    still, widget = displayed
    key = re.search(r'data-playground-still="(\w+)"', still["text/html"])[1]
    assert widget.config["still"] == key
    sent = []
    monkeypatch.setattr(widget, "send", sent.append)
    request = {**requests(1)[0], "given": {}}
    widget._handle_custom_msg({"number": 3, "name": "your model", "request": request}, [])
    assert sent[0]["number"] == 3
    assert sum(sent[0]["answer"]["probabilities"]) == pytest.approx(1, abs=1e-3)
    parent["header"]["msg_id"] = "second"
    playground(trained(MODELS[0], False), vocabularies())
    assert widget.comm is None  # the cell was run again: its earlier widget is closed


# --- what pages carry ----------------------------------------------------------------------------------------------


@EACH_MODEL
def test_a_model_is_small_enough_for_a_page(name):
    text = packed(name)
    raw = base64.b64decode(text)
    assert len(raw) <= SIZE_LIMIT
    assert len(text) <= SIZE_LIMIT_IN_A_PAGE
    header = json.loads(raw[4 : 4 + struct.unpack("<I", raw[:4])[0]])
    assert header["words"]["target"] == vocabularies().target
    assert header["reads"] == {"03_attention": "states", "05_word_reader": "words"}[name]


def test_building_shows_only_a_picture_and_its_text_the_same_each_time(displayed):
    for _ in range(2):
        playground({"a model": shipped(MODELS[0])}, vocabularies(), on_pages=MODELS[:1], tasks=[SWAP])
    first, second = displayed
    assert first == second
    assert first.keys() == {"text/html", "text/plain"}
    assert "<img alt=" in first["text/html"]
    assert "<script" not in first["text/html"]
    assert "Mina 0.86" in first["text/plain"]
    config = json.loads(html.unescape(re.search(r'data-playground="([^"]*)"', first["text/html"])[1]))
    assert config["models"] == [{"name": MODELS[0], "title": "a model"}]
    assert config["pairs"][0]["numbers"] == list(SWAP.source)


def test_without_shipped_models_a_page_keeps_the_picture(displayed):
    playground(trained(MODELS[0], False), vocabularies())
    assert "data-playground" not in displayed[0]["text/html"]


def test_a_task_sentence_begins_with_what_is_written_already(displayed):
    playground({"a model": shipped(MODELS[0])}, vocabularies(), on_pages=MODELS[:1], tasks=[HIDE])
    assert "written so far: 넌" in displayed[0]["text/plain"]


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="at least one sentence"):
        playground(shipped(MODELS[0]), vocabularies(), [])
    with pytest.raises(ValueError, match="as many names as there are models"):
        playground(shipped(MODELS[0]), vocabularies(), on_pages=MODELS)


def test_the_stepper_has_the_numbers_of_the_lesson_and_gives_its_states(displayed):
    states = torch.tensor([[-0.2, 0.4], [-0.9, -0.9], [-0.8, 0.7]])
    layer = torch.tensor([[2.0, -2.0, 2.0, 2.0], [-1.0, -1.0, 2.0, 2.0]])
    words = (["I", "love", "you"], ["난", "널", "사랑해"])
    stepper(*words, states, states[2], layer, torch.tensor([-4.0, 4.0]))
    config = json.loads(html.unescape(re.search(r'data-stepper="([^"]*)"', displayed[0]["text/html"])[1]))
    assert config["numbers"]["states"][0] == [-0.2, 0.4]
    state = states[2]
    for word, expected in zip(by_hand.WORDS, ([-0.7, -0.8], [0.4, 0.1]), strict=False):
        both = torch.cat([state.expand(3, -1), states], dim=1)
        weights = (torch.tanh(both @ layer.T) @ torch.tensor([-4.0, 4.0])).softmax(0)
        state = torch.tanh(by_hand.KEPT * state + weights @ states + torch.tensor(word))
        assert state.tolist() == pytest.approx(expected, abs=0.05)


# --- the tasks -----------------------------------------------------------------------------------------------------


@TASKS
def test_the_numbers_of_a_task_are_those_of_its_words(task):
    words = vocabularies()
    english = [*task.english.split(), "<end>"]
    assert [words.source[number] for number in task.source] == english
    assert [words.target[number] for number in task.target] == task.wanted.split()


@TASKS
def test_a_page_gets_all_that_it_judges_by(task):
    told = json.loads(json.dumps(task.for_page()))
    assert told["causes"].keys() == CAUSES[task.kind].keys()
    assert told["tolerances"]
    assert min(len(told[name]) for name in ("title", "text", "right")) > 10


def test_the_free_task_says_what_the_model_writes():
    assert shipped(FREE.model).translate(FREE.source) == list(FREE.target)
    assert shipped(SWAP.model).translate(SWAP.source) != list(SWAP.target)


def test_hiding_the_gold_word_costs_nothing_the_dark_one_some_and_both_all():
    left = shares_left(HIDE)
    assert left["gold"] > 0.95
    assert 0.3 < left["dark"] < 0.8
    assert left["both"] < 0.01
    looked = shipped(HIDE.model)(HIDE.source, HIDE.prefix).weights[-1]
    assert looked.argmax() == HIDE.places["dark"][0]


def test_a_judge_asks_the_model_for_the_same_thing_once(monkeypatch):
    asked = []

    class Counting(type(shipped(FREE.model))):
        def _reader(self, source, hidden=(), unread=(), given=None):
            asked.append((tuple(hidden), tuple(unread), str(given)))
            return super()._reader(source, hidden, unread, given)

    monkeypatch.setattr(playground_tasks, "shipped", lambda name: Counting(rounded(shipped_weights(name))))
    assert judge(FREE, {"free": {0: [0, 1, 0, 0, 0]}, "needed": {1: [0, 1, 0, 0, 0]}}) in CAUSES["free"]
    assert [each for each in asked if each[2] == "{}"] == [((), (), "{}")]
    asked.clear()
    assert judge(HIDE, {"gold": 0.5, "dark": 0.5, "both": 0.5}) == "misread"
    assert len(asked) == 3 * len(HIDE.places)  # hidden, never read, and by the other model


@pytest.mark.parametrize(
    "answer", [None, 3, [], {"gold": True, "dark": 0.5, "both": 0.0}, {0: None}, {"0": []}, {-1: []}]
)
@TASKS
def test_no_answer_of_another_form_is_right_or_stops_the_judge(task, answer):
    assert judge(task, answer) in CAUSES[task.kind]


def test_infinite_weights_are_no_weights():
    assert judge(SWAP, {0: [float("inf"), 0, 0, 0, 0]}) == judge(SWAP, {0: [float("nan"), 0, 0, 0, 1]}) == "no-weights"


def test_the_package_brings_no_widget_library_to_who_only_imports_it():
    code = (
        f"import {package.__name__}, sys; print([name for name in ('anywidget', 'matplotlib') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
