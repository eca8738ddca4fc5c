"""The class report on the terminal: a line an exercise, then how much there is to look at. It names no student."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.reports.class_report.counts import ExerciseCount
from autograder.reports.class_report.discrimination import Discrimination
from autograder.reports.class_report.report import ClassReport

_COLUMNS = ("exercise", "tried", "passed", "share", "discrimination", "CPU", "most often")


def show(report: ClassReport) -> None:
    """Print it."""
    console = Console(markup=False, highlight=False, emoji=False)
    for lesson in report.lessons:
        table = Table(
            "exercise", "tried", "passed", "share", "discrimination", "CPU", "most often", box=None, pad_edge=False
        )
        for exercise in lesson.exercises:
            table.add_row(*(Text(cell) for cell in _row(exercise)))
        console.print(f"\n{lesson.name}: {lesson.finding}", soft_wrap=True)
        console.print(table)
    console.print()
    for line in _to_look_at(report):
        console.print(line, soft_wrap=True)


def _row(exercise: ExerciseCount) -> tuple[str, ...]:
    tried = f"{exercise.tried}/{exercise.handed_in}"
    numbers = (share(exercise.difficulty), discrimination(exercise.discrimination), seconds(exercise.seconds))
    return (exercise.name, tried, str(exercise.passed), *numbers, _most_often(exercise))


def share(value: float | None) -> str:
    """A share of those who tried, from 0 to 1; a dash where nobody did."""
    return "–" if value is None else f"{value:.2f}"


def discrimination(found: Discrimination) -> str:
    """A correlation and of how many; a dash where there is none."""
    return "–" if found.value is None else f"{found.value:+.2f} (n {found.n})"


def seconds(value: float | None) -> str:
    """A time as a table shows it; a dash where there is none."""
    return "–" if value is None else f"{value:.2f} s"


def _most_often(exercise: ExerciseCount) -> str:
    if not exercise.stops:
        return ""
    stop = exercise.stops[0]
    stage = f", stage {stop.mistake.stage}" if stop.mistake.stage else ""
    return f"{len(stop.students)} × {stop.mistake.name}{stage}"


def _to_look_at(report: ClassReport) -> Iterator[str]:
    answers = sum(len(found.students) for found in report.fresh_fails)
    solutions = sum(len(found.students) for found in report.published)
    yield "To look at; the page has the lists and the rules:"
    yield f"  exercises that the best students fail: {len(report.best_fail)}"
    yield f"  answers that fail only on inputs that are not shown: {answers}"
    yield f"  pairs of students with rare answers in common: {len(report.pairs)}"
    yield f"  submissions that are the course's published solution: {solutions}"
