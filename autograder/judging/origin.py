"""Which lesson a notebook is of, and which release of it, where that is not what was asked for."""

from collections.abc import Collection

from nbformat import NotebookNode

from autograder.checks.registry import checks_of
from autograder.course.lessons import Lesson, all_lessons
from autograder.notebooks.cells import defines_one_of, grade_id
from autograder.notebooks.released_cells import digests, earlier_releases, is_of_a_release, releases_of
from lessons.toolkit.text import Text, t


def other_origin(notebook: NotebookNode, lesson: Lesson, released: NotebookNode) -> Text | None:
    """Say of a notebook without any exercise of a lesson which lesson or release it is of, if that can be told."""
    own = {name for cell in released.cells if (name := grade_id(cell))}
    if _shares(notebook, own, [check.defines for check in checks_of(lesson.number)]):
        return None
    counts = {one.slug: _share_of(notebook, one) for one in all_lessons() if one != lesson}
    best = max(counts, key=lambda slug: counts[slug], default="")
    if counts.get(best):
        words = {"lesson": best, "wanted": lesson.slug}
        return t("this is the notebook of {lesson}, not of {wanted}; hand in {wanted}.ipynb", **words)
    release = other_release(notebook, lesson, released)
    return release and t("{release}, and has none of its exercises; hand in the lesson as it is now", release=release)


def _share_of(notebook: NotebookNode, lesson: Lesson) -> int:
    checks = checks_of(lesson.number)
    names = {name for check in checks for name in (check.slug, f"check-{check.slug}")}
    return _shares(notebook, names, [check.defines for check in checks])


def _shares(notebook: NotebookNode, names: Collection[str], defines: list[str]) -> int:
    """How many cells are marked with one of these names, or define one."""
    return sum(
        1
        for cell in notebook.cells
        if not {grade_id(cell), cell.get("id")}.isdisjoint(names) or defines_one_of(cell, defines)
    )


def other_release(notebook: NotebookNode, lesson: Lesson, released: NotebookNode) -> Text | None:
    """Say which release of a lesson a notebook is of, where it has more of that one's text than of today's alone."""
    today = {_text(cell) for cell in released.cells if not grade_id(cell)}
    handed_in = {_text(cell): cell.get("id") for cell in notebook.cells}
    old = [text for text, name in handed_in.items() if text not in today and is_of_a_release(*text, name)]
    releases = releases_of(lesson.slug, old)
    known = {one for release in releases for one in earlier_releases()[release].get(lesson.slug, ())}
    new = [text for text in today if text in handed_in and known and known.isdisjoint(digests(*text))]
    if len(old) <= len(new):
        return None
    if not releases:
        return t("this notebook is of another release of the lesson than the grader's")
    return t("this notebook is of release {release} of the lesson, an earlier one", release=" or ".join(releases))


def _text(cell: NotebookNode) -> tuple[str, str]:
    return cell.cell_type, cell.source
