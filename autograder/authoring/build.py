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

from autograder.authoring.editions import Edition, editions, other_files
from autograder.authoring.release import release_editions
from autograder.authoring.solution_notebook import OnCell, execute, notebook_text, read_notebook, take_outputs
from autograder.authoring.staging import kernel_environment, staging_copy
from autograder.authoring.tree import (
    BuildError,
    CourseTree,
    choose_lessons,
    read_sources,
    read_text,
    write_text,
)
from autograder.course.source import LessonSource

_RECORD = (
    "import sys; from autograder.checks.recording import record, stale; "
    "[record(slug) for slug in sys.argv[1:] if stale(slug)]"
)


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
        for path, text in other_files(tree).items():
            write_text(path, text)
        made = editions(chosen, tree, staging)
        executed = [_make_solution(edition, staging, on_cell) for edition in made]
        release_editions(made, tree)
        changed = _publish([*made, *editions(sources, tree, staging)])
    return [_built(edition, ran, changed) for edition, ran in zip(made, executed, strict=True)]


def _built(edition: Edition, executed: bool, changed: list[Path]) -> Built:
    return Built(edition.name, executed, tuple(path for _, path in edition.pairs() if path in changed))


def _record_cases(staging: CourseTree, lessons: list[LessonSource]) -> None:
    """Record the cases that the notebooks' checks run on, where checks, solutions or earlier lessons have changed.

    In a process of its own: the solutions import the earlier lessons of `staging`.
    """
    slugs = [lesson.slug for lesson in lessons]
    command = [sys.executable, "-P", "-c", _RECORD, *slugs]  # -P: the `lessons` of a checkout here would come first
    done = subprocess.run(command, env=kernel_environment(staging), capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().rpartition("Error: ")[2]
        raise BuildError(f"the cases of {', '.join(slugs)} could not be recorded: {reason}")


def _make_solution(edition: Edition, staging: CourseTree, on_cell: OnCell | None) -> bool:
    """Stage solution notebook and stamp of an edition; returns whether the notebook had to be executed."""
    notebook, stamp = edition.compose(), edition.stamp()
    tree, slug = edition.tree, edition.lesson.slug
    is_current = read_text(tree.stamp(slug)) == stamp
    if not is_current or not take_outputs(notebook, read_notebook(tree.solution(slug))):
        is_current = False
        folder = tree.solution(slug).parent
        folder.mkdir(parents=True, exist_ok=True)
        execute(notebook, edition.lesson, folder, kernel_environment(staging), on_cell)
    write_text(edition.staging.solution(slug), notebook_text(notebook))
    write_text(edition.staging.stamp(slug), stamp)
    return not is_current


def _publish(editions: Iterable[Edition]) -> list[Path]:
    """Put every staged file that differs in place: all are written beside their targets, then all renamed."""
    changed: dict[Path, Path] = {}
    try:
        for staged, target in (pair for edition in editions for pair in edition.pairs()):
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
