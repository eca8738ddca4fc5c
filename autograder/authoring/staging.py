"""The temporary copy of the course in which a build makes everything, before any of it is put in place."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.authoring.earlier_module import earlier_module
from autograder.authoring.solution_notebook import KERNEL_ENVIRONMENT
from autograder.authoring.tree import CourseTree, write_text
from autograder.course.source import LessonSource


@contextmanager
def staging_copy(tree: CourseTree, sources: list[LessonSource]) -> Iterator[CourseTree]:
    """A temporary course: its `lessons` package has up-to-date modules of earlier lessons, no notebook."""
    with tempfile.TemporaryDirectory(prefix="autograder-build-") as folder:
        staging = CourseTree.under(Path(folder).resolve())
        no_code = shutil.ignore_patterns("[0-9][0-9]_*", "datasets", "__pycache__", ".*")
        shutil.copytree(tree.lessons, staging.lessons, ignore=no_code)
        for old in staging.lessons.glob("earlier/lesson_*.py"):
            old.unlink()
        if tree.datasets.is_dir():
            staging.datasets.symlink_to(tree.datasets.resolve(), target_is_directory=True)
        for lesson in sources:
            staging.solution(lesson.slug).parent.mkdir(parents=True)
            write_text(staging.earlier(lesson.number), earlier_module(lesson))
        yield staging


def kernel_environment(staging: CourseTree) -> dict[str, str]:
    """A kernel's environment: `lessons` comes from `staging`, and no user's setting changes an output."""
    root = staging.solutions.parent
    places = {
        "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")])),
        "IPYTHONDIR": str(root / "ipython"),
    }
    return {"OMP_NUM_THREADS": "2", **os.environ, **KERNEL_ENVIRONMENT, **places}
