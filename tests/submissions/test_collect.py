"""`autograder collect`: whose, which lesson, or why not; nothing dropped, nothing overwritten, nothing unpacked."""

import csv
import json
import os
import stat
import struct
import subprocess
import sysconfig
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import grading_cases as cases
import nbformat
import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course.lessons import all_lessons, find_lesson
from autograder.errors import GradingError
from autograder.submissions import archives
from autograder.submissions.attribution import Handed
from autograder.submissions.collect import LOG, collect
from autograder.submissions.filename_patterns import lesson_in_name, lesson_of_cells, nbgrader_groups, reader
from autograder.submissions.find import find_submissions
from autograder.submissions.roster import Roster, Student, read_roster
from autograder.submissions.timestamps import parse_time

LESSON, OTHER = cases.LESSON, "02_context_limit"
BOOK = nbformat.writes(cases.RELEASE).encode()
OTHER_BOOK = find_lesson(OTHER).release_notebook.read_bytes()
LESSONS = [lesson.slug for lesson in all_lessons()]
NIGHT = datetime(2026, 3, 9, 14, 59, tzinfo=UTC)


def book(mark: str) -> bytes:
    """A notebook of lesson 01 that differs from others."""
    notebook = json.loads(BOOK)
    notebook["cells"][0]["source"] = mark
    return json.dumps(notebook).encode()


def zipped(folder: Path, files: dict[str, bytes], name: str = "class.zip") -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return path


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / "handed" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "handed"


def outcomes(done: list[Handed]) -> dict[str, tuple[str, str, str]]:
    return {one.file: (one.outcome, one.student, one.lesson) for one in done}


def reasons(done: list[Handed]) -> dict[str, str]:
    return {one.file: one.reason for one in done}


def found(submissions: Path) -> set[tuple[str, str, int]]:
    """What `grade` finds: student, lesson, number of attempts."""
    return {(one.student, one.lesson, len(one.attempts)) for one in find_submissions(submissions, LESSONS, LESSONS)}


class TestNames:
    @pytest.mark.parametrize(
        ("path", "student", "number"),
        [
            ("Kim Hana_12345_assignsubmission_file_/01_seq2seq.ipynb", "Kim Hana", "12345"),
            ("Kim Hana_12345_assignsubmission_file_01_seq2seq.ipynb", "Kim Hana", "12345"),
            ("lesson 1/김 하나_7_assignsubmission_file_/a/b.ipynb", "김 하나", "7"),
            ("O'Neil_van der-Berg_9_assignsubmission_file_/x.ipynb", "O'Neil_van der-Berg", "9"),
            ("kimhana_LATE_123_456_01_seq2seq-1.ipynb", "kimhana_123", "123"),
            ("kimhana_123_456_notes.ipynb", "kimhana_123", "123"),
            ("Kim Hana 01_seq2seq.ipynb", "Kim Hana", ""),
            ("01_seq2seq_Kim.Hana.ipynb", "Kim Hana", ""),
            ("01-Seq2Seq - Kim, Hana (2).ipynb", "Kim Hana", ""),
            ("hana/01_seq2seq/01_seq2seq.ipynb", "hana", ""),
            ("hana/01_seq2seq/attempts/2026-03-09T145900Z/01_seq2seq.ipynb", "hana", ""),
        ],
    )
    def test_students(self, path, student, number):
        reading = reader("")(path)
        assert (reading.student, reading.number) == (student, number)

    def test_a_name_that_is_only_the_lessons_is_nobodys(self):
        assert reader("")("01_seq2seq (1).ipynb") is None

    @pytest.mark.parametrize(
        ("path", "lesson"),
        [
            ("a/01_seq2seq-1.ipynb", LESSON),
            ("01-Seq2Seq (3).ipynb", LESSON),
            ("02_context_limit/hw.ipynb", OTHER),
            ("101_seq2seq.ipynb", ""),
            ("01_seq2seq_and_02_context_limit.ipynb", ""),
            ("homework.ipynb", ""),
        ],
    )
    def test_lessons(self, path, lesson):
        assert lesson_in_name(path) == lesson

    def test_cells_tell_the_lesson(self):
        unmarked = json.loads(BOOK)
        for cell in unmarked["cells"]:
            cell["metadata"] = {}
        assert lesson_of_cells(BOOK) == lesson_of_cells(json.dumps(unmarked).encode()) == LESSON
        assert lesson_of_cells(OTHER_BOOK) == OTHER
        for content in (b"", b"[]", b"{}", b'{"cells": 3}', b'{"cells": [1]}', b"[" * 100_000, b"\xff"):
            assert lesson_of_cells(content) == ""

    @pytest.mark.parametrize(
        ("name", "student"),
        [
            ("Kim_1_assignsubmission_file_/a.ipynb", "Kim"),
            ("kim_1_2_a.ipynb", "kim_1"),
            ("lee 01_seq2seq.ipynb", "lee"),
        ],
    )
    def test_nbgraders_collector_gets_the_groups_that_it_asks_for(self, name, student):
        path = f"/course/downloaded/{LESSON}/extracted/{name}"
        assert nbgrader_groups(path) == {"student_id": student, "file_id": LESSON}
        assert nbgrader_groups("/course/downloaded/extracted/kim.ipynb") is None

    def test_a_pattern_of_ones_own_names_student_and_time(self):
        own = reader(r".*_(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>\w+)")
        reading = own("ps1_bitdiddle_attempt_2016-01-30-15-00-00_problem1.ipynb")
        assert (reading.student, reading.time) == ("bitdiddle", datetime(2016, 1, 30, 15, tzinfo=UTC))
        for wrong, told in (("(", "no regular expression"), ("(?P<name>.*)", "student_id")):
            with pytest.raises(GradingError, match=told):
                reader(wrong)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-03-09T145900Z", NIGHT),
        ("2026-03-09 23:59:00 +0900", NIGHT),
        ("2026-03-09 14:59", NIGHT),
        ("2015-02-02 15:58:23.948203 UTC", datetime(2015, 2, 2, 15, 58, 23, tzinfo=UTC)),
        ("2026-02-30", None),
        ("soon", None),
        ("0001-01-01T000000+1200", None),
    ],
)
def test_times(text, time):
    assert parse_time(text) == time


