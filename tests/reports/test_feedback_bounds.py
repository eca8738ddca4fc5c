"""Whatever a notebook holds, its page takes a bounded time and memory, and says what it leaves out."""

import json
import time
from contextlib import suppress
from pathlib import Path

import feedback_cases as cases
import grading_cases
import pytest
from markupsafe import Markup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograder.course.lessons import find_lesson
from autograder.languages import ENGLISH, PUBLISHED
from autograder.notebooks.bounded_cache import BoundedCache
from autograder.reports.feedback import bounds, sanitize
from autograder.reports.feedback.grades import Grade, Grades
from autograder.reports.feedback.process import Asked, Made, PageMaker

LESSON, EXERCISES = cases.LESSON, cases.EXERCISES
RELEASE = find_lesson(LESSON).release_notebook
GRADES = Grades("kim", LESSON, {f"check-{name}": Grade(1.0, 1.0) for name in EXERCISES}, {EXERCISES[0]: "See me."})
LONG = 49_000  # characters: all of it is rendered
SECONDS = 6.0  # of CPU for a text of that length, where a time that grows with its square takes minutes


def repeated(unit: str) -> str:
    return f"a{unit * (LONG // len(unit))}b"


# Of each some form was slow in mistune, nbconvert's formulas, pygments or ammonia.
TEXTS = (
    *(" ", "\t", "  \n", " \n", "\n    ", "\\\n", "\u00a0"),  # blank space
    *("$", "$$", " $a", "\\\\[", "\\\\(", "\\begin{a}", "\\begin{a}x", "$a\n\n"),  # formulas that never end
    *("|", "|a", "|\n", "|-", "a|b\n-|-\n", "|:-"),  # tables
    *("- a\n", "  - a\n", "- - ", "1. ", "> ", ">", ">- ", "- [ ] ", "a\n: b\n", "-\n\n"),  # lists and quotes, nested
    *("*", "**a ", "_a_", "~~", "`", "`a", "``a`", "a*", "***"),  # emphasis and code
    *("[", "![", "[](", '[a](b "', "[a]:\n", "](<", "[a][", "]", "!["),  # links
    *("<", "<a ", "<b>", "<!--", "<?", "<div>\n", '<a href="', "&", "&#", "</p>"),  # HTML
    *("http://", "a@b", "https://a.", "<a@", "\\", "#", "# ", "=\n", "- ", "\x0c", "\u2028"),
)
CODE = (
    '"\\N{',
    "'",
    '"""',
    'f"{',
    "(",
    "[",
    "@",
    "\\\n",
    "0x",
    "1_",
    "a.",
    "from a ",
    "%(",
    "{{",
    "# ",
    "match ",
    ":\n",
    " ",
)


@pytest.mark.parametrize("unit", TEXTS)
def test_a_long_text_of_one_kind_takes_no_long_time(unit):
    began = time.process_time()
    sanitize.markdown(repeated(unit))
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("unit", CODE)
def test_a_long_cell_of_one_kind_takes_no_long_time(unit):
    began = time.process_time()
    sanitize.code(repeated(unit))
    assert time.process_time() - began < SECONDS


def test_the_same_code_is_coloured_once_and_what_is_kept_is_bounded(monkeypatch):
    asked = []
    kept = BoundedCache(lambda text: asked.append(text) or sanitize._colour(text), 30)
    monkeypatch.setattr(sanitize, "_coloured", kept)
    pages = [[sanitize.code(text) for text in ("for x in y:\n", "pass  # ", "é = 1")] for _ in range(2)]
    assert pages[0] == pages[1]
    assert '<span class="k">for</span>' in pages[0][0]
    assert len(asked) == 3
    sanitize.code("z" * 29)
    assert kept.size <= 30


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("so $a < b_1 * c_2 * d$ is", "$a &lt; b_1 * c_2 * d$"),
        ("$$\\frac{a}{b}\n\n# no heading\n$$", "$$\\frac{a}{b}\n\n# no heading\n$$"),
        ("\\\\[ x_1 * y_2 * z \\\\] and \\\\(a_b_c\\\\)", "\\\\[ x_1 * y_2 * z \\\\] and \\\\(a_b_c\\\\)"),
        (
            "\\begin{align}\n\\begin{pmatrix}a_1 & b_1\\end{pmatrix}\n\\end{align}",
            "\\begin{pmatrix}a_1 &amp; b_1\\end{pmatrix}",
        ),
        ("It costs $5, and *that* is much.", "It costs $5, and <em>that</em> is much."),
        ("`$x` and \\$5 and \\$6", "<code>$x</code> and $5 and $6"),
    ],
)
def test_formulas_stay_as_they_were_written(text, shown):
    assert shown in sanitize.markdown(text)


