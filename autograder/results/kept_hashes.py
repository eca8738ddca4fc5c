"""Keeps what `hash_checks` found, in the user's cache folder: it takes a quarter of a second before a first verdict.

What is kept is used only where every byte that decides on it is the same: of the files that are looked at, of the
modules that look, and of the packages that parse. So it can be missing or damaged, and never out of date.
"""

import hashlib
import json
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

from autograder.course import source
from autograder.course.lessons import Lesson, lessons_folder
from autograder.files import write_whole
from autograder.paths import PACKAGE
from autograder.results import fingerprint

_PARSERS = ("jupytext", "nbformat", "msgpack")


def hash_checks(lesson: Lesson) -> dict[str, str]:
    """As `fingerprint.hash_checks`, which is asked only where something has changed."""
    made_from, path = _hash_inputs(lesson), _folder() / f"checks-{lesson.slug}.json"
    kept = _read(path)
    if kept.get("made_from") == made_from:
        return dict(kept["checks"])
    found = fingerprint.hash_checks(lesson)
    with suppress(OSError):  # a folder that cannot be written keeps nothing
        write_whole(path, json.dumps({"made_from": made_from, "checks": found}).encode())
    return found


def files_looked_at(lesson: Lesson) -> list[Path]:
    """List all files that `fingerprint.hash_checks` reads, and those of the modules that do it."""
    checks = PACKAGE / "checks"
    own = [lesson.source, checks / f"lesson_{lesson.number}.py", *(checks / "recorded" / lesson.slug).glob("*.msgpack")]
    earlier = (lessons_folder() / "earlier").glob("*.py")
    return sorted({*fingerprint.deciding_files(), *own, *earlier, Path(fingerprint.__file__), Path(source.__file__)})


def _hash_inputs(lesson: Lesson) -> str:
    """Of the bytes of all that decides, each beside its place."""
    found = hashlib.sha256(json.dumps([sys.version, *map(version, _PARSERS)]).encode())
    for path in files_looked_at(lesson):
        found.update(f"\0{path}\0".encode("utf-8", "surrogateescape"))
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _folder() -> Path:
    return platformdirs.user_cache_path("attention-course", appauthor=False)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError, RecursionError):
        return {}
