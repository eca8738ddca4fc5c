"""A lesson in one language, as it is built: the English one from its source, others from that and a catalogue."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring.solution_notebook import compose, in_language
from autograder.authoring.stamps import stamp_text
from autograder.authoring.translation.catalogue import read_catalogue
from autograder.authoring.translation.lesson import translate
from autograder.authoring.translation.merge import DOCUMENTS, MESSAGES
from autograder.authoring.translation.messages import key_at_run_time
from autograder.authoring.translation.units import markdown_in
from autograder.authoring.tree import CourseTree
from autograder.course.source import LessonSource
from autograder.languages import ENGLISH, UNTRANSLATED, file_of


@dataclass(frozen=True)
class Edition:
    """A lesson in one language.

    Attributes:
        lesson: its source, in English.
        language: "en" or another.
        course, made: the course, and the temporary one that a build makes.
    """

    lesson: LessonSource
    language: str
    course: CourseTree
    made: CourseTree

    @property
    def name(self) -> str:
        """What the build calls it."""
        return self.lesson.slug if self.language == ENGLISH else f"{self.lesson.slug} ({self.language})"

    @property
    def tree(self) -> CourseTree:
        """Where its files lie in the course."""
        return self.course if self.language == ENGLISH else self.course.in_language(self.language)

    @property
    def staging(self) -> CourseTree:
        """Where they lie in the temporary course: below a folder of their own, for nbgrader looks for fixed names."""
        return self.made if self.language == ENGLISH else CourseTree.under(self.made.solutions.parent / self.language)

    def pairs(self) -> Iterator[tuple[Path, Path]]:
        """Each generated file in the temporary course, and in the course."""
        if self.language == ENGLISH:
            return zip(self.staging.generated(self.lesson), self.tree.generated(self.lesson), strict=True)
        return zip(self.staging.translated(self.lesson), self.tree.translated(self.lesson), strict=True)

    def compose(self) -> NotebookNode:
        """The solution notebook, without outputs.

        Raises:
            CourseError: translated, the code would do something else.
        """
        notebook = compose(self.lesson)
        if self.language == ENGLISH:
            return notebook
        catalogue = read_catalogue(self.course.catalogue(self.language, self.lesson.slug))
        untranslated = UNTRANSLATED.said(texts_for_run_time(self.course, self.language))
        return in_language(notebook, translate(self.lesson, catalogue, untranslated), self.language)

    def stamp(self) -> str:
        """The text of `executed.sha256`."""
        stamp = stamp_text(self.made, self.lesson)
        if self.language == ENGLISH:
            return stamp
        paths = (self.course.catalogue(self.language, name) for name in (self.lesson.slug, *MESSAGES))
        return stamp + f"{_digest(paths)}  catalogues\n"


def editions(lessons: Iterable[LessonSource], course: CourseTree, made: CourseTree) -> list[Edition]:
    """Each lesson in each language of the course, English first."""
    return [Edition(lesson, language, course, made) for language in (ENGLISH, *course.languages) for lesson in lessons]


def texts_for_run_time(course: CourseTree, language: str) -> dict[str, str]:
    """What the grader says in a language: English text to translation."""
    catalogues = (read_catalogue(course.catalogue(language, name)) for name in MESSAGES)
    entries = (entry for catalogue in catalogues for entry in catalogue if entry.counts)
    return {key_at_run_time(*entry.key): entry.translated for entry in entries}


def other_files(course: CourseTree) -> dict[Path, str]:
    """The text of each file that a language has besides lessons: what the grader says at run time, and documents."""
    found = {file_of(language): _as_json(texts_for_run_time(course, language)) for language in course.languages}
    for language in course.languages if course.records else ():  # the documents are of the course itself
        documents = [path for path in DOCUMENTS if path.is_file()]  # a package has no README.md
        found |= {path.with_name(f"{path.stem}.{language}.md"): _document(path, course, language) for path in documents}
    return found


def _document(path: Path, course: CourseTree, language: str) -> str:
    """A document in a language, with links to the others in that; commands and what the catalogue lacks stay."""
    catalogue = read_catalogue(course.catalogue(language, "documents"))
    text = markdown_in(path.read_text(encoding="utf-8"), lambda kind, text: catalogue.find(kind, text) or text)
    for other in (other for other in DOCUMENTS if other != path):
        link = Path(os.path.relpath(other, path.parent)).as_posix()
        text = text.replace(f"]({link})", f"]({link.removesuffix('.md')}.{language}.md)")
    return text


def _as_json(texts: dict[str, str]) -> str:
    return json.dumps(texts, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes() if path.is_file() else b"")
    return whole.hexdigest()
