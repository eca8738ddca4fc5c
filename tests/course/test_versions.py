"""The version, the changelog, and what `autograder start` says where a learner's folder is of another version."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.course import versions
from autograder.course.versions import Release
from autograder.learner import start as starting
from autograder.learner.own_notebooks import LearnerError

CHANGELOG = """\
# Changelog

## [Unreleased]

Not yet.

## [0.3.0] - 2027-03-01

Third.

### Changed

- More.

## [0.2.0] - 2026-11-29

Second,
in two lines.

## [0.1.0] - 2026-11-26

First.
"""


def test_the_changelog_begins_with_the_version_of_the_course():
    newest = versions.read_releases(versions.changelog().read_text(encoding="utf-8"))[0]
    assert newest.version == versions.course_version()


def test_the_changelog_knows_the_first_version():
    oldest = versions.read_releases(versions.changelog().read_text(encoding="utf-8"))[-1]
    assert oldest.version == versions.FIRST


def test_each_version_has_a_few_lines_for_learners():
    for release in versions.read_releases(versions.changelog().read_text(encoding="utf-8")):
        assert 0 < len(release.summary) <= 500
        assert not set("`*[]") & set(release.summary), "a terminal shows no Markdown"


def test_releases_are_read_with_the_text_above_their_first_subheading():
    assert versions.read_releases(CHANGELOG) == [
        Release("0.3.0", "Third."),
        Release("0.2.0", "Second, in two lines."),
        Release("0.1.0", "First."),
    ]


@pytest.mark.parametrize(("version", "other"), [("0.2.0", "0.1.0"), ("0.10.0", "0.9.0"), ("1.0.0", "0.99.9")])
def test_versions_are_compared_as_numbers(version, other):
    assert versions.is_later(version, other)
    assert not versions.is_later(other, version)
    assert not versions.is_later(version, version)


@pytest.mark.parametrize(
    "text", ["", "1", "0.2", "0.2.0.1", "0.2.x", " 0.2.0", "0.2.0\n", "٠.٢.٠", "9" * 5 + ".0.0", None, 2]
)
def test_what_is_no_version_of_the_course(text):
    assert not versions.is_version(text)


def test_the_command_line_prints_the_version():
    result = CliRunner().invoke(cli.app, ["--version"])
    assert (result.exit_code, result.output) == (0, f"autograder {versions.course_version()}\n")


def test_outside_a_checkout_the_installed_version_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(versions, "PACKAGE", tmp_path / "autograder")
    monkeypatch.setattr(versions.metadata, "version", {"attention-course": "0.7.0"}.__getitem__)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "another"\nversion = "9.9.9"\n')
    assert versions.course_version() == "0.7.0"


def test_a_course_without_changelog_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(versions, "PACKAGE", tmp_path / "autograder")
    with pytest.raises(versions.CourseError, match=r"no CHANGELOG\.md in or beside .*: reinstall the course"):
        versions.changelog()


# A learner's folder


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Sets which version of the course runs; its changelog goes up to 0.3.0."""
    (tmp_path / "course").mkdir()
    (tmp_path / "course/CHANGELOG.md").write_text(CHANGELOG)
    monkeypatch.setattr(versions, "changelog", lambda: tmp_path / "course/CHANGELOG.md")

    def become(version: str) -> None:
        monkeypatch.setattr(starting, "course_version", lambda: version)

    become("0.3.0")
    return become


@pytest.fixture
def mine(tmp_path, course) -> Path:
    """A learner's folder of version 0.3.0, with work in it."""
    starting.start(tmp_path / "mine")
    (tmp_path / "mine/notes.txt").write_text("my notes")
    return tmp_path / "mine"


def note_of(folder: Path) -> Path:
    return folder / ".released/course.json"


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def start(folder: Path) -> str:
    result = CliRunner().invoke(cli.app, ["start", str(folder)])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_new_folder_is_of_the_version_that_made_it_and_hears_no_news(course, tmp_path):
    assert "news  " not in start(tmp_path / "mine")
    assert json.loads(note_of(tmp_path / "mine").read_text()) == {"version": "0.3.0"}
    assert "news  " not in start(tmp_path / "mine")


def test_an_older_folder_hears_once_what_is_new(mine, tmp_path):
    note_of(mine).write_text('{"version": "0.2.0"}')
    printed = start(mine)
    assert "news     in version 0.3.0 of the course (your folder was of version 0.2.0):\n         Third.\n" in printed
    assert f"         All changes: {tmp_path / 'course/CHANGELOG.md'}\n" in printed
    assert not {"Second", "First", "Not yet", "More"} & set(printed.replace(".", " ").split())
    assert "news  " not in start(mine)


def test_a_folder_from_before_there_were_notes_is_of_the_first_version(mine):
    note_of(mine).unlink()
    printed = start(mine)
    assert "news     in version 0.3.0 of the course (your folder was of version 0.1.0):" in printed
    assert "news     in version 0.2.0 of the course (your folder was of version 0.1.0):" in printed
    assert "         Second, in two lines.\n" in printed


def test_lab_tells_it_too(mine, monkeypatch):
    note_of(mine).write_text('{"version": "0.2.0"}')
    monkeypatch.setattr(cli.os, "execve", lambda *_: None)
    result = CliRunner().invoke(cli.app, ["lab", str(mine), "--", "--allow-root"])
    assert "news     in version 0.3.0 of the course" in result.output


def test_a_folder_of_a_newer_version_is_left_as_it_is(mine, course, capsys, monkeypatch):
    course("0.2.0")
    before = files(mine)
    monkeypatch.setattr(sys, "argv", ["autograder", "start", str(mine)])
    with pytest.raises(SystemExit):
        cli.main()
    assert capsys.readouterr().err == (
        f"autograder: {mine} is of version 0.3.0 of the course, and this is 0.2.0: bring the course up to date "
        "(git pull, then make lab), or name another folder; nothing was changed\n"
    )
    assert files(mine) == before


DAMAGE = {
    "": "not JSON",
    "{": "not JSON",
    "[" * 9999: "not JSON",
    "\udcff": "not JSON",
    "[]": 'no "version" such as "0.2.0" in it',
    '{"version": 2}': 'no "version" such as "0.2.0" in it',
    '{"version": "new"}': 'no "version" such as "0.2.0" in it',
}


@pytest.mark.parametrize("content", DAMAGE)
def test_a_damaged_note_is_written_anew_and_all_news_told(mine, content):
    before = files(mine)
    note_of(mine).write_bytes(content.encode(errors="surrogateescape"))
    printed = start(mine)
    reason = f"{note_of(mine)} is damaged ({DAMAGE[content]})"
    assert f"note     {reason}, so which version made this folder is not known; it is written anew\n" in printed
    assert "news     in version 0.2.0 of the course:\n" in printed
    assert files(mine) == before


def test_a_folder_in_place_of_the_note_is_told(mine):
    note_of(mine).unlink()
    note_of(mine).mkdir()
    with pytest.raises(LearnerError, match=r"course\.json cannot be written \(.*\); move it away and run this again"):
        starting.start(mine)
    assert (mine / "notes.txt").read_text() == "my notes"


def test_news_that_could_not_be_told_are_told_the_next_time(mine, monkeypatch):
    """A run that is cut off notes no version."""
    note_of(mine).write_text('{"version": "0.2.0"}')
    with monkeypatch.context() as broken:
        broken.setattr(starting, "_start_lesson", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            starting.start(mine)
    assert starting.start(mine).news == [Release("0.3.0", "Third.")]
