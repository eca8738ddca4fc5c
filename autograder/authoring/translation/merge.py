"""Brings the catalogues of a language up to date with the English texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import lessons
from autograder.authoring.translation.catalogue import Catalogue, Key, read_catalogue, write_catalogue
from autograder.authoring.translation.lesson import texts_of
from autograder.authoring.translation.messages import message_texts
from autograder.authoring.translation.units import markdown_in
from autograder.authoring.tree import CourseTree, files_below, read_sources
from autograder.errors import CourseError
from autograder.paths import PACKAGE

_TOOLKIT = Path(lessons.__file__).parent / "toolkit"
#: What says something at run time to learners, by catalogue.
MESSAGES = {
    "checks": [PACKAGE / "checks"],
    "toolkit": [_TOOLKIT],
    "autograder": [
        PACKAGE / part
        for part in (
            *("verdict.py", "languages.py", "cli.py", "spoken_help.py", "doctor.py", "extras.py", "permissions.py"),
            *("course/source.py", "nbgrader_settings.py"),
            *("judging", "learner", "notebooks", "sandbox", "subjects"),
            *("gradebook", "grading", "reports", "authoring/pages"),
        )
    ],
}
DOCUMENTS = [PACKAGE.parent / "README.md", PACKAGE / "GUIDE.md"]


@dataclass(frozen=True)
class Merged:
    """A catalogue that is up to date, and how much of it is translated."""

    path: Path
    catalogue: Catalogue

    @property
    def missing(self) -> int:
        """Texts without a translation."""
        return sum(not entry.translated for entry in self.catalogue)

    @property
    def outdated(self) -> int:
        """Translations of English that has changed since."""
        return sum(bool(entry.previous) for entry in self.catalogue)


def all_texts(tree: CourseTree) -> Iterator[tuple[str, list[Key]]]:
    """The texts of the course by the name of their catalogue."""
    for lesson in read_sources(tree):
        yield lesson.slug, texts_of(lesson)
    for name, folders in MESSAGES.items():
        yield name, message_texts(path for folder in folders for path in _sources(folder))
    yield "documents", list(dict.fromkeys(key for path in DOCUMENTS for key in _units(path)))


def _units(document: Path) -> list[Key]:
    """The paragraphs of a document in Markdown."""
    found: list[Key] = []

    def note(kind: str, english: str) -> str:
        found.append((kind, english))
        return english

    markdown_in(document.read_text(encoding="utf-8"), note)
    return found


def _sources(folder: Path) -> list[Path]:
    return [
        path
        for path in ([folder] if folder.is_file() else files_below(folder))
        if path.suffix in (".py", ".j2", ".js", ".toml") and "zoo" not in path.parts
    ]


def merge_catalogues(tree: CourseTree, language: str, names: Sequence[str] = ()) -> list[Merged]:
    """Write each catalogue of a language with the texts that are there now; what is translated already is kept.

    Args:
        tree: the course.
        language: such as "ko".
        names: of catalogues; all if none.

    Raises:
        CourseError: there is no catalogue of such a name.
    """
    texts = dict(all_texts(tree))
    if unknown := set(names) - set(texts):
        raise CourseError(f"there is no catalogue {', '.join(sorted(unknown))}; the course has {', '.join(texts)}")
    return [_merge(tree, language, name, texts[name]) for name in names or texts]


def _merge(tree: CourseTree, language: str, name: str, keys: list[Key]) -> Merged:
    path = tree.catalogue(language, name)
    catalogue = read_catalogue(path).merged(keys)
    write_catalogue(path, catalogue, language)
    return Merged(path, catalogue)
