"""The forms of names in what each LMS hands over. Where a form is documented stands at its pattern.

A name is read from the outside: what stands further in is the student's own, who may call a folder or a zip after a
classmate. So a form is looked for where it begins first, and never in a zip that itself has one.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from autograder.course.settings import time_zone
from autograder.submissions.guessed_names import plain
from autograder.submissions.spoken_times import parse_spoken_time
from autograder.submissions.timestamps import parse_time


@dataclass(frozen=True)
class Reading:
    """What a name says.

    Attributes:
        names: what the student may be called there, the likeliest first.
        number: the LMS's number of the student, or "".
        student: what the student's folder is called where no roster says otherwise.
        time: when it was handed in, where the LMS says so in the name.
        others: what else in the path may be a student.
        doubt: why only a roster can say that it is a student; "" where the name's form says so.
        refusal: why it is nobody's, whatever a roster says, or "".
        hidden: whether it is so because the LMS hides the names; `number` then tells, with a list that has both.
        draft: whether it was not handed in.
        is_canvas: whether `number` is Canvas's.
        version: of several that were handed in, the highest counts; 0 where there are none.
        late: whether the LMS marks it as late, and does not say by how much.
        folder: the path of the student's folder, or "".
    """

    names: tuple[str, ...]
    number: str = ""
    student: str = ""
    time: datetime | None = None
    others: tuple[str, ...] = ()
    doubt: str = ""
    refusal: str = ""
    hidden: bool = False
    draft: bool = False
    is_canvas: bool = False
    version: int = 0
    late: bool = False
    folder: str = ""


_ABOVE = r"(?P<above>(?:[^/]*/)*?)"
# mod/assign/classes/downloader.php: "Full Name_12345_assignsubmission_file_/x.ipynb", or flat, "..._file_x.ipynb"
MOODLE = _ABOVE + r"(?P<name>[^/]+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?/?(?P<file>.*)"
# Canvas, lib/content_zipper.rb: "kimhana_LATE_123_456_file-1.ipynb": name, perhaps LATE, the user's number, the file's
CANVAS = _ABOVE + r"(?P<name>[^/_]+)_(?P<late>LATE_)?(?P<number>\d+)_\d+_(?P<file>[^/]*)"
CANVAS_ANONYMOUS = _ABOVE + r"(?P<late>LATE_)?(?P<name>anon)_[^/_]+_\d+_(?P<file>[^/]*)"
# Blackboard, "Download Assignment Files": "HW 1_hkim_attempt_2026-03-09-23-59-00_file.ipynb", by the server's clock
BLACKBOARD = _ABOVE + r"(?P<title>[^/]*?)_(?P<login>[^/_]+)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<file>[^/]*))?"
# Brightspace, Assignments > Download: "271836-44 - Hana Kim - Mar 9, 2026 1159 PM/x.ipynb", or flat, "... - x.ipynb"
BRIGHTSPACE = (
    _ABOVE + r"\d+-\d+ ?- (?P<name>[^/]+?) ?- (?P<time>(?:(?! - )[^/])*?\d{4}(?:(?! - )[^/])*?)(?:/| - )(?P<file>.+)"
)
# ILIAS, class.ilExSubmission.php: "Kim_Hana_hkim_4711/x.ipynb": last name, first name, login, number
ILIAS = _ABOVE + r"(?P<name>[^/\d]*_[^/\d]*?)_(?P<login>[^/_]+)_(?P<number>\d{2,})/(?P<file>.+)"
_ILIAS_LATE = re.compile(r"(?:late submission|versp\w{1,2}tete abgabe) - ", re.I)
# GitHub Classroom, `gh classroom clone student-repos`: "hw1-submissions/hw1-hkim/x.ipynb"
GITHUB = _ABOVE + r"(?P<slug>[^/]+)-submissions/(?P=slug)-(?P<login>[^/]+)/(?P<file>.+)"
# Teams, the library "Student Work" of a class: "Submitted files/Hana Kim/Lesson 1/Version 2/x.ipynb"
TEAMS = _ABOVE + r"(?P<state>Submitted|Working) files/(?P<name>[^/]+)/[^/]+/(?:Version (?P<version>\d+)/)?(?P<file>.+)"
# Sakai, AssignmentServiceImpl.zipSubmissions: "HW 1/Kim, Hana(hkim)/Submission attachment(s)/x.ipynb", or flat, with _;
# beside the folder of attachments lies Sakai's own timestamp.txt
SAKAI = _ABOVE + r"(?P<name>[^/]+?)(?:\((?P<login>[^/()]+)\))?(?:/|_)Submission attachment\(s\)(?:/|_)(?P<file>.+)"

# "Participant" in Moodle's languages, in place of a name where marking is blind
_PARTICIPANT = frozenset(
    "participant teilnehmer teilnehmerin teilnehmer/in teilnehmende participante participant(e) partecipante deelnemer"
    " deltaker deltager deltagare osallistuja uczestnik účastník účastníčka résztvevő dalyvis katılımcı участник"
    " учасник участница συμμετέχων 참여자 참가자 参加者 参与者 參與者 参与人 المشارك משתתף peserta".split()
)
HIDDEN = (
    "the LMS hides the students' names here (blind marking); reveal them there and download again, or give Moodle's"
    " grading worksheet, downloaded once they are revealed, with --worksheet"
)
_GROUP = "was handed in by a group; give each student a file of their own"
_DRAFT = "a draft that was not handed in"


# Folders that are part of a form, where they are what is handed over
_ROOT = re.compile(r".+-submissions|(?:Submitted|Working) files")


def root_of(source: str) -> str:
    """What of a source's name belongs before the paths in it: "hw1-submissions/", or ""."""
    return f"{source}/" if _ROOT.fullmatch(source) else ""


