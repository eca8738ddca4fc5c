"""The page that a learner gets back: what it says, and that opening it is safe."""

import copy
import re
import subprocess
import sys
import time
from dataclasses import replace

import grading_cases as cases
import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from page_reader import Reader

from autograder.gradebook.executed_checks import hints_of, verdict_of
from autograder.judging import returned_notebook
from autograder.notebooks import harmless, verdict_metadata
from autograder.reports.feedback import sanitize
from autograder.reports.feedback.page import Grade, Grades, render
from autograder.reports.feedback.verdicts import lines
from autograder.verdict import Raised, Verdict
from lessons.toolkit.text import t

LESSON, EXERCISES = cases.LESSON, cases.EXERCISES
HINTS = ("Look at the rows.", "Think of softmax.")
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SCRIPT = "document.documentElement.dataset.ran = 'yes'"

# Each tries to run SCRIPT when the page is opened, hovered over, or clicked.
HTML = (
    f"<script>{SCRIPT}</script>",
    f"<ScRiPt>{SCRIPT}</sCrIpT >",
    f"<scr<script>ipt>{SCRIPT}</scr</script>ipt>",
    f'<img src=x onerror="{SCRIPT}">',
    f'<img src="data:image/png;base64,{PNG}" onload="{SCRIPT}">',
    f'<IMG """><SCRIPT>{SCRIPT}</SCRIPT>">',
    f'<svg onload="{SCRIPT}"></svg>',
    f"<svg><script>{SCRIPT}</script></svg>",
    f'<svg><style><img src=x onerror="{SCRIPT}"></style></svg>',
    f'<svg><animate onbegin="{SCRIPT}" attributeName=x dur=1s></svg>',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={SCRIPT}&gt;">',
    f'<noscript><p title="</noscript><img src=x onerror={SCRIPT}>"></noscript>',
    f'<body onload="{SCRIPT}">',
    f'<iframe srcdoc="<script>parent.{SCRIPT}</script>"></iframe>',
    f'<iframe src="javascript:parent.{SCRIPT}"></iframe>',
    f'<object data="javascript:{SCRIPT}"></object><embed src="javascript:{SCRIPT}">',
    f'<details open ontoggle="{SCRIPT}"><summary>x</summary></details>',
    f'<input autofocus onfocus="{SCRIPT}"><video><source onerror="{SCRIPT}"></video>',
    f'<a href="javascript:{SCRIPT}">a</a><a href=" &#106;avascript&colon;{SCRIPT}">b</a>',
    f'<a href="java\tscript:{SCRIPT}">c</a><a href="data:text/html,<script>{SCRIPT}</script>">d</a>',
    f'<form action="javascript:{SCRIPT}"><button formaction="javascript:{SCRIPT}">x</button></form>',
    '<meta http-equiv="refresh" content="0;url=https://evil.invalid/"><base href="https://evil.invalid/">',
    '<link rel=stylesheet href="https://evil.invalid/x.css"><style>@import "https://evil.invalid/y.css";</style>',
    '<img src="https://evil.invalid/pixel.png"><img src="//evil.invalid/x"><img srcset="https://evil.invalid/x 1x">',
    '<p style="background:url(https://evil.invalid/z)" class="status" id="exercise-1">x</p>',
    f"--></style></title></pre></textarea><script>{SCRIPT}</script>",
    f"<!--[if gte IE 4]><script>{SCRIPT}</script><![endif]-->",
    f"<template><script>{SCRIPT}</script></template><plaintext><xmp><script>{SCRIPT}</script></xmp>",
)
MARKDOWN = (
    f"[x](javascript:{SCRIPT.replace(' ', '')})",
    f"[x](<javascript:{SCRIPT}>)",
    f"![x](javascript:{SCRIPT.replace(' ', '')})",
    f'![x](https://evil.invalid/a.png "\\" onerror={SCRIPT}")',
    f"<javascript:{SCRIPT.replace(' ', '')}>",
    f"[x]: javascript:{SCRIPT.replace(' ', '')}\n\n[x]",
    f'```"><script>{SCRIPT}</script>\ncode\n```',
    f"```mermaid\n</pre><script>{SCRIPT}</script>\n```",
    f'$</span><script>{SCRIPT}</script>$ and $$<img src=x onerror="{SCRIPT}">$$',
    f"\\begin{{x}}<script>{SCRIPT}</script>\\end{{x}}",
    f'# heading <img src=x onerror="{SCRIPT}">',
    "![x](attachment:a)",
    "![x](attachment:none)",
)
ATTACHMENTS = {"a": {f'text/html"onerror="{SCRIPT}': "PHNjcmlwdD4="}}


