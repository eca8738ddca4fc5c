"""The folders that the build reads and writes, and the lessons whose sources lie in them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course.lessons import lessons_folder, solutions_folder
from autograder.course.source import LessonSource, place, read_lesson
from autograder.errors import CourseError
from autograder.languages import PUBLISHED
from autograder.paths import PACKAGE


class BuildError(CourseError):
    """The course could not be built; nothing was changed. The message names the place and what to do."""


@dataclass(frozen=True)
class CourseTree:
    """The folders that the build reads and writes, and where each file of a lesson lies in them.

    Attributes:
        solutions, lessons, datasets: the folders.
        locale: the folder of catalogues, by language.
        records: whether the checks' cases are recorded from these solutions.
        languages: in which lessons are built besides English.
    """

    solutions: Path
    lessons: Path
    datasets: Path
    locale: Path
    records: bool = False
    languages: tuple[str, ...] = ()

    @classmethod
    def of_course(cls) -> "CourseTree":
        """The course's own folders; with the languages whose catalogues are there, which no package brings along."""
        from lessons.toolkit.paths import datasets_folder

        locale = PACKAGE.parent / "locale"
        languages = tuple(language for language in PUBLISHED if (locale / language).is_dir())
        folders = solutions_folder(), lessons_folder(), datasets_folder(), locale
        return cls(*folders, records=True, languages=languages)

    @classmethod
    def under(cls, root: Path) -> "CourseTree":
        """The folders below `root`."""
        return cls(root / "solutions", root / "lessons", root / "datasets", root / "locale")

    def solution(self, slug: str) -> Path:
        """The executed solution notebook."""
        return self.solutions / slug / f"{slug}.ipynb"

    def stamp(self, slug: str) -> Path:
        """The hashes of what the outputs were made from."""
        return self.solutions / slug / "executed.sha256"

    def release(self, slug: str) -> Path:
        """The notebook that learners get."""
        return self.lessons / slug / f"{slug}.ipynb"

    def earlier(self, number: str) -> Path:
        """The module with what later lessons use of lesson `number`."""
        return self.lessons / "earlier" / f"lesson_{number}.py"

    def in_language(self, language: str) -> "CourseTree":
        """Where the lessons of a language lie, executed and released."""
        return replace(self, solutions=self.solutions / language, lessons=self.lessons / language)

    def translated(self, lesson: LessonSource) -> list[Path]:
        """Every file that the build makes from one lesson in another language, in the tree of that language."""
        return [self.solution(lesson.slug), self.stamp(lesson.slug), self.release(lesson.slug)]

    def catalogue(self, language: str, name: str) -> Path:
        """What a lesson, or another part of the course, says in a language."""
        return self.locale / language / f"{name}.po"

    def sources(self) -> list[Path]:
        """The source of every lesson, in order."""
        found = sorted(self.solutions.glob("[0-9][0-9]_*/*.py"))
        return [path for path in found if path.stem == path.parent.name]

    def generated(self, lesson: LessonSource) -> list[Path]:
        """Every file that the build makes from one lesson."""
        slug = lesson.slug
        return [self.solution(slug), self.stamp(slug), self.release(slug), self.earlier(lesson.number)]


def read_sources(tree: CourseTree) -> list[LessonSource]:
    """Every lesson of the course, read and found in order.

    Raises:
        LessonSourceError: a source breaks a rule.
        BuildError: there is no lesson, or two exercises have one name.
    """
    sources = [read_lesson(path) for path in tree.sources()]
    if not sources:
        raise BuildError(f"no lesson source such as 01_name/01_name.py in {tree.solutions}; write one")
    owners: dict[str, str] = {}
    for lesson in sources:
        for slug, cell in {**lesson.exercises, **lesson.written}.items():
            if slug in owners:
                where = place(lesson.path, cell.line)
                raise BuildError(f"{where}: {owners[slug]} has an exercise '{slug}' too; rename one of them")
            owners[slug] = lesson.slug
    return sources


def choose_lessons(sources: list[LessonSource], slugs: Sequence[str]) -> list[LessonSource]:
    """The lessons of these slugs, or all where none is named.

    Raises:
        BuildError: there is no lesson of such a slug.
    """
    unknown = set(slugs) - {lesson.slug for lesson in sources}
    if unknown:
        known = ", ".join(lesson.slug for lesson in sources)
        raise BuildError(f"there is no lesson {', '.join(sorted(unknown))}; the course has {known}")
    return [lesson for lesson in sources if not slugs or lesson.slug in slugs]


def files_below(folder: Path) -> list[Path]:
    """Every file below `folder`, in a fixed order, without caches and hidden files."""
    found = sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix())
    return [path for path in found if path.is_file() and not _is_private(path.relative_to(folder))]


def _is_private(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def write_text(path: Path, text: str) -> None:
    """Write a file with the line ends of its text; its folder is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def read_text(path: Path) -> str | None:
    """The text of a file with its line ends as they are, or None where there is none."""
    return path.read_bytes().decode("utf-8", errors="replace") if path.is_file() else None
