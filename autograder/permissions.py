"""What other users of this machine may do with the files of a class: nothing, where it can be helped.

A folder that its group may write was given to that group, of assistants say, and stays theirs too.
"""

import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lessons.toolkit.text import said

PRIVATE = 0o700
_OTHERS, _WRITE = 0o077, 0o022
_GROUP = 0o070
_MOST_NAMED = 3


@contextmanager
def written_privately(folder: Path) -> Iterator[None]:
    """Let no other user read or change what is written meanwhile; `folder` says whether its group is of those."""
    before = os.umask(_OTHERS & ~_of_group(folder))
    try:
        yield
    finally:
        os.umask(before)


def make_private(folder: Path) -> str:
    """Keep other users out of a folder, and so out of all that is in it.

    Returns:
        What to tell: that it was open to them, or how they can be kept out; "" where it was not open.
    """
    mode = stat.S_IMODE(folder.stat().st_mode)
    bits = mode & _OTHERS & ~_of_group(folder)
    if not bits:
        return ""
    try:
        folder.chmod(mode & ~bits)
    except PermissionError:
        remedy = f"let {_owner(folder)}, whose it is, run: {shlex.join(['chmod', 'go-rwx', str(folder)])}"
        return f"{folder}: other users of this machine can look into it; {remedy}"
    return f"{folder}: other users of this machine could look into it; now they cannot."


def close_to_writers(folder: Path) -> str:
    """Let no other user change what lies in a folder, or the folder itself.

    Returns:
        What to tell: how many could be changed by others, and which still can; "" where none could.
    """
    bits, closed, left = _WRITE & ~_of_group(folder), 0, []
    for path in _all_in(folder):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode & bits:
            try:
                path.chmod(mode & ~bits)
                closed += 1
            except PermissionError:
                left.append(str(path.relative_to(folder)))
    told = [f"{closed} files and folders could be changed by other users of this machine; now they cannot."] * (
        closed > 0
    )
    return f"{folder}: {' '.join([*told, *_still_open(left)])}" if told or left else ""


def _still_open(left: list[str]) -> list[str]:
    if not left:
        return []
    named = ", ".join([*left[:_MOST_NAMED], *["…"] * (len(left) > _MOST_NAMED)])
    remedy = "grade a copy of the folder, made with: cp -r --no-preserve=mode,ownership"
    return [f"{len(left)} can be changed by other users, whose they are ({named}); {remedy}"]


def readable_by_others(folder: Path) -> str:
    """What to tell where other users can look into a folder; "" where they cannot reach it, or may not."""
    here, *above = [folder.resolve(), *folder.resolve().parents]
    reached = all(path.stat().st_mode & stat.S_IXOTH for path in [here, *above])
    if not reached or not here.stat().st_mode & stat.S_IROTH:
        return ""
    command = shlex.join(["chmod", "o-rwx", str(folder)])
    return said(
        "{folder}: other users of this machine can read it; to keep them out, run: {command}",
        folder=str(folder),
        command=command,
    )


def _of_group(folder: Path) -> int:
    """What of a mode is the group's that it was given to."""
    return _GROUP if folder.exists() and folder.stat().st_mode & stat.S_IWGRP else 0


def _all_in(folder: Path) -> Iterator[Path]:
    """A folder and all in it; links are passed over: their mode is that of what they lead to."""
    yield folder
    for where, folders, files in os.walk(folder):
        yield from (path for name in (*folders, *files) if not (path := Path(where, name)).is_symlink())


def _owner(folder: Path) -> str:
    import pwd  # which Windows lacks

    number = folder.stat().st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
