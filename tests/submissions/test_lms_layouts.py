"""What each LMS hands over, by its own layout: read, or refused with a line; no student is invented, nobody hands in
for another.
"""

import csv
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import grading_cases as cases
import nbformat
import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course.lessons import all_lessons
from autograder.course.settings import SETTINGS_VARIABLE
from autograder.submissions.attribution import Handed
from autograder.submissions.collect import LOG, collect
from autograder.submissions.find import find_submissions
from autograder.submissions.receipts import read_receipts
from autograder.submissions.roster import Roster, Student, read_roster

LESSON, OTHER = cases.LESSON, "02_context_limit"
LESSONS = [lesson.slug for lesson in all_lessons()]
BOOK = nbformat.writes(cases.RELEASE).encode()
NIGHT = datetime(2026, 3, 9, 14, 59, tzinfo=UTC)  # 23:59 in Seoul
CLASS = Roster(
    [
        Student("s01", "Kim Hana", "hana@example.org", "101", "hkim"),
        Student("s02", "Lee, Jun", "jun@example.org", "102"),
        Student("s03", "Müller Jürgen", "jm@example.org", "103"),
        Student("s04", "김하나", "kh@example.org", "104"),
        Student("s05", "박서준", "ps@example.org", "105"),
    ]
)


@pytest.fixture(autouse=True)
def in_seoul(tmp_path, monkeypatch) -> None:
    path = tmp_path / "course.toml"
    path.write_text("[course]\ntime_zone = 'Asia/Seoul'\n")
    monkeypatch.setenv(SETTINGS_VARIABLE, str(path))


def book(mark: str) -> bytes:
    """A notebook of lesson 01 that differs from others."""
    notebook = json.loads(BOOK)
    notebook["cells"][0]["source"] = mark
    return json.dumps(notebook).encode()


def zipped(folder: Path, *names: str, **contents: bytes) -> Path:
    """A zip of notebooks, each another, and of what else is given."""
    path = folder / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, contents.get(name) or book(name))
    return path


def students(done: list[Handed]) -> dict[str, str]:
    """Whose each file is that was collected; why not, of the others."""
    return {one.file: one.student if one.outcome == "collected" else f"{one.outcome}: {one.reason}" for one in done}


READ = [
    ("Kim Hana_12345_assignsubmission_file_/01_seq2seq.ipynb", "Kim Hana", "s01"),
    ("week 1/김하나_7_assignsubmission_file_/src/a.ipynb", "김하나", "s04"),
    ("kimhana_LATE_101_456_01_seq2seq-1.ipynb", "kimhana_101", "s01"),
    ("leejun_102_9_work.zip/01_seq2seq.ipynb", "leejun_102", "s02"),
    ("HW 1_hkim_attempt_2026-03-09-23-59-00_01_seq2seq.ipynb", "hkim", "s01"),
    ("01_seq2seq_jun_attempt_2026-03-09-23-59-00_final.ipynb", "jun", "s02"),
    ("271836-442356 - Hana Kim - Mar 9, 2026 1159 PM/01_seq2seq.ipynb", "Hana Kim", "s01"),
    ("271836-442357 - Jun Lee- Mar 9, 2026 1159 PM - my - work.ipynb", "Jun Lee", "s02"),
    ("Lesson 1/271836-442358 - 박서준 - 9 Mar, 2026 1159 PM/a.ipynb", "박서준", "s05"),
    ("Kim_Hana_hkim_4711/01_seq2seq.ipynb", "hkim", "s01"),
    ("Abgaben/Muller_Jurgen_jm_4712/Verspatete Abgabe - 01_seq2seq.ipynb", "jm", "s03"),
    ("Hana Kim - 01_seq2seq.ipynb", "Hana Kim", "s01"),
    ("Lesson 1/Jun Lee - Copy of 01_seq2seq.ipynb", "Jun Lee", "s02"),
    ("Kopie von 01_seq2seq - Lee Jun.ipynb", "Lee Jun", "s02"),
    ("01_seq2seq 박서준.ipynb 사본", "박서준", "s05"),
    ("hw1-submissions/hw1-hkim/01_seq2seq.ipynb", "hkim", "s01"),
    ("hw1-submissions/hw1-jun/notebooks/01_seq2seq.ipynb", "jun", "s02"),
    ("Student Work/Submitted files/Hana Kim/Lesson 1/Version 2/01_seq2seq.ipynb", "Hana Kim", "s01"),
    ("Submitted files/박서준/Lesson 1/01_seq2seq.ipynb", "박서준", "s05"),
    ("HW 1/Kim, Hana(hkim)/Submission attachment(s)/01_seq2seq.ipynb", "hkim", "s01"),
    ("Lee, Jun(jun)_Submission attachment(s)_01_seq2seq.ipynb", "jun", "s02"),
    ("20231234/01_seq2seq.ipynb", "20231234", None),
    ("section A/Lee, Jun/01_seq2seq/01_seq2seq.ipynb", "Lee, Jun", "s02"),
]


