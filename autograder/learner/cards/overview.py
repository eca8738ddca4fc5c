"""The overview of the whole course: as text, and as HTML in the same language as the cards."""

from collections.abc import Sequence

from autograder.learner.cards.display import render
from autograder.learner.progress import Exercise, LessonProgress, Progress
from autograder.status import Status
from lessons.toolkit.columns import padded
from lessons.toolkit.own_parts import FOLDER, Part
from lessons.toolkit.text import said, t

STATES = {
    Status.PASSED: ("✓", t("done")),
    "tried": ("✗", t("not right yet")),
    "open": ("○", t("still to do")),
    "written": ("✎", t("read by a person")),
}


def text(progress: Progress) -> str:
    """The overview for a terminal: one line per lesson and exercise, points, and the next step."""
    lines = [line for lesson in progress.lessons for line in _lesson_lines(lesson)]
    return "\n".join([*lines, "", *summary(progress), *parts_lines(progress.parts)])


def html(progress: Progress) -> str:
    """The overview for a notebook; the lesson of the next step is open."""
    lines = {"summary": summary(progress), "parts": parts_lines(progress.parts)}
    return render("overview.html.j2", progress=progress, states=STATES, head=_head, link=_link, **lines)


def summary(progress: Progress) -> list[str]:
    """Points so far, and what to do next."""
    numbers = {"earned": f"{progress.earned:g}", "possible": f"{progress.possible:g}"}
    points = said("{earned} of {possible} points so far.", **numbers)
    if progress.by_hand:
        points += " " + said("Up to {points} more for what a person reads.", points=f"{progress.by_hand:g}")
    step = progress.next
    if step is None:
        return [points, said("Every exercise is done.")]
    place = {"exercise": step.slug, "lesson": step.lesson.slug}
    if step.state == "tried":
        return [points, said("Next: go on with {exercise} in lesson {lesson}.", **place)]
    return [points, said("Next: do {exercise} in lesson {lesson}.", **place)]


def parts_lines(parts: Sequence[Part]) -> list[str]:
    """Which of a learner's answers later lessons run on, and which not, and why."""
    used = [part.exercise for part in parts if not part.why_not]
    told = [said("Later lessons run on your own {parts} (files in {folder}).", parts=used, folder=FOLDER)]
    others = [part for part in parts if part.why_not]
    return (told if used else []) + [
        said("They run on the course's {part}: {why}.", part=part.exercise, why=part.why_not) for part in others
    ]


def _lesson_lines(lesson: LessonProgress) -> list[str]:
    return [_head(lesson), *(f"  {_line(exercise)}" for exercise in lesson.exercises)]


def _head(lesson: LessonProgress) -> str:
    numbers = {"done": len(lesson.passed), "count": len(lesson.checked)}
    return said("{title}: {done} of {count} done", title=lesson.title, **numbers)


def _line(exercise: Exercise) -> str:
    symbol, words = STATES[exercise.state]
    points = t("1 point") if exercise.points == 1 else t("{count} points", count=f"{exercise.points:g}")
    return f"{symbol} {exercise.slug:<26} {padded(str(words), 16)} {points}"


def _link(exercise: Exercise) -> str:
    """The exercise's cell, from a notebook of any lesson."""
    slug = exercise.lesson.slug
    return f"../{slug}/{slug}.ipynb#cell-id={exercise.slug}"
