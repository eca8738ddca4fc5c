"""A learner's way through JupyterLab in the system's Chromium, once in the light and once in the dark theme.

Pictures of what was seen lie in build/screenshots afterwards, or where SCREENSHOTS says.
"""

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="no browser tests: pip install playwright (it is in the extra 'test')")
from lab_cases import PATIENCE, Lesson, running_browser, running_lab
from playwright.sync_api import expect

from autograder.authoring.pages.site import write_site

ZOO = Path(__file__).parents[2] / "autograder/checks/zoo/01_seq2seq"
PICTURES = Path(os.environ.get("SCREENSHOTS") or Path(__file__).parents[2] / "build/screenshots")
THEMES = {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 17, 17)"}
"""Each theme, and the background of its notebooks."""

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def chromium():
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory, chromium):
    """The address and the folder of a running `autograder lab`, which two learners share, one in each theme."""
    folder = tmp_path_factory.mktemp("lab")
    with running_lab(folder) as address:
        for theme in THEMES:
            for slug in ("01_seq2seq", "05_alignments"):
                shutil.copytree(folder / "lessons" / slug, folder / "lessons" / theme / slug)
        yield address


@pytest.fixture(scope="module", params=THEMES)
def theme(request):
    return request.param


@pytest.fixture(scope="module")
def page(theme, lab, chromium):
    """A page of JupyterLab in a theme."""
    context = chromium.new_context(color_scheme=theme, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(1000 * PATIENCE)
    expect.set_options(timeout=1000 * PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def open_lesson(page, lab, theme):
    """Opens a lesson of the theme's learner."""
    return lambda slug: Lesson(page, lab, f"{theme}/{slug}/{slug}.ipynb")


@pytest.fixture(scope="module")
def first(open_lesson):
    """Lesson 01 after "Run All Cells"."""
    lesson = open_lesson("01_seq2seq")
    lesson.run_all()
    return lesson


@pytest.fixture
def picture(page, theme):
    """Takes a picture of what the learner sees now."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    return lambda name: page.screenshot(path=PICTURES / f"{name}_{theme}.png")


def answer(exercise: str, name: str) -> str:
    """An answer from the zoo, as a learner would write it."""
    lines = (ZOO / exercise / f"{name}.py").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def try_answer(lesson: Lesson, exercise: str, name: str) -> None:
    cell = lesson.cell(f"def {exercise}(")
    lesson.write(cell, answer(exercise, name))
    lesson.run(cell)
    lesson.run(lesson.cell(f'check("{exercise}", '))


def test_the_page_is_the_learners(first, page, theme, picture):
    """In its theme, without news or the menus of nbgrader's instructors."""
    first.panel.locator(".jp-Cell").first.scroll_into_view_if_needed()
    colour = page.evaluate("getComputedStyle(document.querySelector('.jp-NotebookPanel')).backgroundColor")
    assert colour == THEMES[theme]
    menu = page.get_by_role("menubar").first.get_by_role("menuitem").all_inner_texts()
    assert {"File", "Run", "Kernel"} <= set(menu)
    assert "Nbgrader" not in menu
    assert page.get_by_text("Would you like to get notified").count() == 0
    picture("01_lesson_opened")


def test_run_all_reaches_the_end_and_says_what_to_do(first):
    expect(first.check("decoder")).to_contain_text("still to do")
    expect(first.cell("translate(")).to_contain_text("This cell waits for")


def test_a_wrong_answer_then_a_right_one(first, picture):
    try_answer(first, "make_dictionary", "wrong_by_position")
    expect(first.check("make_dictionary")).to_contain_text("✗ make_dictionary")
    expect(first.check("make_dictionary")).to_contain_text("links")
    picture("02_wrong_answer")
    try_answer(first, "make_dictionary", "right_plain_dicts")
    expect(first.check("make_dictionary")).to_contain_text("✓ make_dictionary")
    picture("03_right_answer")


def test_hints_open_one_by_one_and_nothing_runs(first, page, picture):
    shown = first.check("pad_batch")
    steps = [shown.locator("summary", has_text=f"Hint {number} of") for number in (1, 2)]
    expect(steps[0]).to_be_visible()
    expect(steps[1]).to_be_hidden()
    steps[0].click()
    expect(steps[1]).to_be_visible()
    page.keyboard.press("Tab")
    expect(steps[1]).to_be_focused()
    texts = shown.locator("details p")
    expect(texts.nth(1)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(texts.nth(1)).to_be_visible()
    picture("04_hints")


def test_progress_shows_what_is_done_and_what_is_next(first, picture):
    try_answer(first, "make_dictionary", "right_plain_dicts")
    own = first.add_below(first.cell('check("make_dictionary", '), "from autograder import progress; progress()")
    shown = own.get_by_role("region", name="Your progress")
    expect(shown.get_by_role("row", name="make_dictionary")).to_contain_text("done")
    expect(shown.get_by_role("row", name="build_vocabulary")).not_to_contain_text("done")
    expect(shown.get_by_role("link")).to_contain_text("build_vocabulary")
    picture("05_progress")


EXPLORE = """\
show_explorer(
    ["I", "love", "you"], ["난", "널", "사랑해"],
    torch.tensor([[0.9, 0.05, 0.05], [0.05, 0.05, 0.9], [0.1, 0.8, 0.1]]),
)"""


def test_the_alignment_explorer_answers_to_mouse_and_keyboard(open_lesson, page, picture):
    lesson = open_lesson("05_alignments")
    lesson.run(lesson.cell("import show_explorer"))
    shown = lesson.add_below(lesson.cell("import show_explorer"), EXPLORE).locator(".jp-OutputArea")
    verb, you = shown.get_by_label("사랑해: love 0.80"), shown.get_by_label("널: you 0.90")
    weight = "word => getComputedStyle(word, '::after').content"
    love = shown.get_by_text("love", exact=True)
    assert love.evaluate(weight) == "none"
    verb.hover()
    assert love.evaluate(weight) == '"0.80"'
    picture("06_explorer_mouse")
    you.focus()
    page.mouse.move(0, 0)
    assert shown.get_by_text("you", exact=True).evaluate(weight) == '"0.90"'
    page.keyboard.press("Tab")
    expect(verb).to_be_focused()
    assert love.evaluate(weight) == '"0.80"'
    picture("07_explorer_keyboard")


PLAY = """\
shipped_words = Vocabularies(load_split("train"))
playground({"the course's model": shipped("03_attention")}, shipped_words, ["Mina met Jihun yesterday"])"""


def test_the_kernel_answers_in_the_playground(open_lesson, page, picture):
    lesson = open_lesson("05_alignments")
    lesson.run(lesson.cell("import show_explorer"))
    cell = lesson.add_below(lesson.cell("import show_explorer"), PLAY)
    shown = cell.locator(".playground")
    best = shown.locator(".pg-next li").first
    expect(best).to_contain_text("Mina.TOP")
    expect(cell.locator("[data-playground-still] img")).to_be_hidden()  # the widget stands in its place
    slider = shown.get_by_label("Weight of Jihun")
    slider.focus()
    for _ in range(8):
        page.keyboard.press("PageUp")
    before = float(slider.input_value())
    page.keyboard.press("ArrowUp")  # JupyterLab leaves arrows and Enter to the playground
    assert float(slider.input_value()) == pytest.approx(before + 0.01, abs=0.005)
    expect(best).to_contain_text("Jihun.TOP")
    expect(shown.locator(".pg-said")).to_contain_text("Next word 지훈이는")
    picture("08_playground_weight_moved")
    shown.get_by_role("button", name="Undo").click()
    shown.get_by_role("button", name="Step on").focus()
    page.keyboard.press("Enter")
    expect(shown.locator(".pg-prefix")).to_contain_text("TOP")
    shown.get_by_role("button", name="Hide the state after yesterday").click()
    expect(shown.locator(".pg-weights li").nth(3)).to_contain_text("hidden")
    picture("09_playground_state_hidden")
    lesson.run(cell)  # again: the first widget is closed, the new one answers
    expect(cell.locator(".playground")).to_have_count(1)
    expect(best).to_contain_text("Mina.TOP")


def test_the_pages_of_the_solved_course_fit_a_narrow_window(chromium, tmp_path):
    page = chromium.new_page(viewport={"width": 320, "height": 700})
    forbidden = []
    page.on("console", lambda message: forbidden.append(message.text))
    widths = {}
    for file in write_site(tmp_path / "site"):
        if file.suffix == ".html":
            page.goto(file.as_uri())
            widths[str(file.relative_to(tmp_path))] = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert set(widths.values()) == {320}, widths
    assert forbidden == []  # what the pages' policy does not let load or run
