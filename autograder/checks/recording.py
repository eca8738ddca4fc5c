"""Recorded cases: inputs and expected values of every check, so that a notebook needs no reference solution.

One file an exercise, `recorded/NN_slug/<exercise>.msgpack`: the hash of what it was made from, and the values in
the order in which the check takes them.
"""

import hashlib
from pathlib import Path

import torch

from autograder.checks.framework.check import Check
from autograder.checks.framework.trial import RecordingCase, Trial
from autograder.checks.reference import reference_answer
from autograder.checks.registry import checks_of, find_check
from autograder.course.lessons import Lesson, all_lessons, find_lesson, lessons_folder
from autograder.course.source import read_lesson
from autograder.errors import CourseError
from autograder.notebooks.dependencies import earlier_parts
from autograder.subjects.codec import decode, encode
from autograder.subjects.subject import LocalSubject

_FOLDER = Path(__file__).parent / "recorded"
_SEED = 20150519


class RecordingError(CourseError):
    """The reference solution does not pass its own check, or a recorded case is missing."""


def record(slug: str) -> list[Path]:
    """Run the checks of a lesson on its reference solution and write what they took; return the files.

    Raises:
        RecordingError: the reference does not pass one of them.
    """
    lesson = find_lesson(slug)
    shared = _shared(lesson)
    return [_record_check(lesson, check, shared) for check in checks_of(lesson.number)]


def stale(slug: str) -> str | None:
    """Why the recorded cases of a lesson do not fit its checks and solution, or None where they do."""
    lesson = find_lesson(slug)
    wanted = {_path(lesson, check.slug): check for check in checks_of(lesson.number)}
    found = set((_FOLDER / lesson.slug).glob("*.msgpack"))
    if changed := found ^ set(wanted):
        return f"recorded cases do not match the exercises: {', '.join(sorted(path.stem for path in changed))}"
    shared = _shared(lesson)
    old = [
        check.slug for path, check in wanted.items() if _read(path)["made_from"] != _made_from(lesson, check, shared)
    ]
    return f"recorded cases are older than their checks or solution: {', '.join(old)}" if old else None


def recorded_values(exercise: str) -> list[bytes]:
    """The recorded values of an exercise, each encoded.

    Raises:
        RecordingError: there is no recorded case.
        UnknownExercise: there is no exercise of that name.
    """
    find_check(exercise)
    for lesson in all_lessons():
        if (path := _path(lesson, exercise)).exists():
            return _read(path)["values"]
    raise RecordingError(f"no recorded case of {exercise}: run `autograder build`, or reinstall the course")


def _record_check(lesson: Lesson, check: Check, shared: bytes) -> Path:
    answer = reference_answer(lesson, check.slug)
    case = RecordingCase()
    generator = torch.Generator().manual_seed(_SEED)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)  # for the weights with which the reference's modules begin
        verdict = check.run(Trial(LocalSubject(answer), case, LocalSubject(answer), generator))
    if not verdict.passed:
        raise RecordingError(f"the solution of {check.slug} does not pass its own check:\n{verdict.text()}")
    path = _path(lesson, check.slug)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode({"made_from": _made_from(lesson, check, shared), "values": case.recorded()}))
    return path


def _made_from(lesson: Lesson, check: Check, shared: bytes) -> str:
    """A hash of the exercise's solution, and of what `_shared` gives for its lesson."""
    solution = read_lesson(lesson.source).exercises[check.slug].source
    return hashlib.sha256(solution.encode() + shared).hexdigest()


def _shared(lesson: Lesson) -> bytes:
    """What all recorded cases of a lesson are made from: earlier lessons, its checks, and the frame of all checks."""
    setup = "\n".join(cell.source for cell in read_lesson(lesson.source).setup_cells)
    checks = Path(__file__).parent
    frame = [*checks.glob("framework/*.py"), *checks.parent.glob("subjects/*.py")]
    files = [checks / f"lesson_{lesson.number}.py", *sorted(frame)]
    earlier = earlier_parts(setup, lessons_folder() / "earlier")
    return b"".join([*(part.encode() for part in earlier), *(path.read_bytes() for path in files)])


def _path(lesson: Lesson, exercise: str) -> Path:
    return _FOLDER / lesson.slug / f"{exercise}.msgpack"


def _read(path: Path) -> dict:
    return decode(path.read_bytes())
