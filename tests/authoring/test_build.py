"""The build: what it makes, that a failure changes nothing, and that drift is found."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pseudo_language
import pytest
from typer.testing import CliRunner

import autograder
from autograder import cli, languages
from autograder.authoring import build
from autograder.authoring import tree as tree_module
from autograder.authoring.drift import find_drifts
from autograder.authoring.solution_notebook import ExecutionError, compose
from autograder.authoring.translation.merge import all_texts
from autograder.authoring.tree import BuildError, CourseTree, read_sources
from autograder.course import settings
from autograder.course.source import read_lesson
from autograder.errors import CourseError
from autograder.nbgrader_settings import WRITTEN_STUB

FIRST = '''\
# %% [markdown]
# # Doubling

# %% tags=["setup"]
from pathlib import Path
from IPython.display import Image, display

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)

def check(exercise, answer): print(f"{exercise}: passed")
def ready(*names): return True

# %% tags=["exercise"] slug="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    the_answer_that_nobody_sees = 2 * x
    return the_answer_that_nobody_sees
    ### END SOLUTION

# %% tags=["check"]
check("double", double)

# %% tags=["exploration", "nbval-ignore-output"]
if ready("double"):
    print("one"), print("two")
    display(Image(DOT))
    print(Path.cwd().name)

# %% [markdown]
# Why is the double even?

# %% [markdown] tags=["written"] slug="why_even"
# **A model answer.** It is two halves of the same size.
#
# **For whoever grades**: the two halves.
'''
SECOND = '''\
# %% tags=["setup"]
from lessons.earlier.lesson_01 import check, double
from lessons.toolkit.numbers import THREE
from lessons.toolkit.shapes import round as round_shapes

# %% tags=["exercise"] slug="Halver"
class Halver:
    """Halves what it is given."""

    def __call__(self, x):
        """Half of x."""
        ### BEGIN SOLUTION
        return x / double(1)
        ### END SOLUTION

    def name(self):
        """The name of this."""
        ### BEGIN SOLUTION
        return "the halver"
        ### END SOLUTION

# %% tags=["check"]
check("Halver", Halver)

# %% tags=["exploration", "always"]
TABLE = "TABLE.md"
print(double(THREE))
'''.replace('slug="Halver"', 'slug="halve"').replace('check("Halver"', 'check("halve"')


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_sources(root: Path) -> CourseTree:
    write(root / "solutions/01_first/01_first.py", FIRST)
    write(root / "solutions/02_second/02_second.py", SECOND)
    write(root / "lessons/__init__.py", "")
    write(root / "lessons/earlier/__init__.py", "")
    write(root / "lessons/toolkit/__init__.py", "")
    write(root / "lessons/experiments/lesson_01.py", "ONE = 1\n")
    write(
        root / "lessons/toolkit/numbers.py",
        "from lessons.experiments.lesson_01 import ONE\n\nTHREE = 3 * ONE\n",
    )
    write(root / "lessons/toolkit/unused.py", "FOUR = 4\n")
    write(root / "lessons/toolkit/shapes/__init__.py", "")
    write(root / "lessons/toolkit/shapes/round.py", "import lessons.toolkit.shapes.common.lines\n")
    write(root / "lessons/toolkit/shapes/common/__init__.py", "")
    write(root / "lessons/toolkit/shapes/common/lines.py", "LINE = 1\n")
    write(root / "lessons/toolkit/shapes/unused.py", "ANGLE = 90\n")
    write(root / "datasets/pairs.tsv", "I\t나\n")
    write(root / "datasets/results/02_second.json", "{}\n")
    write(root / "datasets/README.md", "# Data\n")
    write(root / "datasets/results/TABLE.md", "# Results\n")
    return CourseTree.under(root)


@pytest.fixture(scope="module")
def built_once(tmp_path_factory):
    tree = write_sources(tmp_path_factory.mktemp("course"))
    results = build.build(tree)
    return tree, results


@pytest.fixture
def tree(built_once, tmp_path):
    shutil.copytree(built_once[0].solutions.parent, tmp_path / "course")
    return CourseTree.under(tmp_path / "course")


@pytest.fixture
def no_kernel(monkeypatch):
    def refuse(notebook, lesson, *_):
        raise AssertionError(f"{lesson.slug} was executed")

    monkeypatch.setattr(build, "execute", refuse)


def contents(tree: CourseTree) -> dict[str, bytes]:
    root = tree.solutions.parent
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def notebook(path: Path) -> nbformat.NotebookNode:
    found = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(found)
    return found


# What it makes


def test_the_solution_notebook_holds_outputs_and_nothing_of_this_machine(built_once):
    tree, results = built_once
    assert [result.executed for result in results] == [True, True]
    solution = notebook(tree.solution("01_first"))
    assert list(solution.metadata) == ["kernelspec"]
    code = [cell for cell in solution.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4]
    assert {key for cell in code for key in cell.metadata} == {"tags", "nbgrader"}
    streams = [output.text for output in code[3].outputs if output.output_type == "stream"]
    assert streams == ["one\ntwo\n01_first\n"]
    assert any("image/png" in output.get("data", ()) for output in code[3].outputs)


def test_ids_and_nbgrader_metadata(built_once):
    tree, _ = built_once
    cells = {cell.id: cell for cell in notebook(tree.solution("01_first")).cells}
    exercise, check = cells["double"].metadata.nbgrader, cells["check-double"].metadata.nbgrader
    assert (exercise.grade_id, exercise.solution, exercise.grade, exercise.locked) == (
        "double",
        True,
        False,
        False,
    )
    assert (check.grade_id, check.solution, check.grade, check.locked) == ("check-double", False, True, True)
    assert check.points == settings.points("01_first", "double")
    assert [cell_id for cell_id, cell in cells.items() if "nbgrader" in cell.metadata] == [
        "double",
        "check-double",
        "why_even",
    ]


def test_a_written_answer_is_graded_by_hand_and_its_model_answer_is_not_released(built_once):
    tree, _ = built_once
    solved, given = (
        {cell.id: cell for cell in notebook(path("01_first")).cells} for path in (tree.solution, tree.release)
    )
    marks = solved["why_even"].metadata.nbgrader
    assert (marks.grade_id, marks.grade, marks.solution, marks.locked) == ("why_even", True, True, False)
    assert marks.points == settings.points("01_first", "why_even")
    assert "two halves of the same size" in solved["why_even"].source
    assert (given["why_even"].cell_type, given["why_even"].source) == ("markdown", str(WRITTEN_STUB))
    assert "same size" not in tree.release("01_first").read_text() + tree.earlier("01").read_text()


def test_cells_of_one_text_get_ids_of_their_own(tmp_path):
    path = tmp_path / "solutions/01_first/01_first.py"
    write(
        path,
        FIRST + '\n# %% [markdown]\n# Again.\n\n# %% tags=["setup"]\nX = 1\n\n# %% [markdown]\n# Again.\n',
    )
    ids = [cell.id for cell in compose(read_lesson(path)).cells]
    assert len(set(ids)) == len(ids)
    assert ids[-1] == f"{ids[-3]}-2"


def test_the_release_has_stubs_that_name_lesson_and_exercise(built_once):
    tree, _ = built_once
    cells = {cell.id: cell for cell in notebook(tree.release("02_second")).cells}
    raises = re.findall(r'^( +)raise NotImplementedError\("(.+?):', cells["halve"].source, re.MULTILINE)
    assert raises == [(" " * 8, "Lesson 02, exercise halve")] * 2
    compile(cells["halve"].source, "stub", "exec")
    code = [cell for cell in cells.values() if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_nothing_of_a_solution_is_released(built_once):
    tree, _ = built_once
    for slug in ("01_first", "02_second"):
        lesson = read_lesson(tree.solutions / slug / f"{slug}.py")
        released = "\n".join(cell.source for cell in notebook(tree.release(slug)).cells)
        regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", lesson.path.read_text(), re.DOTALL)
        lines = [line.strip() for region in regions for line in region.splitlines()]
        given = re.sub(r"### BEGIN SOLUTION\n.*?### END SOLUTION", "", lesson.path.read_text(), flags=re.DOTALL)
        secret = [line for line in lines if len(line) >= 20 and line not in given]
        assert secret
        assert not [line for line in secret if line in released]


def test_the_module_for_later_lessons_says_it_is_generated(built_once):
    tree, _ = built_once
    text = tree.earlier("01").read_text(encoding="utf-8")
    assert text.startswith('# Generated by "autograder build" from solutions/01_first/01_first.py. Do not edit.\n')
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", str(tree.earlier("01"))]
    assert subprocess.run(ruff, capture_output=True).returncode == 0
    names: dict = {}
    exec(text, names)
    assert names["double"](4) == 8


@pytest.mark.slow
def test_stock_nbgrader_writes_the_same_bytes(tree):
    root = tree.solutions.parent
    checkout = Path(autograder.__file__).parent.parent
    (root / "lessons/__init__.py").unlink()  # this tree's lessons must not hide the course's from nbgrader's config
    shutil.copy(checkout / "nbgrader_config.py", root)
    ours = tree.release("01_first").read_bytes()
    scripts = sysconfig.get_path("scripts")
    path = os.pathsep.join([scripts, os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(checkout), "JUPYTER_CONFIG_DIR": str(root)}
    command = [f"{scripts}/nbgrader", "generate_assignment", "--force", "01_first"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (root / "release/01_first/01_first.ipynb").read_bytes() == ours
    assert [path.name for path in tree.release("01_first").parent.iterdir()] == ["01_first.ipynb"]


# Executing only what changed


@pytest.mark.usefixtures("no_kernel")
def test_a_second_build_executes_and_writes_nothing(tree):
    before = contents(tree)
    results = build.build(tree)
    assert [(result.executed, result.changed) for result in results] == [(False, ()), (False, ())]
    assert contents(tree) == before


@pytest.mark.usefixtures("no_kernel")
def test_changed_points_and_edited_releases_are_mended_without_executing(tree, monkeypatch):
    outputs = [cell.get("outputs") for cell in notebook(tree.solution("01_first")).cells]
    monkeypatch.setattr(settings, "points", lambda *place: 3)
    edit(tree.release("02_second"), "Halves", "Doubles")
    results = build.build(tree)
    assert [result.executed for result in results] == [False, False]
    check = next(cell for cell in notebook(tree.release("01_first")).cells if cell.id == "check-double")
    assert check.metadata.nbgrader.points == 3
    assert [cell.get("outputs") for cell in notebook(tree.solution("01_first")).cells] == outputs
    assert "Halves" in tree.release("02_second").read_text()


@pytest.mark.parametrize(
    ("path", "executed"),
    [
        ("solutions/02_second/02_second.py", ["02_second"]),
        ("solutions/01_first/01_first.py", ["01_first", "02_second"]),
        ("lessons/toolkit/numbers.py", ["02_second"]),
        ("lessons/toolkit/unused.py", []),
        ("lessons/toolkit/shapes/__init__.py", ["02_second"]),
        ("lessons/toolkit/shapes/round.py", ["02_second"]),
        ("lessons/toolkit/shapes/common/__init__.py", ["02_second"]),
        ("lessons/toolkit/shapes/common/lines.py", ["02_second"]),
        ("lessons/toolkit/shapes/unused.py", []),
        ("datasets/pairs.tsv", ["01_first", "02_second"]),
        ("datasets/results/02_second.json", ["02_second"]),
        ("datasets/README.md", []),
        ("datasets/results/TABLE.md", ["02_second"]),
    ],
)
def test_a_change_executes_the_lessons_that_use_it(tree, monkeypatch, path, executed):
    ran = []
    monkeypatch.setattr(build, "execute", lambda notebook, lesson, *_: ran.append(lesson.slug))
    changed = tree.solutions.parent / path
    text = changed.read_text(encoding="utf-8")
    changed.write_text(text.replace("double(x)", "double(x, y=0)").replace("print(", 'print("", ') + "\n#\n")
    build.build(tree)
    assert ran == executed


def test_cases_are_recorded_with_the_lessons_that_are_being_built(tree, monkeypatch):
    monkeypatch.setattr(build, "_RECORD", "import lessons; raise SystemExit(f'Error: {lessons.__file__}')")
    monkeypatch.chdir(Path(build.__file__).parents[2])
    with pytest.raises(BuildError, match=str(tree.lessons)):
        build._record_cases(tree, read_sources(tree))


# A failure changes nothing


@pytest.mark.usefixtures("no_kernel")
def test_a_broken_marker_leaves_everything_as_it_was(tree):
    edit(tree.solutions / "02_second/02_second.py", "        ### END SOLUTION\n", "")
    before = contents(tree)
    with pytest.raises(CourseError, match=r"^solutions/02_second/02_second.py:1\d: '### BEGIN SOLUTION'"):
        build.build(tree)
    assert contents(tree) == before


@pytest.mark.slow
def test_a_failing_cell_is_named_and_leaves_everything_as_it_was(tree):
    edit(tree.solutions / "01_first/01_first.py", "# # Doubling", "# # Twice")
    edit(tree.solutions / "02_second/02_second.py", "return x / double(1)", "return x / nothing")
    edit(tree.solutions / "02_second/02_second.py", "print(double", "Halver()(1); print(double")
    before = contents(tree)
    with pytest.raises(ExecutionError) as caught:
        build.build(tree)
    line = 1 + SECOND.splitlines().index("        return x / double(1)")
    message = f"solutions/02_second/02_second.py:{line}: NameError: name 'nothing' is not defined"
    assert str(caught.value).startswith(message)
    assert contents(tree) == before


@pytest.mark.slow
def test_output_on_stderr_is_refused(tree):
    edit(tree.solutions / "01_first/01_first.py", "# # Doubling", "# # Twice")
    edit(
        tree.solutions / "01_first/01_first.py",
        "    display(",
        "    import sys; sys.stderr.write('a warning'); display(",
    )
    with pytest.raises(ExecutionError, match=r"01_first.py:\d+: the cell wrote to stderr \(a warning\)"):
        build.build(tree, ["01_first"])


@pytest.mark.slow
def test_a_solution_that_fails_its_own_check_stops_the_build(tree):
    before = contents(tree)
    write(tree.solutions / "01_first/01_first.py", FIRST.replace('print(f"{exercise}: passed")', "raise ValueError(7)"))
    with pytest.raises(ExecutionError, match=r"01_first.py:\d+: the solution fails its own check \(7\)"):
        build.build(tree)
    write(tree.solutions / "01_first/01_first.py", FIRST)
    assert contents(tree) == before


@pytest.mark.slow
def test_a_cell_that_kills_the_kernel_is_named(tree):
    edit(tree.solutions / "01_first/01_first.py", "    display(", "    import os; os._exit(3); display(")
    with pytest.raises(ExecutionError, match=r"01_first.py:\d+: the kernel died"):
        build.build(tree, ["01_first"])


@pytest.mark.usefixtures("no_kernel")
def test_the_reason_that_nbgrader_gives_is_passed_on(tree, monkeypatch, capfd):
    from autograder.nbgrader_plugins import ClearExercises

    def fail(*_):
        raise RuntimeError("the stub is out of order")

    monkeypatch.setattr(ClearExercises, "preprocess_cell", fail)
    before = contents(tree)
    with pytest.raises(BuildError, match=r"01_first: nbgrader could not .*: RuntimeError: the stub is out of order"):
        build.build(tree)
    assert contents(tree) == before
    assert capfd.readouterr().err == ""


def test_an_exercise_name_is_used_once_in_the_course(tree):
    edit(tree.solutions / "02_second/02_second.py", 'slug="halve"', 'slug="double"')
    edit(tree.solutions / "02_second/02_second.py", 'check("halve"', 'check("double"')
    with pytest.raises(BuildError, match="01_first has an exercise 'double' too"):
        build.build(tree)


def test_the_name_of_a_written_answer_is_used_once_in_the_course(tree):
    edit(tree.solutions / "01_first/01_first.py", 'slug="why_even"', 'slug="halve"')
    with pytest.raises(BuildError, match="01_first has an exercise 'halve' too"):
        build.build(tree)


def test_an_unknown_lesson_is_answered_with_those_there_are(tree):
    with pytest.raises(BuildError, match="no lesson 03_third; the course has 01_first, 02_second"):
        build.build(tree, ["03_third"])


# Drift


@pytest.mark.usefixtures("no_kernel")
def test_check_is_content_with_what_build_made(tree):
    before = contents(tree)
    assert find_drifts(tree) == []
    assert contents(tree) == before


DRIFTS = {
    "edited release": ("lessons/01_first/01_first.ipynb", "Twice x.", "Thrice x."),
    "edited module": ("lessons/earlier/lesson_01.py", "2 * x", "3 * x"),
    "edited solution notebook": ("solutions/01_first/01_first.ipynb", "Twice x.", "Thrice x."),
    "edited source": ("solutions/01_first/01_first.py", "Twice x.", "Thrice x."),
    "edited toolkit": ("lessons/toolkit/numbers.py", "3 *", "4 *"),
    "edited package of the toolkit": ("lessons/toolkit/shapes/common/lines.py", "1", "2"),
    "edited data": ("datasets/pairs.tsv", "나", "너"),
    "solution not executed": (
        "solutions/01_first/01_first.ipynb",
        '"execution_count": 2',
        '"execution_count": null',
    ),
}


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize(("path", "old", "new"), DRIFTS.values(), ids=DRIFTS.keys())
def test_check_finds_drift(tree, monkeypatch, path, old, new):
    edit(tree.solutions.parent / path, old, new)
    result = check_on_command_line(tree, monkeypatch)
    assert result.exit_code == 1
    assert "--- " in result.output
    assert "run: autograder build" in result.output


@pytest.mark.usefixtures("no_kernel")
def test_check_finds_changed_points(tree, monkeypatch):
    monkeypatch.setattr(settings, "points", lambda *place: 3)
    result = check_on_command_line(tree, monkeypatch)
    assert result.exit_code == 1
    assert '+     "points": 3' in result.output


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize(
    "path",
    [
        "lessons/earlier/lesson_01.py",
        "lessons/01_first/01_first.ipynb",
        "solutions/01_first/01_first.ipynb",
        "solutions/01_first/executed.sha256",
    ],
)
def test_check_finds_a_missing_file(tree, path):
    (tree.solutions.parent / path).unlink()
    assert f"{path} is missing" in "\n".join(drift.difference for drift in find_drifts(tree))


@pytest.mark.usefixtures("no_kernel")
def test_check_finds_what_no_source_makes(tree):
    shutil.copytree(tree.lessons / "01_first", tree.lessons / "07_old")
    write(tree.lessons / "01_first/.ipynb_checkpoints/any.ipynb", "{}")
    assert [drift.path.parent.name for drift in find_drifts(tree)] == ["07_old"]


@pytest.mark.usefixtures("no_kernel")
def test_check_passes_on_what_is_said_of_the_recorded_cases(tree, monkeypatch):
    recording = SimpleNamespace(stale=lambda slug: "recorded cases are old" if slug == "02_second" else None)
    monkeypatch.setitem(sys.modules, "autograder.checks.recording", recording)
    recorded = CourseTree(tree.solutions, tree.lessons, tree.datasets, tree.locale, records=True)
    assert [drift.difference for drift in find_drifts(recorded)] == ["02_second: recorded cases are old"]


def test_the_command_is_silent_when_nothing_drifted(tree, monkeypatch):
    result = check_on_command_line(tree, monkeypatch)
    assert (result.exit_code, result.output) == (0, "")


def check_on_command_line(tree, monkeypatch):
    monkeypatch.setattr(CourseTree, "of_course", classmethod(lambda cls: tree))
    return CliRunner().invoke(cli.app, ["build", "--check"])


def test_the_build_command_says_what_it_did(tree, monkeypatch):
    monkeypatch.setattr(CourseTree, "of_course", classmethod(lambda cls: tree))
    edit(tree.release("01_first"), "Twice", "Thrice")
    result = CliRunner().invoke(cli.app, ["build"])
    assert result.exit_code == 0
    assert "01_first: not executed (its inputs are the same), 1 file written" in result.output
    assert "02_second: not executed (its inputs are the same), up to date" in result.output


def test_a_notebook_is_the_same_json_that_jupyter_writes(built_once):
    tree, _ = built_once
    text = tree.release("01_first").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


# Another language

XX = pseudo_language.LANGUAGE
ENTRY = 'msgctxt "docstring"\nmsgid "Twice x."'


@pytest.fixture(scope="module")
def translated_once(built_once, tmp_path_factory):
    """The course with a language whose catalogues have everything, built."""
    root = tmp_path_factory.mktemp("translated")
    shutil.copytree(built_once[0].solutions.parent, root / "course")
    tree = replace(CourseTree.under(root / "course"), languages=(XX,))
    for name, texts in all_texts(tree):
        pseudo_language.write_lesson_catalogue(tree.catalogue(XX, name), texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(languages, "_FOLDER", root / "course/locale")
        return tree, build.build(tree)


@pytest.fixture
def in_two(translated_once, tmp_path, monkeypatch) -> CourseTree:
    shutil.copytree(translated_once[0].solutions.parent, tmp_path / "course")
    monkeypatch.setattr(languages, "_FOLDER", tmp_path / "course/locale")
    return replace(CourseTree.under(tmp_path / "course"), languages=(XX,))


def differences(tree: CourseTree) -> list[str]:
    return [drift.difference for drift in find_drifts(tree)]


def test_a_language_is_built_from_the_same_source_and_executed(translated_once):
    tree, results = translated_once
    assert [(result.slug, result.executed) for result in results] == [
        ("01_first", False),  # it was before
        ("02_second", False),
        ("01_first (xx)", True),
        ("02_second (xx)", True),
    ]
    english, other = (notebook(one.solution("01_first")) for one in (tree, tree.in_language(XX)))
    assert [cell.id for cell in other.cells] == [cell.id for cell in english.cells]
    assert all(cell.execution_count for cell in other.cells if cell.cell_type == "code")
    assert "⟦Twice x.⟧" in tree.in_language(XX).release("01_first").read_text(encoding="utf-8")
    assert not (tree.lessons / XX / "earlier").exists()


@pytest.mark.usefixtures("no_kernel")
def test_check_is_content_with_a_language_that_build_made(in_two):
    before = contents(in_two)
    assert differences(in_two) == []
    assert contents(in_two) == before


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('msgstr "⟦Twice x.⟧"', 'msgstr ""', "Twice x.: there is no translation"),
        ('msgstr "⟦Twice x.⟧"', 'msgstr "zwei x"', "zwei x"),
        (ENTRY, f'#, fuzzy\n#| msgid "Double x."\n{ENTRY}', "the English has changed"),
        (ENTRY, ENTRY.replace("Twice", "Thrice"), "Thrice x.: the course says this no more"),
        (ENTRY, ENTRY.replace("Twice", "Thrice"), "Twice x.: it is not in the catalogue"),
    ],
    ids=("missing", "edited after the build", "fuzzy", "stale", "not there"),
)
def test_check_finds_what_is_wrong_with_a_catalogue(in_two, old, new, told):
    edit(in_two.catalogue(XX, "01_first"), old, new)
    assert any(told in difference for difference in differences(in_two))


@pytest.mark.usefixtures("no_kernel")
@pytest.mark.parametrize("path", ["lessons/xx/01_first/01_first.ipynb", "solutions/xx/02_second/executed.sha256"])
def test_check_finds_a_missing_file_of_a_language(in_two, path):
    (in_two.solutions.parent / path).unlink()
    assert f"{path} is missing" in "\n".join(differences(in_two))


@pytest.mark.usefixtures("no_kernel")
def test_check_finds_what_no_source_makes_in_a_language(in_two):
    shutil.copytree(in_two.lessons / XX / "01_first", in_two.lessons / XX / "07_old")
    shutil.copytree(in_two.lessons / XX / "01_first", in_two.lessons / "yy/01_first")  # nothing of ours
    assert [drift.path.parent.name for drift in find_drifts(in_two)] == ["07_old"]


def test_a_paragraph_without_translation_is_english_with_a_note_until_somebody_translates_it(in_two):
    catalogue = in_two.catalogue(XX, "01_first")
    edit(catalogue, 'msgstr "⟦Why is the double even?⟧"', 'msgstr ""')
    made = {result.slug: result.executed for result in build.build(in_two)}
    assert made == {"01_first": False, "02_second": False, "01_first (xx)": True, "02_second (xx)": False}
    text = in_two.in_language(XX).release("01_first").read_text(encoding="utf-8")
    assert "Why is the double even? ⟦(not translated yet)⟧" in text
    assert [difference.partition(": ")[2] for difference in differences(in_two)] == [
        "Why is the double even?: there is no translation"
    ]


def test_a_course_without_catalogues_is_built_in_english_and_keeps_the_rest(monkeypatch, tmp_path):
    """As where it was installed as a package."""
    assert CourseTree.of_course().languages == languages.PUBLISHED
    monkeypatch.setattr(tree_module, "PACKAGE", tmp_path / "autograder")
    assert CourseTree.of_course().languages == ()