def formed(path: str) -> Reading | None:
    """What a name of an LMS says; None where it has none of the known forms."""
    for outer in _up_to_each_zip(path):
        for forms in (_MARKED, _BARE):
            found = [(match, read) for pattern, read in forms if (match := re.fullmatch(pattern, outer))]
            if found:
                match, read = min(found, key=lambda one: len(one[0]["above"]))
                above = tuple(plain(part) for part in match["above"].split("/") if part)
                return replace(read(match), others=above)
    return None


def _up_to_each_zip(path: str) -> Iterator[str]:
    """The paths of the zips in it, from the outside, then itself."""
    parts = path.split("/")
    for count, part in enumerate(parts[:-1], 1):
        if part.lower().endswith(".zip"):
            yield "/".join(parts[:count])
    yield path


def _moodle(match: re.Match[str]) -> Reading:
    name = plain(match["name"])
    if name.casefold().rpartition("-")[2].strip() in _PARTICIPANT:
        return Reading((), match["number"], refusal=HIDDEN, hidden=True)
    return Reading((name,), match["number"], name)


def _canvas(match: re.Match[str]) -> Reading:
    student = f"{match['name']}_{match['number']}"
    return Reading((match["name"],), match["number"], student, is_canvas=True, late=bool(match["late"]))


def _anonymous(match: re.Match[str]) -> Reading:
    return Reading((), refusal=HIDDEN)


def _blackboard(match: re.Match[str]) -> Reading:
    """The login may hold underscores, and so may the title before it: the longest that is a student's is."""
    words = [*match["title"].split("_"), match["login"]]
    names = tuple("_".join(words[-count:]) for count in range(min(len(words), 4), 0, -1))
    return Reading(names, student=match["login"], time=parse_time(match["time"], time_zone()))


def _brightspace(match: re.Match[str]) -> Reading:
    name = plain(match["name"])
    if name.casefold().startswith("anonymous"):
        return Reading((), refusal=HIDDEN)
    return Reading((name,), student=name, time=parse_spoken_time(match["time"], time_zone()))


def _ilias(match: re.Match[str]) -> Reading:
    late = bool(_ILIAS_LATE.match(match["file"].rpartition("/")[2]))
    name = match["name"].replace("_", " ").strip()
    return Reading((match["login"], *([name] if name else [])), match["number"], match["login"], late=late)


def _github(match: re.Match[str]) -> Reading:
    return Reading((match["login"],), student=match["login"])


def _teams(match: re.Match[str]) -> Reading:
    name = plain(match["name"])
    if match["state"] == "Working":
        return Reading((name,), refusal=_DRAFT, draft=True)
    return Reading((name,), student=name, version=int(match["version"] or 0))


def _sakai(match: re.Match[str]) -> Reading:
    if match["login"] is None:
        return Reading((), refusal=HIDDEN)
    if "(" in match["name"]:
        return Reading((), refusal=_GROUP)
    name, folder = plain(match["name"]).rstrip(", "), f"{match['above']}{match['name']}({match['login']})"
    return Reading((match["login"], name), student=match["login"], folder=folder)


_Read = Callable[[re.Match[str]], Reading]
_MARKED: tuple[tuple[str, _Read], ...] = (
    (MOODLE, _moodle),
    (TEAMS, _teams),
    (SAKAI, _sakai),
    (BLACKBOARD, _blackboard),
    (BRIGHTSPACE, _brightspace),
    (GITHUB, _github),
)
# Without a word of the LMS's own, so a folder above may look like one: only where none of the others is found.
_BARE: tuple[tuple[str, _Read], ...] = ((CANVAS_ANONYMOUS, _anonymous), (CANVAS, _canvas), (ILIAS, _ilias))


def sakai_time(folder: str, path: str, content: bytes) -> datetime | None:
    """The time in Sakai's own timestamp.txt in a student's folder; None where a file is another."""
    if path != f"{folder}/timestamp.txt":
        return None
    text = content.decode("ascii", "replace").strip()
    compact = re.fullmatch(r"(\d{8})(\d{6})\d{3}", text)  # of Sakai's older versions; both are in UTC
    return parse_time(f"{compact[1]}T{compact[2]}Z" if compact else text)
