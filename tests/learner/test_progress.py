"""Where a learner stands: the file beside the lessons, and the overview in notebook and terminal."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from autograder import progress
from autograder.checks.registry import all_checks
from autograder.cli import app
from autograder.course.lessons import all_lessons, solutions_folder
from autograder.learner import notebook_api
from autograder.learner.cards import overview
from autograder.learner.progress import FILE, SIZE_LIMIT, folder_of, note, noted, read_progress

LESSON = all_lessons()[0].slug


@pytest.fixture
def folder(tmp_path):
    """A learner's folder with the folder of lesson 01 in it."""
    (tmp_path / LESSON).mkdir()
    return tmp_path


def test_it_is_kept_beside_the_lessons_and_survives(folder):
    note("pad_batch", "failed", folder / LESSON)
    note("encoder", "passed", folder / LESSON)
    note("pad_batch", "passed", folder / LESSON)
    assert json.loads((folder / FILE).read_text()) == {"exercises": {"pad_batch": "passed", "encoder": "passed"}}
    assert noted(folder) == {"pad_batch": "passed", "encoder": "passed"}


def test_checks_note_what_they_find(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder / LESSON)
    notebook_api.check("encode_words", lambda words, numbers: [numbers.get(word, 3) for word in words] + [2])
    with pytest.raises(notebook_api.CheckFailed):
        notebook_api.check("pad_batch", lambda sequences: None)
    assert noted(folder) == {"encode_words": "passed", "pad_batch": "failed"}
    capsys.readouterr()
    progress()
    shown = capsys.readouterr().out
    assert "✓ encode_words" in shown
    assert "✗ pad_batch" in shown
    assert f"1 of {len(all_checks())} points so far." in shown
    assert "Next: do make_dictionary in lesson 01_seq2seq." in shown


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"exercises": 3}',
        b'{"exercises": {"pad_batch": ["passed"], "encoder": "great", "other": "passed"}}',
        b"\xff\xfe",
        b"[" * SIZE_LIMIT,
        b" " * SIZE_LIMIT + b'{"exercises": {"pad_batch": "passed"}}',
    ],
    ids=range(8),
)
def test_a_damaged_file_is_as_good_as_none_and_is_mended_by_the_next_check(folder, content):
    (folder / FILE).write_bytes(content)
    assert noted(folder) == {}
    note("encoder", "passed", folder)
    assert noted(folder) == {"encoder": "passed"}


def test_a_folder_in_the_place_of_the_file_costs_only_the_overview(folder):
    (folder / FILE).mkdir()
    note("encoder", "passed", folder)
    assert noted(folder) == {}


def test_only_exercises_of_the_course_are_kept(folder):
    for number in range(50):
        note(f"exercise_{number}", "passed", folder)
    note("encoder", "passed", folder)
    assert noted(folder) == {"encoder": "passed"}


def test_several_kernels_at_once_lose_nothing(folder):
    slugs = [exercise.slug for lesson in read_progress(folder).lessons for exercise in lesson.checked][:12]
    code = "import sys, pathlib; from autograder.learner.progress import note\n"
    code += "for slug in sys.argv[2:]: note(slug, 'passed', pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(folder)]
    kernels = [subprocess.Popen([*command, *slugs[start::4]]) for start in range(4)]
    assert [kernel.wait(60) for kernel in kernels] == [0] * 4
    assert set(noted(folder)) == set(slugs)
    assert {path.name for path in folder.iterdir()} <= {LESSON, FILE, f"{FILE}.lock"}


def test_the_courses_own_solutions_leave_no_state():
    note("encoder", "passed", solutions_folder() / LESSON)
    assert not (solutions_folder() / FILE).exists()


@pytest.mark.parametrize(("variable", "value"), [("NBGRADER_EXECUTION", "autograde"), ("AUTOGRADER_REFERENCE", "1")])
def test_grading_and_building_leave_no_state(folder, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    note("encoder", "passed", folder)
    assert not (folder / FILE).exists()


def test_the_folder_is_the_one_around_a_lesson(folder):
    assert folder_of(folder / LESSON) == folder_of(folder) == folder.resolve()


def test_the_next_step_is_the_first_that_is_not_done(folder):
    slugs = [exercise.slug for lesson in read_progress(folder).lessons for exercise in lesson.checked]
    for slug in slugs[:3]:
        note(slug, "passed", folder)
    note(slugs[3], "error", folder)
    found = read_progress(folder)
    assert (found.next.slug, found.next.state, found.earned) == (slugs[3], "tried", 3)
    assert overview.summary(found)[1].startswith(f"Next: go on with {slugs[3]}")


def test_when_all_is_done_nothing_comes_next(folder):
    (folder / FILE).write_text(json.dumps({"exercises": dict.fromkeys(_all(folder), "passed")}))
    found = read_progress(folder)
    assert (found.next, found.earned) == (None, found.possible)
    assert overview.summary(found)[1] == "Every exercise is done."
    assert "<a " not in overview.html(found)


def _all(folder):
    return [exercise.slug for lesson in read_progress(folder).lessons for exercise in lesson.checked]


def test_the_page_has_every_exercise_once_and_opens_the_lesson_of_the_next_step(folder):
    html = overview.html(read_progress(folder))
    for slug in _all(folder):
        assert html.count(f'<th scope="row">{slug}</th>') == 1
    assert html.count("<details open>") == 1
    assert html.count("<details") == len(all_lessons())
    assert f'href="../{LESSON}/{LESSON}.ipynb#cell-id=make_dictionary"' in html
    assert "what_capacity_bought" in html


def test_the_command_shows_a_folder_and_names_one_that_is_not_there(folder):
    note("make_dictionary", "passed", folder)
    done = CliRunner().invoke(app, ["progress", str(folder / LESSON)])
    assert done.exit_code == 0
    assert "✓ make_dictionary" in done.output
    assert "Next: do build_vocabulary" in done.output
    missing = CliRunner().invoke(app, ["progress", str(folder / "nowhere")])
    assert missing.exit_code != 0
    assert "autograder start" in str(missing.exception)


def test_the_overview_needs_no_torch(folder):
    code = (
        "import pathlib, sys; from autograder.learner import progress; from autograder.learner.cards import overview\n"
    )
    code += "overview.text(progress.read_progress(pathlib.Path('.'))); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    assert done.stdout.strip() == "False"