class TestCollecting:
    def test_a_moodle_zip(self, tmp_path):
        source = zipped(
            tmp_path,
            {
                "김 하나_1_assignsubmission_file_/homework.ipynb": book("a"),
                "김 하나_1_assignsubmission_file_/data.csv": b"1",
                "Lee Duri_2_assignsubmission_file_01_seq2seq.ipynb": book("b"),
                "Lee Duri_2_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
                "Park Sam_3_assignsubmission_file_/01_seq2seq.ipynb": BOOK[:-400],
                "Choi Net_4_assignsubmission_file_/plan.ipynb": b"{",
                "__MACOSX/김 하나_1_assignsubmission_file_/._homework.ipynb": b"x",
            },
        )
        done = collect(source, tmp_path / "class")
        assert found(tmp_path / "class") == {(name, LESSON, 1) for name in ("김 하나", "Lee Duri", "Park Sam")}
        assert (tmp_path / "class" / "김 하나" / LESSON / f"{LESSON}.ipynb").read_bytes() == book("a")
        lost = {one.file: one.reason for one in done if one.outcome == "not attributed"}
        assert lost == {
            "김 하나_1_assignsubmission_file_/data.csv": "not a notebook",
            "Lee Duri_2_assignsubmission_onlinetext_/onlinetext.html": "not a notebook",
            "Choi Net_4_assignsubmission_file_/plan.ipynb": "neither its name nor its cells tell a lesson; rename it, "
            "or give --lesson",
        }
        assert len(done) == 7

    def test_a_canvas_zip_with_a_roster(self, tmp_path):
        source = zipped(
            tmp_path,
            {
                "kimhana_LATE_123_456_01_seq2seq-1.ipynb": book("a"),
                "leeduri_124_457_02_context_limit.ipynb": OTHER_BOOK,
                "stranger_125_458_01_seq2seq.ipynb": book("c"),
                "renamed_126_459_01_seq2seq.ipynb": book("d"),
            },
        )
        students = [Student("s1", "Hana Kim"), Student("s2", "Lee, Duri"), Student("s3", "New Name", "", "126")]
        done = collect(source, tmp_path / "class", Roster(students))
        assert found(tmp_path / "class") == {("s1", LESSON, 1), ("s2", OTHER, 1), ("s3", LESSON, 1)}
        assert reasons(done)["stranger_125_458_01_seq2seq.ipynb"] == "'stranger' is not in the roster"

    def test_a_folder_with_names_in_file_names(self, tmp_path):
        names = {
            "Hana Kim 01_seq2seq.ipynb": book("a"),
            "lee@school 01_seq2seq.ipynb": book("b"),
            "week 1/park_01_seq2seq.ipynb": book("c"),
            "01_seq2seq.ipynb": book("d"),
        }
        students = [Student("s1", "Kim Hana"), Student("s2", "X Y", "lee@school"), Student("park", "Park Z")]
        done = collect(laid_out(tmp_path, names), tmp_path / "class", Roster(students))
        assert found(tmp_path / "class") == {("s1", LESSON, 1), ("s2", LESSON, 1), ("park", LESSON, 1)}
        assert reasons(done)["01_seq2seq.ipynb"] == "nothing in its name says whose it is"

    def test_a_lesson_named_wrongly_is_asked_about(self, tmp_path):
        source = laid_out(tmp_path, {"kim 02_context_limit.ipynb": BOOK})
        (one,) = collect(source, tmp_path / "class")
        assert "is named as 02_context_limit and holds the exercises of 01_seq2seq" in one.reason
        (one,) = collect(source, tmp_path / "class", lesson=LESSON)
        assert one.outcome == "collected"

    def test_namesakes_are_not_thrown_together(self, tmp_path):
        names = (f"Kim Min_{n}_assignsubmission_file_/01_seq2seq.ipynb" for n in (1, 2))
        done = collect(zipped(tmp_path, {name: book(name) for name in names}), tmp_path / "class")
        assert {one.outcome for one in done} == {"not attributed"}
        assert "several students are called so" in done[0].reason
        roster = Roster([Student("a", "Kim Min"), Student("b", "Min Kim")])
        done = collect(zipped(tmp_path, {"Kim Min 01_seq2seq.ipynb": BOOK}), tmp_path / "class", roster)
        assert done[0].reason == "'Kim Min' is in the roster 2 times: a, b"

    def test_different_notebooks_of_one_student_are_listed_and_equal_ones_are_one(self, tmp_path):
        names = ("kim_1_assignsubmission_file_/01_seq2seq.ipynb", "kim_1_assignsubmission_file_/01_seq2seq (1).ipynb")
        done = collect(zipped(tmp_path, dict(zip(names, (b"{1", b"{2"), strict=True))), tmp_path / "class")
        assert {one.outcome for one in done} == {"not attributed"}
        done = collect(zipped(tmp_path, dict.fromkeys(names, BOOK)), tmp_path / "class")
        assert sorted(one.outcome for one in done) == ["collected", "left out"]

    def test_nothing_is_overwritten_and_later_ones_become_attempts(self, tmp_path):
        name = "kim 01_seq2seq.ipynb"
        first, second = (zipped(tmp_path, {name: book(mark)}, f"{mark}.zip") for mark in ("a", "b"))
        (done,) = collect(first, tmp_path / "class")
        (again,) = collect(first, tmp_path / "class")
        (changed,) = collect(second, tmp_path / "class")
        assert [one.outcome for one in (done, again, changed)] == ["collected", "there already", "not attributed"]
        assert "--handed-in" in changed.reason
        (kept,) = collect(second, tmp_path / "class", handed_in=NIGHT)
        (twice,) = collect(second, tmp_path / "class", handed_in=NIGHT)
        assert kept.reason == f"kim/{LESSON}/attempts/2026-03-09T145900Z/{LESSON}.ipynb"
        assert twice.outcome == "there already"
        assert (tmp_path / "class" / "kim" / LESSON / f"{LESSON}.ipynb").read_bytes() == book("a")
        (submission,) = find_submissions(tmp_path / "class", LESSONS, LESSONS)
        assert [(one.name, one.time) for one in submission.attempts] == [("", None), ("2026-03-09T145900Z", NIGHT)]

    def test_every_file_is_in_the_log(self, tmp_path):
        source = zipped(tmp_path, {"=cmd() 01_seq2seq.ipynb": BOOK, "notes.txt": b"", ".DS_Store": b""})
        collect(source, tmp_path / "class")
        collect(source, tmp_path / "class")
        with (tmp_path / "class" / LOG).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 6
        assert {row["outcome"] for row in rows} == {"collected", "there already", "not attributed", "left out"}
        assert {row["file"] for row in rows} == {"'=cmd() 01_seq2seq.ipynb", "notes.txt", ".DS_Store"}


