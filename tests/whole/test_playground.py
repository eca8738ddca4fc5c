"""The playground in the system's Chromium: its model beside PyTorch's, and what answers to mouse and keyboard."""

import base64
import json
from pathlib import Path

import pytest
import torch
import zoo_cases as zoo

pytest.importorskip("playwright", reason="no browser tests: pip install playwright (it is in the extra 'test')")
from lab_cases import PATIENCE, running_browser
from playground_cases import MODELS, packed, probabilities, requests
from playwright.sync_api import expect

from autograder.authoring.pages.site import write_site
from lessons.toolkit.figures.playground.kernel import SCRIPT
from lessons.toolkit.playground_tasks import FREE, HIDE, SWAP, judge

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


JUDGE = """async ([module, packed, task, answers]) => {
    const { fromBase64, judge, unpack } = await import(module);
    const models = {};
    for (const [name, text] of Object.entries(packed)) models[name] = unpack(fromBase64(text));
    return answers.map((answer) => judge(models, task, answer));
}"""
WITH_PLAYGROUND = ("03_attention", "05_alignments")
TASKS = {"swap_the_roles": SWAP, "free_and_needed": FREE, "hide_and_read_off": HIDE}


@pytest.mark.parametrize("exercise", TASKS)
def test_pages_and_checks_judge_alike(exercise, page):
    """All answers of the zoo, right and wrong."""
    answers = [zoo.local(animal).call("__call__") for animal in zoo.ANIMALS if animal.exercise == exercise]
    expected = [judge(TASKS[exercise], answer) for answer in answers]
    assert len(set(expected)) >= 6
    weights = {name: packed(name) for name in MODELS}
    told = [json.loads(json.dumps(answer)) for answer in answers]
    assert page.evaluate(JUDGE, [MODULE, weights, TASKS[exercise].for_page(), told]) == expected


# --- on the published pages ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "site"
    write_site(folder)
    return folder


@pytest.fixture
def open_page(page, site):
    """Opens a page, waits for its playgrounds, and fails where anything is loaded from elsewhere or refused."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.extend([request.url] * (not request.url.startswith("file:"))))

    def opened(slug):
        page.goto((site / f"{slug}.html").as_uri())
        expect(page.locator(".pg-next b:not(:empty)").first).to_be_visible()
        return page

    yield opened
    assert [each for each in complaints if not each.startswith("data:image")] == []


def playground_at(page, number):
    return page.locator(".playground:has(.pg-models)").nth(number)


def test_the_roles_are_swapped_by_keyboard_alone(open_page):
    """The first task, from the first weight to the judge's word."""
    page = open_page("03_attention")
    shown = playground_at(page, 1)
    keys = page.keyboard
    shown.get_by_label("Weight of Jihun").focus()
    for _ in range(8):
        keys.press("PageUp")  # a tenth
    expect(shown.locator(".pg-next li").first).to_contain_text("지훈이는")
    shown.get_by_role("button", name="Step on").focus()
    keys.press("Enter")
    expect(shown.locator(".pg-prefix")).to_contain_text("Jihun.TOP")
    keys.press("Enter")
    expect(shown.locator(".pg-prefix")).to_contain_text("yesterday")
    shown.get_by_label("Weight of Mina").focus()
    for _ in range(80):
        keys.press("ArrowRight")  # a hundredth
    expect(shown.locator(".pg-next li").first).to_contain_text("미나를")
    shown.get_by_role("group", name=SWAP.title).get_by_role("button", name="Check").focus()
    keys.press("Enter")
    expect(shown.locator(".pg-verdict").first).to_have_text(f"✓ {SWAP.right}")
    expect(shown.locator(".pg-code code")).to_contain_text("{0: [")


def test_a_free_weight_and_a_needed_one_are_kept_and_judged(open_page):
    shown = playground_at(open_page("03_attention"), 1)
    task = shown.get_by_role("group", name=FREE.title)
    check, verdict = task.get_by_role("button", name="Check"), task.locator(".pg-verdict")
    check.click()
    expect(verdict).to_have_text(f"✗ {FREE.for_page()['causes']['wrong-names']}")
    shown.get_by_label("Weight of Jihun").fill("0.8")
    task.get_by_role("button", name="Keep as needed").click()
    shown.get_by_role("button", name="Reset").click()
    for word in ("미나는", "어제", "지훈이를"):
        shown.get_by_role("button", name="Step on").click()
        expect(shown.locator(".pg-prefix")).to_contain_text(word)
    expect(shown.locator(".pg-next li").first).to_contain_text("만났어")
    shown.get_by_label("Weight of yesterday").fill("0.9")
    task.get_by_role("button", name="Keep as free").click()
    check.click()
    expect(verdict).to_have_text(f"✓ {FREE.right}")


