"""The overview of the whole course: as text, and as HTML in the same language as the cards."""

from collections.abc import Sequence

from autograder.learner.cards.display import render
from autograder.learner.progress import Exercise, LessonProgress, Progress
from autograder.status import Status
from lessons.toolkit.own_parts import FOLDER, Part

STATES = {
    Status.PASSED: ("✓", "done"),
    "tried": ("✗", "not right yet"),
    "open": ("○", "still to do"),
    "written": ("✎", "read by a person"),
}


def text(progress: Progress) -> str:
    """The overview for a terminal: one line per lesson and exercise, points, and the next step."""
    lines = [line for lesson in progress.lessons for line in _lesson_lines(lesson)]
    return "\n".join([*lines, "", *summary(progress), *parts_lines(progress.parts)])


def html(progress: Progress) -> str:
    """The overview for a notebook; the lesson of the next step is open."""
    lines = {"summary": summary(progress), "parts": parts_lines(progress.parts)}
    return render("overview.html.j2", progress=progress, states=STATES, link=_link, **lines)


def summary(progress: Progress) -> list[str]:
    """Points so far, and what to do next."""
    lines = [f"{progress.earned:g} of {progress.possible:g} points so far."]
    if progress.by_hand:
        lines[0] += f" Up to {progress.by_hand:g} more for what a person reads."
    step = progress.next
    if step is None:
        return [*lines, "Every exercise is done."]
    verb = "go on with" if step.state == "tried" else "do"
    return [*lines, f"Next: {verb} {step.slug} in lesson {step.lesson.slug}."]


def parts_lines(parts: Sequence[Part]) -> list[str]:
    """Which of a learner's answers later lessons run on, and which not, and why."""
    used = [part.exercise for part in parts if not part.why_not]
    lines = [f"Later lessons run on your own {', '.join(used)} (files in {FOLDER})."] if used else []
    return lines + [f"They run on the course's {part.exercise}: {part.why_not}." for part in parts if part.why_not]


def _lesson_lines(lesson: LessonProgress) -> list[str]:
    head = f"{lesson.title}: {len(lesson.passed)} of {len(lesson.checked)} done"
    return [head, *(f"  {_line(exercise)}" for exercise in lesson.exercises)]


def _line(exercise: Exercise) -> str:
    symbol, words = STATES[exercise.state]
    points = "1 point" if exercise.points == 1 else f"{exercise.points:g} points"
    return f"{symbol} {exercise.slug:<24} {words:<16} {points}"


def _link(exercise: Exercise) -> str:
    """The exercise's cell, from a notebook of any lesson."""
    slug = exercise.lesson.slug
    return f"../{slug}/{slug}.ipynb#cell-id={exercise.slug}"