class TestSafety:
    def test_paths_and_links_of_an_archive_lead_nowhere(self, tmp_path):
        path = tmp_path / "bad.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("../../evil 01_seq2seq.ipynb", "/abs 01_seq2seq.ipynb", "..\\evil 01_seq2seq.ipynb"):
                archive.writestr(name, BOOK)
            link = zipfile.ZipInfo("link 01_seq2seq.ipynb")
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, "/etc/passwd")
        done = collect(path, tmp_path / "class")
        assert {one.outcome for one in done} == {"not attributed"}
        assert sorted({one.reason for one in done}) == [
            "has a path that leads out of the archive",
            "is a symbolic link, and those are not followed",
        ]
        assert {path.name for path in tmp_path.rglob("*")} == {"bad.zip", "class", LOG}

    def test_a_students_name_stays_a_name(self, tmp_path):
        pattern = "(?P<student_id>.*)__"
        for number, student in enumerate(("..", "a/b", "-rf", "x" * 200)):
            source = zipped(tmp_path, {f"{student}__01_seq2seq.ipynb": BOOK}, f"{number}.zip")
            if ".." not in student:
                assert collect(source, tmp_path / "class", pattern=pattern)[0].outcome == "not attributed"
        assert found(tmp_path / "class") == set()

    def test_bombs_are_not_unpacked(self, tmp_path, monkeypatch):
        monkeypatch.setattr(archives, "LARGEST_NOTEBOOK", 1_000_000)
        monkeypatch.setattr(archives, "MOST_BYTES", 1_500_000)
        names = [f"kim{n} 01_seq2seq.ipynb" for n in range(4)]
        source = zipped(tmp_path, dict(zip(names, (b" " * 5_000_000, *[b" " * 900_000] * 3), strict=True)))
        told = reasons(collect(source, tmp_path / "class", lesson=LESSON))
        assert told[names[0]].startswith("has more than 1 MB")
        assert told[names[1]] == f"kim1/{LESSON}/{LESSON}.ipynb"
        assert [told[name].split()[0] for name in names[2:]] != ["kim2", "kim3"]
        monkeypatch.setattr(archives, "MOST_FILES", 3)
        (one,) = collect(source, tmp_path / "class")
        assert "holds 4 files, more than 3" in one.reason

    def test_sizes_that_lie_and_broken_entries_are_told(self, tmp_path):
        source = zipped(tmp_path, {"kim 01_seq2seq.ipynb": BOOK, "lee 01_seq2seq.ipynb": book("b")})
        raw = bytearray(source.read_bytes())
        start = raw.index(b"kim 01_seq2seq.ipynb") + 40
        raw[start : start + 20] = b"\0" * 20
        source.write_bytes(raw)
        done = outcomes(collect(source, tmp_path / "class"))
        assert done["kim 01_seq2seq.ipynb"][0] == "not attributed"
        assert done["lee 01_seq2seq.ipynb"][0] == "collected"

    def test_encrypted_entries_are_told(self, tmp_path):
        source = zipped(tmp_path, {"kim 01_seq2seq.ipynb": BOOK})
        raw = bytearray(source.read_bytes())
        central = raw.index(b"PK\1\2") + 8
        raw[central : central + 2] = struct.pack("<H", 1)
        source.write_bytes(raw)
        assert reasons(collect(source, tmp_path / "class")) == {"kim 01_seq2seq.ipynb": "is encrypted"}

    @pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
    def test_korean_names_without_a_mark_are_read(self, tmp_path, encoding):
        source = zipped(tmp_path, {f"{'k' * len('김하나'.encode(encoding))} 01_seq2seq.ipynb": BOOK})
        stand_in = b"k" * len("김하나".encode(encoding))
        source.write_bytes(source.read_bytes().replace(stand_in, "김하나".encode(encoding)))
        assert [one.student for one in collect(source, tmp_path / "class")] == ["김하나"]

    def test_names_that_are_no_utf8_in_a_folder(self, tmp_path):
        source = laid_out(tmp_path, {"kim 01_seq2seq.ipynb": BOOK})
        os.rename(source / "kim 01_seq2seq.ipynb", bytes(source) + b"/l\xe9e 01_seq2seq.ipynb")
        (one,) = collect(source, tmp_path / "class")
        assert (one.outcome, one.file) == ("not attributed", "l\\udce9e 01_seq2seq.ipynb")
        assert "can be no folder's name" in one.reason

    def test_the_same_name_twice_in_an_archive(self, tmp_path):
        path = tmp_path / "twice.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("kim 01_seq2seq.ipynb", book("a"))
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr("kim 01_seq2seq.ipynb", book("b"))
        done = collect(path, tmp_path / "class")
        assert [one.outcome for one in done] == ["not attributed"] * 2

    def test_a_zip_that_a_student_handed_in_is_opened_once(self, tmp_path):
        inner = zipped(tmp_path, {"my/01_seq2seq.ipynb": BOOK, "picture.png": b""}, "inner.zip").read_bytes()
        deep = zipped(tmp_path, {"inner.zip": inner}, "deep.zip").read_bytes()
        names = {
            f"{who}_{n}_assignsubmission_file_/work.zip": zip_ for n, who, zip_ in ((1, "kim", inner), (2, "lee", deep))
        }
        done = collect(zipped(tmp_path, names), tmp_path / "class")
        assert found(tmp_path / "class") == {("kim", LESSON, 1)}
        assert "zip in a zip" in reasons(done)["lee_2_assignsubmission_file_/work.zip/inner.zip"]

    def test_links_in_a_folder_are_not_followed(self, tmp_path):
        source = laid_out(tmp_path, {"kim 01_seq2seq.ipynb": BOOK})
        (source / "lee 01_seq2seq.ipynb").symlink_to(source / "kim 01_seq2seq.ipynb")
        (source / "loop").symlink_to(source)
        assert {one.outcome for one in collect(source, tmp_path / "class")} == {"collected", "not attributed"}
        assert found(tmp_path / "class") == {("kim", LESSON, 1)}

    @pytest.mark.parametrize("content", [b"", b"text", b"PK\5\6" + b"\0" * 3])
    def test_what_is_no_archive_is_refused(self, tmp_path, content):
        path = tmp_path / "file.zip"
        path.write_bytes(content)
        with pytest.raises(GradingError, match=r"file\.zip"):
            collect(path, tmp_path / "class")
        with pytest.raises(GradingError, match="is not there"):
            collect(tmp_path / "none.zip", tmp_path / "class")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name\nKim\n", "line 1: expected the columns id, name"),
        ("id,name\n,Kim\n", "line 2: there is no id"),
        ("id,name\na,Kim\na,Lee\n", "line 3: the id 'a' is there twice"),
    ],
)
def test_a_roster_that_is_wrong_says_where(tmp_path, text, told):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GradingError, match=told):
        read_roster(path)


