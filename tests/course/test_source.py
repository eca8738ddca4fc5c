"""The reader of lesson sources: cells, line numbers, and a clear complaint for every broken rule."""

from pathlib import Path

import pytest

from autograder.authoring.earlier_module import definitions_source
from autograder.course.source import LessonSourceError, read_lesson, stub_of, without_markers
from autograder.errors import CourseError

LESSON = '''\
# A note for whoever edits this file.

# %% [markdown]
# # Doubling
# Two of everything.

# %% tags=["setup"]
# %matplotlib inline
import math, autograder
from autograder import (
    check,
)

PI = math.pi

# %% tags=["exercise"] slug="double"
def double(x):
    """Twice x.

# %% this line stands in a string
    """
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% tags=["check"]
check("double", double)

# %% tags=["exploration"]
# The comment may come first.
if ready("double"):
    print(double(PI))

# %% tags=["exploration", "always"]
print("no exercise needed")

# %% [markdown]
# Why twice?

# %% [markdown] tags=["written"] slug="why_twice"
# **A model answer.** Two is enough.
#
# **For whoever grades**: the number two.
'''


def write(folder: Path, text: str) -> Path:
    path = folder / "solutions" / "01_first" / "01_first.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_cells_have_kind_slug_and_place(tmp_path):
    path = write(tmp_path, LESSON)
    lesson = read_lesson(path)
    kinds = ["markdown", "setup", "exercise", "check", "exploration", "exploration", "markdown", "written"]
    assert [cell.kind for cell in lesson.cells] == kinds
    slugs = [None, None, "double", "double", None, None, None, "why_twice"]
    assert [cell.slug for cell in lesson.cells] == slugs
    assert (lesson.slug, lesson.number) == ("01_first", "01")
    lines = path.read_text().splitlines()
    for cell in lesson.cells:
        assert lines[cell.line - 1].endswith(cell.source.splitlines()[0])


def test_a_written_answer_is_no_code_and_no_exercise(tmp_path):
    lesson = read_lesson(write(tmp_path, LESSON))
    assert list(lesson.written) == ["why_twice"]
    assert list(lesson.exercises) == ["double"]
    assert "why_twice" not in [cell.slug for cell in lesson.code_cells]
    assert "enough" not in definitions_source(lesson)


def test_a_cell_marker_inside_a_string_starts_no_cell(tmp_path):
    lesson = read_lesson(write(tmp_path, LESSON))
    assert list(lesson.exercises) == ["double"]
    assert "# %% this line" in lesson.exercises["double"].source


def test_definitions_are_setup_and_answers_only(tmp_path):
    source = definitions_source(read_lesson(write(tmp_path, LESSON)))
    for absent in ("autograder", "SOLUTION", "%matplotlib", "ready(", "no exercise needed", "check("):
        assert absent not in source
    names: dict = {}
    exec(source, names)
    assert names["double"](names["PI"]) == 2 * names["math"].pi


def test_lines_of_strings_are_no_magics(tmp_path):
    text = LESSON.replace("# %matplotlib inline\n", 'TEXT = """\n%d of 10\n"""\n')
    assert "%d of 10" in definitions_source(read_lesson(write(tmp_path, text)))


def test_without_markers_keeps_everything_else():
    source = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
    assert without_markers(source) == "def f():\n    return 1\n"


def test_several_regions_in_one_exercise(tmp_path):
    more = "    ### END SOLUTION\n    x += 1\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n"
    read_lesson(write(tmp_path, LESSON.replace("    ### END SOLUTION\n", more)))


