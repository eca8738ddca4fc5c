"""The files in what an LMS hands over: a zip, or a folder. Nothing is unpacked to a disk, and no path in it is used."""

import json
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import IO, BinaryIO

from autograder.errors import GradingError
from autograder.notebooks.reading import LARGEST_NOTEBOOK

MOST_FILES = 50_000
MOST_BYTES = 1_000_000_000  # of notebooks that are read of one archive, and held in memory
LARGEST_ZIP_INSIDE = 100_000_000
NOT_A_NOTEBOOK = "not a notebook"
_JUNK = re.compile(
    r"(^|/)(__MACOSX/|\._[^/]*$|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\.ipynb_checkpoints/"
    r"|\.git/|\.github/|\.gitignore$|\.gitattributes$)",
    re.I,
)
# Sakai's and Blackboard's notes about a submission, and Brightspace's list of all
_OF_LMS = re.compile(
    r"(^|/)(grades\.(csv|xlsx?)|[^/]*_submissionText\.(html|txt)|feedbackText\.html|comments\.txt)$"
    r"|_attempt_\d{4}(-\d\d){5}\.txt$|^index\.html$"
)
_STAMP = re.compile(r".*\([^/()]+\)/timestamp\.txt")  # beside what a student attached, Sakai's time of it
_LONGEST_STAMP = 100
# What browsers, mail programs and Google Drive make of `.ipynb`; what else ends so is read to see whether it is one.
_NOTEBOOK = re.compile(r".*\.ipynb(\.json|\.txt|[ _-]?\(\d+\)| ?사본| - copy| copy)?", re.I | re.S)
_PERHAPS = (".json", ".txt")
_LEFT_OUT, _LMS_ADDS = "left out", "what the LMS adds of its own"
_ZIP_BEGINS = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_DAMAGED = "is a damaged zip; download it again"
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
            raise GradingError(f"{source}: {_no_zip(source)}")
    except (OSError, zipfile.BadZipFile) as error:
        damaged = isinstance(error, zipfile.BadZipFile)
        raise GradingError(f"{source}: {_DAMAGED if damaged else 'cannot be read'} ({error})") from error


def _no_zip(source: Path) -> str:
    """What a file is that cannot be opened as a zip."""
    if not source.exists():
        return "is not there"
    with source.open("rb") as file:
        begin = file.read(_LONGEST_STAMP)
    if begin.startswith(_ZIP_BEGINS):
        return f"{_DAMAGED} (its end is missing)"
    if begin.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype", b"<html")):
        return "is a web page, perhaps the page for logging in; download the zip again"
    return "neither a folder nor a zip; unpack it, and give the folder"


class _Budget:
    """How many files and bytes are still read."""

    def __init__(self) -> None:
        self.files, self.bytes = MOST_FILES, MOST_BYTES


def _in_folder(folder: Path) -> Iterator[Found]:
    for place, folders, files in os.walk(folder):
        if ".git" in folders:
            folders.remove(".git")
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
            yield _looked_at(_read(file, name, LARGEST_NOTEBOOK))


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
            found = _refused(name, f"is damaged, and cannot be unpacked ({error}); have it handed in again")
        found = found if inside else _looked_at(found)
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
        yield _refused(name, f"is a damaged zip ({error}); have it handed in again")


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
        return Found(name, None, "what a system, Jupyter or git adds of its own", _LEFT_OUT)
    if _OF_LMS.search(name):
        return Found(name, None, _LMS_ADDS, _LEFT_OUT)
    wanted = _NOTEBOOK.fullmatch(name) or _STAMP.fullmatch(name) or name.lower().endswith((".zip", *_PERHAPS))
    return None if wanted else _refused(name, NOT_A_NOTEBOOK)


def _looked_at(found: Found) -> Found:
    """A file that was read, unless its content shows that it is no notebook."""
    if _NOTEBOOK.fullmatch(found.name):
        return found
    if found.content is None:
        return _refused(found.name, NOT_A_NOTEBOOK) if found.name.lower().endswith(_PERHAPS) else found
    if _STAMP.fullmatch(found.name):
        return Found(found.name, found.content[:_LONGEST_STAMP], _LMS_ADDS, _LEFT_OUT)
    return found if _has_cells(found.content) else _refused(found.name, NOT_A_NOTEBOOK)


def _has_cells(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content).get("cells"), list)
    except (ValueError, AttributeError, RecursionError):
        return False


def _refused(name: str, problem: str) -> Found:
    return Found(name, None, problem, "not attributed")


def entry_name(entry: zipfile.ZipInfo) -> str:
    """The path of an entry, with /, without escapes; where nothing says what its bytes are, as they are read best."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        name = _unicode_path(entry.extra, raw) or _read_best(raw)
    return name.replace("\\", "/").encode("unicode_escape").decode() if _has_control(name) else name.replace("\\", "/")


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """Info-ZIP's Unicode path, where the name was not changed since it was written; else ""."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == 0x7075 and field[1:5] == struct.pack("<L", zlib.crc32(raw)):
            return _decoded(field[5:], "utf-8")
    return ""


def _read_best(raw: bytes) -> str:
    """UTF-8; Korean Windows, where it is ASCII and Hangul that is in use; DOS and Windows in the west; rare Hangul.

    Korean Windows has a letter for nearly all pairs of bytes: `Müller` as DOS writes it would be one, too.
    """
    readings = [_decoded(raw, "utf-8"), _hangul(raw, "euc_kr")]
    western = [text for text in (_latin(raw, encoding) for encoding in ("cp437", "cp850", "cp1252")) if text]
    readings += [text for text in western if _has_likely_case(text)] + western + [_hangul(raw, "cp949")]
    return next((text for text in readings if text), raw.decode("cp437"))


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _hangul(raw: bytes, encoding: str) -> str:
    text = _decoded(raw, encoding)
    return text if all(sign.isascii() or "가" <= sign <= "힣" for sign in text) else ""


def _latin(raw: bytes, encoding: str) -> str:
    text = _decoded(raw, encoding)
    return text if all(sign.isascii() or unicodedata.name(sign, "").startswith("LATIN ") for sign in text) else ""


def _has_likely_case(text: str) -> bool:
    """Whether no accented capital stands behind a small letter: `JosÚ` is `José` in another encoding."""
    return not any(low.islower() and not high.isascii() and high.isupper() for low, high in pairwise(text))


def _has_control(name: str) -> bool:
    return any(not sign.isprintable() for sign in name)
