"""What makes a long run safe, part by part: the lock, durable rows, the pace that is shown, faults of the machine."""

import errno
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import class_cases
import grading_cases as cases
import pytest
from sqlalchemy.exc import OperationalError
from worker_cases import TellingJudge

from autograder.course.lessons import all_lessons
from autograder.errors import GradingError
from autograder.files import remove_unfinished, write_whole
from autograder.grading import run
from autograder.grading.console import Pace
from autograder.results import folder_lock, journal
from autograder.results.disk_errors import fault
from autograder.results.fingerprint import Key
from autograder.results.folder_lock import FolderLock
from autograder.results.grades import read_grades
from autograder.status import Status
from autograder.verdict import Verdict

LESSON = cases.LESSON
ENTRY = journal.Entry(Key("a", {"x": "1"}, "e"), {"x": Verdict("x", Status.PASSED)}, scoring="s")


class TestLock:
    def test_another_run_is_refused_and_the_first_is_named(self, tmp_path, monkeypatch):
        monkeypatch.setattr(folder_lock, "WAITING_SECONDS", 0.1)
        with FolderLock(tmp_path), pytest.raises(GradingError, match=rf"process {os.getpid()} on .* since 20.*--out"):
            FolderLock(tmp_path)
        FolderLock(tmp_path).close()

    def test_it_is_free_when_the_last_process_that_was_given_it_has_ended(self, tmp_path, monkeypatch):
        monkeypatch.setattr(folder_lock, "WAITING_SECONDS", 0.1)
        context = multiprocessing.get_context("spawn")
        with FolderLock(tmp_path) as held:
            process = context.Process(target=time.sleep, args=(600,), daemon=True)
            process.lock = held  # sent to it with all else that it is made of
            process.start()
        with pytest.raises(GradingError, match="has been grading"):
            FolderLock(tmp_path)
        process.kill()
        process.join()
        FolderLock(tmp_path).close()

    def test_where_no_locks_are_kept_the_folder_is_refused(self, tmp_path, monkeypatch):
        def refuse(*_):
            raise OSError(errno.ENOLCK, "No locks available")

        monkeypatch.setattr(folder_lock.fcntl, "flock", refuse)
        with pytest.raises(GradingError, match="keeps no locks"):
            FolderLock(tmp_path)


class TestJournal:
    def test_what_is_said_twice_is_written_once(self, tmp_path):
        for _ in range(2):
            journal.write(tmp_path, "kim", LESSON, ENTRY)
        assert journal.history(tmp_path, "kim", LESSON) == [ENTRY]

    def test_what_was_entered_since_a_run_finished_is_unfinished(self, tmp_path):
        assert journal.unfinished(tmp_path) == set()
        journal.write(tmp_path, "kim", LESSON, ENTRY)
        assert journal.unfinished(tmp_path) == {("kim", LESSON)}
        journal.finish(tmp_path)
        journal.write(tmp_path, "lee", LESSON, ENTRY)
        assert journal.unfinished(tmp_path) == {("lee", LESSON)}

    def test_a_row_is_on_the_disk_before_it_is_reported(self, tmp_path):
        with journal._open(tmp_path) as found:
            assert found.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA
            assert found.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_file_is_on_the_disk_before_it_takes_its_place(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: told.append(os.readlink(f"/proc/self/fd/{descriptor}")))
    place = tmp_path / "a" / "b.csv"
    write_whole(place, b"x")
    assert told == [str(tmp_path), str(place.with_name(f".b.csv.{os.getpid()}.new")), str(place.parent)]
    assert [path.name for path in place.parent.iterdir()] == ["b.csv"]


def test_what_a_killed_writer_has_left_is_removed_and_nothing_else(tmp_path):
    keep = [tmp_path / "a" / name for name in ("b.csv", ".b.csv.new", "b.12.new", ".b.old", ".note.new.md")]
    (tmp_path / "a").mkdir()
    for path in (*keep, tmp_path / "a" / ".b.csv.12.new", tmp_path / ".c.ipynb.3456.new"):
        path.touch()
    remove_unfinished(tmp_path)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(keep)


class TestFaults:
    def test_a_full_disk_is_no_fault_of_a_submission(self):
        assert fault(OSError(errno.ENOSPC, "No space left on device", "/x")) == "No space left on device: /x"
        assert "is full" in fault(sqlite3.OperationalError("database or disk is full"))
        wrapped = OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
        assert "is full" in fault(wrapped)
        raised = ValueError("later")
        raised.__cause__ = OSError(errno.EROFS, "Read-only file system")
        assert fault(raised) == "Read-only file system"
        assert fault(FileNotFoundError(errno.ENOENT, "No such file")) == fault(ValueError("x")) == ""


