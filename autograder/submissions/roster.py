"""The class list: a CSV with the columns id, name and email, and perhaps canvas_id and login."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import GradingError
from autograder.submissions.guessed_names import plain
from autograder.submissions.lms_forms import Reading

_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Student:
    """A member of the class.

    Attributes:
        id: what the student's folder and rows are called.
        name: first and last, or as the LMS has it.
        email: "" where it is not known.
        canvas_id: Canvas's number of the student, or "".
        login: what Blackboard, ILIAS, Sakai or GitHub calls the student, where that is neither id nor email; or "".
    """

    id: str
    name: str = ""
    email: str = ""
    canvas_id: str = ""
    login: str = ""


class Roster:
    """A class, and whose a name is."""

    def __init__(self, students: Iterable[Student]):
        self.students = tuple(students)

    def student(self, reading: Reading) -> tuple[str, str]:
        """The id of the student that a name means, or "" and why none is."""
        if reading.is_canvas and (exact := [one for one in self.students if one.canvas_id == reading.number]):
            return exact[0].id, ""
        told = [(name, self._called(name)) for name in (*reading.names, *reading.others)]
        name, found = next(((name, found) for name, found in told if found), ("", []))
        if not found:
            return "", f"{next(iter(reading.names), '')!r} is not in the roster"
        if len(found) > 1:
            return "", f"{name!r} is in the roster {len(found)} times: {', '.join(one.id for one in found)}"
        others = [one for other in reading.others for one in self._called(other) if one != found[0]]
        if others:
            ids = " or ".join([found[0].id, *dict.fromkeys(one.id for one in others)])
            return "", f"its name and folders are those of several students: {ids}; rename them"
        return found[0].id, ""

    def names_of(self, student: str) -> list[str]:
        """What the student of an id may be called."""
        return [name for one in self.students if one.id == student for name in _names(one)]

    def _called(self, name: str) -> list[Student]:
        """Who is called so; where nobody is, who would be without accents, which some LMS take away."""
        exactly = self._by(name_key, name)
        return exactly or self._by(_unaccented, name)

    def _by(self, key: Callable[[str], str], name: str) -> list[Student]:
        wanted = key(name)
        return [one for one in self.students if wanted and wanted in _keys(one, key)]


def name_key(text: str) -> str:
    """A name without spaces, signs and case."""
    return _WORDS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _unaccented(text: str) -> str:
    """The same without accents."""
    signs = unicodedata.normalize("NFD", name_key(text))
    return unicodedata.normalize("NFC", "".join(sign for sign in signs if not unicodedata.combining(sign)))


def _keys(student: Student, key: Callable[[str], str]) -> set[str]:
    return {key(text) for text in _names(student)}


def _names(student: Student) -> list[str]:
    """How a student's name may stand in a file's: first name first or last, the id, the address before the @."""
    words = student.name.replace(",", " ").split()
    turned = {" ".join(words[n:] + words[:n]) for n in range(len(words))}
    whole = (*turned, student.id, student.email.split("@")[0], student.email, student.login)
    return [text for text in whole if text]


def read_roster(path: Path) -> Roster:
    """The class in a CSV file.

    Raises:
        GradingError: it cannot be read, lacks the columns id and name, or has an id twice; the message names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            columns = {(name or "").strip().lower(): name for name in table.fieldnames or ()}
            if not {"id", "name"} <= columns.keys():
                raise GradingError(f"{path}, line 1: expected the columns id, name and email, found {list(columns)}")
            rows = [(table.line_num, row) for row in table]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GradingError(f"{path}: the roster cannot be read ({error}); save it as CSV in UTF-8") from error
    known: dict[str, Student] = {}
    for line, row in rows:
        parts = ("id", "name", "email", "canvas_id", "login")
        fields = {part: (row.get(columns.get(part, "")) or "").strip() for part in parts}
        fields["id"] = plain(fields["id"])
        if not fields["id"] or fields["id"] in known:
            told = f"the id {fields['id']!r} is there twice" if fields["id"] else "there is no id"
            raise GradingError(f"{path}, line {line}: {told}; every student has an id of their own")
        known[fields["id"]] = Student(**fields)
    return Roster(known.values())