class TestWhoseItIs:
    @pytest.mark.parametrize(("name", "without", "by_roster"), READ)
    def test_by_the_form_of_the_name(self, name, without, by_roster, tmp_path):
        path, inner, inside = name.partition(".zip/")
        content = {}
        if inner:
            work = zipped(tmp_path, inside).read_bytes()
            name, content = f"{path}.zip", {f"{path}.zip": work}
        (one,) = collect(zipped(tmp_path, name, **content), tmp_path / "without")
        assert (one.outcome, one.student) == ("collected", without)
        if by_roster:
            (one,) = collect(zipped(tmp_path, name, **content), tmp_path / "with", CLASS)
            assert (one.outcome, one.student) == ("collected", by_roster)

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("Participant_11_assignsubmission_file_/01_seq2seq.ipynb", "hides the students' names"),
            ("Teilnehmerin_11_assignsubmission_file_01_seq2seq.ipynb", "hides the students' names"),
            ("Group A-참가자_11_assignsubmission_file_/01_seq2seq.ipynb", "hides the students' names"),
            ("anon_aB3d5_678_01_seq2seq.ipynb", "hides the students' names"),
            ("LATE_anon_12345_678_01_seq2seq.ipynb", "hides the students' names"),
            ("HW 1/a81bc-9/Submission attachment(s)/01_seq2seq.ipynb", "hides the students' names"),
            ("HW 1/Kim, Hana(hkim); Lee, Jun(jun)/Submission attachment(s)/01_seq2seq.ipynb", "handed in by a group"),
            ("271836-442356 - Anonymous User 7 - Mar 9, 2026 1159 PM/01_seq2seq.ipynb", "hides the students' names"),
            ("Working files/Hana Kim/Lesson 1/01_seq2seq.ipynb", "a draft"),
            ("Lesson 1/Copy of 01_seq2seq.ipynb", "nothing in its name says whose it is"),
            ("3주차/01_seq2seq (1).ipynb", "nothing in its name says whose it is"),
            ("homework.ipynb", "nothing in its name says whose it is"),
            ("OneDrive_1/Assignment 2/Version 3/01_seq2seq.ipynb", "nothing in its name says whose it is"),
        ],
    )
    def test_what_is_nobodys_is_refused_with_and_without_a_class_list(self, name, told, tmp_path):
        for roster in (None, CLASS):
            (one,) = collect(zipped(tmp_path, name), tmp_path / "class", roster)
            assert told in one.reason
            assert find_submissions(tmp_path / "class", LESSONS, LESSONS) == []

    @pytest.mark.parametrize(
        ("name", "by_roster"),
        [
            ("Intro to NLP/Hana Kim - 01_seq2seq.ipynb", "s01"),
            ("Kim Hana/src/01_seq2seq.ipynb", "s01"),
            ("Lesson 1/박서준의 01_seq2seq.ipynb 사본", "s05"),
            ("Lee Jun 01_seq2seq final v2.ipynb", "s02"),
            ("jun.ipynb", "s02"),
            ("hw1-jun/01_seq2seq.ipynb", None),
        ],
    )
    def test_a_guess_is_left_to_the_class_list(self, name, by_roster, tmp_path):
        more = "Intro to NLP/Jun Lee - 02_context_limit.ipynb" if name.startswith("Intro") else "x/homework.ipynb"
        done = {one.file: one for one in collect(zipped(tmp_path, name, more), tmp_path / "with", CLASS)}
        assert done[name].student == (by_roster or "")
        done = {one.file: one for one in collect(zipped(tmp_path, name, more), tmp_path / "without")}
        if done[name].outcome == "collected":  # a folder of one name: its student's, or a roster says otherwise
            assert done[name].student in ("Hana Kim", "hw1-jun")
        else:
            assert "only a class list can say" in done[name].reason

    def test_a_whole_download_of_google_drive(self, tmp_path):
        names = ["Hana Kim - 01_seq2seq.ipynb", "Jun Lee - Copy of 01_seq2seq.ipynb", "Copy of 01_seq2seq.ipynb"]
        done = students(collect(zipped(tmp_path, *(f"Intro to NLP/{name}" for name in names)), tmp_path / "class"))
        copy, *others = done.values()
        assert "whether 'Intro to NLP' is a student's name only a class list can say" in copy
        assert others == ["Hana Kim", "Jun Lee"]

    def test_moodles_number_is_not_canvass(self, tmp_path):
        (one,) = collect(zipped(tmp_path, "Lee Jun_101_assignsubmission_file_/a.ipynb"), tmp_path / "class", CLASS)
        assert one.student == "s02"

    def test_a_column_of_logins_names_students_too(self, tmp_path):
        path = tmp_path / "roster.csv"
        path.write_text("id,name,login\ns1,Kim Hana,gh-hana\n", encoding="utf-8")
        name = "hw1-submissions/hw1-gh-hana/01_seq2seq.ipynb"
        assert students(collect(zipped(tmp_path, name), tmp_path / "class", read_roster(path))) == {name: "s1"}