def test_what_hiding_costs_is_read_off_and_judged(open_page):
    shown = playground_at(open_page("05_alignments"), 0)
    task = shown.get_by_role("group", name=HIDE.title)
    first = shown.locator(".pg-model").first
    bar = first.locator(".pg-next li").filter(has_text="소라를").first
    gold, dark = (shown.get_by_role("button", name=f"Hide the state after {word}") for word in ("Sora", "and"))
    expect(bar).to_contain_text("%")
    gold.click()
    expect(first.locator(".pg-weights li").nth(2)).to_contain_text("hidden")
    expect(bar).to_contain_text("99 %")
    gold.click()
    dark.click()
    expect(bar).to_contain_text("51 %")
    gold.click()
    expect(first.locator(".pg-next")).not_to_contain_text("소라를")
    for name, share in (("gold", "99"), ("dark", "51"), ("both", "0")):
        task.get_by_label(f"{name} hidden").fill(share)
    task.get_by_role("button", name="Check").click()
    expect(task.locator(".pg-verdict")).to_have_text(f"✓ {HIDE.right}")


def test_undo_back_reset_and_a_wrong_word(open_page):
    shown = playground_at(open_page("03_attention"), 1)
    button = {name: shown.get_by_role("button", name=name, exact=True) for name in ("Undo", "Back", "Reset", "Step on")}
    prefix, slider = shown.locator(".pg-prefix"), shown.get_by_label("Weight of Mina")
    expect(button["Undo"]).to_be_disabled()
    own = slider.input_value()
    slider.fill("0.1")
    button["Undo"].click()
    expect(slider).to_have_value(own)
    shown.get_by_label("Another word").fill("사랑해")
    shown.get_by_role("button", name="Write it").click()
    expect(prefix).to_contain_text("love.INT")
    button["Back"].click()
    expect(prefix).not_to_contain_text("love.INT")
    button["Undo"].click()
    expect(prefix).to_contain_text("love.INT")
    shown.get_by_label("Another word").fill("nothing")
    shown.get_by_role("button", name="Write it").click()
    expect(shown.locator(".pg-said")).to_contain_text("no word nothing")
    button["Reset"].click()
    expect(prefix).to_have_text("<start>")


def test_the_rest_rescales_and_values_are_announced(open_page):
    shown = playground_at(open_page("03_attention"), 1)
    shown.get_by_label("Weight of Jihun").fill("0.7")
    weights = [float(each) for each in shown.locator(".pg-weights b").all_inner_texts()]
    assert sum(weights) == pytest.approx(1, abs=0.03)
    assert shown.get_by_label("Weight of Jihun").get_attribute("aria-valuetext") == "0.70"
    expect(shown.locator(".pg-said[role=status]")).to_contain_text("Next word 지훈이는 (Jihun.TOP)")
    assert "moved by" in shown.locator(".pg-context").get_attribute("aria-label")


def test_two_on_one_page_do_not_disturb_each_other_and_the_window_stays_clean(open_page, site):
    page = open_page("03_attention")
    one, other = playground_at(page, 0), playground_at(page, 1)
    expect(other.locator(".pg-said")).to_contain_text("Next word")  # a moment after the page is open
    before = other.inner_text()
    one.get_by_role("button", name="Step on").click()
    expect(one.locator(".pg-prefix")).to_contain_text(".")
    assert other.inner_text() == before
    names = page.evaluate("Object.keys(window)")
    page.goto((site / "index.html").as_uri())  # no script has run there
    assert names == page.evaluate("Object.keys(window)")


