"""What decides on exercises is hashed once for the same bytes, and never taken for that of other ones."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course.lessons import all_lessons, find_lesson
from autograder.results import fingerprint, kept_hashes

LESSON = find_lesson("01_seq2seq")
COURSE = Path(fingerprint.__file__).parents[2]
FOUND = {"pad_batch": "a hash"}
LOOK = """
import sys
from autograder.course.lessons import find_lesson
from autograder.results import fingerprint
opened, hook = [], lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None
sys.addaudithook(hook)
fingerprint.hash_checks(find_lesson(sys.argv[1]))
print(*opened, sep="\\n")
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Files that decide, in place of the course's, and an empty folder to keep hashes in."""
    found = [tmp_path / name for name in ("one.py", "two.tsv")]
    for path in found:
        path.write_bytes(b"text")
    monkeypatch.setattr(kept_hashes, "files_looked_at", lambda lesson: found)
    monkeypatch.setattr(kept_hashes, "_folder", lambda: tmp_path / "kept")
    return found


@pytest.fixture
def asked(monkeypatch):
    """How often the hashes were found anew."""
    calls = []
    monkeypatch.setattr(fingerprint, "hash_checks", lambda lesson: calls.append(lesson) or FOUND)
    return calls


def test_the_same_bytes_are_hashed_once(files, asked):
    assert [kept_hashes.hash_checks(LESSON) for _ in range(3)] == [FOUND] * 3
    assert asked == [LESSON]


def test_another_byte_is_noticed_where_time_and_size_are_the_same(files, asked):
    for path in files:
        kept_hashes.hash_checks(LESSON)
        before = path.stat()
        path.write_bytes(b"next")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    kept_hashes.hash_checks(LESSON)
    assert len(asked) == 3


def test_a_file_more_and_a_file_of_another_name_are_noticed(files, asked, tmp_path):
    kept_hashes.hash_checks(LESSON)
    files.append(files[0].rename(tmp_path / "three.py"))
    del files[0]
    kept_hashes.hash_checks(LESSON)
    files.append(tmp_path / "four.py")
    files[-1].touch()
    kept_hashes.hash_checks(LESSON)
    assert len(asked) == 3


def test_another_version_of_a_package_that_parses_is_noticed(files, asked, monkeypatch):
    kept_hashes.hash_checks(LESSON)
    monkeypatch.setattr(kept_hashes, "version", lambda package: "another")
    kept_hashes.hash_checks(LESSON)
    assert len(asked) == 2


@pytest.mark.parametrize("damaged", [b"", b"[1]", b"{}", b'{"made_from": 1}', b"\xff", b"[" * 100_000])
def test_what_is_damaged_is_found_anew(files, asked, tmp_path, damaged):
    kept_hashes.hash_checks(LESSON)
    (path,) = (tmp_path / "kept").iterdir()
    path.write_bytes(damaged)
    assert kept_hashes.hash_checks(LESSON) == FOUND
    assert len(asked) == 2
    assert json.loads(path.read_bytes())["checks"] == FOUND


def test_a_folder_that_cannot_be_written_keeps_nothing(files, asked, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr(kept_hashes, "_folder", lambda: tmp_path / "file" / "kept")
    assert [kept_hashes.hash_checks(LESSON) for _ in range(2)] == [FOUND] * 2
    assert len(asked) == 2


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_every_file_that_decides_is_looked_at(lesson):
    command = [sys.executable, "-c", LOOK, lesson.slug]
    opened = map(Path, subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines())
    of_course = {path for path in opened if path.is_relative_to(COURSE) and "site-packages" not in path.parts}
    read = {path for path in of_course if path.suffix != ".pyc"}
    assert lesson.source in read
    assert read <= set(kept_hashes.files_looked_at(lesson))
