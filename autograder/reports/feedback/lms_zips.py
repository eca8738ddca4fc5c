"""Pages as zips that an LMS takes back: each page under the name by which the LMS handed over the submission.

Moodle takes "feedback files" (Grading action > Upload multiple feedback files in a zip) in folders named as in its
download, `Full Name_12345_assignsubmission_file_`. Canvas (Re-upload submissions) takes files whose names begin as
those of its download do, `kimhana_123_456_`: the numbers say whose they are.
"""

import io
import json
import re
import zipfile
from collections.abc import Collection
from pathlib import Path

from autograder.errors import GradingError
from autograder.files import write_whole
from autograder.reports.feedback.class_pages import Page
from autograder.submissions.receipts import COLLECTED, LOG, THERE_ALREADY, read_collected

FOLDER = "feedback_zips"
_RECORD = "run.json"
_MOODLE = re.compile(r"([^/]+_\d+_assignsubmission)_(?:file|onlinetext)(?:_|/|$)")
_CANVAS = re.compile(r"(?:.*/)?([^/]+?_(?:LATE_)?\d+_\d+_)[^/]*")
_DATE = (1980, 1, 1, 0, 0, 0)  # the same zip of the same pages


def write_zips(root: Path, pages: Collection[Page], submissions: Path | None = None) -> list[Path]:
    """Write a zip for each lesson and LMS whose files were collected.

    Args:
        submissions: where `autograder collect` put them; None for the folder that was graded last.

    Raises:
        GradingError: there is no collected.csv in the folder that was named, or it cannot be read.
    """
    names = _names_of_downloads(submissions or _graded_last(root))
    if submissions is not None and not (submissions / LOG).is_file():
        raise GradingError(f"{submissions}: no {LOG} there; give the folder that `autograder collect` filled")
    zips: dict[tuple[str, str], dict[str, Path]] = {}
    for page in pages:
        for lms, name in names.get((page.grades.student, page.grades.lesson), {}).items():
            if page.path.is_file():
                zips.setdefault((page.grades.lesson, lms), {})[name] = page.path
    return [_write(root / FOLDER / f"{lesson}_{lms}.zip", files) for (lesson, lms), files in sorted(zips.items())]


def _graded_last(root: Path) -> Path | None:
    """The folder of submissions; None where the record of the last run does not say."""
    try:
        return Path(json.loads((root / _RECORD).read_text(encoding="utf-8"))["submissions"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _names_of_downloads(submissions: Path | None) -> dict[tuple[str, str], dict[str, str]]:
    """The name that a page has in each LMS's zip, by student and lesson; the newest download counts."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in read_collected(submissions) if submissions is not None else ():
        student, lesson, file = row["student"], row["lesson"], row["file"]
        if row["outcome"] not in (COLLECTED, THERE_ALREADY):
            continue
        if moodle := _MOODLE.search(file):
            found.setdefault((student, lesson), {})["moodle"] = f"{moodle[1]}_file_/{lesson}.html"
        elif canvas := _CANVAS.fullmatch(file):
            found.setdefault((student, lesson), {})["canvas"] = f"{canvas[1]}{lesson}.html"
    return found


def _write(path: Path, files: dict[str, Path]) -> Path:
    """The zip; it is left as it is where it holds the same already."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, page in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(name, _DATE), page.read_bytes(), zipfile.ZIP_DEFLATED)
    if not path.is_file() or path.read_bytes() != content.getvalue():
        write_whole(path, content.getvalue())
    return path