class TestNobodyHandsInForAnother:
    @pytest.mark.parametrize(
        "name",
        [
            "Kim Hana_1_assignsubmission_file_/Lee Jun_2_assignsubmission_file_/01_seq2seq.ipynb",
            "Kim Hana_1_assignsubmission_file_Lee Jun_2_assignsubmission_file_01_seq2seq.ipynb",
            "HW_hkim_attempt_2026-03-09-23-59-00_HW_jun_attempt_2026-01-01-00-00-00_01_seq2seq.ipynb",
            "hw1-submissions/hw1-hkim/hw1-submissions/hw1-jun/01_seq2seq.ipynb",
            "Submitted files/Hana Kim/L 1/Version 1/Submitted files/Jun Lee/L 1/Version 9/01_seq2seq.ipynb",
            "HW 1/Kim, Hana(hkim)/Submission attachment(s)/Lee, Jun(jun)_Submission attachment(s)_01_seq2seq.ipynb",
            "1-2 - Hana Kim - Mar 9, 2026 1159 PM/1-3 - Jun Lee - Jan 1, 2026 1159 PM - 01_seq2seq.ipynb",
        ],
    )
    def test_by_calling_folders_and_files_like_the_lms_does(self, name, tmp_path):
        (one,) = collect(zipped(tmp_path, name), tmp_path / "class", CLASS)
        assert (one.student, one.time) in [("s01", None), ("s01", NIGHT)]

    @pytest.mark.parametrize("outer", ["kimhana_101_5_work.zip", "Kim_Hana_hkim_4711/work.zip"])
    @pytest.mark.parametrize(
        "inner",
        ["leejun_102_6_01_seq2seq.ipynb", "Lee Jun_2_assignsubmission_file_/01_seq2seq.ipynb", "01_seq2seq.ipynb"],
    )
    def test_by_what_is_in_a_zip(self, outer, inner, tmp_path):
        work = zipped(tmp_path, inner).read_bytes()
        (one,) = collect(zipped(tmp_path, outer, **{outer: work}), tmp_path / "class", CLASS)
        assert one.student == "s01"

    def test_by_the_folders_that_an_instructor_made(self, tmp_path):
        name = "Kim Hana/Lee Jun_2_assignsubmission_file_/01_seq2seq.ipynb"
        (one,) = collect(zipped(tmp_path, name), tmp_path / "class", CLASS)
        assert one.reason == "its name and folders are those of several students: s02 or s01; rename them"

    def test_zips_of_an_lms_in_a_folder_are_read_one_by_one(self, tmp_path):
        (tmp_path / "all").mkdir()
        zipped(tmp_path, "Kim Hana_1_assignsubmission_file_/01_seq2seq.ipynb").rename(tmp_path / "all" / "one.zip")
        zipped(tmp_path, "leejun_102_6_01_seq2seq.ipynb").rename(tmp_path / "all" / "two.zip")
        done = students(collect(tmp_path / "all", tmp_path / "class", CLASS))
        assert list(done.values()) == ["s01", "s02"]


