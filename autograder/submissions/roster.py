"""The class list: a CSV with the columns id, name and email, and perhaps canvas_id."""

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import GradingError
from autograder.submissions.filename_patterns import Reading

_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Student:
    """A member of the class.

    Attributes:
        id: what the student's folder and rows are called.
        name: first and last, or as the LMS has it.
        email: "" where it is not known.
        canvas_id: Canvas's number of the student, or "".
    """

    id: str
    name: str = ""
    email: str = ""
    canvas_id: str = ""


class Roster:
    """A class, and whose a name is."""

    def __init__(self, students: Iterable[Student]):
        self.students = tuple(students)

    def student(self, reading: Reading) -> tuple[str, str]:
        """The id of the student that a name means, or "" and why none is."""
        if exact := [one for one in self.students if reading.number and one.canvas_id == reading.number]:
            return exact[0].id, ""
        for name in (reading.name, reading.other):
            found = [one for one in self.students if name and _key(name) in _keys(one)]
            if len(found) == 1:
                return found[0].id, ""
            if found:
                return "", f"{name!r} is in the roster {len(found)} times: {', '.join(one.id for one in found)}"
        return "", f"{reading.name!r} is not in the roster"


def _key(text: str) -> str:
    """A name without spaces, signs and case."""
    return _WORDS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _keys(student: Student) -> set[str]:
    """How a student's name may stand in a file's: first name first or last, the id, the address before the @."""
    words = student.name.replace(",", " ").split()
    turned = {" ".join(words[n:] + words[:n]) for n in range(len(words))}
    return {_key(text) for text in (*turned, student.id, student.email.split("@")[0], student.email) if text}


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
        fields = {part: (row.get(columns.get(part, "")) or "").strip() for part in ("id", "name", "email", "canvas_id")}
        if not fields["id"] or fields["id"] in known:
            told = f"the id {fields['id']!r} is there twice" if fields["id"] else "there is no id"
            raise GradingError(f"{path}, line {line}: {told}; every student has an id of their own")
        known[fields["id"]] = Student(**fields)
    return Roster(known.values())