def test_what_canvas_marks_late_is_told(tmp_path):
    names = dict.fromkeys(("kim_LATE_1_2_01_seq2seq.ipynb", "lee_3_4_01_seq2seq.ipynb"), BOOK)
    done = CliRunner().invoke(app, ["collect", str(zipped(tmp_path, names)), str(tmp_path / "class")])
    assert done.exit_code == 0
    assert "which does not say by how much: 1" in done.output
    assert "  kim_LATE_1_2_01_seq2seq.ipynb" in done.output


def test_the_command_lists_what_it_could_not_attribute(tmp_path):
    source = zipped(tmp_path, {"kim 01_seq2seq.ipynb": BOOK, "01_seq2seq.ipynb": book("b"), "x/.DS_Store": b""})
    roster = tmp_path / "roster.csv"
    roster.write_text("\ufeffID,Name\nk1,Kim\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["collect", str(source), str(tmp_path / "class"), "--roster", str(roster)])
    assert done.exit_code == 1
    assert "not attributed  01_seq2seq.ipynb: nothing in its name says whose it is" in done.output
    assert "1 notebooks of 1 students collected" in done.output
    assert found(tmp_path / "class") == {("k1", LESSON, 1)}
    (source.parent / "good").mkdir()
    (source.parent / "good" / "lee 01_seq2seq.ipynb").write_bytes(book("c"))
    arguments = [
        "collect",
        str(source.parent / "good"),
        str(tmp_path / "class"),
        "--handed-in",
        "2026-03-09T23:59+0900",
    ]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert (tmp_path / "class" / "lee" / LESSON / "timestamp.txt").read_text() == "2026-03-09 14:59:00 UTC\n"


@pytest.mark.slow
def test_nbgraders_own_zip_collect_reads_the_names_with_our_plugin(tmp_path):
    """Stock zip_collect takes one lesson at a time, and every file must be named as the lesson."""
    root = tmp_path / "root"
    archive = root / "downloaded" / LESSON / "archive"
    archive.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    zipped(archive, {"Kim Hana_1_assignsubmission_file_/01_seq2seq.ipynb": BOOK}, "moodle.zip")
    program = Path(sysconfig.get_path("scripts")) / "nbgrader"
    collector = "--collector=autograder.nbgrader_plugins.LmsCollector"
    done = subprocess.run([program, "zip_collect", LESSON, collector], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (root / "submitted" / "Kim Hana" / LESSON / f"{LESSON}.ipynb").read_bytes() == BOOK
