"""nbgrader's gradebook and commands on the output folder: exercises, and written answers that a person grades."""

import copy
import csv
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grading_cases as cases
import nbformat
import pytest
from nbformat import NotebookNode

from autograder.course.lessons import find_lesson
from autograder.course.source import read_lesson
from autograder.files import write_whole
from autograder.gradebook import course_root, refusals, scores
from autograder.gradebook.executed_checks import verdict_of
from autograder.judging import returned_notebook
from autograder.judging.course_notebook import course_notebook
from autograder.judging.matched import Matched
from autograder.judging.matching import match
from autograder.notebooks import written_answers
from autograder.notebooks.reading import as_file
from autograder.verdict import Verdict

LESSON, EXERCISES = cases.LESSON, cases.EXERCISES
WRITTEN = "why_one_vector"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # nbgrader's own use of its libraries
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


def written_cell(source: str) -> NotebookNode:
    marks = {"grade": True, "solution": True, "locked": False, "task": False, "points": 1, "schema_version": 3}
    cell = nbformat.v4.new_markdown_cell(source, metadata={"nbgrader": {**marks, "grade_id": WRITTEN}})
    cell.metadata.nbgrader.cell_type, cell.id = "markdown", "why-one-vector"
    return cell


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """An output folder for a lesson that has a written answer too."""
    root = tmp_path_factory.mktemp("root")
    solution = copy.deepcopy(cases.SOLUTION)
    solution.cells.append(written_cell("Everything has to pass through h."))
    path = root / f"{LESSON}.ipynb"
    nbformat.write(solution, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", sysconfig.get_path("scripts"), prepend=":")
        course_root.make_course_root(root, {LESSON: path})
    return root


@pytest.fixture(scope="module")
def released(made) -> NotebookNode:
    return nbformat.read(course_root.released(made, LESSON), as_version=4)


def handed_in(released: NotebookNode, answer: str) -> NotebookNode:
    notebook = copy.deepcopy(released)
    for exercise in EXERCISES:
        cases.marked(notebook)[exercise].source = cases.ANSWERS[exercise]
    cases.marked(notebook)[WRITTEN].source = answer
    return notebook


def found_in(notebook: NotebookNode, released: NotebookNode) -> Matched:
    return match(notebook, course_notebook(find_lesson(LESSON), released))


def graded(notebook: NotebookNode, released: NotebookNode, failed: tuple[str, ...] = ()) -> NotebookNode:
    """The notebook that goes back, as if the sandbox had said that all but some exercises passed."""
    verdicts = {
        exercise: Verdict(exercise, "failed", 1, 2, title="rows", question="Why?")
        if exercise in failed
        else Verdict(exercise, "passed", stages=2)
        for exercise in EXERCISES
    }
    known = course_notebook(find_lesson(LESSON), released)
    return returned_notebook.autograded(notebook, found_in(notebook, released), verdicts, {}, known)


def enter(root: Path, student: str, back: NotebookNode, released: NotebookNode) -> dict[str, tuple[float, str, str]]:
    """Write notebook and scores as the engine does; score, status and reason by exercise."""
    directory = course_root.course_directory(root, LESSON)
    write_whole(root / "autograded" / student / LESSON / f"{LESSON}.ipynb", as_file(back))
    verdicts = {exercise: verdict_of(back, exercise) for exercise in EXERCISES}
    verdicts |= written_answers.verdicts(back, released)
    with course_root.gradebook(directory) as book:
        scores.save_scores(book, LESSON, student, {name: verdict.status for name, verdict in verdicts.items()})
        rows = scores.results(book, directory, student, lambda exercise: verdicts[exercise])
    return {row.exercise: (row.score, row.status, row.reason) for row in rows}


@contextmanager
def grades_of(root: Path, student: str) -> Iterator[dict]:
    """The gradebook's rows of a student by nbgrader id; changes are kept."""
    with course_root.gradebook(course_root.course_directory(root, LESSON)) as book:
        found = book.find_submission_notebook(LESSON, LESSON, student)
        yield {grade.name: grade for grade in found.grades}
        book.db.commit()


def nbgrader(root: Path, *arguments: str) -> None:
    program = Path(sysconfig.get_path("scripts")) / "nbgrader"
    done = subprocess.run([program, *arguments], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


class TestWrittenAnswers:
    def test_one_waits_for_a_person_and_nbgrader_knows(self, made, released):
        rows = enter(made, "writer", graded(handed_in(released, "My answer"), released), released)
        assert rows[WRITTEN] == (0.0, "manual", str(written_answers.WAITING))
        assert {rows[exercise][:2] for exercise in EXERCISES} == {(1.0, "passed")}
        with grades_of(made, "writer") as found:
            assert (found[WRITTEN].auto_score, found[WRITTEN].needs_manual_grade) == (None, True)
            assert not found[f"check-{EXERCISES[0]}"].needs_manual_grade

    @pytest.mark.parametrize("answer", ["", None])
    def test_one_that_was_left_as_it_was_gets_no_points(self, made, released, answer):
        notebook = handed_in(released, cases.marked(released)[WRITTEN].source if answer is None else answer)
        rows = enter(made, "idle", graded(notebook, released), released)
        assert rows[WRITTEN] == (0.0, "not_attempted", "not attempted")
        assert {rows[exercise][1] for exercise in EXERCISES} == {"passed"}

    def test_points_and_comments_given_by_hand_survive_another_grading(self, made, released):
        enter(made, "kept", graded(handed_in(released, "My answer"), released), released)
        with grades_of(made, "kept") as found:
            found[WRITTEN].manual_score = 0.5
            found[WRITTEN].needs_manual_grade = False
            found[f"check-{EXERCISES[1]}"].manual_score = 0.25
        with course_root.gradebook(course_root.course_directory(made, LESSON)) as book:
            book.find_comment(WRITTEN, LESSON, LESSON, "kept").manual_comment = "Well said"
            book.db.commit()
        back = graded(handed_in(released, "My answer, again"), released, failed=(EXERCISES[1],))
        rows = enter(made, "kept", back, released)
        assert rows[WRITTEN] == (0.5, "manual", "scored by hand")
        assert rows[EXERCISES[1]] == (0.25, "manual", "scored by hand; the check says: failed, rows: Why?")
        with course_root.gradebook(course_root.course_directory(made, LESSON)) as book:
            assert book.find_comment(WRITTEN, LESSON, LESSON, "kept").comment == "Well said"

    def test_a_person_is_asked_to_look_again_only_at_another_notebook(self, made, released):
        enter(made, "looked at", graded(handed_in(released, "My answer"), released), released)
        statuses = {**dict.fromkeys(EXERCISES, "passed"), WRITTEN: "manual"}
        waits = []
        for same in (True, False):
            with grades_of(made, "looked at") as found:
                found[WRITTEN].manual_score, found[WRITTEN].needs_manual_grade = 0.5, False
            with course_root.gradebook(course_root.course_directory(made, LESSON)) as book:
                scores.save_scores(book, LESSON, "looked at", statuses, same=same)
            with grades_of(made, "looked at") as found:
                waits.append((found[WRITTEN].manual_score, found[WRITTEN].needs_manual_grade))
        assert waits == [(0.5, False), (0.5, True)]

    def test_lost_marks_copies_and_deleted_cells_are_mended(self, released):
        def answers(notebook: NotebookNode) -> list[str]:
            back = graded(notebook, released)
            return [cell.source for cell in back.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == WRITTEN]

        lost = handed_in(released, "mine")
        cases.marked(lost)[WRITTEN].metadata = NotebookNode()
        assert answers(lost) == ["mine"]
        copied = handed_in(released, "mine")
        stub = copy.deepcopy(cases.marked(released)[WRITTEN])
        stub.id = "copy"
        copied.cells.append(stub)
        assert answers(copied) == ["mine"]
        gone = handed_in(released, "mine")
        gone.cells.remove(cases.marked(gone)[WRITTEN])
        assert answers(gone) == [""]

    def test_stock_evidence_leaves_a_written_answer_to_a_person(self, released):
        assert verdict_of(handed_in(released, "mine"), WRITTEN) == written_answers.waiting(WRITTEN)


class TestWhatGoesBack:
    def test_pictures_stay_and_what_could_run_does_not(self, released):
        notebook = handed_in(released, "mine")
        drawn = next(cell for cell in notebook.cells if "exploration" in cell.metadata.get("tags", ()))
        shown = {"image/png": PNG, "text/html": "<script>1</script>", "text/plain": "Figure"}
        drawn.outputs = [
            nbformat.v4.new_output("display_data", shown, metadata={"isolated": True}),
            nbformat.v4.new_output("display_data", {"application/javascript": "1", "image/svg+xml": "<svg/>"}),
            nbformat.v4.new_output("stream", name="stdout", text="printed"),
            nbformat.v4.new_output("stream", name="stderr", text="50%|#####"),
        ]
        back = graded(notebook, released)
        outputs = next(cell for cell in back.cells if cell.get("id") == drawn.id).outputs
        assert [dict(output.get("data", {"text": output.get("text")})) for output in outputs] == [
            {"image/png": PNG},
            {"text": "printed\n"},
        ]

    def test_pictures_beyond_measure_are_dropped(self, released, monkeypatch):
        monkeypatch.setattr(returned_notebook, "MOST_PICTURES", 3 * len(PNG) // 2)
        notebook = handed_in(released, "mine")
        drawn = [cell for cell in notebook.cells if "exploration" in cell.metadata.get("tags", ())][:2]
        for cell in drawn:
            cell.outputs = [nbformat.v4.new_output("display_data", {"image/png": PNG})]
        back = graded(notebook, released)
        assert [len(cell.outputs) for cell in back.cells if cell in drawn] == [1, 0]


@pytest.mark.parametrize("isolation", ["none", pytest.param("bubblewrap", marks=pytest.mark.sandbox)])
def test_the_written_answer_of_a_lesson_waits_in_both_engines(tmp_path, isolation):
    lesson = find_lesson("02_context_limit")
    solved, idle = (nbformat.read(path, as_version=4) for path in (lesson.solution_notebook, lesson.release_notebook))
    cases.hand_in(tmp_path / "class", "solved", solved, lesson.slug)
    cases.hand_in(tmp_path / "class", "idle", idle, lesson.slug)
    rows = cases.grade(tmp_path / "class", tmp_path / "graded", workers=2, isolation=isolation).results
    found = {(row.student, row.exercise): (row.status, row.score) for row in rows}
    (asked,) = read_lesson(lesson.source).written
    assert found.pop(("solved", asked)) == ("manual", 0.0)
    assert {found[student, exercise] for student, exercise in found if student == "solved"} == {("passed", 1.0)}
    assert {status for status, _ in found.values()} == {"passed", "not_attempted"}
    assert found["idle", asked] == ("not_attempted", 0.0)


class TestNbgradersCommands:
    def test_what_cannot_be_read_has_a_page_that_says_why(self, made):
        reason = "not a notebook: no valid JSON in line 3 <script>alert(1)</script>"
        rows = refusals.record_refusal("corrupt", LESSON, reason, made)
        assert {row.status for row in rows} == {"unreadable"}
        nbgrader(made, "generate_feedback", LESSON, "--student", "corrupt")
        page = (made / "feedback" / "corrupt" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
        assert "no valid JSON in line 3" in page
        assert "<script" not in page
        assert page.count("Could not be read") == 2 * len(EXERCISES)

    def test_export_and_feedback_say_what_the_gradebook_says(self, made, released):
        back = graded(handed_in(released, "Because of <script>alert(1)</script> h"), released, failed=(EXERCISES[0],))
        enter(made, "김 하나", back, released)
        with grades_of(made, "김 하나") as found:
            found[WRITTEN].manual_score = 0.5
        nbgrader(made, "export")
        with (made / "gradebook.csv").open(encoding="utf-8") as file:
            exported = {
                row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)
            }
        assert exported["김 하나"] == (len(EXERCISES) - 1 + 0.5, len(EXERCISES) + 1)
        for _ in range(2):  # a page is made anew each time, since points and comments change
            nbgrader(made, "generate_feedback", LESSON, "--student", "김 하나")
        page = (made / "feedback" / "김 하나" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
        assert f"<strong>{len(EXERCISES) - 0.5:g}</strong> of {len(EXERCISES) + 1} points" in page
        assert "Because of" in page
        assert "<script" not in page
        assert "Graded by hand" in page
