"""A class whose run is killed again and again ends as one that was left in peace; `make load` does it with 1,000."""

import random
import subprocess
from pathlib import Path

import grading_cases as cases
import load_cases
import pytest
from class_cases import hand_in_class
from killed_judge import POINTS, KilledJudge

from autograder.errors import GradingError
from autograder.grading.sandbox_judge import SandboxJudge

LESSON = "06_translator"  # the quickest
KILLS = 2

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
    assert load_cases.told(killed) == load_cases.told(peace)


def test_wherever_a_run_is_killed_nothing_is_lost_or_doubled(sandbox_or_skip, tmp_path):
    """One class, whose run is killed at each point in turn."""
    submissions, root = tmp_path / "class", tmp_path / "graded"
    expected = hand_in_class(submissions, 6, [LESSON], seed=4)
    for point in POINTS:
        with pytest.raises(GradingError, match="was ended"):
            cases.grade(submissions, root, workers=1, judge=KilledJudge(point))
    finished = cases.grade(submissions, root, workers=1, judge=SandboxJudge())
    assert finished.resumed >= 2
    load_cases.expect_known(root, expected)


@pytest.fixture
def small_disk(tmp_path):
    """A folder with a file system of its own, and what makes that larger."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("only root can mount a small file system")
    yield folder, lambda: subprocess.run(["mount", "-o", "remount,size=50m", folder], check=True)
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_ends_a_run_and_no_verdict_is_wrong(sandbox_or_skip, tmp_path, small_disk):
    folder, enlarge = small_disk
    submissions, root = tmp_path / "class", folder / "graded"
    expected = hand_in_class(submissions, 12, [LESSON], seed=4)
    with pytest.raises(GradingError, match=r"No space left on device|is full|disk I/O error") as raised:
        cases.grade(submissions, root, workers=2, judge=SandboxJudge())
    assert "of 12 submissions are recorded" in str(raised.value)
    assert "run the same command again to go on" in str(raised.value)
    enlarge()
    cases.grade(submissions, root, workers=2, judge=SandboxJudge())
    load_cases.expect_known(root, expected)
