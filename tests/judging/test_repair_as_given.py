"""Faulty code to mend was not attempted while it is as it was given, whatever else a notebook does."""

import editor_cases as editor
import pytest

from autograder.course.lessons import find_lesson
from autograder.judging import attempted
from autograder.judging.attempted import unmended
from autograder.judging.course_notebook import course_notebook
from autograder.judging.matching import match
from autograder.verdict import Verdict

LESSON, REPAIR, STUB = "01_seq2seq", "masked_loss", "training_step"
COURSE = course_notebook(find_lesson(LESSON), editor.released(LESSON))
GIVEN = editor.find(editor.released(LESSON), REPAIR).source


def statuses(*, answer: str = GIVEN, own: str = "from math import *", status: str = "failed") -> dict[str, str]:
    """What becomes of two exercises that both have a status, in a notebook with a cell of the learner's own."""
    notebook = editor.released(LESSON)
    editor.find(notebook, REPAIR).source = answer
    editor.put(notebook, editor.place_of(notebook, REPAIR) + 1, own)
    verdicts = {slug: Verdict(slug, status, notes=("a note",)) for slug in (REPAIR, STUB)}
    found = unmended(verdicts, match(notebook, COURSE), COURSE)
    assert all(verdict.notes == ("a note",) for verdict in found.values())
    return {slug: verdict.status for slug, verdict in found.items()}


@pytest.mark.parametrize("own", ["from math import *", "get_ipython().display_formatter = None", "x = 1"])
@pytest.mark.parametrize("answer", [GIVEN, f"# to do\n{GIVEN}\n", GIVEN.replace("    return", "\n    return")])
def test_as_given_it_was_not_attempted(answer, own):
    assert statuses(answer=answer, own=own) == {REPAIR: "not_attempted", STUB: "failed"}


def test_where_nothing_raises_nobody_is_told_to_replace_the_line_that_does():
    found = unmended({REPAIR: Verdict(REPAIR, "failed")}, match(editor.released(LESSON), COURSE), COURSE)[REPAIR]
    for told in (found.text(), *found.in_short()):
        assert "mend it" in told
        assert "NotImplementedError" not in told


@pytest.mark.parametrize(
    ("answer", "own"),
    [
        (GIVEN.replace(".mean()", ".sum()"), "x = 1"),
        (f"{GIVEN}\nmasked_loss = min", "x = 1"),
        (GIVEN, "def masked_loss(logits, target, mask):\n    return 0"),
        (GIVEN, "masked_loss = min"),
        (GIVEN, "from statistics import mean as masked_loss"),
    ],
)
def test_what_was_changed_or_written_elsewhere_was_attempted(answer, own):
    assert statuses(answer=answer, own=own)[REPAIR] == "failed"


@pytest.mark.parametrize("status", ["passed", "error", "timeout", "crashed", "missing"])
def test_what_comes_of_other_cells_stays(status):
    assert statuses(status=status)[REPAIR] == status


@pytest.mark.parametrize("status", ["passed", "error", "not_attempted"])
def test_cells_are_parsed_for_failed_repairs_alone(monkeypatch, status):
    asked = []
    monkeypatch.setattr(attempted, "is_as_given", lambda _found, _course, slug: asked.append(slug))
    statuses(status=status)
    assert not asked
    statuses()
    assert asked == [REPAIR]
