"""Files that are there whole or not at all, whatever ends the process or the machine's power."""

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place, wait until the disk has it, then move it there; folders are made if need be.

    A file that was there keeps its permissions, and a link to it stays one.
    """
    path = path.resolve()
    make_folder(path.parent)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, new)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
    _sync_folder(path.parent)


def remove_unfinished(folder: Path) -> None:
    """Remove what writers that were killed have left below a folder in which nobody writes now."""
    for path in folder.rglob(".*.new"):
        if re.fullmatch(r"\..+\.\d+\.new", path.name):
            path.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, if need be; the disk has their names."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in it."""
    if os.name == "nt":  # which has no such thing
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):  # some network file systems cannot, and write names at once
        os.fsync(descriptor)
    os.close(descriptor)
