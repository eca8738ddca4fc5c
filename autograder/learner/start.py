"""`autograder start`: a learner's own copy of the lessons, made once and then brought up to date with all work kept.

Next to the copies lies, out of sight, what each was released as: `.released/01_seq2seq.json`. From it one can tell
whether the course has a new version, and what in a copy is the learner's. `.released/course.json` says which version of
the course was last here.
"""

import json
import os
import shutil
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path

import nbformat

from autograder.course.versions import FIRST, Release, course_version, is_later, is_version, releases_since
from autograder.files import write_whole
from autograder.languages import ENGLISH, texts_in
from autograder.learner.carry_over import Carried, carry_over
from autograder.learner.own_notebooks import LearnerError, read_notebook, released_notebooks
from autograder.notebooks.spoken import COURSE_NOTE, RELEASED, language_of_folder
from lessons.toolkit.text import said

_OLD_VERSIONS = "old_versions"


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
        before: the version of the course that was last here; None in a new folder, or where it is not known.
        news: what is new since then, the newest version first.
        damage: what is wrong with the note of that version, "" if nothing.
    """

    copied: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    updated: list[Update] = field(default_factory=list)
    left: dict[Path, str] = field(default_factory=dict)
    before: str | None = None
    news: list[Release] = field(default_factory=list)
    damage: str = ""


def start(folder: Path, lessons: Path | None = None, language: str = "") -> Started:
    """Copy every released notebook to `folder/NN_slug/NN_slug.ipynb`, or bring the copy there up to date.

    A copy is only ever replaced by a new version that has the learner's work in it, and after the copy itself was put
    into `folder/old_versions`. A copy in another language is brought to this one in the same way.

    Args:
        folder: the learner's.
        lessons: the folder of the released lessons; the course's own if None.
        language: such as "ko"; "" for the one that the folder is in.

    Raises:
        CourseError: the course has no such language.
        LearnerError: the folder is a file, or cannot be written, or a newer version of the course was here.
    """
    note = folder / RELEASED / COURSE_NOTE
    language = language or language_of_folder(folder)
    texts_in(language)
    result = _look_at_version(note)
    for release in released_notebooks(lessons, language):
        copy = folder / release.parent.name / release.name
        begun = folder / RELEASED / f"{release.stem}.json"
        try:
            _start_lesson(release, copy, begun, result)
        except (FileExistsError, NotADirectoryError) as error:
            file = next(path for path in (*reversed(copy.parents), begun.parent) if path.is_file())
            told = said("{path} is a file, not a folder; name another folder", path=str(file))
            raise LearnerError(told) from error
        except OSError as error:
            words = {"path": str(copy), "error": error.strerror}
            raise LearnerError(said("{path} cannot be written ({error}); name another folder", **words)) from error
    _note_version(note, language)
    return result


# Which version of the course was here


def _look_at_version(note: Path) -> Started:
    """Begin the result with what is new since the version that was last here.

    Raises:
        LearnerError: that one is newer than the course that runs.
    """
    result = Started()
    try:
        result.before = _version_before(note)
    except ValueError as error:
        result.damage = said(
            "{path} is damaged ({error}), so which version made this folder is not known; it is written anew",
            path=str(note),
            error=str(error),
        )
    now = course_version()
    if result.before and is_later(result.before, now):
        raise LearnerError(
            said(
                "{folder} is of version {before} of the course, and this is {now}: bring the course up to date (git "
                "pull, then make lab), or name another folder; nothing was changed",
                folder=str(note.parents[1]),
                before=result.before,
                now=now,
            )
        )
    if result.before or result.damage:
        result.news = releases_since(result.before or FIRST)
    return result


def _version_before(note: Path) -> str | None:
    """The noted version; without a note the first one, if that was here at all.

    Raises:
        ValueError: the note is damaged; the message says how.
    """
    if not os.path.lexists(note):
        return FIRST if any(note.parent.glob("[0-9][0-9]_*.json")) else None
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(error.strerror) from error
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error
    version = noted.get("version") if isinstance(noted, dict) else None
    if not is_version(version):
        raise ValueError('no "version" such as "0.2.0" in it')
    return version


def _note_version(note: Path, language: str) -> None:
    chosen = {} if language == ENGLISH else {"language": language}
    text = json.dumps({"version": course_version(), **chosen}) + "\n"
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        write_whole(note, text.encode())
    except OSError as error:
        words = {"path": str(note), "error": error.strerror}
        told = said("{path} cannot be written ({error}); move it away and run this again", **words)
        raise LearnerError(told) from error


# Lesson by lesson


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
        if update:
            result.updated.append(update)
        else:
            result.kept.append(copy)
    _write(begun, release)


def _write(path: Path, release: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, release.read_bytes())


def _update(copy: Path, begun: Path, release: Path) -> Update | None:
    """Replace a copy by the new version with the learner's work; None where it is of the new version already.

    Raises:
        LearnerError: the copy is damaged, or it is not known what it was released as; it was not touched.
    """
    learners, released = read_notebook(copy), read_notebook(release)
    if not begun.is_file():
        if {cell.id for cell in released.cells} <= {cell.get("id") for cell in learners.cells}:
            return None
        raise LearnerError(
            said(
                "{path} is not the newest version, and not known is which one it is; to get that, move your copy away, "
                "run this again, and copy your answers over",
                path=str(copy),
            )
        )
    carried = carry_over(learners, read_notebook(begun), released)
    old = None if copy.read_bytes() == begun.read_bytes() else _put_aside(copy)
    write_whole(copy, f"{nbformat.writes(carried.notebook)}\n".encode())
    return Update(copy, old, carried)


def _put_aside(copy: Path) -> Path:
    """Keep a copy as it is, under a name that nothing has yet."""
    folder = copy.parents[1] / _OLD_VERSIONS
    folder.mkdir(exist_ok=True)
    name = f"{copy.stem}_{date.today()}"
    names = (f"{name}{'' if number == 1 else f'_{number}'}.ipynb" for number in count(1))
    old = next(folder / name for name in names if not os.path.lexists(folder / name))
    shutil.copy2(copy, old)
    return old
