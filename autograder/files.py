"""Files that are there whole or not at all, whatever ends the process or the machine's power."""

import os
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place, wait until the disk has it, then move it there; folders are made if need be."""
    make_folder(path.parent)
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    _sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, if need be; the disk has their names."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):  # some network file systems cannot, and write names at once
        os.fsync(descriptor)
    os.close(descriptor)
