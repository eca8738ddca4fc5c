"""`autograder package learner`: the course as a class gets it, a wheel and notebooks without solutions.

The wheel holds what checks, hints, progress and the lessons themselves need, and no solution, model answer, wrong
answer, grading or report. Checks work by their recorded values. A later lesson runs on the learner's own parts, but for
lessons that the instructor names as over: their solutions are in `lessons/earlier`, where the others raise
NotImplementedError.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.earlier_module import earlier_module
from autograder.authoring.tree import files_below
from autograder.authoring.wheel import write_wheel
from autograder.course.lessons import Lesson, all_lessons, lessons_folder
from autograder.course.source import read_lesson
from autograder.course.versions import changelog
from autograder.errors import CourseError
from autograder.files import write_whole
from autograder.languages import ENGLISH, PUBLISHED, file_of
from autograder.paths import PACKAGE
from lessons.toolkit.paths import datasets_folder

#: What of `autograder` learners need: packages and modules. Checks and their recorded values come by lesson.
LEARNERS_PARTS = """
    __init__.py __main__.py cli.py course.toml doctor.py errors.py extras.py files.py languages.py lazy_imports.py
    paths.py
    permissions.py spoken_help.py status.py templates.py text.py verdict.py
    course learner notebooks subjects
    checks/__init__.py checks/recording.py checks/reference.py checks/registry.py checks/framework checks/wording
    judging/__init__.py judging/attempted.py judging/course_notebook.py judging/in_english.py judging/matched.py
    judging/matching.py judging/misplaced.py judging/origin.py judging/stops.py judging/turned_cells.py
""".split()
NOTEBOOKS = "lessons"  # the folder of notebooks beside the wheel


@dataclass(frozen=True)
class LearnerPackage:
    """What was written.

    Attributes:
        wheel: the file to install.
        lessons: those that it has.
        over: those of which it has the solutions.
        lacking: earlier lessons that are neither, and on whose parts a lesson runs all the same.
    """

    wheel: Path
    lessons: tuple[Lesson, ...]
    over: tuple[Lesson, ...]
    lacking: tuple[Lesson, ...]


def package_learner(folder: Path, lessons: Sequence[str] = (), over: Sequence[str] = ()) -> LearnerPackage:
    """Write a wheel and the notebooks of some lessons.

    Args:
        folder: where to.
        lessons: by number or name, such as 01 or 01_seq2seq; all, if none is named.
        over: those whose solutions learners may have.

    Raises:
        CourseError: there is no such lesson, or the folder cannot be written.
    """
    chosen, solved = tuple(_choose(lessons) or all_lessons()), tuple(_choose(over))
    earlier = [lesson for lesson in all_lessons() if lesson.number < chosen[-1].number]
    try:
        wheel = write_wheel(folder, dict(wheel_files(chosen, solved)))
        for release in (lesson.release_in(language) for lesson in chosen for language in (ENGLISH, *PUBLISHED)):
            path = folder / NOTEBOOKS / release.relative_to(lessons_folder())
            write_whole(path, release.read_bytes())
    except OSError as error:
        raise CourseError(
            f"{folder}: cannot be written ({error.strerror}); name another folder with --to FOLDER"
        ) from error
    return LearnerPackage(wheel, chosen, solved, tuple(one for one in earlier if one not in (*chosen, *solved)))


def _choose(names: Sequence[str]) -> list[Lesson]:
    """The lessons of these numbers or names, in the order of the course."""
    known = {name: lesson for lesson in all_lessons() for name in (lesson.number, lesson.slug)}
    for name in names:
        if name not in known:
            slugs = ", ".join(lesson.slug for lesson in all_lessons())
            raise CourseError(f"there is no lesson {name!r}; the course has {slugs}")
    wanted = {known[name] for name in names}
    return [lesson for lesson in all_lessons() if lesson in wanted]


def wheel_files(lessons: Sequence[Lesson], over: Sequence[Lesson]) -> Iterator[tuple[str, bytes]]:
    """The place and content of every file of the wheel, but for what describes it.

    Args:
        lessons: those that it has.
        over: those of which it has the solutions.
    """
    yield from _of_lessons(lessons)
    for lesson in all_lessons():
        if lesson.number <= lessons[-1].number:
            text = earlier_module(read_lesson(lesson.source), solved=lesson in over)
            yield f"lessons/earlier/lesson_{lesson.number}.py", text.encode()
    for path in _data(lessons[-1]):
        yield f"lessons/datasets/{path.relative_to(datasets_folder()).as_posix()}", path.read_bytes()
    for path in _of_autograder(lessons):
        yield f"autograder/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes()
    yield "autograder/CHANGELOG.md", changelog().read_bytes()


def _of_lessons(lessons: Sequence[Lesson]) -> Iterator[tuple[str, bytes]]:
    root = lessons_folder()
    parts = [root / "__init__.py", root / "earlier/__init__.py", *files_below(root / "toolkit")]
    spoken = (ENGLISH, *PUBLISHED)
    for path in [*parts, *(lesson.release_in(language) for lesson in lessons for language in spoken)]:
        yield f"lessons/{path.relative_to(root).as_posix()}", path.read_bytes()


def _data(last: Lesson) -> list[Path]:
    """All data but what belongs to a later lesson by its name."""
    found = [(path, re.match(r"(\d\d)_", path.name)) for path in files_below(datasets_folder())]
    return [path for path, owner in found if owner is None or owner[1] <= last.number]


def _of_autograder(lessons: Sequence[Lesson]) -> Iterator[Path]:
    for part in LEARNERS_PARTS:
        yield from files_below(PACKAGE / part) if (PACKAGE / part).is_dir() else [PACKAGE / part]
    for language in PUBLISHED:
        yield from (PACKAGE / f"{language}.py", file_of(language))
    for lesson in lessons:
        yield PACKAGE / "checks" / f"lesson_{lesson.number}.py"
        yield from files_below(PACKAGE / "checks/recorded" / lesson.slug)
