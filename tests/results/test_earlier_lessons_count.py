"""What a lesson uses of earlier ones decides on its verdicts and recorded cases; what it does not use, on none."""

from pathlib import Path

import pytest

from autograder.checks import recording
from autograder.course.lessons import all_lessons
from autograder.notebooks.dependencies import earlier_parts
from autograder.results import fingerprint

LESSON = all_lessons()[2]
FIRST = "X = 1\n\ndef one():\n    return X\n\ndef other():\n    return 2\n"
SECOND = "from lessons.earlier.lesson_01 import (\n    one,\n)\n\ndef two():\n    return one()\n"
USING = "import torch\nfrom lessons.earlier.lesson_02 import two"


@pytest.fixture
def earlier(tmp_path) -> Path:
    (tmp_path / "lesson_01.py").write_text(FIRST)
    (tmp_path / "lesson_02.py").write_text(SECOND)
    return tmp_path


def test_what_is_used_is_followed_through_earlier_lessons(earlier):
    text = "\n".join(earlier_parts(USING, earlier))
    assert "def two" in text
    assert "def one" in text
    assert "X = 1" in text
    assert "other" not in text
    assert earlier_parts("import torch", earlier) == []


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [("X = 1", "X = 3", True), ("return 2", "return 4", False), ("\n\ndef o", "\n\n\ndef o", False)],
)
def test_only_what_is_used_counts(earlier, old, new, counts):
    before = earlier_parts(USING, earlier)
    (earlier / "lesson_01.py").write_text(FIRST.replace(old, new))
    assert (earlier_parts(USING, earlier) != before) == counts


def test_it_is_part_of_both_hashes(monkeypatch):
    checks, stale = fingerprint.hash_checks(LESSON), recording.stale(LESSON.slug)
    for module in (fingerprint, recording):
        monkeypatch.setattr(module, "earlier_parts", lambda *_: ["another Encoder"])
    assert stale is None
    assert "older than their checks" in recording.stale(LESSON.slug)
    assert not checks.items() & fingerprint.hash_checks(LESSON).items()


def test_results_of_experiments_decide_on_nothing():
    assert not any(path.parent.name == "results" for path in fingerprint.deciding_files())