class TestWhen:
    @pytest.mark.parametrize(
        "name",
        [
            "HW 1_hkim_attempt_2026-03-09-23-59-00_01_seq2seq.ipynb",
            "271836-442356 - Hana Kim - Mar 9, 2026 1159 PM/01_seq2seq.ipynb",
            "1-2 - Hana Kim - 9 mars 2026 2359 - 01_seq2seq.ipynb",
        ],
    )
    def test_by_the_name_and_the_courses_clock(self, name, tmp_path):
        collect(zipped(tmp_path, name), tmp_path / "class", CLASS)
        assert read_receipts(tmp_path / "class") == {f"s01/{LESSON}": NIGHT}

    @pytest.mark.parametrize("stamp", [b"20260309145900000", b"2026-03-09T14:59:00Z", b"2026-03-09T14:59:00.123Z\n"])
    def test_by_sakais_own_file_and_not_by_one_that_was_attached(self, stamp, tmp_path):
        folder = "HW 1/Kim, Hana(hkim)"
        own = f"{folder}/Submission attachment(s)/timestamp.txt"
        files = {f"{folder}/timestamp.txt": stamp, own: b"2026-01-01T00:00:00Z"}
        source = zipped(tmp_path, f"{folder}/Submission attachment(s)/01_seq2seq.ipynb", *files, **files)
        done = collect(source, tmp_path / "class", CLASS)
        assert read_receipts(tmp_path / "class") == {f"s01/{LESSON}": NIGHT.replace(second=0)}
        assert {one.outcome for one in done if one.file != own} == {"collected", "left out"}

    def test_several_times_of_one_student_are_attempts(self, tmp_path):
        names = (f"1-{n} - Hana Kim - Mar {n}, 2026 1159 PM/01_seq2seq.ipynb" for n in (8, 9))
        collect(zipped(tmp_path, *names), tmp_path / "class", CLASS)
        (found,) = find_submissions(tmp_path / "class", LESSONS, LESSONS)
        assert [one.time.day for one in found.attempts] == [8, 9]

    def test_of_several_versions_in_teams_the_last_counts(self, tmp_path):
        names = [f"Submitted files/Hana Kim/L 1/Version {n}/01_seq2seq.ipynb" for n in (2, 10, 9)]
        done = students(collect(zipped(tmp_path, *names), tmp_path / "class", CLASS))
        earlier = "left out: an earlier version"
        assert done == {names[0]: earlier, names[1]: "s01", names[2]: earlier}

    def test_what_an_lms_marks_late_is_listed_and_the_receipts_can_be_filled_in(self, tmp_path):
        names = ("Kim_Hana_hkim_4711/Late Submission - 01_seq2seq.ipynb", "leejun_LATE_102_6_01_seq2seq.ipynb")
        done = CliRunner().invoke(app, ["collect", str(zipped(tmp_path, *names)), str(tmp_path / "class")])
        assert "does not say by how much: 2" in done.output
        assert f"Write when into {tmp_path / 'class' / LOG}, column handed_in" in done.output.replace("\n", " ")
        log = tmp_path / "class" / LOG
        with log.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        rows[0][header.index("handed_in")] = "2026-03-09 23:59"  # by the course's clock
        with log.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows([header, *rows])  # as Excel saves it in Germany
        assert read_receipts(tmp_path / "class") == {f"hkim/{LESSON}": NIGHT, f"leejun_102/{LESSON}": None}


