"""`autograder start`: a learner's own copy of the lessons, made once and then brought up to date with all work kept.

Beside the copies lies, out of sight, what each was released as: `.released/01_seq2seq.json`. From it one can tell
whether the course has a new version, and what in a copy is the learner's.
"""

import os
import shutil
import warnings
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.validator import normalize

from autograder.carrying import Carried, carry_over
from autograder.learner import LearnerError, read_notebook, released_notebooks, write_whole

_OLD_VERSIONS = "old_versions"
_RELEASED = ".released"  # JupyterLab shows no hidden files; .json, or it might be handed in


@dataclass
class Update:
    """A copy that was replaced by a new version of its lesson.

    Attributes:
        path: the copy.
        old: where it lies as it was; None where the learner had not worked on it.
        carried: what was carried over.
    """

    path: Path
    old: Path | None
    carried: Carried


@dataclass
class Started:
    """What `start` did.

    Attributes:
        copied: lessons that were not there.
        kept: copies to which there is nothing new.
        updated: copies that were brought up to date.
        left: copies that could not be, and why.
    """

    copied: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    updated: list[Update] = field(default_factory=list)
    left: dict[Path, str] = field(default_factory=dict)


def start(folder: Path, lessons: Path | None = None) -> Started:
    """Copy every released notebook to `folder/NN_slug/NN_slug.ipynb`, or bring the copy there up to date.

    A copy is only ever replaced by a new version that has the learner's work in it, and after the copy itself was put
    into `folder/old_versions`.

    Raises:
        LearnerError: the folder is a file, or cannot be written.
    """
    result = Started()
    for release in released_notebooks(lessons):
        copy = folder / release.parent.name / release.name
        begun = folder / _RELEASED / f"{release.stem}.json"
        try:
            _start_lesson(release, copy, begun, result)
        except (FileExistsError, NotADirectoryError) as error:
            file = next(path for path in (*reversed(copy.parents), begun.parent) if path.is_file())
            raise LearnerError(f"{file} is a file, not a folder; name another folder") from error
        except OSError as error:
            raise LearnerError(f"{copy} cannot be written ({error.strerror}); name another folder") from error
    return result


def _start_lesson(release: Path, copy: Path, begun: Path, result: Started) -> None:
    if not os.path.lexists(copy):
        _write(copy, release)
        result.copied.append(copy)
    elif begun.is_file() and begun.read_bytes() == release.read_bytes():
        result.kept.append(copy)
        return
    else:
        try:
            update = _update(copy, begun, release)
        except LearnerError as error:
            result.left[copy] = str(error)
            return
        (result.updated if update else result.kept).append(update or copy)
    _write(begun, release)


def _write(path: Path, release: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, release.read_text(encoding="utf-8"))


def _update(copy: Path, begun: Path, release: Path) -> Update | None:
    """Replace a copy by the new version with the learner's work; None where it is of the new version already.

    Raises:
        LearnerError: the copy is damaged, or it is not known what it was released as; it was not touched.
    """
    learners, released = _sound(copy), read_notebook(release)
    if not begun.is_file():
        if {cell.id for cell in released.cells} <= {cell.get("id") for cell in learners.cells}:
            return None
        advice = "to get that, move your copy away, run this again, and copy your answers over"
        raise LearnerError(f"{copy} is not the newest version, and not known is which one it is; {advice}")
    carried = carry_over(learners, read_notebook(begun), released)
    old = None if copy.read_bytes() == begun.read_bytes() else _put_aside(copy)
    write_whole(copy, nbformat.writes(carried.notebook) + "\n")
    return Update(copy, old, carried)


def _sound(path: Path) -> NotebookNode:
    """A learner's notebook, cell ids that are there twice made different.

    Raises:
        LearnerError: it cannot be read, or something in it is not as in a notebook.
    """
    with warnings.catch_warnings(action="ignore"):  # it tells of each id
        _, notebook = normalize(read_notebook(path))
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        advice = "restore it from .ipynb_checkpoints, or move it away and run: autograder start"
        raise LearnerError(f"{path} is damaged ({str(error).splitlines()[0][:80]}); {advice}") from error
    return notebook


def _put_aside(copy: Path) -> Path:
    """Keep a copy as it is, under a name that nothing has yet."""
    folder = copy.parents[1] / _OLD_VERSIONS
    folder.mkdir(exist_ok=True)
    name = f"{copy.stem}_{date.today()}"
    names = (f"{name}{'' if number == 1 else f'_{number}'}.ipynb" for number in count(1))
    old = next(folder / name for name in names if not os.path.lexists(folder / name))
    shutil.copy2(copy, old)
    return old
