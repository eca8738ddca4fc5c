"""Builds the course: every generated file, from `solutions/NN_slug/NN_slug.py`.

A lesson's source becomes an executed solution notebook, nbgrader makes the learners' notebook from that, and
what later lessons may use becomes `lessons/earlier/lesson_NN.py`. All is made in a temporary copy of the
course, and put in place when everything has succeeded.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.release import make_releases
from autograder.authoring.solution_notebook import OnCell, compose, execute, notebook_text, read_notebook, take_outputs
from autograder.authoring.staging import kernel_environment, staging_copy
from autograder.authoring.stamps import stamp_text
from autograder.authoring.tree import (
    BuildError,
    CourseTree,
    choose_lessons,
    generated_pairs,
    read_sources,
    read_text,
    write_text,
)
from autograder.course.source import LessonSource

_RECORD = "import sys; from autograder.checks.recording import record; [record(slug) for slug in sys.argv[1:]]"


@dataclass(frozen=True)
class Built:
    """What a build did for one lesson."""

    slug: str
    executed: bool
    changed: tuple[Path, ...]


def build(tree: CourseTree, slugs: Sequence[str] = (), on_cell: OnCell | None = None) -> list[Built]:
    """Make the generated files of the lessons `slugs` (all, if none is named); execute only what changed.

    Args:
        tree: the course.
        slugs: lessons such as `01_seq2seq`.
        on_cell: told where execution is, see `solution_notebook.execute`.

    Raises:
        LessonSourceError, ExecutionError, BuildError: no file of lessons or solutions was changed.
    """
    sources = read_sources(tree)
    chosen = choose_lessons(sources, slugs)
    with staging_copy(tree, sources) as staging:
        if tree.records:
            _record_cases(staging, chosen)
        executed = [_make_solution(tree, staging, lesson, on_cell) for lesson in chosen]
        make_releases(staging, [lesson.slug for lesson in chosen])
        changed = _publish(staging, tree, [*chosen, *sources])
    return [_built(tree, lesson, ran, changed) for lesson, ran in zip(chosen, executed, strict=True)]


def _built(tree: CourseTree, lesson: LessonSource, executed: bool, changed: list[Path]) -> Built:
    return Built(lesson.slug, executed, tuple(path for path in tree.generated(lesson) if path in changed))


def _record_cases(staging: CourseTree, lessons: list[LessonSource]) -> None:
    """Record the cases that the notebooks' checks run on, where checks or solutions have changed.

    In a process of its own: the solutions import the earlier lessons of `staging`.
    """
    from autograder.checks.recording import stale

    slugs = [lesson.slug for lesson in lessons if stale(lesson.slug)]
    if not slugs:
        return
    command = [sys.executable, "-P", "-c", _RECORD, *slugs]  # -P: the `lessons` of a checkout here would come first
    done = subprocess.run(command, env=kernel_environment(staging), capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().rpartition("Error: ")[2]
        raise BuildError(f"the cases of {', '.join(slugs)} could not be recorded: {reason}")


def _make_solution(tree: CourseTree, staging: CourseTree, lesson: LessonSource, on_cell: OnCell | None) -> bool:
    """Put solution notebook and stamp of a lesson into `staging`; returns whether it had to be executed."""
    notebook, stamp = compose(lesson), stamp_text(staging, lesson)
    is_current = read_text(tree.stamp(lesson.slug)) == stamp
    if not is_current or not take_outputs(notebook, read_notebook(tree.solution(lesson.slug))):
        is_current = False
        execute(notebook, lesson, tree.solutions / lesson.slug, kernel_environment(staging), on_cell)
    write_text(staging.solution(lesson.slug), notebook_text(notebook))
    write_text(staging.stamp(lesson.slug), stamp)
    return not is_current


def _publish(staging: CourseTree, tree: CourseTree, lessons: Iterable[LessonSource]) -> list[Path]:
    """Put every staged file that differs in place: all are written beside their targets, then all renamed."""
    changed: dict[Path, Path] = {}
    try:
        for staged, target in (pair for lesson in lessons for pair in generated_pairs(staging, tree, lesson)):
            if staged.is_file() and read_text(staged) != read_text(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                changed[target] = target.with_name(f".{target.name}.new")
                shutil.copyfile(staged, changed[target])
        for target, new in changed.items():
            os.replace(new, target)
    finally:
        for new in changed.values():
            new.unlink(missing_ok=True)
    return list(changed)
