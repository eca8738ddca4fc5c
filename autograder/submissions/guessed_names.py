"""Whose a file may be where its name has no form that is known: what folders and file are called, less what is no name.

People call folders after students, lessons and weeks, and files `Kim Hana 01_seq2seq final.ipynb`; Google Drive and
Classroom call them `Hana Kim - Copy of 01_seq2seq.ipynb`, in the language of whoever makes the copy.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.course.lessons import all_lessons
from autograder.submissions.attempt_folders import ATTEMPTS
from autograder.submissions.timestamps import parse_time

SEPARATORS = re.compile(r"[\s_\-.,+()\[\]]+")
_AGAIN = re.compile(r"(?:[-_ ]\d+| ?\(\d+\))$")  # what Canvas and browsers add to a name that is taken
# What Google Drive, and systems, put before or after the name of a copy.
_COPY = (
    r"copy of|copy|kopie von|kopie|copie de|copie|copia de|copia|cópia de|kopia"
    r"|의 사본|사본|복사본|のコピー|コピー|的副本|副本"
)
_COPY_ENDS = re.compile(rf"^(?:{_COPY})(?=\W|$)|(?:(?<=\W)|(?<=의)|^)(?:{_COPY}) ?\d*$", re.I)
_OWNER = re.compile(r"(?<=[가-힣]{2})의$")  # "Hana's", in Korean, before the name of a copy
# Words that name work or its state and nobody: alone, or beside numbers, they are no student; at the end of a file's
# name they may be part of the student's or not.
_STATES = frozenset(
    "final version ver v new latest last done draft fixed updated corrected revised resubmission"
    " 최종 수정 완성 제출".split()
)
_WORK = frozenset(
    "lesson lessons week weeks assignment assignments homework hw exercise exercises lab labs project projects task"
    " tasks unit part session sheet problem set ps submission submissions submitted files file working student students"
    " work notebook notebooks solution solutions answer answers untitled class course download downloads onedrive drive"
    " group section term spring summer fall autumn winter"
    " 과제 숙제 주차 레슨 실습 제출물 수업"
    " abgabe abgaben übung uebung aufgabe blatt devoir tarea entrega entregas".split()
)


@dataclass(frozen=True)
class Candidate:
    """What may be a student's name.

    Attributes:
        names: as it stands there, and without what a copy or a version adds.
        sure: it is a folder's name, or stands beside the lesson's in the file's, and nothing else does.
    """

    names: tuple[str, ...]
    sure: bool = True

    @property
    def name(self) -> str:
        """The likeliest."""
        return self.names[-1]


def candidates(path: str, above: Iterable[str] = ()) -> list[Candidate]:
    """Who a path may be about, each once: its folders, the innermost first, then the file.

    Args:
        path: with /.
        above: folders that hold all that was handed over: no one student's.
    """
    *folders, file = path.split("/")
    found = [_of_folder(part) for part in reversed(folders) if part not in above and not _is_time(part)]
    kept: dict[str, Candidate] = {}
    for one in (*found, _of_file(stem_of(file))):
        if one is not None:
            kept.setdefault(one.name.casefold(), one)
    return list(kept.values())


def stem_of(file: str) -> str:
    """A file's name without the ending; what a copy adds behind it stays: `a.ipynb 사본` is `a 사본`."""
    if found := re.fullmatch(r"(?P<stem>.*?)\.ipynb(?:\.(?:json|txt))?(?P<behind>[^.]*)", file, re.I):
        return f"{found['stem']}{found['behind']}"
    return file.rsplit(".", 1)[0]


def without_lesson(text: str) -> str:
    """A name without the lesson's."""
    for lesson in all_lessons():
        words = [re.escape(word) for word in lesson.slug.split("_")]
        text = re.sub(r"[\s_\-.]*".join(words), " ", text, flags=re.I)
    return _spaced(text)


def plain(name: str) -> str:
    """A name as it is written down everywhere: composed, so that macOS's spelling of one is no other student."""
    return unicodedata.normalize("NFC", name).strip()


def _spaced(text: str) -> str:
    return SEPARATORS.sub(" ", plain(text)).strip()


def _of_folder(part: str) -> Candidate | None:
    """A folder's name as a student's; None where it is nobody's."""
    bare = without_lesson(part)
    name = plain(part) if bare == _spaced(part) else bare
    return None if part == ATTEMPTS or part.startswith(".") or _names_work(bare) else Candidate((name,))


def _of_file(stem: str) -> Candidate | None:
    """What stands in a file's name beside the lesson's; None where that is nobody's."""
    whole = without_lesson(_AGAIN.sub("", stem) or stem)
    bare = _without_copy(whole)
    shorter = " ".join(_without_states(bare.split()))
    owner = _OWNER.sub("", shorter) if bare != whole else shorter
    names = tuple(dict.fromkeys((whole, bare, shorter, owner)))
    has_lesson = without_lesson(stem) != _spaced(stem)
    return None if _names_work(shorter) else Candidate(names, has_lesson and owner == bare)


def _without_copy(name: str) -> str:
    while (shorter := _COPY_ENDS.sub("", name).strip()) != name:
        name = shorter
    return name


def _without_states(words: list[str]) -> list[str]:
    while words and _bare(words[-1]) in _STATES:
        words = words[:-1]
    return words


def _names_work(name: str) -> bool:
    """Whether it names no person: `Lesson 1`, `week3`, `3주차`, or nothing; a long number may be a student's."""
    words = [word for word in SEPARATORS.split(name) if word]
    bare = [_bare(word) for word in words if not word.isdecimal()]
    return set(bare) <= _WORK | _STATES if bare else all(len(word) < 3 for word in words)


def _bare(word: str) -> str:
    """A word without the number before or behind it: `week3` is `week`."""
    return word.casefold().strip("0123456789")


def _is_time(part: str) -> bool:
    return parse_time(part) is not None
