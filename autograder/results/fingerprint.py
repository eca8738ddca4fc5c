"""What a verdict depends on, as hashes: of the submission, of what decides on each exercise, and of the environment.

An exercise's hash covers its check with what that uses, its solution, its recorded case, and all that every exercise
of the lesson shares: setup cells, what they use of earlier lessons, stubs, the packages that decide, toolkit and data.
What is worth how many points, and by when, decides on no verdict; nor do a figure, the results of experiments, or the
words of a question or a hint.
"""

import ast
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgpack

import lessons
from autograder.course import settings
from autograder.course.lessons import Lesson, lessons_folder
from autograder.course.source import BEGIN_SOLUTION, END_SOLUTION, Cell, LessonSource, read_lesson
from autograder.errors import CourseError
from autograder.notebooks.dependencies import closure, earlier_parts
from autograder.notebooks.python_names import bound_names
from autograder.paths import PACKAGE
from autograder.sandbox.inside.limits import Limits
from autograder.subjects.drawing import is_drawing
from lessons.toolkit.paths import datasets_folder

_PACKAGES = ("torch", "numpy", "ipython", "msgpack", "nbformat", "nbgrader", "matplotlib")
#: The packages of the grader that decide on every exercise, whole. What decides on none lies in no one of them.
DECIDING = ("checks/framework", "judging", "notebooks", "sandbox", "subjects")
_SAYS = ("stage", "t", "said", "Text")  # functions whose first argument is only said
_ONLY_SHOWN = (".md", ".png")  # data that no exercise computes with
_RESULTS = "results"  # the folder of those that experiments show
_SAID = re.compile(r'\b(?:t|said|Text)\(\s*(?:"(?:[^"\\\n]|\\.)*"\s*)+')  # the template of a text


@dataclass(frozen=True)
class Key:
    """What the verdicts on a notebook depend on.

    Attributes:
        submission: hash of its bytes; "" where there is none to judge.
        checks: exercise → hash of what decides on it.
        environment: hash of versions, limits and the secret of the fresh cases.
    """

    submission: str
    checks: Mapping[str, str]
    environment: str

    def stale(self, earlier: "Key | None") -> set[str]:
        """The exercises on which verdicts that were made for the key `earlier` no longer hold."""
        if earlier is None or (earlier.submission, earlier.environment) != (self.submission, self.environment):
            return set(self.checks)
        return {name for name, found in self.checks.items() if earlier.checks.get(name) != found}


NO_KEY = Key("", {}, "")


def hash_submission(path: Path) -> str:
    """Of the notebook's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_checks(lesson: Lesson) -> dict[str, str]:
    """Of what decides on each exercise of a lesson."""
    shared, source = _hash_shared(), read_lesson(lesson.source)
    stubs = json.dumps([(cell.kind, cell.slug, cell.tags, _as_released(cell)) for cell in _looked_at(source)])
    earlier = earlier_parts("\n".join(cell.source for cell in source.setup_cells), lessons_folder() / "earlier")
    return {slug: _digest([shared, stubs, *earlier, *_own(lesson, source, slug)]) for slug in source.exercises}


def hash_scoring(lesson: str, attempts: str, student: str = "") -> str:
    """Of what turns verdicts into points: points, due date and extension, late penalty, and which attempt counts."""
    found, given = settings.in_force(), settings.extension(lesson, student)
    worth = [found["points"]["default"], found["points"].get(lesson), found["late"], attempts]
    return _digest([json.dumps(worth), str(settings.due(lesson)), *([str(given)] if given else [])])


def hash_environment(isolation: str, limits: Limits, key: bytes) -> str:
    """Of the versions, the isolation and its limits, and the secret of the fresh cases."""
    return _digest([json.dumps([versions(), isolation, asdict(limits), hashlib.sha256(key).hexdigest()])])


def versions() -> list[str]:
    """Of Python and of the packages on which verdicts depend."""
    return [sys.version, *(f"{name} {_version(name)}" for name in _PACKAGES)]


def _own(lesson: Lesson, source: LessonSource, slug: str) -> list[str]:
    """What decides on one exercise alone: its check, its solution and its recorded case."""
    checks = (PACKAGE / "checks" / f"lesson_{lesson.number}.py").read_text(encoding="utf-8")
    cells = [cell.source for cell in source.cells if cell.kind in ("setup", "exercise")]
    solution = closure(cells, bound_names(source.exercises[slug].source))
    recorded = PACKAGE / "checks/recorded" / lesson.slug / f"{slug}.msgpack"
    values = msgpack.unpackb(recorded.read_bytes(), strict_map_key=False)["values"] if recorded.exists() else []
    check = without_words(closure([checks], [_check_class(checks, slug)]))
    return [check, solution, hashlib.sha256(b"\0".join(values)).hexdigest()]


def without_words(source: str) -> str:
    """Give the source of checks without what they only say: titles, texts, the words of their causes, and hints."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SAYS:
            node.args = []
        if not isinstance(node, ast.Assign):
            continue
        if {target.id for target in node.targets if isinstance(target, ast.Name)} & {"causes", "hints"}:
            keys = node.value.keys if isinstance(node.value, ast.Dict) else []
            node.value = ast.List([key or ast.Constant(None) for key in keys], ast.Load())
    return ast.unparse(tree)


