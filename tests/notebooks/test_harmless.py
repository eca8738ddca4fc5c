"""What grading writes into `autograded`: it shows what was written and runs nothing, whatever renders it."""

import copy
import time
from collections import Counter
from pathlib import Path

import grading_cases as cases
import nbformat
import nbgrader
import pytest
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from page_attacks import HIDDEN, HTML, MARKDOWN, PNG, Page, attack, dangers, outputs

from autograder.course.lessons import all_lessons, find_lesson
from autograder.course.source import read_lesson
from autograder.gradebook.autograde_steps import MakeHarmless
from autograder.judging import returned_notebook
from autograder.judging.course_notebook import course_notebook
from autograder.judging.matching import match
from autograder.notebooks import harmless, written_answers
from autograder.notebooks.harmless import LONGEST_GAP, LONGEST_TEXT, harmless_outputs, make_harmless
from autograder.reports.feedback import sanitize
from autograder.verdict import Verdict

TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
NAMES = {"student": "kim", "last_name": "", "first_name": "", "notebook_path": "x", "submission_id": "1"}
WRITTEN = "what_capacity_bought"


def formgrader(notebook: NotebookNode) -> str:
    """The page that formgrader makes where it does not know the course's settings, as on a hub."""
    exporter = HTMLExporter(template_name="formgrade", extra_template_basedirs=[str(TEMPLATES)])
    names = {"assignment_id": "x", "notebook_id": "x", "index": 0, "total": 1, "base_url": "/user/x"}
    return exporter.from_notebook_node(copy.deepcopy(notebook), resources={**NAMES, **names})[0]


def shown(text: str, attachments: dict | None = None) -> str:
    """A text as grading leaves it, made HTML by nbconvert."""
    notebook = of(text, attachments)
    make_harmless(notebook)
    [cell] = notebook.cells
    renderer = IPythonRenderer(escape=False, attachments=cell.get("attachments", {}))
    return MarkdownWithMath(renderer=renderer).render(cell.source)


def of(text: str, attachments: dict | None = None) -> NotebookNode:
    cell = new_markdown_cell(text)
    if attachments is not None:
        cell.attachments = attachments
    return new_notebook(cells=[cell])


def graded(notebook: NotebookNode, lesson: str = cases.LESSON) -> NotebookNode:
    """What the sandbox's judge writes of a notebook."""
    known = course_notebook(find_lesson(lesson), released(lesson))
    found = match(notebook, known)
    verdicts = {name: Verdict(name, "passed", stages=2) for name in read_lesson(find_lesson(lesson).source).exercises}
    return returned_notebook.autograded(notebook, found, verdicts, {}, known)


def released(lesson: str) -> NotebookNode:
    return nbformat.read(find_lesson(lesson).release_notebook, as_version=4)


class TestFormgrader:
    def own(self) -> Counter:
        """What formgrader's page has of its own."""
        return Counter(dangers(formgrader(graded(released(cases.LESSON)))))

    def test_nothing_of_an_attack_reaches_its_page(self):
        page = formgrader(graded(attack(cases.RELEASE)))
        assert Counter(dangers(page)) - self.own() == Counter()
        loaded = [str(attributes) for tag, attributes in Page(page).tags if tag != "a"]  # a link waits for a click
        assert "evil.invalid" not in "".join(loaded)

    def test_nor_of_what_nbgraders_own_way_writes(self):
        notebook, _ = MakeHarmless().preprocess(attack(cases.RELEASE), ResourcesDict())
        assert Counter(dangers(formgrader(notebook))) - self.own() == Counter()

    def test_without_it_the_page_would_run_scripts(self):
        cells = [new_markdown_cell(text) for text in HTML + MARKDOWN if "attachment" not in text]
        found = Counter(dangers(formgrader(new_notebook(cells=cells)))) - self.own()
        assert found["script"] > 3
        assert any("javascript:" in one for one in found)

    def test_no_cell_is_hidden_from_who_grades(self):
        text = Page(formgrader(graded(attack(cases.RELEASE)))).text
        assert all(" ".join(payload.split()) in text for payload in (*HTML, HIDDEN))

    @pytest.mark.parametrize("lesson", ["02_context_limit"])
    def test_a_written_answer_is_harmless_and_waits_for_a_person(self, lesson):
        notebook = released(lesson)
        cases.marked(notebook)[WRITTEN].source = HTML[0] + "\n\n" + MARKDOWN[0]
        back = graded(notebook, lesson)
        assert written_answers.verdicts(back, released(lesson))[WRITTEN].status == "manual"
        assert Counter(dangers(formgrader(back))) - self.own() == Counter()

    def test_a_picture_that_is_not_there_does_not_keep_the_page_from_opening(self):
        notebook = released(cases.LESSON)
        notebook.cells.append(new_markdown_cell("![그림](attachment:그림.png)"))
        assert "(attachment:그림.png)" in Page(formgrader(graded(notebook))).text


