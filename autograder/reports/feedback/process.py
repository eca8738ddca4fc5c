"""Has a page made in a process of its own, which is ended where that takes too much; then a lesser page is made."""

import hashlib
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, cast

import lessons
from autograder.errors import GradingError
from autograder.languages import ENGLISH
from autograder.paths import PACKAGE, environment
from autograder.reports.feedback.frames import receive, send
from autograder.reports.feedback.grades import Grades

MEMORY = 1024 * 2**20
CPU_SECONDS = 20
SECONDS = 120.0  # on the clock for a page, on the busiest machine and where nothing else bounds it
WAYS = ("", "as typed", "points")  # in which a page can be made, each with less of the notebook
# What a page is made with.
_MADE_WITH = (
    *("reports/feedback", "gradebook/executed_checks.py", "notebooks/verdict_metadata.py"),
    *("notebooks/written_answers.py", "verdict.py", "text.py", "status.py", "templates.py", "locale"),
)
_LIBRARIES = ("jinja2", "mistune", "nh3", "pygments")
_LANGUAGE = re.compile(rb'"autograder":\s*\{\s*"language":\s*"(\w{1,20})"')  # in metadata, which the judge has written
_TAIL = 4_000  # bytes of a notebook that hold them: they come after its cells


@dataclass(frozen=True)
class Asked:
    """A page that is to be made.

    Attributes:
        notebook: what came back from grading, as a file's bytes.
        release: the file of the lesson as it was handed out; None where there is none.
        grades: what the gradebook has.
    """

    notebook: bytes
    release: Path | None
    grades: Grades

    @property
    def language(self) -> str:
        """The language that the judge has noted, found without reading the notebook."""
        found = _LANGUAGE.findall(self.notebook[-_TAIL:])
        return found[-1].decode() if found else ENGLISH

    @property
    def made_from(self) -> str:
        """A hash of all that the page depends on; the page holds it."""
        release = b"" if self.release is None else _hash_of(self.release, self.release.stat().st_mtime_ns).encode()
        grades = json.dumps(self.grades.to_data(), sort_keys=True).encode("utf-8", "backslashreplace")
        return _digest([code_hash().encode(), release, hashlib.sha256(self.notebook).digest(), grades])


@dataclass(frozen=True)
class Made:
    """A page.

    Attributes:
        html: as a file's bytes.
        shortened: how many parts of the notebook were too much, and are shown as they were typed.
        way: one of `WAYS`.
    """

    html: bytes
    shortened: int
    way: str


class _Lost(Exception):
    """No page came of it."""


class PageMaker:
    """One process that makes pages, started when it is first needed, and anew where it was ended.

    Args:
        memory: bytes that it may take.
        cpu_seconds: that it may take for a page.
    """

    def __init__(self, memory: int = MEMORY, cpu_seconds: int = CPU_SECONDS) -> None:
        self._limits = (memory, cpu_seconds)
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def make(self, asked: Asked) -> Made:
        """Make a page, of less and less of the notebook until one comes.

        Raises:
            GradingError: none came.
        """
        release = "" if asked.release is None else str(asked.release)
        told = {"release": release, "made_from": asked.made_from, "language": asked.language}
        words = {"grades": asked.grades.to_data(), **told}
        if (made := self._of_less_and_less(words, asked.notebook, WAYS)) is None:
            why = "the process that makes pages ended each time"
            raise GradingError(f"{asked.grades.student}/{asked.grades.lesson}: no page could be made ({why})")
        return made

    def make_answer(self, notebook: bytes, name: str) -> Made | None:
        """Make HTML of one answer alone, given by its nbgrader id; None where it is too much."""
        return self._of_less_and_less({"answer": name}, notebook, WAYS[:2])

    def _of_less_and_less(self, words: Mapping[str, Any], notebook: bytes, ways: Sequence[str]) -> Made | None:
        for way in ways:
            if not self._closed:
                with suppress(_Lost):
                    return self._make(words, notebook, way)
        return None

    def _make(self, words: Mapping[str, Any], notebook: bytes, way: str) -> Made:
        answer = self._exchange({**words, "how": way}, b"" if way == "points" else notebook)
        if answer is None:
            self._end()
        if answer is None or "failed" in answer[0]:
            raise _Lost
        return Made(answer[1], int(answer[0]["shortened"]), way)

    def _exchange(self, words: Mapping[str, Any], content: bytes) -> tuple[dict[str, Any], bytes] | None:
        """What comes back; None where the process has ended, or was ended."""
        process = self._process = self._process or _start(*self._limits)
        deadline = threading.Timer(SECONDS, process.kill)
        deadline.start()
        try:
            send(cast(IO[bytes], process.stdin), words, content)
            return receive(cast(IO[bytes], process.stdout))
        except OSError:
            return None
        finally:
            deadline.cancel()

    def close(self) -> None:
        """End the process; none is started any more. Another thread may do so while a page is being made."""
        self._closed = True
        self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what was to be sent
                    cast(IO[bytes], pipe).close()


def _start(*limits: int) -> subprocess.Popen[bytes]:
    # -P: a folder "lessons" where the command runs is not the course's package of that name
    command = [sys.executable, "-P", "-m", "autograder.reports.feedback.worker", *map(str, limits)]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, env=environment())


@cache
def code_hash() -> str:
    """Of all that makes a page of what the gradebook and a notebook hold."""
    places = [PACKAGE / name for name in _MADE_WITH] + [Path(lessons.__file__).parent / "toolkit/text.py"]
    files = [path for place in places for path in (sorted(place.iterdir()) if place.is_dir() else [place])]
    contents = [path.read_bytes() for path in files if path.suffix in (".py", ".j2", ".css", ".json")]
    return _digest([*contents, *(f"{name} {version(name)}".encode() for name in _LIBRARIES)])


@cache
def _hash_of(path: Path, changed: int) -> str:
    """Of a file, which is read again only when it has changed."""
    return _digest([path.read_bytes()])


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(hashlib.sha256(part).digest())
    return found.hexdigest()[:32]
