"""A learner's way through JupyterLab in Korean: the lesson, what its cards say, and JupyterLab's own menus."""

import os
import re
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="no browser tests: pip install playwright (it is in the extra 'test')")
from lab_cases import MENUS, PATIENCE, Lesson, running_browser, running_lab
from playwright.sync_api import expect

ZOO = Path(__file__).parents[2] / "autograder/checks/zoo/01_seq2seq"
PICTURES = Path(os.environ.get("SCREENSHOTS") or Path(__file__).parents[2] / "build/screenshots")

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """Lesson 01 as `autograder lab --language ko` opens it, after "Run All Cells"."""
    folder = tmp_path_factory.mktemp("lab")
    expect.set_options(timeout=1000 * PATIENCE)
    with running_browser() as browser, running_lab(folder, "--language", "ko") as address:
        page = browser.new_context(color_scheme="dark", viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(1000 * PATIENCE)
        lesson = Lesson(page, address, "01_seq2seq/01_seq2seq.ipynb", "ko")
        lesson.run_all()
        yield lesson


@pytest.fixture
def picture(lesson):
    PICTURES.mkdir(parents=True, exist_ok=True)
    return lambda name: lesson.page.screenshot(path=PICTURES / f"{name}_ko.png")


def hangul(text: str) -> int:
    return len(re.findall("[가-힣]", text))


def test_jupyterlab_and_the_lesson_are_in_korean(lesson, picture):
    menus = lesson.page.get_by_role("menubar").first.get_by_role("menuitem").all_inner_texts()
    assert {MENUS["ko"]["file"], MENUS["ko"]["run"]} <= set(menus)
    lesson.panel.locator(".jp-Cell").first.scroll_into_view_if_needed()
    texts = lesson.panel.locator(".jp-MarkdownOutput").all_inner_texts()
    assert len(texts) > 20
    assert all(hangul(text) > 3 for text in texts)
    picture("11_lesson_opened")


def test_what_a_check_says_is_in_korean(lesson, picture):
    expect(lesson.check("decoder")).to_contain_text("아직 시작 전")
    cell = lesson.cell("def make_dictionary(")
    for name, mark in (("wrong_by_position", "✗"), ("right_plain_dicts", "✓")):
        lines = (ZOO / "make_dictionary" / f"{name}.py").read_text(encoding="utf-8").splitlines()
        lesson.write(cell, "\n".join(line for line in lines if not line.startswith("#")))
        lesson.run(cell)
        lesson.run(lesson.cell('check("make_dictionary", '))
        shown = lesson.check("make_dictionary")
        expect(shown).to_contain_text(f"{mark} make_dictionary")
        assert hangul(shown.inner_text()) > 5
        picture(f"12_{name}")
    assert lesson.check("pad_batch").locator("summary", has_text="힌트").count() > 1
    card = lesson.panel.locator(".jp-OutputArea-output [lang]")
    assert set(card.evaluate_all("found => found.map(one => one.lang)")) <= {"ko", "en"}


def test_progress_is_in_korean(lesson, picture):
    own = lesson.add_below(lesson.cell('check("make_dictionary", '), "from autograder.ko import progress; progress()")
    shown = own.get_by_role("region")
    expect(shown).to_contain_text("make_dictionary")
    assert hangul(shown.inner_text()) > 20
    picture("13_progress")
