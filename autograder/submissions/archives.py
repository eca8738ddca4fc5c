"""The files in what an LMS hands over: a zip, or a folder. Nothing is unpacked to a disk, and no path in it is used."""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO

from autograder.errors import GradingError
from autograder.notebooks.reading import LARGEST_NOTEBOOK

MOST_FILES = 50_000
MOST_BYTES = 1_000_000_000  # of notebooks that are read of one archive, and held in memory
LARGEST_ZIP_INSIDE = 100_000_000
NOT_A_NOTEBOOK = "not a notebook"
_JUNK = re.compile(r"(^|/)(__MACOSX/|\._[^/]*$|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\.ipynb_checkpoints/)", re.I)
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


@dataclass(frozen=True)
class Found:
    """A file of an archive or folder.

    Attributes:
        name: its path there, with /.
        content: its bytes; None where it was not read.
        problem: why it was not, or "".
        outcome: with a problem: "left out" where nobody meant it to be graded, else "not attributed".
    """

    name: str
    content: bytes | None = None
    problem: str = ""
    outcome: str = ""


def files_in(source: Path) -> Iterator[Found]:
    """Every file, in the order of names; notebooks with their bytes.

    Raises:
        GradingError: it is neither a zip nor a folder, or cannot be read.
    """
    try:
        if source.is_dir():
            yield from _in_folder(source)
        elif zipfile.is_zipfile(source):
            with source.open("rb") as file:
                yield from _in_zip(file, "", _Budget())
        else:
            told = "neither a folder nor a zip; unpack it, and give the folder"
            raise GradingError(f"{source}: {told if source.exists() else 'is not there'}")
    except (OSError, zipfile.BadZipFile) as error:
        raise GradingError(f"{source}: cannot be read ({error})") from error


class _Budget:
    """How many files and bytes are still read."""

    def __init__(self) -> None:
        self.files, self.bytes = MOST_FILES, MOST_BYTES


def _in_folder(folder: Path) -> Iterator[Found]:
    for place, folders, files in os.walk(folder):
        folders.sort()
        linked = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted([*files, *linked]):
            path = Path(place, name)
            shown = path.relative_to(folder).as_posix().encode("utf-8", "backslashreplace").decode()
            yield from _of_folder(path, shown)


def _of_folder(path: Path, name: str) -> Iterator[Found]:
    if path.is_symlink():
        yield _refused(name, "is a symbolic link, and those are not followed")
    elif not path.is_file():
        yield _refused(name, "is not a file")
    elif (passed := _passed_over(name)) is not None:
        yield passed
    elif name.lower().endswith(".zip"):
        with path.open("rb") as file:
            yield from _zip_inside(file, name, _Budget())
    else:
        with path.open("rb") as file:
            yield _read(file, name, LARGEST_NOTEBOOK)


def _in_zip(file: BinaryIO, above: str, budget: _Budget) -> Iterator[Found]:
    """The files of a zip; `above` is the path of the zip itself, where that lies in another."""
    with zipfile.ZipFile(file) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > budget.files:
            yield _refused(above or "the archive", f"holds {len(entries):,} files, more than {MOST_FILES:,}")
            return
        budget.files -= len(entries)
        for entry in sorted(entries, key=lambda entry: entry.filename):
            yield from _of_zip(archive, entry, above, budget)


def _of_zip(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, above: str, budget: _Budget) -> Iterator[Found]:
    own = entry_name(entry)
    name = f"{above}/{own}" if above else own
    if (problem := _unsafe(entry, own)) is not None:
        yield _refused(name, problem)
    elif (passed := _passed_over(own)) is not None:
        yield Found(name, None, passed.problem, passed.outcome)
    elif budget.bytes <= 0:
        yield _refused(name, "the archive holds too much; collect it in parts")
    else:
        inside = own.lower().endswith(".zip")
        limit = min(LARGEST_ZIP_INSIDE if inside else LARGEST_NOTEBOOK, budget.bytes)
        try:
            with archive.open(entry) as file:
                found = _read(file, name, limit)
        except _BROKEN as error:
            found = _refused(name, f"cannot be unpacked ({error})")
        budget.bytes -= len(found.content or b"")
        if inside and found.content is not None and not above:
            yield from _zip_inside(BytesIO(found.content), name, budget)
        elif inside and found.content is not None:
            yield _refused(name, "is a zip in a zip in a zip; unpack it")
        else:
            yield found


def _zip_inside(file: BinaryIO, name: str, budget: _Budget) -> Iterator[Found]:
    """A zip that a student handed in: its files stand in for it."""
    try:
        yield from _in_zip(file, name, budget)
    except _BROKEN as error:
        yield _refused(name, f"cannot be unpacked ({error})")


def _read(file: IO[bytes], name: str, limit: int) -> Found:
    """Read no more than `limit` bytes, whatever an archive says that there are."""
    content = file.read(limit + 1)
    if len(content) > limit:
        return _refused(name, f"has more than {limit // 1_000_000} MB unpacked; clear the notebook's outputs")
    return Found(name, content)


def _unsafe(entry: zipfile.ZipInfo, name: str) -> str | None:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a symbolic link, and those are not followed"
    if entry.flag_bits & 1:
        return "is encrypted"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        return "has a path that leads out of the archive"
    return None


def _passed_over(name: str) -> Found | None:
    if _JUNK.search(name):
        return Found(name, None, "what a system or Jupyter adds of its own", "left out")
    return None if name.lower().endswith((".ipynb", ".zip")) else _refused(name, NOT_A_NOTEBOOK)


def _refused(name: str, problem: str) -> Found:
    return Found(name, None, problem, "not attributed")


def entry_name(entry: zipfile.ZipInfo) -> str:
    """The path of an entry: UTF-8 or Korean Windows where nothing says what its bytes are; with /, without escapes."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        name = next((text for text in (_decoded(raw, "utf-8"), _korean(raw)) if text), name)
    return name.replace("\\", "/").encode("unicode_escape").decode() if _has_control(name) else name.replace("\\", "/")


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _korean(raw: bytes) -> str:
    """The text in Korean Windows' encoding, where it is ASCII and Hangul: other bytes would fit it, too."""
    text = _decoded(raw, "cp949")
    return text if text and all(sign.isascii() or "가" <= sign <= "힣" for sign in text) else ""


def _has_control(name: str) -> bool:
    return any(not sign.isprintable() for sign in name)