def test_the_pace_is_that_of_what_is_graded_now():
    pace = Pace()
    pace.note(0, 0.0)
    assert pace.told(100) == ""
    pace.note(50, 1.0)  # known
    for number in range(1, 11):
        pace.note(50 + number, 1.0 + 2 * number)
    assert pace.told(100) == "0.5 submissions/s, 1:20 left"
    for number in range(11, 41):
        pace.note(50 + number, 1000.0 + number)
    assert pace.told(100) == "1 submissions/s, 0:10 left"


# Runs with an engine that judges nothing


def hand_in(folder: Path, *students: str) -> Path:
    for name in students:
        cases.hand_in(folder, name, cases.RELEASE)
    return folder


def test_a_run_that_is_stopped_writes_what_it_has(tmp_path, capsys):
    folder = hand_in(tmp_path / "class", "a", "b", "sleeps")
    seen = []

    def stop_at_two(_: str, done: int, count: int) -> None:
        seen.append((done, count))
        if done == 2:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt, match=r"2 of 3 submissions are recorded, grades.csv has them"):
        cases.grade(folder, workers=2, on_progress=stop_at_two, judge=TellingJudge())
    rows = read_grades(tmp_path / "graded" / run.GRADES)
    assert [(row.student, row.status) for row in rows] == [("a", "passed"), ("b", "passed")]
    assert (tmp_path / "graded" / run.BEFORE).exists()


def test_a_run_that_breaks_says_what_is_recorded(tmp_path):
    folder = hand_in(tmp_path / "class", "a", "fills the disk", "zzz")
    with pytest.raises(GradingError) as raised:
        cases.grade(folder, workers=1, judge=TellingJudge())
    told = str(raised.value)
    assert "cannot be written (No space left on device)" in told
    rows = read_grades(tmp_path / "graded" / run.GRADES)
    assert rows[0].student == "a"
    assert {row.student for row in rows} <= {"a", "zzz"}  # the last may have been given out already
    assert f"{len(rows)} of 3 submissions are recorded" in told
    assert "run the same command again" in told


def test_changes_are_told_since_the_last_run_that_finished(tmp_path):
    folder = hand_in(tmp_path / "class", "a", "b")
    cases.grade(folder, workers=1, judge=TellingJudge())
    assert not (tmp_path / "graded" / run.BEFORE).exists()

    def stop(_: str, done: int, count: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cases.grade(folder, workers=1, on_progress=stop, judge=TellingJudge(score=0.5))
    again = cases.grade(folder, workers=1, judge=TellingJudge(score=0.5))
    assert [(change.student, change.before, change.after) for change in again.changes] == [
        (name, "1/1 passed", "0.5/1 passed") for name in "ab"
    ]


def test_a_worker_that_is_lost_costs_the_others_no_time(tmp_path):
    folder = hand_in(tmp_path / "class", "kills", *(f"s{number:02}" for number in range(20)))
    found = cases.grade(folder, workers=2, judge=TellingJudge())
    assert {row.status for row in found.results if row.student != "kills"} == {"passed"}
    workers = len(list((tmp_path / "graded").glob("*.pid")))
    assert workers <= 2 + 2 + 4  # two pools, and those that were under way each in one of its own


def test_two_commands_on_one_folder_exclude_each_other(tmp_path):
    folder = hand_in(tmp_path / "class", "sleeps")
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]\nfrom pathlib import Path\nimport grading_cases as cases\n"
        "from worker_cases import TellingJudge\nif __name__ == '__main__':\n"
        "    cases.grade(Path(sys.argv[1]), workers=1, judge=TellingJudge())"
    )
    first = subprocess.Popen([sys.executable, "-c", code, folder, Path(cases.__file__).parent])
    try:
        deadline = time.monotonic() + 60
        while not list((tmp_path / "graded").glob("*.pid")) and time.monotonic() < deadline:
            time.sleep(0.05)
        with pytest.raises(GradingError, match=rf"process {first.pid} on"):
            cases.grade(folder, workers=1, judge=TellingJudge())
    finally:
        first.kill()
        first.wait()
    (folder / "sleeps").rename(folder / "a")  # the lock has died with its process, and with its workers
    assert [row.student for row in cases.grade(folder, workers=1, judge=TellingJudge()).results] == ["a"]


def test_a_class_states_a_status_for_everything_in_it(tmp_path):
    expected = class_cases.hand_in_class(tmp_path / "class", 3)
    again = class_cases.hand_in_class(tmp_path / "again", 3)
    files = [sorted(path.read_bytes() for path in (tmp_path / name).rglob("*.ipynb")) for name in ("class", "again")]
    assert expected == again
    assert files[0] == files[1]
    assert len({key[:2] for key in expected}) == 3 * len(all_lessons())
    assert {exercise for _, lesson, exercise in expected if lesson == LESSON} == set(cases.EXERCISES)
