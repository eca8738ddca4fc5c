"""The pages of a class: which there are to be, which have changed, and all of those made side by side."""

import os
import re
import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import GradingError
from autograder.gradebook import database
from autograder.reports.feedback.grades import Grades, read_grades
from autograder.reports.feedback.process import Asked, PageMaker
from autograder.submissions.timestamps import SECRET, TIMESTAMP

# nbgrader's own names for these folders
BACK, FEEDBACK, RELEASE = "autograded", "feedback", "release"
FEWEST = 4  # pages for which a process is started
_MADE_FROM = re.compile(rb'<meta name="made-from" content="([0-9a-f]+)">')
_HEAD = 2_000  # bytes of a page that hold it


@dataclass(frozen=True)
class Page:
    """A page and what it is made from.

    Attributes:
        path: where it is.
        notebook: the file that came back from grading.
        release: that of the lesson as it was handed out; None where there is none.
    """

    path: Path
    notebook: Path
    release: Path | None
    grades: Grades

    def __str__(self) -> str:
        return f"{self.grades.student}/{self.grades.lesson}"

    def asked(self) -> Asked:
        """What it is to be made from."""
        return Asked(self.notebook.read_bytes(), self.release, self.grades)

    def is_made_from(self, made_from: str) -> bool:
        """Whether it is there, made from this."""
        try:
            with self.path.open("rb") as file:
                found = _MADE_FROM.search(file.read(_HEAD))
        except OSError:
            return False
        return found is not None and found[1].decode() == made_from


@dataclass(frozen=True)
class Outcome:
    """What became of a page.

    Attributes:
        is_new: whether it was made now; else it was as it is to be.
        told: what of the notebook is not on it, or why there is none; "" where all is well.
        failed: whether there is none.
    """

    page: Page
    is_new: bool = False
    told: str = ""
    failed: bool = False


def find_pages(root: Path, lessons: Collection[str] = ()) -> list[Page]:
    """The pages of an output folder, by lesson and student.

    Args:
        lessons: only of these; all if empty.

    Raises:
        GradingError: the gradebook cannot be read.
    """
    grades = read_grades(database.address(root))
    found = [_page(root, given) for given in grades.values() if not lessons or given.lesson in lessons]
    there = [page for page in found if page.notebook.is_file()]
    return sorted(there, key=lambda page: (page.grades.lesson, page.grades.student))


def _page(root: Path, grades: Grades) -> Page:
    student, lesson = grades.student, grades.lesson
    release = root / RELEASE / lesson / f"{lesson}.ipynb"
    return Page(
        root / FEEDBACK / student / lesson / f"{lesson}.html",
        root / BACK / student / lesson / f"{lesson}.ipynb",
        release if release.is_file() else None,
        grades,
    )


def make_pages(pages: Sequence[Page], workers: int) -> Iterator[Outcome]:
    """Make those that have changed, and say what became of each, in the order in which they are done."""
    stale = []
    for page in pages:
        asked = page.asked()
        if page.is_made_from(asked.made_from):
            yield Outcome(page)
        else:
            stale.append(page)
    yield from _made(stale, max(1, min(workers, len(stale) // FEWEST)))


def _made(pages: Sequence[Page], workers: int) -> Iterator[Outcome]:
    """Each thread waits for a process of its own."""
    makers: list[PageMaker] = []
    own = threading.local()

    def begin() -> None:
        own.maker = PageMaker()
        makers.append(own.maker)

    with ThreadPoolExecutor(workers, initializer=begin) as pool:
        try:
            tasks = [pool.submit(lambda page: _outcome(page, own.maker), page) for page in pages]
            for done in as_completed(tasks):
                yield done.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for maker in makers:
                maker.close()


def _outcome(page: Page, maker: PageMaker) -> Outcome:
    try:
        made = maker.make(page.asked())
        _write(page.path, made.html)
        _copy_receipt(page)
    except OSError as error:
        raise GradingError(f"{error.filename}: cannot be read or written ({error.strerror})") from error
    except GradingError as error:
        return Outcome(page, told=str(error), failed=True)
    told = f"{made.shortened} parts are too much for a page: shown as typed, or left out" if made.shortened else ""
    return Outcome(page, True, "the notebook is too much for a page: points alone" if made.way == "points" else told)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all; a page that a power cut took is made again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    os.replace(new, path)


def _copy_receipt(page: Page) -> None:
    """What `nbgrader release_feedback` looks for beside a page, where the submission came through the exchange."""
    for name in (TIMESTAMP, SECRET):
        given, copy = page.notebook.with_name(name), page.path.with_name(name)
        if given.is_file():
            _write(copy, given.read_bytes())
        else:
            copy.unlink(missing_ok=True)