def _check_class(module: str, slug: str) -> str:
    """The class that checks an exercise: by the text, since loading it would load torch."""
    for node in _classes(module):
        if any(_states(statement, slug) for statement in node.body):
            return node.name
    raise CourseError(f"no class in the lesson's checks has the slug {slug!r}; add it, then: autograder build")


@lru_cache(maxsize=8)
def _classes(module: str) -> list[ast.ClassDef]:
    return [node for node in ast.parse(module).body if isinstance(node, ast.ClassDef)]


def _states(statement: ast.stmt, slug: str) -> bool:
    """Whether it is `slug = "..."`, perhaps with other names beside it."""
    if not isinstance(statement, ast.Assign):
        return False
    names = {node.id for target in statement.targets for node in ast.walk(target) if isinstance(node, ast.Name)}
    return "slug" in names and any(getattr(node, "value", None) == slug for node in ast.walk(statement.value))


def _looked_at(source: LessonSource) -> list[Cell]:
    return [cell for cell in source.cells if cell.kind != "markdown"]


def _as_released(cell: Cell) -> str:
    """A cell without its solution: what is shared must not change with one exercise's solution."""
    if cell.kind not in ("exercise", "written"):
        return cell.source
    kept, inside = [], False
    for line in cell.source.split("\n"):
        inside = (inside or line.strip() == BEGIN_SOLUTION) and line.strip() != END_SOLUTION
        if not inside:
            kept.append(line)
    return "\n".join(kept) if cell.kind == "exercise" else ""


@cache
def _hash_shared() -> str:
    """Of all files that decide on every exercise."""
    return _digest(f"{path.name} {_hash_without_texts(path)}" for path in sorted(deciding_files()))


def _hash_without_texts(path: Path) -> str:
    """Of a file, but for what it says: the templates of texts in the grader's modules."""
    content = path.read_bytes()
    if path.suffix == ".py":
        content = _SAID.sub("t(", content.decode()).encode()
    return hashlib.sha256(content).hexdigest()


def deciding_files() -> list[Path]:
    """List the files that decide on every exercise: of the grader, of the toolkit but what draws, and the data."""
    grader = [path for package in DECIDING for kind in ("*.py", "*.json") for path in (PACKAGE / package).rglob(kind)]
    grader += [path for path in (PACKAGE / "checks").glob("*.py") if not path.stem.startswith("lesson_")]
    folder = Path(lessons.__file__).parent / "toolkit"
    toolkit = [path for path in folder.rglob("*.py") if not is_drawing(path.relative_to(folder))]
    data = [path for path in datasets_folder().rglob("*") if path.is_file() and not _is_only_shown(path)]
    return [*grader, *toolkit, *data]


def _is_only_shown(path: Path) -> bool:
    return path.suffix in _ONLY_SHOWN or path.parent.name == _RESULTS


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
