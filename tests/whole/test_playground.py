"""The playground in the system's Chromium: its model beside PyTorch's, and what answers to mouse and keyboard."""

import base64

import pytest
import torch

pytest.importorskip("playwright", reason="no browser tests: pip install playwright (it is in the extra 'test')")
from lab_cases import PATIENCE, running_browser
from playground_cases import MODELS, packed, probabilities, requests

from lessons.toolkit.figures.playground.kernel import SCRIPT

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

MODULE = f"data:text/javascript;base64,{base64.b64encode(SCRIPT.read_bytes()).decode()}"
COMPARE = """async ([module, packed, requests]) => {
    const { fromBase64, run, unpack } = await import(module);
    const model = unpack(fromBase64(packed));
    return requests.map((request) => run(model, request).probabilities);
}"""


@pytest.fixture(scope="module")
def chromium():
    with running_browser() as browser:
        yield browser


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 900, "height": 900})
    context.set_default_timeout(1000 * PATIENCE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", MODELS)
def test_its_probabilities_are_those_of_pytorch(name, page):
    """For 200 sentences: with the same rounded weights, and with the weights as they were trained."""
    asked = requests(200)
    found = page.evaluate(COMPARE, [MODULE, packed(name), asked])
    worst = {}
    for in_half_precision, limit in ((True, 1e-3), (False, 5e-3)):
        expected = torch.tensor([probabilities(name, request, in_half_precision) for request in asked])
        worst[limit] = (expected - torch.tensor(found)).abs().max().item()
    assert all(difference <= limit for limit, difference in worst.items()), worst


def test_it_notices_a_wrong_weight(page):
    """The comparison can fail: another weight at one step changes what is compared."""
    (asked,) = (request for request in requests(2) if request["given"])
    last = len(asked["prefix"])
    other = {**asked, "given": {**asked["given"], last: asked["given"][last][::-1]}}
    (found,) = page.evaluate(COMPARE, [MODULE, packed(MODELS[0]), [other]])
    assert max(abs(a - b) for a, b in zip(found, probabilities(MODELS[0], asked, True), strict=True)) > 1e-3
