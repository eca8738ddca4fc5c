"""Pages as Chromium prints them and a telephone shows them: nothing is cut off, no label of the explorer breaks."""

import os
from collections.abc import Iterator
from pathlib import Path

import grading_cases as cases
import pytest
import torch
from report_cases import Given, make_folder

from autograder.authoring.pages.site import write_site
from autograder.notebooks import verdict_metadata
from autograder.reports.class_report.page import render as render_report
from autograder.reports.class_report.records import read_answers
from autograder.reports.class_report.report import report_of
from autograder.reports.feedback.page import Grade, Grades, render
from autograder.verdict import Verdict
from lessons.toolkit.figures.alignment_explorer import explorer_html

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

PAPER = 673  # px: A4 less its margins, at 96 to the inch
PHONE = 360
LONG = "total = " + " + ".join(f"accuracy_{number}" for number in range(40))
CUT = """
() => [...document.body.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  const hidden = style.overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1;
  const beyond = one.getClientRects().length && one.getBoundingClientRect().right > innerWidth + 1;
  return style.display !== "none" && (hidden || beyond) && !one.closest("math, svg");
}).map((one) => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 60)}`)
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    api = pytest.importorskip("playwright.sync_api", reason="no browser tests: pip install playwright")
    from lab_cases import find_browser

    if (browser := find_browser()) is None:
        pytest.skip("no browser tests: there is no Chromium here")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=browser, args=root)
        yield found
        found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> list[Path]:
    """Every page that the course makes: solved lessons, a page of feedback with long lines, a class report."""
    folder = tmp_path_factory.mktemp("pages")
    found = [path for path in write_site(folder / "site") if path.suffix == ".html"]
    for name, page in {"feedback": _feedback(), "report": _report(folder)}.items():
        found.append(folder / f"{name}.html")
        found[-1].write_text(page, encoding="utf-8")
    return found


def _feedback() -> str:
    name = cases.EXERCISES[0]
    notebook = cases.answered({**cases.ANSWERS, name: f"def f():\n    {LONG}\n    return '{'x' * 300}'"})
    told = Verdict(name, "failed", 1, 2, title=f"rows {'y' * 300}", question="Why?")
    verdict_metadata.note_verdict(cases.marked(notebook)[f"check-{name}"], told, ())
    return render(notebook, cases.RELEASE, Grades("김 하나", cases.LESSON, {f"check-{name}": Grade(0.0, 1.0)}, {}))


def _report(folder: Path) -> str:
    own = {name: Given("failed", "ids", "cut-to-shortest", code=LONG) for name in cases.EXERCISES}
    return render_report(report_of(read_answers(make_folder(folder / "graded", dict.fromkeys(("kim", "lee"), own)))))


def cut(chromium, path: Path, media: str) -> list[str]:
    page = chromium.new_page(viewport={"width": PAPER, "height": 900})
    page.emulate_media(media=media)
    page.goto(path.as_uri())
    found = page.evaluate(CUT)
    page.close()
    return found


def test_nothing_is_cut_off_on_paper(chromium, pages):
    assert {path.name: found for path in pages if (found := cut(chromium, path, "print"))} == {}


def test_on_a_screen_long_lines_of_code_are_behind_a_scroll_bar(chromium, pages):
    """Else the test above would find nothing anywhere."""
    assert any("PRE" in one for path in pages if path.parent.name == "site" for one in cut(chromium, path, "screen"))


def test_each_page_can_be_printed(chromium, pages, tmp_path):
    page = chromium.new_page()
    for path in (pages[0], *pages[-2:]):
        page.goto(path.as_uri())
        assert page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, format="A4").startswith(b"%PDF")
    page.close()


LABELS = """
(words) => words.map((word) => {
  const label = getComputedStyle(word, "::after");
  const lines = label.content === "none" ? 1 : parseFloat(label.height) / parseFloat(label.fontSize);
  return [word.textContent, word.offsetHeight, lines];
})
"""


def test_no_label_of_the_explorer_breaks_on_a_telephone(chromium, tmp_path):
    source, target = ["I", "love", "you", "a", "lot", "<end>"], ["난", "널", "아주", "사랑해", "<end>"]
    weights = torch.full((len(target), len(source)), 1 / len(source))
    shown = explorer_html(source, target, weights)
    (tmp_path / "page.html").write_text(
        '<!DOCTYPE html><meta name="viewport" content="width=device-width"><meta charset="utf-8">'
        f'<body style="overflow-wrap: anywhere; margin: 0"><div style="width: 12rem">{shown}</div>{shown}',
        encoding="utf-8",
    )
    page = chromium.new_page(viewport={"width": PHONE, "height": 700})
    page.goto((tmp_path / "page.html").as_uri())
    page.locator(".target3").first.focus()
    spans = page.eval_on_selector_all("span", LABELS)
    assert len(spans) == 2 * (len(source) + len(target))
    assert {height for word, height, _ in spans if not word.isascii()} == {spans[len(source)][1]}
    assert all(lines < 1.5 for _, _, lines in spans), spans
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    page.close()