def dangers(page: str) -> list[str]:
    """What in a page could run or load something."""
    found = []
    for tag, attributes in Reader(page).tags:
        if tag in ("script", "iframe", "object", "embed", "svg", "math", "base", "link", "form", "input", "template"):
            found.append(tag)
        for name, value in attributes.items():
            harmless = (value or "").startswith(("#", "data:image/", "https://", "http://", "mailto:"))
            if name.startswith("on") or (name in ("href", "src") and not harmless):
                found.append(f"{tag} {name}={value}")
            if tag != "a" and name in ("src", "srcset", "style", "background", "poster"):
                found += [] if (value or "").startswith("data:image/") else [f"{tag} {name}={value}"]
    return found


def attack() -> NotebookNode:
    """A notebook with every payload in every place that a page could show."""
    notebook = copy.deepcopy(cases.RELEASE)
    for payload in HTML + MARKDOWN:
        cell = new_markdown_cell(payload)
        cell.attachments = ATTACHMENTS
        notebook.cells += [cell, new_raw_cell(payload, metadata={"raw_mimetype": "text/html"})]
        notebook.cells.append(new_code_cell(f"# {payload}\n'''{payload}'''", outputs=_outputs(payload)))
        notebook.cells[-1].metadata = {
            "tags": [payload.replace(",", ";")],
            "jupyter": {"x": payload},
            "format": payload,
        }
    notebook.metadata = NotebookNode(
        title=HTML[0],
        kernelspec={"name": HTML[3], "display_name": HTML[3], "language": HTML[3]},
        language_info={"name": HTML[3], "pygments_lexer": HTML[3], "mimetype": HTML[3]},
        widgets={"application/vnd.jupyter.widget-state+json": {"state": HTML[0]}},
    )
    answer = cases.marked(notebook)[EXERCISES[0]]
    answer.source += "".join(f"\n# {payload}" for payload in HTML)
    answer.outputs = [output for payload in HTML for output in _outputs(payload)]
    check = cases.marked(notebook)[f"check-{EXERCISES[0]}"]
    reason = HTML[0] + HTML[3]
    check.outputs = [new_output("stream", text=f"✗ {EXERCISES[0]}: {reason}\n    got       {reason}\n  Note: {reason}")]
    raised = Raised(reason, reason, 3, ((reason, reason),))
    found = Verdict(
        EXERCISES[0], "failed", 1, 2, title=reason, question=reason, got=reason, raised=raised, notes=(reason,)
    )
    verdict_metadata.note_verdict(check, found, (reason,))
    return nbformat.from_dict(notebook)


def _outputs(payload: str) -> list[NotebookNode]:
    kinds = ("text/html", "image/svg+xml", "application/javascript", "text/latex", "text/markdown", "text/plain")
    kinds += ("application/vnd.jupyter.widget-view+json", "text/vnd.mermaid", "image/png", "image/jpeg", "image/gif")
    shown = [new_output("display_data", {kind: payload}, metadata={kind: {"width": payload}}) for kind in kinds]
    fake = new_output("display_data", {"image/png": 'iVBORw0KGgo=" onerror="alert(1)'})
    error = new_output("error", ename=payload, evalue=payload, traceback=[f"\x1b[31m{payload}\x1b[0m"])
    return [*shown, fake, error, new_output("stream", name=payload, text=payload)]


def grades(student: str = "김 하나", **options) -> Grades:
    points = {f"check-{exercise}": Grade(1.0, 1.0) for exercise in EXERCISES}
    return Grades(student, LESSON, points, **{"comments": {}, **options})


def graded(statuses: dict[str, Verdict], hints: tuple[str, ...] = HINTS) -> NotebookNode:
    """The solved notebook after grading; exercises that are not named passed."""
    notebook = cases.answered(cases.ANSWERS)
    for exercise in EXERCISES:
        found = statuses.get(exercise, Verdict(exercise, "passed", stages=3))
        check = cases.marked(notebook)[f"check-{exercise}"]
        check.outputs = [new_output("stream", text=found.text() + "\n")]
        verdict_metadata.note_verdict(check, found, hints)
    return notebook


GIVEN = (cases.RELEASE, grades())
FAILED = Verdict(
    EXERCISES[2], "failed", 2, 3, title="one row a word", question="Is END there?", expected="5 rows", got="4 rows"
)


