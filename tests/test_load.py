"""A class whose run is killed again and again ends as one that was left in peace; `make load` does it with 1,000."""

import random
from pathlib import Path

import load_cases
import pytest
from class_cases import hand_in_class

LESSON = "06_translator"  # the quickest
KILLS = 3

pytestmark = [pytest.mark.slow, pytest.mark.sandbox, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


def finish(submissions: Path, root: Path) -> str:
    log = root.with_suffix(".log")
    process = load_cases.start(load_cases.command(submissions, root, "--workers", "2"), log)
    assert process.wait() == 1, log.read_text()  # some cannot be read
    return log.read_text()


def test_a_run_that_is_killed_again_and_again_ends_as_one_in_peace(sandbox_or_skip, tmp_path):
    submissions, peace, killed = (tmp_path / name for name in ("class", "peace", "killed"))
    expected = hand_in_class(submissions, 24, [LESSON], seed=3)
    assert "unreadable" in expected.values()
    words, chance = load_cases.command(submissions, killed, "--workers", "2"), random.Random(1)
    for _ in range(KILLS):
        print(load_cases.kill_somewhere(words, killed, chance, most=6))
    told = finish(submissions, killed)
    assert "Going on with a run that was stopped" in told
    assert "taken over from a run that was stopped" in told
    finish(submissions, peace)
    load_cases.expect_known(killed, expected)
    load_cases.expect_known(peace, expected)
    assert (killed / "grades.csv").read_bytes() == (peace / "grades.csv").read_bytes()
