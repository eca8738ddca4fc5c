"""Answers that passed are kept as parts, later lessons run on them, and nothing that grades or builds ever does."""

import linecache
import os
import textwrap
from importlib import import_module
from itertools import count
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from typer.testing import CliRunner

import autograder
from autograder import doctor
from autograder.authoring.solution_notebook import KERNEL_ENVIRONMENT
from autograder.cli import app
from autograder.course.lessons import all_lessons
from autograder.course.source import read_lesson, without_magics, without_markers
from autograder.learner import own_parts
from autograder.learner.answer_text import NoTextError, definition_with_needs
from autograder.learner.cards import overview
from autograder.learner.progress import read_progress
from lessons.toolkit.own_parts import FOLDER, part_text, read_parts

FIRST, THIRD = all_lessons()[0], all_lessons()[2]
ZOO = Path(autograder.__file__).parent / "checks/zoo" / FIRST.slug
USING = "from lessons import earlier\nown = earlier.use_own()"
FEW = "load_split = lambda *a, _all=load_split, **k: _all(*a, **k)[:640]"


@pytest.fixture
def folder(tmp_path):
    """A learner's folder with the folders of two lessons in it."""
    for lesson in (FIRST, THIRD):
        (tmp_path / lesson.slug).mkdir()
    return tmp_path


def run(folder: Path, lesson, cells: list[str], **variables: str) -> list[str]:
    """What each cell prints in a kernel of the lesson's folder."""
    environment = {name: value for name, value in os.environ.items() if name not in KERNEL_ENVIRONMENT}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    place = {"metadata": {"path": str(folder / lesson.slug)}}
    NotebookClient(notebook, resources=place, timeout=600).execute(env=environment | variables)
    return ["".join(out.get("text", "") for out in cell.outputs) for cell in notebook.cells]


def setup_of(lesson) -> str:
    return "\n\n".join(without_markers(cell.source) for cell in read_lesson(lesson.source).setup_cells)


def variant(exercise: str) -> str:
    """A right answer, not written as the course's."""
    return sorted((ZOO / exercise).glob("right_*.py"))[0].read_text(encoding="utf-8")


def put(folder: Path, exercise: str, name: str, code: str, **how) -> Path:
    path = folder / FOLDER / f"{exercise}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(part_text(exercise, name, textwrap.dedent(code), **{"times": 1.0, **how}))
    return path


@pytest.mark.slow
def test_lesson_1_solved_in_ones_own_way_carries_lesson_3(folder):
    lesson = read_lesson(FIRST.source)
    answers = [f"{variant(e)}\ncheck('{e}', {name})" for e, name in _names().items()]
    answers[2] = (
        "def encode_words(words, numbers):\n    # mine\n    return [number_of(w, numbers) for w in words] + [LAST]\n"
        "check('encode_words', encode_words)"
    )
    helpers = "import operator as op\nLAST = END\n\ndef number_of(word, numbers):\n    return op.getitem(numbers, word)"
    helpers = helpers.replace("op.getitem(numbers, word)", "numbers.get(word, op.pos(UNKNOWN))")
    run(folder, FIRST, ["\n\n".join(cell.source for cell in lesson.setup_cells), helpers, *answers])
    assert list(read_parts(folder)) == sorted(lesson.exercises)
    assert all(part.unchanged and part.in_use for part in read_parts(folder).values())
    kept = read_parts(folder)["encode_words"].text
    assert "# mine" in kept
    assert "import operator as op" in kept
    assert "def number_of" in kept

    training = next(cell.source for cell in read_lesson(THIRD.source).cells if "losses = train_model(" in cell.source)
    solved = [without_markers(cell.source) for cell in read_lesson(THIRD.source).exercises.values()]
    where = "print(Encoder.__module__, train_model.__globals__['training_step'].__module__, encode_words.__module__)"
    where = f"from lessons.earlier.lesson_01 import encode_words\n{where}"
    told = run(folder, THIRD, [f"{setup_of(THIRD)}\n{USING}\n{FEW}", *solved, where, training])
    assert "Yours: " in told[0]
    assert "Encoder" in told[0]
    assert told[-2].split() == ["own_parts.encoder", "own_parts.training_step", "own_parts.encode_words"]
    assert "parameters" in told[-1]


def _names() -> dict[str, str]:
    from lessons.earlier import lesson_01

    return lesson_01.EXERCISES


BROKEN_ENCODER = """
    from lessons.earlier.lesson_01 import *
    from lessons.earlier.lesson_01 import Encoder as _Course

    class Encoder(_Course):
        def forward(self, source, source_mask):
            raise RuntimeError("a bug in mine")
"""


