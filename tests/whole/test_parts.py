"""`make test` in parts: all are run, those that fail are told, and every test is in one of them."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

FOLDER = Path(__file__).parents[1]


@pytest.fixture
def parts(monkeypatch) -> SimpleNamespace:
    """The script with programs of its own, two of which run side by side."""
    found = runpy.run_path(str(FOLDER / "parts.py"))
    names = found["main"].__globals__
    monkeypatch.setitem(names, "SCRIPTS", Path("/bin"))
    commands = {
        "one": ["sh", "-c", "echo told by one; exit 3"],
        "two": ["true"],
        "three": ["sh", "-c", "echo of three"],
    }
    monkeypatch.setitem(names, "PARTS", commands)
    monkeypatch.setitem(names, "TURNS", [["one"], ["two", "three"]])
    return SimpleNamespace(**found)


def test_a_part_that_fails_keeps_no_other_from_running_and_is_told(parts, capfd):
    assert parts.main() == 1
    said = capfd.readouterr().out
    assert "told by one" in said
    assert "of three" in said
    lines = [line.split("min  ")[1] for line in said.splitlines() if "min  " in line]
    assert lines == ["one: FAILED (3)", "two", "three", "in all"]


def test_where_none_fails_all_is_well(parts, monkeypatch):
    monkeypatch.setitem(parts.main.__globals__, "TURNS", [["two", "three"]])
    assert parts.main() == 0


def test_each_part_has_its_turn_and_each_mark_its_part():
    found = SimpleNamespace(**runpy.run_path(str(FOLDER / "parts.py")))
    assert [name for names in found.TURNS for name in names] == list(found.PARTS)
    chosen = [options[options.index("-m") + 1] for options in found.PARTS.values() if "-m" in options]
    for marks in [(), ("long",), ("slow",), ("sandbox",), ("slow", "sandbox"), ("browser",)]:
        known = {name: name in marks for name in ("slow", "sandbox", "browser", "long")}
        assert [bool(eval(words, known)) for words in chosen].count(True) == 1, marks


def test_files_that_begin_first_are_there():
    names = {path.stem for path in FOLDER.rglob("test_*.py")}
    assert set(runpy.run_path(str(FOLDER / "conftest.py"))["LONGEST"]) <= names


def test_processes_that_tests_start_load_nbformat_lightly():
    code = "import sys, nbformat; print(sys.modules['rfc3987_syntax'])"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ, capture_output=True, text=True)
    assert done.stdout == "None\n", done.stderr
