"""When students handed in, and who they are where the LMS hides names, by Moodle's grading worksheet or a table."""

import csv
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course.settings import SETTINGS_VARIABLE
from autograder.errors import GradingError
from autograder.submissions.collect import LOG, collect
from autograder.submissions.receipts import read_receipts
from autograder.submissions.roster import Roster, Student
from autograder.submissions.spoken_times import parse_spoken_time
from autograder.submissions.worksheet import read_worksheet

LESSON = "01_seq2seq"
NIGHT = datetime(2026, 3, 9, 23, 59, tzinfo=UTC)
CLASS = Roster([Student("s1", "Kim Hana", "hana@example.org"), Student("s2", "Lee, Jun", "jun@example.org", "11")])
HEADER = [
    *("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed"),
    *("Last modified (submission)", "Last modified (grade)", "Feedback comments"),
]
ROWS = [
    ["Participant 11", "Kim Hana", "hana@example.org", "Submitted for grading - ", "", "100", "Yes", 0, "-", ""],
    ["Participant 12", "Jun Lee", "jun@example.org", "No submission", "", "100", "Yes", "-", "-", ""],
]
HANA = "Kim Hana_11_assignsubmission_file_/01_seq2seq.ipynb"


def sheet(folder: Path, time: str, header: list[str] = HEADER, columns: slice = slice(None)) -> Path:
    """A worksheet in which the first student's time is so."""
    path = folder / "worksheet.csv"
    rows = [[time if cell == 0 else cell for cell in row] for row in ROWS]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(row[columns] for row in [header, *rows])
    return path


def zipped(folder: Path, *names: str) -> Path:
    path = folder / "moodle.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "Monday, 9 March 2026, 11:59 PM",
        "Montag, 9. März 2026, 23:59",
        "lundi 9 mars 2026, 23:59",
        "lunes, 9 de marzo de 2026, 23:59",
        "2026년 3월 9일 월요일, 오후 11:59",
        "2026年 03月 9日(月曜日) 23:59",
        "Mar 9, 2026 1159 PM",
        "2026-03-09 23:59",
        "March 9, 2026, 11:59\u202fp.m.",
    ],
)
def test_times_as_they_are_written_for_people(text):
    assert parse_spoken_time(text) == NIGHT


@pytest.mark.parametrize(
    "text", ["", "-", "yesterday", "martes", "31 February 2026, 10:00", "9 March 2026", "3/9/2026 5 PM"]
)
def test_what_is_no_time_is_none(text):
    assert parse_spoken_time(text) is None


def test_noon_midnight_and_a_weekday_that_begins_like_a_month():
    for text, hour, month in (
        ("Sunday, 1 March 2026, 12:00 PM", 12, 3),
        ("Sunday, 1 March 2026, 12:00 AM", 0, 3),
        ("martes, 2 de junio de 2026, 08:00", 8, 6),
    ):
        time = parse_spoken_time(text)
        assert (time.hour, time.month) == (hour, month)


def test_the_number_in_the_files_name_finds_the_time(tmp_path):
    worksheet = read_worksheet(sheet(tmp_path, "Monday, 9 March 2026, 11:59 PM"))
    names = (HANA, "Lee Jun_12_assignsubmission_file_/01_seq2seq.ipynb")
    collect(zipped(tmp_path, *names), tmp_path / "class", CLASS, worksheet=worksheet)
    assert read_receipts(tmp_path / "class") == {f"s1/{LESSON}": NIGHT, f"s2/{LESSON}": None}


def test_by_the_courses_clock_and_before_handed_in(tmp_path, monkeypatch):
    settings = tmp_path / "course.toml"
    settings.write_text("[course]\ntime_zone = 'Asia/Seoul'\n")
    monkeypatch.setenv(SETTINGS_VARIABLE, str(settings))
    worksheet = read_worksheet(sheet(tmp_path, "Tuesday, 10 March 2026, 8:59 AM"))
    names = (HANA, "Lee Jun_12_assignsubmission_file_/01_seq2seq.ipynb")
    later = NIGHT.replace(day=20)
    collect(zipped(tmp_path, *names), tmp_path / "class", CLASS, handed_in=later, worksheet=worksheet)
    assert read_receipts(tmp_path / "class") == {f"s1/{LESSON}": NIGHT, f"s2/{LESSON}": later}


