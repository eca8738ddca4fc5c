"""Which course.toml a run had: where the next one has another, it is told, since scores may move."""

from pathlib import Path

import grading_cases as cases
import pytest
from worker_cases import TellingJudge

from autograder.course.settings import SETTINGS_VARIABLE


@pytest.fixture
def folder(tmp_path) -> Path:
    cases.hand_in(tmp_path / "class", "kim", cases.RELEASE)
    return tmp_path


def grade(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str | None) -> list[str]:
    """What is said of settings by a run that has the file of that name, or the course's own."""
    monkeypatch.delenv(SETTINGS_VARIABLE, raising=False)
    if name is not None:
        (folder / name).touch()
        monkeypatch.setenv(SETTINGS_VARIABLE, str(folder / name))
    said: list[str] = []
    options = {"judge": TellingJudge(), "on_progress": lambda text, done, count: said.append(text)}
    cases.grade(folder / "class", folder / "graded", **options)
    return [text for text in said if text.startswith("Settings")]


@pytest.mark.parametrize(("first", "second"), [("mine.toml", None), (None, "mine.toml"), ("mine.toml", "other.toml")])
def test_another_file_than_in_the_last_run_is_told(folder, monkeypatch, first, second):
    assert grade(folder, monkeypatch, first) == []
    (told,) = grade(folder, monkeypatch, second)
    assert told.startswith(f"Settings: {folder / second}" if second else "Settings: ")
    assert f"the last run had {folder / first}." in told if first else "autograder/course.toml." in told
    assert grade(folder, monkeypatch, second) == []


def test_a_record_of_an_earlier_version_or_a_damaged_one_tells_nothing(folder, monkeypatch):
    assert grade(folder, monkeypatch, None) == []
    for text in ("{}", "[]", "no record"):
        (folder / "graded" / "run.json").write_text(text)
        assert grade(folder, monkeypatch, "mine.toml") == []