class TestTexts:
    @pytest.mark.parametrize("text", HTML + MARKDOWN)
    def test_each_is_harmless_and_shown_as_it_was_written(self, text):
        page = shown(text, {"c": {"image/png": f'{PNG}" onerror="x'}})
        assert dangers(page) == []
        if text in HTML:
            assert " ".join(text.split()).replace("&gt;", ">").replace("&lt;", "<") in Page(page).text

    @pytest.mark.parametrize("lesson", [lesson.slug for lesson in all_lessons()])
    def test_the_courses_own_texts_stay_as_they_are(self, lesson):
        notebook, given = released(lesson), {cell.source for cell in released(lesson).cells}
        make_harmless(notebook, given)
        assert [cell.source for cell in notebook.cells] == [cell.source for cell in released(lesson).cells]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("H<sub>2</sub>O, <b>bold</b>, x<sup>2</sup>", "H<sub>2</sub>O, <b>bold</b>, x<sup>2</sup>"),
            ("one<br>two<BR/>", "one<br>two<BR/>"),
            ("[paper](https://arxiv.org/abs/1409.0473)", '<a href="https://arxiv.org/abs/1409.0473">paper</a>'),
            ("[there](#exercise)", '<a href="#exercise">there</a>'),
            ("[Bahdanau][1]\n\n[1]: https://arxiv.org", '<a href="https://arxiv.org">Bahdanau</a>'),
            ("$a < b$ and `x < y`", "$a &lt; b$ and <code>x &lt; y</code>"),
            ("| a |\n|---|\n| 1 |", "<td>1</td>"),
            ("**stark** und *schräg*", "<strong>stark</strong> und <em>schräg</em>"),
            ("2 <3 und 3> 2", "2 &lt;3 und 3&gt; 2"),
        ],
    )
    def test_what_is_harmless_looks_as_it_should(self, text, expected):
        assert expected in shown(text)

    def test_code_in_a_text_reads_as_it_was_written(self):
        page = shown("`rows[0](x)` and `List<int>`\n\n```python\nnp.array([[1]])[i](x)\n```\n")
        assert "rows[0](x) and List<int>" in Page(page).text
        assert "np.array([[1]])[i](x)" in Page(page).text

    @pytest.mark.parametrize("text", ["<b>never closed", "</b></i>", "<b><i>x</b></i>", "<small>" * 50, "<b>\n</b>"])
    def test_formatting_that_would_reach_beyond_its_line_is_text(self, text):
        opened = Counter(tag for tag, _ in Page(shown(text)).tags) - Counter(["p"])
        assert not set(opened) & {"b", "i", "small"}

    @pytest.mark.parametrize(
        ("text", "attachments"),
        [
            ("![a](attachment:image.png)", {"image.png": {"image/png": PNG}}),
            ("![a](attachment:%EA%B7%B8%EB%A6%BC.png)", {"그림.png": {"image/png": PNG}}),
            ("![a](attachment:그림.png)", {"그림.png": {"image/png": PNG}}),
            ("![a](attachment:my%20plot.png 'x')".replace("'", '"'), {"my plot.png": {"image/png": PNG}}),
            (f"![a](data:image/png;base64,{PNG})", {}),
        ],
    )
    def test_pictures_are_shown(self, text, attachments):
        assert dict(Page(shown(text, attachments)).tags)["img"] == {"src": f"data:image/png;base64,{PNG}", "alt": "a"}

    def test_pictures_of_all_texts_together_have_a_limit(self, monkeypatch):
        monkeypatch.setattr(harmless, "MOST_PICTURES", int(2.5 * len(PNG)))
        cells = [new_markdown_cell("![a](attachment:p)", attachments={"p": {"image/png": PNG}}) for _ in range(4)]
        notebook = new_notebook(cells=cells)
        make_harmless(notebook)
        assert ["attachments" in cell for cell in notebook.cells] == [True, True, False, False]

    def test_a_gap_of_any_width_is_narrow(self):
        text = f"a{' ' * 50_000}b"
        began = time.monotonic()
        assert len(shown(text)) < 2 * LONGEST_GAP
        assert time.monotonic() - began < 5

    def test_a_very_long_text_is_shown_without_being_read(self):
        text = "```\n# heading\n````\n" * (LONGEST_TEXT // 15)
        page = shown(text)
        assert "<h1" not in page
        assert text.strip().split()[-1] in page
        assert len(page) >= len(text)

    @pytest.mark.parametrize(
        "part",
        [
            *("![", "![](attachment:", "[](", "<b>", "<", "](", "!", " ", "\t ", "<b", "]:", "</b>", "`"),
            *("![](data:image/png;base64,AAAA", '![a](attachment:b "', "![](attachment:" + "(" * 40),
        ],
    )
    @pytest.mark.parametrize("cells", [1, 40])
    def test_any_text_takes_a_time_that_grows_with_its_length(self, part, cells):
        text = part * (400_000 // cells // len(part))
        notebook = new_notebook(cells=[new_markdown_cell(text) for _ in range(cells)])
        began = time.process_time()
        make_harmless(notebook)
        assert time.process_time() - began < 2


class TestNotebook:
    def test_metadata_that_grading_did_not_write_goes(self):
        notebook = graded(attack(cases.RELEASE))
        assert set(notebook.metadata) == {"kernelspec"}
        assert {name for cell in notebook.cells for name in cell.metadata} <= {"nbgrader", "autograder", "tags"}
        tags = {tag for cell in notebook.cells for tag in cell.metadata.get("tags", ())}
        assert {"exploration", "x"} <= tags
        assert all(tag.replace("-", "_").isidentifier() for tag in tags)

    def test_outputs_become_pictures_and_text_and_keep_what_grading_noted(self):
        kinds = {kind for one in harmless_outputs(outputs(HTML[0])) for kind in one.get("data", {})}
        assert kinds == {"text/plain"}
        noted = new_output("display_data", {"text/plain": "✓", "text/html": HTML[0]}, metadata={"autograder": {"a": 1}})
        [kept, picture] = harmless_outputs([noted, new_output("display_data", {"image/png": PNG})])
        assert (kept.data, kept.metadata) == ({"text/plain": "✓"}, {"autograder": {"a": 1}})
        assert picture.data == {"image/png": PNG}

    def test_it_is_a_valid_notebook_and_the_page_that_goes_back_reads_it(self):
        notebook = graded(attack(cases.RELEASE))
        notebook.nbformat_minor = 5
        nbformat.validate(notebook)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                assert dangers(str(sanitize.markdown(cell.source, cell.get("attachments")))) == []
