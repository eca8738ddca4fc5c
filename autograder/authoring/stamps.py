"""The stamp of a solution notebook: hashes of all that its outputs were made from, so that it runs when one changes."""

import ast
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from autograder.authoring.tree import CourseTree, files_below
from autograder.course.source import LessonSource, without_magics

STAMP_TEXT = """\
# What the outputs of {slug}.ipynb were made from, as SHA-256. Written by "autograder build".
{source}  source
{toolkit}  toolkit
{earlier}  earlier lessons
{datasets}  datasets
"""


def stamp_text(staging: CourseTree, lesson: LessonSource) -> str:
    """The text of `executed.sha256` of a lesson whose earlier lessons lie in `staging`."""
    modules = [path for path in files_below(staging.lessons / "earlier") if path.stem < f"lesson_{lesson.number}"]
    return STAMP_TEXT.format(
        slug=lesson.slug,
        source=_digest([lesson.path], lesson.path.parent),
        toolkit=_digest(_toolkit_of(staging, lesson, modules), staging.lessons),
        earlier=_digest(modules, staging.lessons),
        datasets=_digest(_data_of(staging, lesson), staging.datasets),
    )


def _toolkit_of(staging: CourseTree, lesson: LessonSource, modules: Iterable[Path]) -> list[Path]:
    """The files of the toolkit that the lesson or an earlier one imports, directly or through another."""
    texts = [without_magics(cell.source) for cell in lesson.code_cells]
    texts += [path.read_text(encoding="utf-8") for path in modules]
    found: set[Path] = set()
    while texts:
        names = toolkit_imports(texts.pop())
        new = {path for name in names for path in _source_files(staging.lessons.parent, name)} - found
        texts += [path.read_text(encoding="utf-8") for path in new if path.suffix == ".py"]
        found |= new
    return sorted(found)


def toolkit_imports(text: str) -> set[str]:
    """The modules of `lessons.toolkit` that a Python text imports, with their packages; none where it is not valid.

    What is imported from a module may be a module too, so its name is among them.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    found = (parts for parts in (name.split(".") for name in names) if parts[:2] == ["lessons", "toolkit"])
    return {".".join(parts[:length]) for parts in found for length in range(2, len(parts) + 1)}


def _source_files(root: Path, name: str) -> list[Path]:
    """The file of a module or package, and what it reads beside it; none where a name is that of something else."""
    place = root.joinpath(*name.split("."))
    files = (place.with_suffix(".py"), place.with_suffix(".toml"), place / "__init__.py")
    return [path for path in files if path.is_file()]


def _data_of(staging: CourseTree, lesson: LessonSource) -> list[Path]:
    """The data that the lesson may read: all but texts that its code does not name, and a later lesson's by name."""
    code = "\n".join(cell.source for cell in lesson.code_cells)
    data = [path for path in files_below(staging.datasets) if path.suffix != ".md" or f'"{path.name}"' in code]
    return [path for path in data if (owner := re.match(r"(\d\d)_", path.name)) is None or owner[1] <= lesson.number]


def _digest(paths: Iterable[Path], base: Path) -> str:
    whole = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(base).as_posix()}\0{content}\n".encode())
    return whole.hexdigest()