class TestContents:
    def page(self, **options) -> Reader:
        return Reader(render(graded({EXERCISES[2]: FAILED}), cases.RELEASE, grades(**options)))

    def test_the_summary_lists_every_exercise_with_a_link_to_it(self):
        page = self.page()
        links = [attributes["href"] for tag, attributes in page.tags if tag == "a" and attributes["href"][0] == "#"]
        ids = {f"#{attributes['id']}" for _, attributes in page.tags if "id" in attributes}
        assert links == [f"#exercise-{number}" for number in range(1, len(EXERCISES) + 1)]
        assert set(links) <= ids
        assert page.text.count("✓ Passed") == 2 * (len(EXERCISES) - 1)

    def test_a_failure_says_what_was_expected_and_what_came(self):
        text = self.page().text
        assert "Expected 5 rows Got 4 rows Think about Is END there?" in text
        assert "Stage 2 of 3: one row a word" in text
        assert "Hint 1 of 2 Look at the rows." in text

    def test_a_passed_exercise_needs_no_hint(self):
        assert self.page().text.count("Hint 1 of 2") == 1

    def test_comments_and_a_late_penalty_are_told(self):
        text = self.page(comments={EXERCISES[1]: "Well done <b>you</b>"}, late_penalty=2.5).text
        assert "Comment Well done <b>you</b>" in text
        assert "2.5 points were taken off" in text
        assert f"{len(EXERCISES) - 2.5:g} of {len(EXERCISES)} points" in text

    def test_code_in_hints_and_questions_looks_like_code(self):
        asked = replace(FAILED, question="Is `<end>` there?", got="`a`")
        page = render(graded({EXERCISES[2]: asked}, hints=("`torch.full(*sizes)` makes *one* of 2 * 3 <b>.",)), *GIVEN)
        assert "Is <code>&lt;end&gt;</code> there?" in page
        assert "<code>torch.full(*sizes)</code> makes <em>one</em> of 2 * 3 &lt;b&gt;." in page
        assert "`a`" in page  # what an answer gave is shown as it is

    def test_what_is_not_attempted_needs_no_more_words(self):
        text = Reader(render(graded({EXERCISES[2]: Verdict(EXERCISES[2], "not_attempted", 1, 3)}), *GIVEN)).text
        assert "○ Not attempted 1/1 Hint 1 of 2" in text

    def test_points_given_by_hand_are_marked(self):
        given = grades()
        given.points[f"check-{EXERCISES[2]}"] = Grade(0.5, 1.0, by_hand=True, waiting=True)
        text = Reader(render(graded({EXERCISES[2]: FAILED}), cases.RELEASE, given)).text
        assert "✎ Graded by hand 0.5/1" in text
        assert "Check Not right yet" in text

    def test_own_cells_and_figures_are_shown_and_the_courses_text_is_not(self):
        notebook = graded({})
        drawn = next(cell for cell in notebook.cells if "exploration" in cell.metadata.get("tags", ()))
        drawn.outputs = [new_output("display_data", {"image/png": PNG})]
        notebook.cells += [new_markdown_cell("My *own* thoughts"), new_code_cell("my_own = 1")]
        page = Reader(render(notebook, cases.RELEASE, grades()))
        assert [attributes["src"] for tag, attributes in page.tags if tag == "img"] == [f"data:image/png;base64,{PNG}"]
        assert "My own thoughts" in page.text.replace("  ", " ")
        assert "my_own" in page.text
        assert "How this notebook works" not in page.text

    def test_a_notebook_of_which_nothing_is_left_still_makes_a_page(self):
        text = Reader(render(nbformat.v4.new_notebook(), nbformat.v4.new_notebook(), grades())).text
        assert text.count("✗ Answer not found") == 2 * len(EXERCISES)

    def test_the_page_is_small_and_has_no_resource_elsewhere(self):
        page = render(graded({}), cases.RELEASE, grades())
        assert len(page) < 60_000
        assert not re.search(r"(src|href)=\"(?!#|data:image/)", page)


class TestVerdicts:
    def told(self, verdict: Verdict) -> list[tuple[str, str]]:
        return [(line.label, line.words) for line in lines(verdict)]

    def test_every_line_of_a_verdict_is_told(self):
        assert self.told(replace(FAILED, notes=(t("its check cell was edited"),))) == [
            ("", "Stage 2 of 3: one row a word"),
            ("Expected", "5 rows"),
            ("Got", "4 rows"),
            ("Think about", "Is END there?"),
            ("Note", "its check cell was edited."),
        ]

    def test_an_error_is_told_with_the_line_and_what_stood_on_it(self):
        raised = Raised("KeyError: 'a'", "return numbers[word]", 12, (("numbers", "a dict of 8"), ("word", "'a'")))
        found = Verdict(
            "encode_words", "error", 1, 2, title="known words", question="Which one?", given="1", raised=raised
        )
        assert self.told(found) == [
            ("", "Stage 1 of 2: known words"),
            ("Given", "1"),
            ("Error", "KeyError: 'a'"),
            ("Line 12", "return numbers[word]"),
            ("There", "numbers is a dict of 8\nword is 'a'"),
            ("Think about", "Which one?"),
        ]

    def test_a_stage_on_inputs_that_are_not_shown_stands_in_one_line(self):
        found = Verdict("encoder", "failed", 1, 2, title="rows", question="Which rows?", got="secret", case="fresh")
        assert self.told(found.hide()) == [
            ("", "Stage 1 of 2, on inputs that are not shown: rows"),
            ("Think about", "Which rows?"),
        ]

    def test_what_an_earlier_version_noted_is_told(self):
        notebook = graded({})
        check = cases.marked(notebook)[f"check-{EXERCISES[0]}"]
        check.metadata["autograder"] = {"status": "failed", "reason": "rows: Which?", "hints": ["One?"]}
        assert self.told(verdict_of(notebook, EXERCISES[0])) == [("", "Rows: Which?")]
        assert hints_of(notebook, EXERCISES[0]) == ("One?",)

    def test_a_note_that_grading_did_not_write_is_no_verdict(self):
        notebook = graded({})
        verdict = {"exercise": EXERCISES[0], "status": "failed"}
        wrong = [{"status": "excellent"}, {"stage": "2"}, {"title": 3}, {"got": {"template": []}}, {"raised": {}}]
        noted = [{"verdict": {**verdict, **one}, "hints": []} for one in wrong]
        for note in ("passed", {"status": "excellent"}, ["passed"], None, *noted):
            cases.marked(notebook)[f"check-{EXERCISES[0]}"].metadata["autograder"] = note
            assert verdict_of(notebook, EXERCISES[0]).status == "passed"