@pytest.mark.slow
def test_what_changed_raises_or_is_slow_gives_way_and_a_sentence_says_so(folder):
    put(folder, "encoder", "Encoder", BROKEN_ENCODER)
    put(folder, "pad_batch", "pad_batch", "def pad_batch(sequences):\n    return 1 / 0\n")
    put(folder, "masked_loss", "masked_loss", "masked_loss = no_such_name\n")
    put(folder, "encode_words", "encode_words", "def encode_words(*_):\n    return [7]\n", times=12.0)
    put(
        folder, "build_vocabulary", "build_vocabulary", "def build_vocabulary(*_):\n    return ['mine']\n", in_use=False
    )
    changed = put(folder, "greedy_decode", "greedy_decode", "def greedy_decode(*_):\n    return []\n")
    changed.write_text(changed.read_text() + "# by hand\n")
    (folder / FOLDER / "training_step.py").write_text("print('no part')\n")
    told = run(
        folder,
        THIRD,
        [
            f"from lessons.earlier.lesson_02 import *\n{USING}",
            "ids, mask = pad_batch([[4, 5], [6]])\nprint(tuple(ids.shape))\npad_batch([[4]])",
            "encoder = Encoder(9, 4, 5)\nprint(tuple(encoder(ids, mask)[1].shape))\nencoder(ids, mask)",
            "print(build_vocabulary([['a']])[-1], encode_words([], {}), training_step.__module__)",
        ],
    )
    assert "Yours: pad_batch, Encoder." in told[0] or "Yours: Encoder, pad_batch." in told[0]
    for line in (
        "masked_loss: yours stopped with NameError: name 'no_such_name' is not defined, so the course's is used",
        "encode_words: yours took 12 times as long when its check was run, so the course's is used",
        "build_vocabulary: you switched yours off, so the course's is used",
        "greedy_decode: yours was changed since its check passed, so the course's is used",
    ):
        assert line in told[0]
    assert told[1].count("Your pad_batch stopped with ZeroDivisionError") == 1
    assert "(2, 2)" in told[1]
    assert told[2].count("Your Encoder stopped with RuntimeError: a bug in mine. The course's goes on") == 1
    assert "(2, 5)" in told[2]
    assert told[3] == "a [2] lessons.earlier.lesson_01\n"


HOSTILE = "open('{trace}', 'w').close()\ndef pad_batch(*_):\n    return 'hostile'\n"


@pytest.mark.slow
@pytest.mark.parametrize("variables", [{"AUTOGRADER_REFERENCE": "1"}, {"NBGRADER_EXECUTION": "autograde"}])
def test_where_the_reference_is_wanted_no_part_is_read(folder, variables):
    put(folder, "pad_batch", "pad_batch", HOSTILE.format(trace=folder / "trace"))
    using = f"from lessons.earlier.lesson_01 import pad_batch\n{USING}\nprint(pad_batch([[4]])[0])"
    (told,) = run(folder, THIRD, [using], **variables)
    assert told == "All parts of earlier lessons are the course's.\ntensor([[4]])\n"
    assert not (folder / "trace").exists()


@pytest.mark.slow
def test_a_hostile_part_does_nothing_where_commands_are_started(folder, monkeypatch):
    """Neither `check` nor `grade`, nor a process that is no notebook's kernel, executes a line of it."""
    put(folder, "pad_batch", "pad_batch", HOSTILE.format(trace=folder / "trace"))
    notebook = folder / THIRD.slug / f"{THIRD.slug}.ipynb"
    notebook.write_bytes(THIRD.solution_notebook.read_bytes())
    monkeypatch.chdir(folder / THIRD.slug)
    count = len(read_lesson(THIRD.source).exercises)
    assert f"{count} of {count} exercises passed" in CliRunner().invoke(app, ["check", str(notebook)]).output
    handed_in = folder / "class" / "kim" / THIRD.slug
    handed_in.mkdir(parents=True)
    put(handed_in, "pad_batch", "pad_batch", HOSTILE.format(trace=folder / "trace"))
    (handed_in / notebook.name).write_bytes(notebook.read_bytes())
    done = CliRunner().invoke(
        app, ["grade", str(folder / "class"), "--out", str(folder / "out"), "--isolation", "none"]
    )
    assert (folder / "out" / "grades.csv").exists(), done.output
    assert not (folder / "trace").exists()


def test_build_nbval_and_stock_nbgrader_are_told_not_to():
    assert KERNEL_ENVIRONMENT["AUTOGRADER_REFERENCE"] == "1"


_cells = count()


def answered(text: str, **space):
    """An answer as a notebook defines it."""
    name = f"<cell {next(_cells)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    found = {"__name__": "__main__", **space}
    exec(compile(text, name, "exec"), found)
    return found


