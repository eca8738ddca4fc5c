"""Compares the generated files of the course with what the build would make, and executes nothing."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.editions import Edition, editions, other_files
from autograder.authoring.release import release_editions
from autograder.authoring.solution_notebook import notebook_text, read_notebook, was_executed, without_outputs
from autograder.authoring.staging import staging_copy
from autograder.authoring.translation.faults import find_faults
from autograder.authoring.tree import (
    CourseTree,
    choose_lessons,
    files_below,
    read_sources,
    read_text,
    write_text,
)
from autograder.course.source import LessonSource, place


@dataclass(frozen=True)
class Drift:
    """A generated file that is not what the build would make, and how it differs."""

    path: Path
    difference: str


def find_drifts(tree: CourseTree, slugs: Sequence[str] = ()) -> list[Drift]:
    """Compare the generated files with what the build would make, executing nothing; empty when all agree.

    Raises:
        LessonSourceError, BuildError: a lesson could not be built at all.
    """
    sources = read_sources(tree)
    chosen = choose_lessons(sources, slugs)
    with staging_copy(tree, sources) as staging:
        made = editions(chosen, tree, staging)
        for edition in made:
            write_text(edition.staging.solution(edition.lesson.slug), notebook_text(edition.compose()))
            write_text(edition.staging.stamp(edition.lesson.slug), edition.stamp())
        release_editions(made, tree)
        drifts = [drift for edition in made for drift in _drifts(edition)]
    drifts += [drift for path, text in other_files(tree).items() for drift in _drift(path, read_text(path), text)]
    drifts += [
        Drift(fault.path, str(fault))
        for language in tree.languages
        for fault in find_faults(tree, language, [lesson.slug for lesson in chosen] if slugs else ())
    ]
    drifts += [drift for lesson in chosen for drift in _stale_cases(tree, lesson)]
    return drifts + ([] if slugs else _leftovers(tree, sources))


def _drifts(edition: Edition) -> Iterator[Drift]:
    for staged, target in edition.pairs():
        is_executed = target == edition.tree.solution(edition.lesson.slug)
        expected = read_text(staged)
        assert expected is not None  # each generated file was staged
        yield from _drift(target, _text_before_run(target) if is_executed else read_text(target), expected)


def _drift(path: Path, found: str | None, expected: str) -> Iterator[Drift]:
    if found != expected:
        yield Drift(path, _difference(path, found, expected))


def _stale_cases(tree: CourseTree, lesson: LessonSource) -> Iterator[Drift]:
    if tree.records:
        from autograder.checks.recording import stale

        reason = stale(lesson.slug)
        yield from [Drift(lesson.path, f"{lesson.slug}: {reason}")] if reason else []


def _text_before_run(path: Path) -> str | None:
    """The text of an executed notebook as it was before it ran; as it is, where it did not run."""
    notebook = read_notebook(path)
    if notebook is None or not was_executed(notebook):
        return read_text(path)
    return notebook_text(without_outputs(notebook))


def _difference(path: Path, found: str | None, expected: str, longest: int = 24) -> str:
    if found is None:
        return f"{place(path)} is missing"
    names = {"fromfile": f"{place(path)} (as it is)", "tofile": f"{place(path)} (as built)"}
    lines = list(difflib.unified_diff(found.splitlines(), expected.splitlines(), n=1, lineterm="", **names))
    if not lines:
        return f"{place(path)} differs in its line ends"
    more = [f"... {len(lines) - longest} more lines"] if len(lines) > longest else []
    return "\n".join(lines[:longest] + more)


def _leftovers(tree: CourseTree, sources: list[LessonSource]) -> list[Drift]:
    """Files where only generated ones belong that no source makes, such as those of a renamed lesson."""
    others = [tree.in_language(language) for language in tree.languages]
    wanted = {path for lesson in sources for path in [*tree.generated(lesson), lesson.path]}
    wanted |= {path for lesson in sources for other in others for path in other.translated(lesson)}
    roots = [root for one in (tree, *others) for root in (one.solutions, one.lessons)]
    folders = [folder for root in roots for folder in root.glob("[0-9][0-9]_*")]
    found = [path for folder in folders for path in files_below(folder)]
    found += tree.lessons.glob("earlier/lesson_[0-9][0-9].py")
    return [Drift(path, f"{place(path)} comes from no source; delete it") for path in found if path not in wanted]