class TestSafety:
    def test_nothing_of_an_attack_survives(self):
        page = render(attack(), cases.RELEASE, grades(HTML[0] + HTML[3]))
        own = ('http-equiv="Content-Security-Policy"', '<base target="_self">')
        assert dangers(page.replace(own[0], "").replace(own[1], "")) == []
        assert "evil.invalid" not in "".join(str(attributes) for _, attributes in Reader(page).tags)

    def test_the_finder_of_dangers_finds_them(self):
        assert all(dangers(payload) for payload in HTML[3:10])

    @pytest.mark.parametrize("payload", HTML + MARKDOWN)
    def test_each_payload_is_harmless_in_markdown_and_html(self, payload):
        assert dangers(str(sanitize.markdown(payload, ATTACHMENTS))) == []
        assert dangers(str(sanitize.html(payload))) == []

    def test_only_real_pictures_are_shown(self):
        assert harmless.picture("image/png", PNG)
        for kind, data in (("image/png", "PHN2Zz4="), ("image/svg+xml", PNG), ("image/png", "?"), ("image/png", "é")):
            assert harmless.picture(kind, data) is None

    def test_what_is_no_picture_does_not_stay_in_the_notebook(self):
        for data, stays in ((PNG, True), ('"><script>alert(1)</script>', False)):
            output = new_output("display_data", {"image/png": data})
            assert (returned_notebook._harmless(output, with_text=False) is not None) == stays

    @pytest.mark.parametrize("part", ["<div>", "<b><i>", "<table><tr><td>", "<div></b>", "<svg><math>", "<a "])
    def test_nesting_of_any_depth_takes_no_time(self, part):
        began = time.process_time()
        assert dangers(str(sanitize.html(part * (sanitize.MOST_TAGS // 2)))) == []
        assert dangers(str(sanitize.html(part * 10 * sanitize.MOST_TAGS))) == []
        assert time.process_time() - began < 10

    @pytest.mark.parametrize("show", [sanitize.plain, sanitize.markdown, sanitize.code])
    def test_text_is_read_in_the_order_in_which_it_runs(self, show):
        shown = show("if level != 'user\u202e \u2066# admin\u2069 \u2066'")
        assert not set(str(shown)) & set("\u202e\u2066\u2069")

    def test_markdown_keeps_what_is_harmless(self):
        text = "**bold** `x < y & z` $a < b$\n\n| a |\n|---|\n| 1 |\n\n[site](https://example.org)"
        shown = str(sanitize.markdown(text))
        for part in ("<strong>bold</strong>", "<code>x &lt; y &amp; z</code>", "$a &lt; b$", "<table>", "example.org"):
            assert part in shown

    @pytest.mark.parametrize("source", [">" * 20_000, "[" * 20_000, "- " * 5_000 + "x", "<b>" * 5_000, "*a" * 9_000])
    def test_deep_markdown_is_shown_somehow(self, source):
        assert dangers(str(sanitize.markdown(source))) == []

    def test_long_texts_are_cut(self):
        page = render(graded({}), cases.RELEASE, grades(comments={EXERCISES[0]: "x" * 10**6}))
        assert len(page) < 100_000

    def test_a_submissions_own_notes_are_dropped(self):
        cell = new_code_cell("x", metadata={"autograder": {"status": "passed"}})
        verdict_metadata.drop_notes(cell)
        assert cell.metadata == {}


def test_importing_the_package_loads_neither_nbgrader_nor_nbconvert():
    code = "import sys, autograder, autograder.nbgrader_settings\n"
    code += "sys.exit(any(name in sys.modules for name in ('nbgrader', 'nbconvert', 'nh3')))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
