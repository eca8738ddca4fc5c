"""A class of 60 made from the two zoos, and the marks that each of its students will have.

The marks follow from what the zoos declare and from course.toml alone: a right variant has its points, a wrong answer
and an untouched stub have none. Nothing here asks a check or the grader.
"""

import copy
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import cycle
from pathlib import Path

import grading_cases as cases
import judge_cases
import nbformat
from nbformat import NotebookNode

from autograder.course.lessons import find_lesson
from autograder.course.source import read_lesson

SIZE = 60
DUE = datetime(2026, 3, 9, 23, 59, 59, tzinfo=UTC)
ON_TIME, AGAIN, LATE = DUE - timedelta(days=2), DUE - timedelta(hours=1), DUE + timedelta(hours=25)
SHARE_PER_DAY, DAYS_BEGUN = 0.25, 2
DOUBLE = 2  # points of each lesson's last exercise; the others have one

_ABSENT, _BROKEN, _EMPTY = 17, 23, 29  # students of these numbers, by steps of 30 through the lessons


@dataclass(frozen=True)
class Paper:
    """What a student hands in for a lesson, at one time.

    Attributes:
        lesson: its slug.
        answers: exercise → a file of the zoo, "" for the solution, None for a stub that was not touched.
        written: written answers by name.
        time: when.
        broken: whether the file is cut off on its way.
    """

    lesson: str
    answers: dict[str, Path | str | None]
    written: dict[str, str] = field(default_factory=dict)
    time: datetime = ON_TIME
    broken: bool = False

    def points(self) -> float:
        """By the zoo's declarations: the names of its files."""
        if self.broken:
            return 0.0
        right = [name for name, answer in self.answers.items() if answer is not None and _is_right(answer)]
        return float(sum(worth(self.lesson)[name] for name in right))

    def content(self) -> str:
        """The notebook."""
        notebook = copy.deepcopy(_released(self.lesson))
        for exercise, answer in self.answers.items():
            if answer is not None:
                source = _solutions(self.lesson)[exercise] if answer == "" else Path(answer).read_text(encoding="utf-8")
                cases.marked(notebook)[exercise].source = source
        for name, text in self.written.items():
            cases.marked(notebook)[name].source = text
        text = nbformat.writes(notebook)
        return text[: len(text) // 2] if self.broken else text


@dataclass(frozen=True)
class Member:
    """A student of the class, with all that is handed in, oldest first."""

    number: int
    papers: dict[str, list[Paper]]

    @property
    def id(self) -> str:
        return f"s{self.number:03}"

    @property
    def name(self) -> str:
        return f"{'민준 서연 Ana Björn Zoë O’Neil'.split()[self.number % 6]} {_FAMILIES[self.number // 6]}"

    def by_hand(self, lesson: str, name: str) -> float | None:
        """What an assistant gives for a written answer: quarters; None where there is none to read."""
        paper = self.counting(lesson)
        if paper is None or paper.broken or name not in paper.written:
            return None
        return self.number % 5 / 4 * worth(lesson)[name]

    def counting(self, lesson: str) -> Paper | None:
        """The newest on time, else the newest; None where nothing was handed in."""
        papers = self.papers[lesson]
        timely = [paper for paper in papers if paper.time <= DUE and not paper.broken]
        return (timely or papers or [None])[-1]

    def mark(self, lesson: str) -> float | None:
        """Known in advance: points, and what an assistant gives, less what being late costs."""
        paper = self.counting(lesson)
        if paper is None:
            return None
        score = paper.points() + sum(self.by_hand(lesson, name) or 0.0 for name in written(lesson))
        return score * (1 - SHARE_PER_DAY * DAYS_BEGUN) if paper.time > DUE else score


_FAMILIES = "김 Kim Okafor Silva Novák Lindqvist 박 Rossi Haddad Müller".split()


def members(lessons: list[str]) -> list[Member]:
    """The class. Every file of the zoos of these lessons is in a notebook that counts or in one handed in before it."""
    papers = {lesson: list(_papers(lesson)) for lesson in lessons}
    return [Member(number, {lesson: papers[lesson][number] for lesson in lessons}) for number in range(SIZE)]


def _papers(lesson: str) -> Iterator[list[Paper]]:
    zoo = {exercise: _animals(lesson, exercise) for exercise in exercises(lesson)}
    solved, idle = dict.fromkeys(zoo, ""), dict.fromkeys(zoo)
    text = {name: f"What I think of {name}." for name in written(lesson)}
    for number in range(SIZE):
        place = (number + 3 * int(lesson[:2])) % 30
        if place == _ABSENT:
            yield []
        elif place == _BROKEN:
            yield [Paper(lesson, solved, broken=True)]
        elif place == _EMPTY:
            yield [Paper(lesson, idle)]
        else:
            answers = {name: next(zoo[name][_kind(number + at)]) for at, name in enumerate(zoo)}
            yield _handed_in(Paper(lesson, answers, text), place % 7)


def _handed_in(paper: Paper, way: int) -> list[Paper]:
    """Too late, or first with nothing in it and again in time, or once."""
    if way == 1:
        return [replace(paper, time=LATE)]
    return [Paper(paper.lesson, dict.fromkeys(paper.answers)), replace(paper, time=AGAIN)] if way == 2 else [paper]


def _kind(number: int) -> str:
    return "right wrong right wrong idle right wrong right wrong right wrong".split()[number % 11]


def _animals(lesson: str, exercise: str) -> dict[str, Iterator[Path | str | None]]:
    folder = judge_cases.ZOO.parent / lesson / exercise
    right, wrong = sorted(folder.glob("right_*.py")), sorted(folder.glob("wrong_*.py"))
    return {"right": cycle(["", *right]), "wrong": cycle(wrong), "idle": cycle([None])}


def _is_right(answer: Path | str) -> bool:
    return answer == "" or Path(answer).name.startswith("right_")


@cache
def _released(lesson: str) -> NotebookNode:
    return nbformat.read(find_lesson(lesson).release_notebook, as_version=4)


@cache
def _solutions(lesson: str) -> dict[str, str]:
    solution = nbformat.read(find_lesson(lesson).solution_notebook, as_version=4)
    return {name: cell.source for name, cell in cases.marked(solution).items()}


@cache
def exercises(lesson: str) -> list[str]:
    """That have a check."""
    return list(read_lesson(find_lesson(lesson).source).exercises)


@cache
def written(lesson: str) -> list[str]:
    """That a person grades."""
    return list(read_lesson(find_lesson(lesson).source).written)


@cache
def worth(lesson: str) -> dict[str, int]:
    """Points by exercise and written answer."""
    names = [*exercises(lesson), *written(lesson)]
    return {name: DOUBLE if name == exercises(lesson)[-1] else 1 for name in names}


def settings(lessons: list[str]) -> str:
    """The class's course.toml."""
    due = "\n".join(f"{lesson} = {DUE.isoformat()}" for lesson in lessons)
    points = "\n".join(f"[points.{lesson}]\n{exercises(lesson)[-1]} = {DOUBLE}" for lesson in lessons)
    late = f"[late]\npenalty = 'per_day'\nshare_per_day = {SHARE_PER_DAY}"
    return f"[due]\n{due}\n[points]\ndefault = 1\n{points}\n{late}\n"


def roster(students: list[Member]) -> str:
    """The class list, as CSV."""
    lines = (f"{one.id},{one.name},{one.id}@example.org" for one in students)
    return "\n".join(["id,name,email", *lines]) + "\n"


def moodle_zip(students: list[Member], lesson: str, time: datetime) -> bytes:
    """What Moodle hands over of the files of one time."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for one in students:
            for paper in one.papers[lesson]:
                if paper.time == time:
                    name = f"{one.name}_{70000 + one.number}_assignsubmission_file_/{lesson}.ipynb"
                    archive.writestr(name, paper.content())
    return found.getvalue()
