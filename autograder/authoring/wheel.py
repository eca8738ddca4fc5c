"""Writes a wheel of some files of the course, as https://packaging.python.org/specifications/binary-distribution-format
describes one. No build tool is needed: the files are Python and data, and go where they are.
"""

import base64
import csv
import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from autograder.course.versions import course_version, licence, requirements, requires_python
from autograder.files import make_folder

NAME = "attention_course"
_EXTRAS = ("lab",)  # of those that the course has, what learners may ask for
_WHEEL = "Wheel-Version: 1.0\nGenerator: autograder package\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_COMMANDS = "[console_scripts]\nautograder = autograder.cli:main\n"


def write_wheel(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write a wheel for learners and return it.

    Its version is the course's with a mark that grows with time: pip takes a later one for an upgrade.

    Args:
        folder: where to; it is made if need be.
        files: the content of each file by its place among the installed packages.

    Raises:
        OSError: it cannot be written.
    """
    version = f"{course_version()}+learner.{datetime.now(UTC):%Y%m%d%H%M%S}"
    about = f"{NAME}-{version}.dist-info"
    described = {
        f"{about}/licenses/LICENSE": licence().encode(),
        f"{about}/METADATA": _metadata(version).encode(),
        f"{about}/WHEEL": _WHEEL.encode(),
        f"{about}/entry_points.txt": _COMMANDS.encode(),
    }
    entries = {**files, **described}
    entries[f"{about}/RECORD"] = _record(entries, f"{about}/RECORD").encode()
    make_folder(folder)
    path = folder / f"{NAME}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def _metadata(version: str) -> str:
    needs = [f"Requires-Dist: {line}" for line in requirements(*_EXTRAS)]
    extras = [f"Provides-Extra: {extra}" for extra in _EXTRAS]
    head = ["Metadata-Version: 2.4", f"Name: {NAME.replace('_', '-')}", f"Version: {version}"]
    about = "Summary: From the seq2seq baseline to attention, without solutions: for the learners of a class"
    licences = ["License-Expression: MIT", "License-File: LICENSE"]
    return "\n".join([*head, about, *licences, f"Requires-Python: {requires_python()}", *needs, *extras, ""])


def _record(entries: Mapping[str, bytes], own: str) -> str:
    """The list of all files with their sums, as the format wants it; of itself there is none."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    for name, content in entries.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        writer.writerow([name, f"sha256={digest}", len(content)])
    writer.writerow([own, "", ""])
    return table.getvalue()