class TestFiles:
    def test_endings_that_browsers_and_mail_add(self, tmp_path):
        endings = ("IPYNB", "ipynb.txt", "ipynb.json", "json", "txt")
        names = [f"student {n}_{n}_assignsubmission_file_/01_seq2seq.{end}" for n, end in enumerate(endings)]
        others = {
            "a_8_assignsubmission_file_/data.json": b'{"cells": 3}',
            "a_8_assignsubmission_file_/readme.txt": b"text",
            "a_8_assignsubmission_file_/01_seq2seq.html": b"<html>",
        }
        done = students(collect(zipped(tmp_path, *names, *others, **others), tmp_path / "class"))
        assert [done[name] for name in names] == [f"student {n}" for n in range(5)]
        assert {done[name] for name in others} == {"not attributed: not a notebook"}

    def test_a_copy_with_another_ending_does_not_stand_in_the_notebooks_way(self, tmp_path):
        names = [f"kim_1_assignsubmission_file_/01_seq2seq.{end}" for end in ("ipynb", "ipynb.txt")]
        done = students(collect(zipped(tmp_path, *names), tmp_path / "class"))
        assert done == {names[0]: "kim", names[1]: "left out: beside a notebook with its proper ending"}

    def test_what_the_lms_and_git_add_is_left_out(self, tmp_path):
        names = (
            *("index.html", "HW/grades.csv", "HW/Kim, Hana(hkim)/comments.txt", "HW/Kim, Hana(hkim)/feedbackText.html"),
            *("HW_hkim_attempt_2026-03-09-23-59-00.txt", "a-submissions/a-kim/.github/workflows/x.yml"),
            *("a-submissions/a-kim/.git/config", "HW/Kim, Hana(hkim)/Kim, Hana(hkim)_submissionText.html"),
        )
        done = collect(zipped(tmp_path, *names, **dict.fromkeys(names, b"x")), tmp_path / "class")
        assert {one.outcome for one in done} == {"left out"}

    def test_a_clone_of_github_is_not_walked_into(self, tmp_path):
        repository = tmp_path / "hw1-submissions" / "hw1-kim"
        (repository / ".git" / "objects").mkdir(parents=True)
        (repository / ".git" / "objects" / "01_seq2seq.ipynb").write_bytes(BOOK)
        (repository / "01_seq2seq.ipynb").write_bytes(BOOK)
        (one,) = collect(tmp_path / "hw1-submissions", tmp_path / "class")
        assert (one.file, one.student) == ("hw1-kim/01_seq2seq.ipynb", "kim")

    def test_a_reason_that_many_share_is_told_once(self, tmp_path):
        names = [f"Participant_{n}_assignsubmission_file_/01_seq2seq.ipynb" for n in range(10, 16)]
        done = CliRunner().invoke(app, ["collect", str(zipped(tmp_path, *names)), str(tmp_path / "class")])
        assert done.output.count("blind marking") == 1
        assert "not attributed  6 files: " in done.output
        assert all(f"\n  {name}\n" in done.output for name in names)
