"""Where a learner stands: which exercises of the course are done, for how many points, and which comes next.

What checks found is kept in one small file beside the lessons, `.progress.json`. It serves the learner alone: grading
neither reads nor needs it, and where it cannot be read or written, nothing but this overview suffers.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.course.lessons import Lesson, all_lessons, find_solutions
from autograder.course.settings import points
from autograder.files import write_whole
from autograder.languages import ENGLISH
from autograder.status import Status
from lessons.toolkit.own_parts import Part, is_reference_run, read_parts
from lessons.toolkit.text import language

FILE = ".progress.json"
SIZE_LIMIT = 100_000  # bytes; a whole course takes a tenth of that
LOCK_SECONDS = 2.0
STATUSES = (Status.PASSED, Status.FAILED, Status.ERROR, Status.TIMEOUT, Status.CRASHED, Status.NOT_ATTEMPTED)


@dataclass(frozen=True)
class Exercise:
    """An exercise, or a written answer, and what was last found of it.

    Attributes:
        slug, lesson: which it is.
        points: what it is worth.
        state: "passed", "tried", "open", or "written" for what a person will read.
    """

    slug: str
    lesson: Lesson
    points: float
    state: str


@dataclass(frozen=True)
class LessonProgress:
    """A lesson with its exercises in order."""

    lesson: Lesson
    title: str
    exercises: tuple[Exercise, ...]

    @property
    def checked(self) -> tuple[Exercise, ...]:
        """The exercises that have a check."""
        return tuple(exercise for exercise in self.exercises if exercise.state != "written")

    @property
    def passed(self) -> tuple[Exercise, ...]:
        """Those that are done."""
        return tuple(exercise for exercise in self.exercises if exercise.state == "passed")


@dataclass(frozen=True)
class Progress:
    """All lessons of the course, and the answers that later lessons run on."""

    lessons: tuple[LessonProgress, ...]
    parts: tuple[Part, ...] = ()

    @property
    def next(self) -> Exercise | None:
        """The first exercise that is not done; None where all are."""
        checked = (exercise for lesson in self.lessons for exercise in lesson.checked)
        return next((exercise for exercise in checked if exercise.state != "passed"), None)

    @property
    def earned(self) -> float:
        """Points of the exercises that are done."""
        return sum(exercise.points for lesson in self.lessons for exercise in lesson.passed)

    @property
    def possible(self) -> float:
        """Points of all exercises that have a check."""
        return sum(exercise.points for lesson in self.lessons for exercise in lesson.checked)

    @property
    def by_hand(self) -> float:
        """Points that a person gives for written answers."""
        written = (e for lesson in self.lessons for e in lesson.exercises if e.state == "written")
        return sum(exercise.points for exercise in written)


# The file


def folder_of(place: Path) -> Path:
    """The learner's folder: the one around a lesson's, else the place itself."""
    place = place.resolve()
    return place.parent if place.name in {lesson.slug for lesson in all_lessons()} else place


def is_of_solutions(folder: Path) -> bool:
    """Whether a folder is the one of the course's own solutions, in which nobody learns."""
    solutions = find_solutions()
    return solutions is not None and folder.is_relative_to(solutions.resolve())


def note(exercise: str, status: Status, place: Path) -> None:
    """Remember what a check found, for whoever works in `place`; not in grading, and not for the course's solutions."""
    folder = folder_of(place)
    if is_reference_run() or is_of_solutions(folder):
        return
    with suppress(OSError):  # a folder that cannot be written keeps no state
        _note(exercise, status, folder)


def _note(exercise: str, status: Status, folder: Path) -> None:
    """Several kernels may do this at once: each reads and writes the file while it alone holds the lock."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / f"{FILE}.lock", timeout=LOCK_SECONDS):
            found = json.dumps({"exercises": noted(folder) | {exercise: status}}, indent=1)
            write_whole(folder / FILE, f"{found}\n".encode())
    except Timeout:
        return  # the next check notes its own


def noted(folder: Path) -> dict[str, str]:
    """What checks found, by exercise; nothing where the file is missing or damaged."""
    try:
        with open(folder / FILE, "rb") as file:
            found = json.loads(file.read(SIZE_LIMIT))["exercises"]
        return {slug: found[slug] for slug in _slugs() if found.get(slug) in STATUSES}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _slugs() -> list[str]:
    return [slug for lesson in all_lessons() for slug in _outline(lesson, ENGLISH)[1]]


# The overview


def read_progress(folder: Path) -> Progress:
    """Where the learner of a folder stands."""
    found = noted(folder)
    lessons = tuple(_lesson_progress(lesson, found) for lesson in all_lessons())
    return Progress(lessons, tuple(read_parts(folder).values()))


def _lesson_progress(lesson: Lesson, found: dict[str, str]) -> LessonProgress:
    title, kinds = _outline(lesson, language())
    exercises = [
        Exercise(slug, lesson, points(lesson.slug, slug), _state(kind, found.get(slug))) for slug, kind in kinds.items()
    ]
    return LessonProgress(lesson, title, tuple(exercises))


def _state(kind: str, status: str | None) -> str:
    if kind == "written":
        return "written"
    states: dict[str | None, str] = {Status.PASSED: Status.PASSED, None: "open", Status.NOT_ATTEMPTED: "open"}
    return states.get(status, "tried")


@cache
def _outline(lesson: Lesson, language: str) -> tuple[str, dict[str, str]]:
    """A lesson's title in a language, and the kind of each exercise, "exercise" or "written", in order."""
    cells = json.loads(lesson.release_in(language).read_text(encoding="utf-8"))["cells"]
    marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    kinds = {mark["grade_id"]: "written" if mark["grade"] else "exercise" for mark in marks if mark.get("solution")}
    return "".join(cells[0]["source"]).partition("\n")[0].removeprefix("# "), kinds
