"""Pages as zips that an LMS takes back: each page under the name by which the LMS handed over the submission.

Moodle takes "feedback files" (Grading action > Upload multiple feedback files in a zip) in folders named as in its
download, `Full Name_12345_assignsubmission_file_`. Canvas (Re-upload submissions) takes files whose names begin as
those of its download do, `kimhana_123_456_`: the numbers say whose they are.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from autograder.errors import GradingError
from autograder.files import write_whole
from autograder.reports.feedback.class_pages import Page

FOLDER = "feedback_zips"
COLLECTED = "collected.csv"
_RECORD = "run.json"
_MOODLE = re.compile(r"([^/]+_\d+_assignsubmission)_(?:file|onlinetext)(?:_|/|$)")
_CANVAS = re.compile(r"(?:.*/)?([^/]+?_(?:LATE_)?\d+_\d+_)[^/]*")
_KEPT = ("collected", "there already")  # outcomes of files whose student is known
_DATE = (1980, 1, 1, 0, 0, 0)  # the same zip of the same pages


def write_zips(root: Path, pages: Collection[Page], submissions: Path | None = None) -> list[Path]:
    """Write a zip for each lesson and LMS whose files were collected.

    Args:
        submissions: where `autograder collect` put them; None for the folder that was graded last.

    Raises:
        GradingError: there is no collected.csv in the folder that was named, or it cannot be read.
    """
    names = _names_of_downloads(_collected(root, submissions))
    zips: dict[tuple[str, str], dict[str, Path]] = {}
    for page in pages:
        for lms, name in names.get((page.grades.student, page.grades.lesson), {}).items():
            if page.path.is_file():
                zips.setdefault((page.grades.lesson, lms), {})[name] = page.path
    return [_write(root / FOLDER / f"{lesson}_{lms}.zip", files) for (lesson, lms), files in sorted(zips.items())]


def _collected(root: Path, submissions: Path | None) -> Path | None:
    if submissions is not None:
        if not (submissions / COLLECTED).is_file():
            raise GradingError(f"{submissions}: no {COLLECTED} there; give the folder that `autograder collect` filled")
        return submissions / COLLECTED
    try:
        graded = Path(json.loads((root / _RECORD).read_text(encoding="utf-8"))["submissions"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return graded / COLLECTED if (graded / COLLECTED).is_file() else None


def _names_of_downloads(collected: Path | None) -> dict[tuple[str, str], dict[str, str]]:
    """The name that a page has in each LMS's zip, by student and lesson; the newest download counts."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in _rows(collected):
        student, lesson, file = row.get("student") or "", row.get("lesson") or "", row.get("file") or ""
        if row.get("outcome") not in _KEPT:
            continue
        if moodle := _MOODLE.search(file):
            found.setdefault((student, lesson), {})["moodle"] = f"{moodle[1]}_file_/{lesson}.html"
        elif canvas := _CANVAS.fullmatch(file):
            found.setdefault((student, lesson), {})["canvas"] = f"{canvas[1]}{lesson}.html"
    return found


def _rows(collected: Path | None) -> Iterator[dict[str, Any]]:
    if collected is None:
        return
    try:
        with collected.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GradingError(f"{collected}: cannot be read ({error})") from error


def _write(path: Path, files: dict[str, Path]) -> Path:
    """The zip; it is left as it is where it holds the same already."""

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, page in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(name, _DATE), page.read_bytes(), zipfile.ZIP_DEFLATED)
    if not path.is_file() or path.read_bytes() != content.getvalue():
        write_whole(path, content.getvalue())
    return path