class TestParts:
    def test_a_part_that_runs_too_long_is_shown_as_it_was_typed(self):
        def endless() -> Markup:
            while True:
                pass

        page = bounds.Bounds(part_seconds=0.2)
        with bounds.bounded(page):
            found = bounds.part(endless, lambda: "x < y")
            assert bounds.part(lambda: Markup("<b>fine</b>"), str) == "<b>fine</b>"
        assert bounds.AS_TYPED.template in found
        assert found.endswith("x &lt; y")
        assert page.shortened == 1

    def test_nobody_takes_the_end_for_an_error_of_his_own(self):
        def stubborn() -> Markup:
            while True:
                with suppress(Exception):  # as libraries have it
                    sum(range(100))

        with bounds.bounded(bounds.Bounds(part_seconds=0.2)):
            assert "typed" in bounds.part(stubborn, str)

    def test_when_the_time_of_the_page_is_over_all_parts_are_as_typed(self):
        def busy() -> Markup:
            until = time.process_time() + 0.3
            while time.process_time() < until:
                pass
            return Markup("done")

        page = bounds.Bounds(part_seconds=1.0, seconds=0.5)
        with bounds.bounded(page):
            found = [bounds.part(busy, lambda: "as typed") for _ in range(4)]
        assert [one == "done" for one in found] == [True, False, False, False]
        assert page.shortened == 3

    def test_when_the_page_is_full_the_rest_is_left_out(self):
        page = bounds.Bounds(room=1_000)
        with bounds.bounded(page):
            found = [bounds.part(lambda: Markup("x" * 600), str) for _ in range(5)]
        assert bounds.FULL.template in found[1]
        assert found[2:] == ["", "", ""]
        assert page.shortened == 3

    def test_what_takes_too_much_memory_is_as_typed(self):
        def large() -> Markup:
            raise MemoryError

        with bounds.bounded(bounds.Bounds()):
            assert "typed" in bounds.part(large, str)

    def test_outside_a_page_nothing_is_cut(self):
        assert bounds.part(lambda: Markup("x"), str) == "x"
        assert bounds.shortened() == 0


def made(notebook: NotebookNode | bytes, **limits: int) -> Made:
    maker = PageMaker(**limits)
    content = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    try:
        return maker.make(Asked(content, RELEASE, GRADES))
    finally:
        maker.close()


def test_forty_cells_of_spaces_cost_nothing():
    """Each of them took half a minute."""
    notebook = grading_cases.answered(grading_cases.ANSWERS)
    notebook.cells += [new_markdown_cell("a" + " " * 49_980 + "b") for _ in range(40)]
    page = made(notebook)
    assert (page.shortened, page.way) == (0, "")


def test_a_page_of_very_many_parts_is_cut_and_says_so():
    """Each cell is harmless; so many of them are not."""
    notebook = grading_cases.answered(grading_cases.ANSWERS)
    notebook.cells += [new_markdown_cell("*a `b` [c](d) " * 3_500) for _ in range(100)]
    notebook.cells += [new_code_cell("x = 1", outputs=[new_output("stream", text="line\n" * 5_000)] * 20)]
    page = made(notebook, cpu_seconds=5)
    assert page.way == ""
    assert page.shortened > 20
    assert f"{page.shortened} parts of your notebook are too much for this page" in page.html.decode()
    assert "See me." in page.html.decode()
    assert len(page.html) < 20_000_000


def test_many_large_outputs_leave_a_page_that_can_be_opened():
    html = "<p>" + "&amp; " * 150_000
    notebook = grading_cases.answered(grading_cases.ANSWERS)
    outputs = [new_output("display_data", {"text/html": html}) for _ in range(25)]
    notebook.cells += [new_code_cell("show()", outputs=outputs), new_raw_cell("y" * 10**6)]
    page = made(notebook, cpu_seconds=5)
    assert page.shortened
    assert len(page.html) < 20_000_000


COUNT = len(cases.EXERCISES)
LARGE = b'{"cells": [], "metadata": {"x": [' + b"{}," * 8_000_000 + b"{}]}}"


def test_a_notebook_that_cannot_even_be_read_leaves_points_and_comments():
    """The kernel ends what takes too much memory or CPU; and a notebook may be none."""
    for content, limits in (
        (LARGE, {"memory": 64 * 2**20}),
        (b"[" * 100_000, {}),
        (b"{}", {}),
    ):
        page = made(content, **limits)
        assert page.way == "points"
        html = page.html.decode()
        assert "Your notebook is too much for this page" in html
        assert f"<strong>{COUNT}</strong> of {COUNT} points" in html
        assert "See me." in html


@pytest.mark.parametrize("language", PUBLISHED)
def test_points_and_comments_alone_are_in_the_language_that_was_handed_in(language):
    """Though the notebook is not read: the judge's note of its language stands behind its cells."""
    noted = json.dumps({"autograder": {"language": language}}, indent=1).encode()
    page = made(b'{"cells": [' * 100_000 + b', "metadata": ' + noted + b', "nbformat": 4}')
    assert page.way == "points"
    assert f'lang="{language}"' in page.html.decode()
    assert "Your notebook" not in page.html.decode()


def test_a_language_is_only_looked_for_behind_the_cells():
    told = b'"autograder": {"language": "xx"}'
    assert Asked(told + b"}" + b" " * 5_000, None, GRADES).language == ENGLISH
    assert Asked(b'"autograder": {\n "language": "../../x"}', None, GRADES).language == ENGLISH
    assert Asked(told + b"}", None, GRADES).language == "xx"


def test_the_process_makes_the_next_page_after_one_that_ended_it():
    maker = PageMaker(cpu_seconds=1)
    ways = [maker.make(Asked(content, RELEASE, GRADES)).way for content in (LARGE, Path(RELEASE).read_bytes())]
    maker.close()
    assert ways == ["points", ""]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")
def test_a_class_with_one_such_notebook_gets_all_its_pages(tmp_path):
    solved = grading_cases.answered(grading_cases.ANSWERS)
    root = cases.make_folder(tmp_path / "graded", {"kim": solved, "attacker": b"[" * 100_000, "lee": solved})
    said = cases.feedback(root)
    assert "3 pages" in said
    assert f"shorter  attacker/{LESSON}: the notebook is too much for a page: points alone" in said
    assert "too much" in cases.page_of(root, "attacker").read_text()
    assert "too much" not in cases.page_of(root, "lee").read_text()
