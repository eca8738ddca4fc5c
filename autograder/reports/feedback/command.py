"""`autograder feedback`: the pages of a class, and the zips that an LMS takes."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.course.lessons import find_lesson
from autograder.errors import GradingError
from autograder.gradebook import course_root
from autograder.reports.feedback.class_pages import FEEDBACK, Outcome, find_pages, make_pages
from autograder.reports.feedback.lms_zips import write_zips


def feedback_command(root: Path, lessons: Sequence[str], workers: int, submissions: Path | None) -> int:
    """`autograder feedback`.

    Returns:
        The exit code: 0 every page is there, 1 some are not, and are listed.

    Raises:
        GradingError: `root` is no output folder, or a file cannot be read or written.
    """
    if not (root / course_root.CONFIG_FILE).is_file():
        raise GradingError(
            f"{root}: no folder of `autograder grade`; give the one that holds {course_root.CONFIG_FILE}"
        )
    root = root.resolve()
    pages = find_pages(root, [find_lesson(slug).slug for slug in lessons])
    done = sorted(_with_bar(make_pages(pages, workers), len(pages)), key=lambda one: str(one.page))
    for one in done:
        if one.told:
            print(f"{'no page' if one.failed else 'shorter'}  {one.page}: {one.told}")
    count, failed = sum(one.is_new for one in done), sum(one.failed for one in done)
    same = len(done) - count - failed
    print(f"{len(done) - failed} pages in {root / FEEDBACK}: {count} made, {same} as they were.")
    for path in write_zips(root, pages, submissions):
        print(f"For {_LMS[path.stem.rsplit('_', 1)[1]]}: {path}")
    return 1 if failed else 0


_LMS = {"moodle": "Moodle (Upload multiple feedback files in a zip)", "canvas": "Canvas (Re-upload submissions)"}


def _with_bar(outcomes: Iterable[Outcome], count: int) -> Iterator[Outcome]:
    """The same, with a bar on stderr where that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("Pages"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield from progress.track(outcomes, total=count)
