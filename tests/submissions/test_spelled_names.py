"""Names of folders and notebooks as people and systems spell them: one student stays one, and nothing is passed over
without a line.
"""

import json
import unicodedata
from pathlib import Path

import grading_cases as cases
import pytest

from autograder.course.lessons import all_lessons
from autograder.grading import run
from autograder.grading.options import Options
from autograder.results.grades import read_grades
from autograder.submissions.collect import collect
from autograder.submissions.find import Refusal, Submission, find_submissions
from autograder.submissions.roster import read_roster

LESSON, OTHER = cases.LESSON, "02_context_limit"
LESSONS = [lesson.slug for lesson in all_lessons()]
NAMES = ["김하나", "Müller Jürgen", "Nguyễn Văn An", "ﬁ é"]


def found(folder: Path) -> list[Submission | Refusal]:
    return find_submissions(folder, LESSONS, LESSONS)


def spelled(name: str, form: str) -> str:
    return unicodedata.normalize(form, name)


class TestTwoSpellings:
    @pytest.mark.parametrize("name", NAMES)
    def test_of_one_name_are_one_student(self, tmp_path, name):
        cases.hand_in(tmp_path, spelled(name, "NFD"), "{}")
        cases.hand_in(tmp_path, spelled(name, "NFC"), "{}", OTHER)
        one, two = found(tmp_path)
        assert {(one.student, one.lesson), (two.student, two.lesson)} == {(name, LESSON), (name, OTHER)}

    @pytest.mark.parametrize("name", NAMES)
    def test_of_one_name_with_the_same_lesson_are_told(self, tmp_path, name):
        for form in ("NFC", "NFD"):
            cases.hand_in(tmp_path, spelled(name, form), form)
        submission, refusal = found(tmp_path)
        assert (submission.student, submission.notebook.read_text()) == (name, "NFC")
        assert (refusal.where, refusal.attributed) == (f"{name}/{LESSON}", False)
        assert "there twice, its name spelled in two ways" in refusal.reason

    def test_in_the_class_list_and_the_folder_that_is_there(self, tmp_path):
        name = "김하나"
        path = tmp_path / "roster.csv"
        path.write_text(f"id,name\n{spelled(name, 'NFD')},{name}\n", encoding="utf-8")
        earlier = cases.hand_in(tmp_path / "class", spelled(name, "NFD"), "{}", OTHER)
        source = tmp_path / "handed"
        source.mkdir()
        (source / f"{spelled(name, 'NFD')} {LESSON}.ipynb").write_text("{}")
        (one,) = collect(source, tmp_path / "class", read_roster(path))
        assert (one.student, one.place) == (name, f"{name}/{LESSON}/{LESSON}.ipynb")
        assert (earlier.parents[1] / LESSON / f"{LESSON}.ipynb").is_file()
        assert {one.student for one in found(tmp_path / "class")} == {name}

    def test_a_receipt_is_found_in_either_spelling(self, tmp_path):
        name, source = "김하나", tmp_path / "handed"
        source.mkdir()
        (source / f"{name}_attempt.ipynb").write_text("{}")
        pattern = "(?P<student_id>[^_]+)_(?P<timestamp>)"
        collect(source, tmp_path / "class", lesson=LESSON, pattern=pattern)
        folder = tmp_path / "class" / name
        folder.rename(folder.with_name(spelled(name, "NFD")))
        (submission,) = found(tmp_path / "class")
        assert (submission.student, submission.notes) == (name, ())


class TestHiddenFolders:
    @pytest.mark.parametrize("name", ["...", ".kim", "..kim", ".김하나"])
    def test_are_passed_over_with_a_line(self, tmp_path, name):
        cases.hand_in(tmp_path, name, "{}")
        cases.hand_in(tmp_path, "kim", "{}")
        hidden, submission = found(tmp_path)
        assert (hidden.where, submission.student) == (name, "kim")
        assert "begins with a dot" in hidden.reason

    def test_of_systems_are_passed_over(self, tmp_path):
        for name in (".git", ".DS_Store", ".ipynb_checkpoints", ".Trash-1000", ".nfs0001", ".venv", ".snapshot"):
            (tmp_path / name).mkdir()
        (tmp_path / ".hidden").write_text("")
        assert found(tmp_path) == []


class TestOtherNamesOfNotebooks:
    @pytest.mark.parametrize(
        "name",
        ["final version.ipynb", "01_seq2seq (1).ipynb", "01_SEQ2SEQ.IPYNB", "01_seq2seq.ipynb.txt", "과제.ipynb"],
    )
    def test_the_only_one_is_taken_with_a_note(self, tmp_path, name):
        path = cases.hand_in(tmp_path, "kim", "{}")
        path = path.rename(path.with_name(name))
        path.with_name("data.csv").write_text("1")
        (submission,) = found(tmp_path)
        assert submission.notebook == path
        assert submission.notes == (f"{name} is graded, the only notebook there; expected {LESSON}.ipynb",)

    def test_a_notebook_goes_before_what_is_only_called_like_one(self, tmp_path):
        path = cases.hand_in(tmp_path, "kim", "{}")
        path = path.rename(path.with_name("a.ipynb"))
        path.with_name("b.ipynb.json").write_text("{}")
        (submission,) = found(tmp_path)
        assert submission.notebook == path

    @pytest.mark.parametrize("others", [("a.ipynb", "b.ipynb"), ("a.ipynb.txt", "b.ipynb.json"), ("a.py",)])
    def test_of_two_or_none_no_one_is_taken(self, tmp_path, others):
        path = cases.hand_in(tmp_path, "kim", "{}")
        path.unlink()
        for name in others:
            path.with_name(name).write_text("{}")
        (refusal,) = found(tmp_path)
        assert refusal.reason == f"expected {LESSON}.ipynb, found only {', '.join(others)}"

    def test_a_link_or_a_folder_is_not_taken(self, tmp_path):
        path = cases.hand_in(tmp_path, "kim", "{}")
        outside = path.rename(tmp_path / "outside")
        path.with_name("a.ipynb").symlink_to(outside)
        path.with_name("b.ipynb").mkdir()
        assert all(isinstance(one, Refusal) for one in found(tmp_path))


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")
def test_notes_are_shown_and_no_error(tmp_path, capsys, sandbox_or_skip):
    path = cases.hand_in(tmp_path / "class", spelled("김하나", "NFD"), cases.answered(cases.ANSWERS))
    path.rename(path.with_name("과제.ipynb"))
    assert run.grade_command(Options(tmp_path / "class", tmp_path / "graded", workers=1)) == 0
    note = f"과제.ipynb is graded, the only notebook there; expected {LESSON}.ipynb"
    assert f"  김하나/{LESSON}: {note}" in capsys.readouterr().out
    record = json.loads((tmp_path / "graded" / run.RECORD).read_text(encoding="utf-8"))
    assert record["notes"] == [{"where": f"김하나/{LESSON}", "text": note}]
    rows = read_grades(tmp_path / "graded" / run.GRADES)
    assert {(row.student, row.score) for row in rows} == {("김하나", 1.0)}