def test_no_memory_grows_over_a_thousand_moves(open_page):
    page = open_page("03_attention")
    session = page.context.new_cdp_session(page)
    moves = """async (count) => {
        const slider = document.querySelectorAll(".playground:has(.pg-models)")[1].querySelector("input[type=range]");
        for (let i = 0; i < count; i++) {
            slider.value = (i % 90) / 100;
            slider.dispatchEvent(new Event("input"));
            slider.dispatchEvent(new Event("change"));
            await new Promise((done) => setTimeout(done));
        }
    }"""

    def used():
        for _ in range(3):  # what the first collection lets go of is gone after the next
            session.send("HeapProfiler.collectGarbage")
        counts = session.send("Memory.getDOMCounters")
        return session.send("Runtime.getHeapUsage")["usedSize"], counts["nodes"], counts["jsEventListeners"]

    page.evaluate(moves, 150)  # the list of what can be undone is full now
    heap, nodes, listeners = used()
    page.evaluate(moves, 1000)
    later = used()
    assert later[0] - heap < 300_000
    assert later[1] < nodes + 100  # a node kept at each move would be a thousand
    assert later[2] <= listeners


def test_a_weight_is_moved_by_touch(chromium, site):
    context = chromium.new_context(viewport={"width": 320, "height": 700}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((site / "03_attention.html").as_uri())
    slider = playground_at(page, 1).get_by_label("Weight of Jihun")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box["height"] >= 24
    page.touchscreen.tap(box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2)
    assert float(slider.input_value()) == pytest.approx(0.75, abs=0.1)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    context.close()


def test_a_number_of_the_example_by_hand_is_followed_to_the_cell(open_page):
    page = open_page("03_attention")
    shown = page.locator(".playground:has(.pg-numbers)")
    expect(shown.locator(".pg-flow")).to_contain_text("[-0.70, -0.81]")
    for number, value in ((1, "-0.8"), (2, "0.7")):  # h1 becomes h3
        shown.get_by_label(f"h1, the state after I, number {number}").fill(value)
    lines = shown.locator(".pg-flow > li").nth(2).locator(".pg-line").all_inner_texts()
    assert lines[0].split()[1] == lines[2].split()[1] == "0.49"
    expect(shown.locator(".pg-flow")).to_contain_text("was 0.90")
    shown.get_by_label("Step").select_option("1")
    expect(shown.locator(".pg-flow")).to_contain_text("dh2")
    shown.get_by_role("button", name="Reset").click()
    expect(shown.locator(".pg-flow")).not_to_contain_text("was")


def test_without_scripts_the_picture_and_its_text_are_there(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "03_attention.html").as_uri())
    still = page.locator("[data-playground] img").first
    assert still.bounding_box()["height"] > 100
    assert "looks at" in still.get_attribute("alt")
    context.close()


def test_print_shows_the_present_state_and_no_buttons(open_page):
    page = open_page("03_attention")
    shown = playground_at(page, 1)
    shown.get_by_label("Weight of Jihun").fill("0.8")
    expect(shown.locator(".pg-next li").first).to_contain_text("지훈이는")
    page.emulate_media(media="print")
    expect(shown.get_by_role("button", name="Step on")).to_be_hidden()
    expect(shown.locator(".pg-weights")).to_contain_text("0.80")
    expect(shown.locator(".pg-next li").first).to_contain_text("지훈이는")


def test_reduced_motion_moves_nothing(open_page):
    page = open_page("03_attention")
    bar = page.locator(".pg-bar-of i").first
    assert bar.evaluate("bar => getComputedStyle(bar).transitionDuration") != "0s"
    page.emulate_media(reduced_motion="reduce")
    assert bar.evaluate("bar => getComputedStyle(bar).transitionDuration") == "0s"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_and_in_the_dark_on_those_that_hold_a_playground(theme, chromium, site):
    axe = pytest.importorskip("axe_playwright_python.base", reason="no axe: pip install axe-playwright-python")
    context = chromium.new_context(color_scheme=theme, viewport={"width": 320, "height": 900})
    page, found = context.new_page(), {}
    every = [*sorted(site.glob("*.html"))] if theme == "light" else [site / f"{slug}.html" for slug in WITH_PLAYGROUND]
    page.set_default_timeout(1000 * PATIENCE)
    for file in every:
        page.goto(file.as_uri())
        page.evaluate(Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8"))
        corner = "rules: {'empty-table-header': {enabled: false}}"  # of a table in Markdown, which has no other
        violations = page.evaluate(f"axe.run(document, {{resultTypes: ['violations'], {corner}}})")["violations"]
        found[file.name] = [(each["id"], each["nodes"][0]["html"][:120]) for each in violations]
    context.close()
    assert {name: each for name, each in found.items() if each} == {}