class TestTheTextOfAPart:
    def test_holds_what_the_answer_needs_and_no_more(self):
        found = answered(
            "from collections import Counter as Count\nimport math as m\nLIMIT, ROOM = 3, {'a': (1, 2)}\n"
            "def unused():\n    pass\n\ndef base(x):  # kept as typed\n    return m.floor(x) + LIMIT\n\n"
            "class Mine:\n    room = ROOM\n\n    def go(self, x=LIMIT):\n        LIMIT = base(x)\n"
            "        return Count([LIMIT])\n"
            "def answer(rows, out=[]):\n    return [Mine().go(row) for row in rows]\n"
        )
        text = definition_with_needs(found["answer"], {})
        alone: dict = {}
        exec(text, alone)
        assert alone["answer"]([1.5]) == found["answer"]([1.5])
        assert "# kept as typed" in text
        assert "unused" not in text
        assert text.count("LIMIT = 3") == 1

    def test_leaves_to_the_lesson_what_that_has(self):
        found = answered("def answer(x):\n    return os.path.join(x, END)\n", os=os, END="e")
        assert definition_with_needs(found["answer"], {"os": os, "END": "e"}).startswith("def answer")

    def test_of_what_needs_an_object_no_part_is_made(self):
        found = answered("def answer(x):\n    return model(x)\n", model=object())
        with pytest.raises(NoTextError, match="needs model"):
            definition_with_needs(found["answer"], {})

    def test_of_what_has_no_text_no_part_is_made(self):
        with pytest.raises(NoTextError):
            definition_with_needs(lambda x: x, {})


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_every_exercise_makes_a_part(lesson, monkeypatch):
    """What is typed as it stands in the lesson, where the setup makes its names anew, aliases of types too."""
    earlier = vars(import_module(f"lessons.earlier.lesson_{lesson.number}"))
    source = read_lesson(lesson.source)
    monkeypatch.setattr("lessons.toolkit.readiness.ready", lambda *names: True)
    space: dict = {}
    for cell in (*source.setup_cells, *source.exercises.values()):
        lines = without_magics(without_markers(cell.source)).splitlines()
        space = answered("\n".join(line for line in lines if not line.startswith("from autograder")), **space)
    for name in earlier["EXERCISES"].values():
        text = definition_with_needs(space[name], earlier)
        exec(compile(f"from lessons.earlier.lesson_{lesson.number} import *\n{text}", name, "exec"), {})


def keep(folder: Path, text: str, **space) -> None:
    found = answered(text, **space)
    own_parts.keep("encode_words", found["encode_words"], folder / FIRST.slug)


def test_a_part_that_was_switched_off_stays_off_when_the_answer_changes(folder):
    text = "def encode_words(words, numbers):\n    return [numbers.get(word, UNKNOWN) for word in words] + [END]\n"
    keep(folder, text, UNKNOWN=3, END=2)
    path = folder / FOLDER / "encode_words.py"
    path.write_text(path.read_text().replace("in use: yes", "in use: no"))
    assert read_parts(folder)["encode_words"].why_not == "you switched yours off"
    keep(folder, text.replace("word ", "w ").replace("(word,", "(w,"), UNKNOWN=3, END=2)
    part = read_parts(folder)["encode_words"]
    assert (part.in_use, part.unchanged) == (False, True)
    assert "for w in words" in part.text


def test_a_slow_answer_is_kept_and_called_slow(folder):
    known = "return [numbers.get(word, 3) for word in words] + [2]"
    slow = f"def encode_words(words, numbers):\n    sum(range(2_000_000))\n    {known}\n"
    keep(folder, slow)
    assert "times as long" in read_parts(folder)["encode_words"].why_not


def test_what_is_no_part_is_passed_over(folder):
    (folder / FOLDER).mkdir()
    for name, content in {"a": b"", "b": b"\xff", "c": b"# in use: yes\n\nx = 1\n", "d": b"x" * 300_000}.items():
        (folder / FOLDER / f"{name}.py").write_bytes(content)
    assert read_parts(folder) == {}


def test_progress_and_doctor_list_them(folder):
    assert doctor.look_at_parts(folder) == []
    put(folder, "pad_batch", "pad_batch", "x = 1\n")
    put(folder, "encoder", "Encoder", "x = 1\n", in_use=False)
    (finding,) = doctor.look_at_parts(folder)
    assert str(folder / FOLDER) in finding.text
    assert finding.text.endswith(": pad_batch.")
    assert finding.remedy == "Not used: encoder: you switched yours off."
    found = read_progress(folder)
    for shown in (overview.text(found), overview.html(found)):
        assert "Later lessons run on your own pad_batch" in shown
        assert "encoder: you switched yours off." in shown
