"""The process that makes pages: a request comes in on stdin, the page goes out on stdout, until stdin is closed.

It loads no nbgrader, no nbconvert and no nbformat, so that it is there at once. It may take so much memory, and so much
CPU for each page, and is ended by the kernel where that is reached.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from math import ceil
from pathlib import Path
from time import process_time
from typing import IO, Any

from autograder.course.lessons import lessons_in
from autograder.languages import ENGLISH, language_of, speaking
from autograder.reports.feedback import page
from autograder.reports.feedback.bounds import Bounds, bounded
from autograder.reports.feedback.frames import receive, send
from autograder.reports.feedback.grades import Grades
from autograder.reports.feedback.plain_notebook import EMPTY, parse

PARTS, PART = 0.4, 0.1  # of a page's CPU: for all its parts, and for each; the rest is left for what cannot be cut


def main(memory: int, cpu_seconds: int) -> None:
    """Answer requests until there are no more.

    Args:
        memory: bytes that may be taken beyond what is loaded.
        cpu_seconds: for a page.
    """
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nothing:  # whatever is printed is no answer
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    _limit_memory(memory)
    while (request := receive(requests)) is not None:
        _allow_cpu(cpu_seconds)
        _answer(answers, *request, cpu_seconds)


def _answer(answers: IO[bytes], asked: Mapping[str, Any], content: bytes, cpu_seconds: int) -> None:
    parts = 0.0 if asked["how"] == "as typed" else cpu_seconds * PARTS
    bounds = Bounds(part_seconds=cpu_seconds * PART, seconds=parts)
    try:
        with bounded(bounds):
            made = _page(asked, content)
    except (Exception, MemoryError) as error:
        send(answers, {"failed": type(error).__name__}, b"")
        return
    send(answers, {"shortened": bounds.shortened}, made)


def _page(asked: Mapping[str, Any], content: bytes) -> bytes:
    if asked["how"] == "points" and "answer" not in asked:  # the notebook is too much to be looked at
        with speaking(asked["language"]):
            return page.render_points(Grades.from_data(asked["grades"]), asked["made_from"]).encode()
    notebook = parse(content)
    language = language_of(notebook.metadata)
    with speaking(language):
        return _page_of(asked, notebook, language).encode("utf-8", "replace")


def _page_of(asked: Mapping[str, Any], notebook: Any, language: str) -> str:
    if "answer" in asked:
        return page.render_answer(notebook, asked["answer"])
    released = _released(_release_in(asked, language)) if asked["release"] else EMPTY
    return page.render(notebook, released, Grades.from_data(asked["grades"]), asked["made_from"])


def _release_in(asked: Mapping[str, Any], language: str) -> str:
    """The release in the notebook's language, where the course has that; else the one that was handed out."""
    lesson = Path(asked["release"]).stem
    path = lessons_in(language) / lesson / f"{lesson}.ipynb"
    return asked["release"] if language == ENGLISH or not path.is_file() else str(path)


@cache
def _released(path: str) -> Any:
    return parse(Path(path).read_bytes())


def _limit_memory(memory: int) -> None:
    with suppress(ImportError, OSError, ValueError):  # Windows has none, and not every system takes this one
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + memory, resource.RLIM_INFINITY))


def _allow_cpu(seconds: int) -> None:
    """The kernel ends this process when it has used so much more."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (ceil(process_time()) + seconds, hard))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt, BrokenPipeError):
        main(*map(int, sys.argv[1:]))
    sys.exit()
