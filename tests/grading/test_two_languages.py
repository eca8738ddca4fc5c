"""One class in two languages: one run, one gradebook, and the same scores as if all had worked in English."""

import copy
import json
from collections.abc import Callable
from pathlib import Path

import grading_cases as cases
import nbformat
import pytest
from class_cases import Statuses, zoo_of
from feedback_cases import feedback, page_of
from nbformat import NotebookNode

from autograder.course.lessons import find_lesson
from autograder.grading.console import ClassRun
from autograder.judging.in_english import retell
from autograder.languages import ENGLISH, PUBLISHED

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]

LESSON = "02_context_limit"  # it has a written answer
STUDENTS = 20


# What a notebook went through before it was handed in


def without_metadata(notebook: NotebookNode) -> None:
    notebook.metadata = nbformat.from_dict({})


def without_setup_line(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.source = "\n".join(line for line in cell.source.split("\n") if not line.startswith("from autograder"))


def without_any_sign_of_its_language(notebook: NotebookNode) -> None:
    without_metadata(notebook)
    without_setup_line(notebook)


def without_ids(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"


def without_marks(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


def with_own_cells(notebook: NotebookNode) -> None:
    notebook.cells.insert(3, nbformat.v4.new_code_cell("raise ValueError('나의 셀')"))
    notebook.cells.insert(9, nbformat.v4.new_markdown_cell("내 메모 / my notes"))


def with_text_cells_deleted(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code" or cell.metadata.get("nbgrader")]


def with_a_copy_of_each_exercise(notebook: NotebookNode) -> None:
    for cell in [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]:
        notebook.cells.append(copy.deepcopy(cell))


def with_comments_in_what_is_to_be_mended(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = f"# ?\n{cell.source}"


def upside_down(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


DAMAGES: list[Callable[[NotebookNode], None]] = [
    without_metadata,
    without_setup_line,
    without_any_sign_of_its_language,
    without_ids,
    without_marks,
    with_own_cells,
    with_text_cells_deleted,
    with_a_copy_of_each_exercise,
    with_comments_in_what_is_to_be_mended,
    upside_down,
]


def notebook_of(number: int, language: str) -> NotebookNode:
    """The notebook of a student: answers of all kinds, every second one damaged."""
    zoo = zoo_of(LESSON)
    right, wrong = zoo.herds("right_*.py"), zoo.herds("wrong_*.py")
    chosen = dict(zoo.answers) if number % 3 else {}
    for animals in (right[number % len(right)], wrong[number % len(wrong)]):
        for exercise, path in list(animals.items())[number % 4 :: 4]:
            chosen[exercise] = path.read_text(encoding="utf-8")
    if number % 4 == 0:
        chosen[zoo.written[0]] = "적게 샀습니다."
    notebook = copy.deepcopy(zoo.released)
    if language != ENGLISH:
        notebook = nbformat.read(find_lesson(LESSON).release_in(language), as_version=4)
    for exercise, source in chosen.items():
        cases.marked(notebook)[exercise].source = source
    if number % 2:
        DAMAGES[number // 2](notebook)
    return notebook


def hand_in_class(folder: Path, other: str) -> None:
    """Twenty students, of whom all but each fourth have worked in another language."""
    for number in range(STUDENTS):
        notebook = notebook_of(number, other if number % 4 != 2 else ENGLISH)
        text = json.dumps(notebook)
        cases.hand_in(folder, f"student{number:02}", text[: len(text) // 2] if number == 4 else text, LESSON)


def statuses(run: ClassRun) -> Statuses:
    return {(row.student, row.lesson, row.exercise): (row.status, row.score) for row in run.results}


@pytest.fixture(scope="module", params=PUBLISHED)
def other(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def classes(other, tmp_path_factory, sandbox_or_skip) -> dict[str, tuple[Path, ClassRun]]:
    """Folder and run of the class by the language that most of it has."""
    found = {}
    for language in (ENGLISH, other):
        root = tmp_path_factory.mktemp(language)
        hand_in_class(root / "handed in", language)
        found[language] = root / "graded", cases.grade(root / "handed in", root / "graded")
    return found


def test_the_class_has_answers_of_every_kind(classes):
    _, run = classes[ENGLISH]
    assert len({row.student for row in run.results}) == STUDENTS
    assert {"passed", "failed", "not_attempted", "manual", "unreadable"} <= {row.status for row in run.results}


def test_the_scores_are_those_of_the_same_class_in_english(classes, other):
    assert statuses(classes[other][1]) == statuses(classes[ENGLISH][1])


def test_nothing_that_instructors_read_is_in_the_other_language(classes, other):
    folder, run = classes[other]
    own = ("나의 셀", "내 메모", "적게 샀습니다", "def ")
    reasons = [row.reason for row in run.results]
    tables = [path.read_text(encoding="utf-8") for path in folder.glob("*.csv")]
    assert tables
    for text in [*reasons, *tables]:
        for line in text.splitlines():
            assert any(word in line for word in own) or not any("가" <= letter <= "힣" for letter in line), line


def test_what_comes_back_is_in_the_language_that_was_handed_in(classes, other):
    folder, _ = classes[other]
    english, translated = (nbformat.read(find_lesson(LESSON).release_in(one), as_version=4) for one in (ENGLISH, other))
    for number in (0, 6):  # nothing was done to these
        back = nbformat.read(folder / "autograded" / f"student{number:02}" / LESSON / f"{LESSON}.ipynb", as_version=4)
        told = copy.deepcopy(back)
        retell(told, english, translated)
        is_english = number % 4 == 2
        assert (told.cells != back.cells) == is_english
        assert back.metadata.get("autograder", {}).get("language", ENGLISH) == (ENGLISH if is_english else other)


def test_the_feedback_page_is_in_the_language_that_was_handed_in(classes, other):
    folder, _ = classes[other]
    feedback(folder)
    for number in range(STUDENTS):
        if number == 4:  # cut off: nobody can tell its language
            continue
        page = page_of(folder, f"student{number:02}", LESSON).read_text(encoding="utf-8")
        language = ENGLISH if number % 4 == 2 else other
        assert f'<html lang="{language}">' in page
        assert ("points" in page) == (language == ENGLISH)