BROKEN = {
    "region without end": (
        "    ### END SOLUTION\n",
        "",
        22,
        "no '### END SOLUTION' before the cell ends; add",
    ),
    "region without begin": ("    ### BEGIN SOLUTION\n", "", 23, "no '### BEGIN SOLUTION' above it"),
    "nested region": (
        "    return 2 * x\n",
        "    ### BEGIN SOLUTION\n",
        23,
        "inside the region that began in line 22",
    ),
    "inexact marker": ("### BEGIN SOLUTION", "# BEGIN SOLUTION", 22, "write the marker as"),
    "marker with text": ("### END SOLUTION", "### END SOLUTION here", 24, "write the marker as"),
    "marker in prose": ("# Two of", "# BEGIN SOLUTION. Two of", 5, "outside an exercise cell"),
    "no kind": ('# %% tags=["setup"]', "# %%", 7, "one kind as tag"),
    "two kinds": ('tags=["setup"]', 'tags=["setup", "check"]', 7, "not setup, check"),
    "misspelt kind": ('tags=["exercise"]', 'tags=["excercise"]', 16, "one kind as tag"),
    "no slug": (' slug="double"', "", 16, "give the exercise a slug"),
    "slug with a dash": ('slug="double"', 'slug="dou-ble"', 16, "'dou-ble'"),
    "no solution": (
        "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION\n",
        "",
        17,
        "has no solution",
    ),
    "check of two lines": (", double)\n", ', double)\nprint("more")\n', 27, "a check cell is one line"),
    "check of nothing": ('check("double", double)', "check(double)", 27, "a check cell is one line"),
    "check of another": ('check("double"', 'check("triple"', 27, "before its exercise, or there is none"),
    "no check": ('# %% tags=["check"]\ncheck("double", double)\n', "", 17, "has no check"),
    "second check": (
        "double)\n\n# %%",
        'double)\n\n# %% tags=["check"]\ncheck("double", PI)\n\n# %%',
        30,
        "after line 27",
    ),
    "exploration not guarded": ('if ready("double"):', "if True:", 30, "begin with 'if ready(...):'"),
    "empty cell": ('print("no exercise needed")\n', "", 34, "the cell is empty"),
    "raw cell": ("# %% [markdown]", "# %% [raw]", 3, "a code cell needs one kind"),
    "bad syntax": ("return 2 * x", "return 2 *", 23, "not valid Python"),
    "written answer without a slug": (' slug="why_twice"', "", 40, "give the written answer a slug"),
    "written answer without a question": (
        "# %% [markdown]\n# Why twice?\n\n",
        "",
        37,
        "stands below the text that asks for it",
    ),
    "written answer named like an exercise": ('"why_twice"', '"double"', 41, "'double' is an exercise in line 17 too"),
    "written answer without a rubric": ("# **For whoever grades**", "# For all", 41, "needs the words **For whoever"),
    "marker in a written answer": ("# **A model", "# BEGIN SOLUTION. **A model", 41, "outside an exercise cell"),
    "text above the first cell": ("# A note", "import torch\n# A note", 1, "before the first '# %%'"),
}


@pytest.mark.parametrize(("old", "new", "line", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rule_names_file_line_and_remedy(tmp_path, old, new, line, message):
    assert old in LESSON
    path = write(tmp_path, LESSON.replace(old, new, 1))
    with pytest.raises(CourseError) as caught:
        read_lesson(path)
    assert str(caught.value).startswith(f"solutions/01_first/01_first.py:{line}: ")
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"solutions/01_first/01_first.py: cannot be read"):
        read_lesson(tmp_path / "solutions" / "01_first" / "01_first.py")


REPAIR = '''\
# %% [markdown]
# Mend it.

# %% tags=["exercise"] slug="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### STUB
    # y = x
    # for _ in range(2):
    #     y = 2 * y
    # return y
    ### END SOLUTION

# %% tags=["check"]
check("double", double)
'''


def repair(tmp_path, old="", new=""):
    path = tmp_path / "01_first" / "01_first.py"
    path.parent.mkdir()
    path.write_text(REPAIR.replace(old, new) if old else REPAIR)
    return path


def test_faulty_code_goes_to_learners_and_nowhere_else(tmp_path):
    lesson = read_lesson(repair(tmp_path))
    assert stub_of(lesson.exercises["double"].source) == "y = x\nfor _ in range(2):\n    y = 2 * y\nreturn y"
    assert "range" not in definitions_source(lesson)
    assert "return 2 * x" in definitions_source(lesson)


def test_where_a_line_is_to_be_replaced_there_is_no_faulty_code(tmp_path):
    lesson = read_lesson(repair(tmp_path, REPAIR[REPAIR.index("    ### STUB") : REPAIR.index("    ### END")], ""))
    assert stub_of(lesson.exercises["double"].source) is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "    ### BEGIN SOLUTION\n    return 2 * x\n    ### STUB",
            "    ### STUB\n    ### BEGIN SOLUTION",
            "stands between",
        ),
        ("    # y = x\n", "    # y = = x\n", "is Python"),
        ("    # y = x\n", "    ### STUB\n    # y = x\n", "once; move it"),
    ],
)
def test_faulty_code_in_the_wrong_place_or_form_is_told(tmp_path, old, new, told):
    with pytest.raises(LessonSourceError, match=told):
        read_lesson(repair(tmp_path, old, new))