def test_another_language_is_read_by_the_place_of_its_columns(tmp_path):
    header = ["ID", "Vollständiger Name", "E-Mail", "Status", "Bewertung", "Beste Bewertung", "Änderbar"]
    header += ["Zuletzt geändert (Abgabe)", "Zuletzt geändert (Bewertung)", "Feedback als Kommentar"]
    worksheet = read_worksheet(sheet(tmp_path, "Montag, 9. März 2026, 23:59", header))
    collect(zipped(tmp_path, HANA), tmp_path / "class", CLASS, worksheet=worksheet)
    assert read_receipts(tmp_path / "class") == {f"s1/{LESSON}": NIGHT}


def test_hidden_names_are_those_of_a_worksheet_that_has_them(tmp_path):
    source = zipped(tmp_path, "Participant_11_assignsubmission_file_/01_seq2seq.ipynb")
    worksheet = read_worksheet(sheet(tmp_path, "Monday, 9 March 2026, 11:59 PM"))
    for roster, student in ((CLASS, "s1"), (None, "Kim Hana")):
        (one,) = collect(source, tmp_path / student, roster, worksheet=worksheet)
        assert (one.student, one.time) == (student, NIGHT)


def test_a_worksheet_without_names_names_nobody(tmp_path):
    source = zipped(tmp_path, "Participant_11_assignsubmission_file_/01_seq2seq.ipynb")
    path = sheet(tmp_path, "Monday, 9 March 2026, 11:59 PM")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [[row[0], *row[3:]] for row in csv.reader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    (one,) = collect(source, tmp_path / "class", worksheet=read_worksheet(path))
    assert (one.outcome, one.student) == ("not attributed", "")


@pytest.mark.parametrize("key", ["id,s1", "name,Hana Kim", "email,HANA@example.org"])
def test_a_table_of_ones_own_finds_students_by_id_name_or_address(tmp_path, key):
    column, value = key.split(",")
    path = tmp_path / "times.csv"
    path.write_text(
        f"{column},lesson,handed_in\n{value},02_context_limit,2026-01-01\n{value},{LESSON},2026-03-09 23:59\n"
    )
    options = ["--worksheet", str(path), "--roster", str(roster(tmp_path))]
    done = CliRunner().invoke(app, ["collect", str(zipped(tmp_path, HANA)), str(tmp_path / "class"), *options])
    assert done.exit_code == 0, done.output
    assert read_receipts(tmp_path / "class") == {f"s1/{LESSON}": NIGHT}


def roster(folder: Path) -> Path:
    path = folder / "roster.csv"
    path.write_text("id,name,email\ns1,Kim Hana,hana@example.org\n")
    return path


def test_collecting_again_with_a_worksheet_adds_the_times(tmp_path):
    collect(zipped(tmp_path, HANA), tmp_path / "class", CLASS)
    assert read_receipts(tmp_path / "class") == {f"s1/{LESSON}": None}
    for time, counts in (("9 March 2026, 11:59 PM", NIGHT), ("1 March 2026, 11:59 PM", NIGHT)):
        worksheet = read_worksheet(sheet(tmp_path, f"Monday, {time}"))
        (one,) = collect(zipped(tmp_path, HANA), tmp_path / "class", CLASS, worksheet=worksheet)
        assert one.outcome == "there already"
        assert read_receipts(tmp_path / "class") == {f"s1/{LESSON}": counts}
    assert (tmp_path / "class" / LOG).read_text("utf-8").count("\n") == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,grade\ns1,3\n", 'line 1: expected Moodle\'s columns, with "Last modified \\(submission\\)", or your own'),
        ("handed_in\n2026-03-09\n", "line 1: expected the column id, name or email beside handed_in"),
        ("id,handed_in\ns1,soon\n", "line 2: 'soon' is no time that can be read; write 2026-03-09 23:59 there"),
        ("", "expected Moodle's"),
    ],
)
def test_a_table_that_is_wrong_says_where(tmp_path, text, told):
    path = tmp_path / "times.csv"
    path.write_text(text)
    with pytest.raises(GradingError, match=told):
        read_worksheet(path)
    path.write_bytes(b"\xfc\xfeid")
    with pytest.raises(GradingError, match="save it as CSV in UTF-8"):
        read_worksheet(path)
