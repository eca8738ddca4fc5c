"""The recorder: what is to be judged of a submission, and what travels to who judges and back. It needs no torch."""

import subprocess
import sys

import grading_cases as cases

from autograder.grading.recorder import Recorder
from autograder.judging.judged import Judged, ToJudge
from autograder.notebooks.written_answers import waiting
from autograder.results.fingerprint import Key, hash_submission
from autograder.status import Status
from autograder.submissions.find import Submission
from autograder.verdict import Raised, Verdict
from lessons.toolkit.text import cut, t

CHECKS = dict.fromkeys(cases.EXERCISES, "hash")
PLACE = Raised("ValueError: a", "f(x)", 3, (("x", t("a {kind} of {count}", kind="list", count=3)),), t("Which {name}?"))
FOUND = Verdict(
    "encoder", Status.FAILED, 1, 2, "rows", t("rows"), "wrong-rows", t("Which of {names}?", names=["a", t("b")]), "1",
    cut(t("{count} rows", count=5), 9), t("twice as large"), None, PLACE, "fresh", True, (t("it was split"),), 0.25,
)  # fmt: skip


def planned(folder, submission_hash=None):
    path = cases.hand_in(folder / "class", "ada", cases.RELEASE)
    submission = Submission("ada", cases.LESSON, path)
    key = Key(submission_hash or hash_submission(path), CHECKS, "environment")
    return Recorder(folder, cases.LESSON, "autograded").plan(submission, {"": key})


def test_what_is_new_is_judged(tmp_path):
    found = planned(tmp_path).tasks[""]
    assert found.stale == set(cases.EXERCISES)
    assert found.known == {}


def test_a_file_that_changes_between_hash_and_reading_is_not_judged_under_the_wrong_hash(tmp_path):
    found = planned(tmp_path, submission_hash="of what was there a moment ago")
    assert found.tasks == {}
    assert "was changed while it was read" in str(found.unread[""])


def test_what_travels_arrives_whole():
    todo = ToJudge(b"{}", frozenset({"a"}), {"b": FOUND})
    assert ToJudge.unpacked(todo.packed()) == todo
    judged = Judged({"a": FOUND, "c": waiting("c")}, b"in", b"back", 0.5, 1)
    assert Judged.unpacked(judged.packed()) == judged


def test_the_process_that_writes_loads_no_torch():
    modules = ("run", "coordinator", "sandbox_judge", "local_pool")
    code = "import sys\n" + "".join(f"import autograder.grading.{module}\n" for module in modules)
    code += "sys.exit(any(name in sys.modules for name in ('torch', 'nbgrader', 'nbformat')))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
