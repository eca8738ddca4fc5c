"""A folder of grades made by hand, so that a class has a known outcome and no sandbox is needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import grading_cases as cases
import nbformat

from autograder.checks.registry import find_check
from autograder.notebooks import verdict_metadata
from autograder.results import journal
from autograder.results.fingerprint import Key
from autograder.results.grades import ExerciseResult, write_grades
from autograder.status import Status
from autograder.verdict import Verdict

LESSON, EXERCISES = cases.LESSON, cases.EXERCISES


@dataclass(frozen=True)
class Given:
    """An answer and what its check found."""

    status: str = "passed"
    stage: str = ""
    cause: str = ""
    case: str = "fresh"
    seconds: float = 0.2
    code: str = ""
    reason: str = ""


STUB = Given("not_attempted", case="recorded", seconds=0.0)


def make_folder(root: Path, answers: Mapping[str, Mapping[str, Given]], with_journal: bool = True) -> Path:
    """Write what `autograder grade` leaves of lesson 01; exercises that are not named have the course's own answer."""
    rows = []
    for student, own in answers.items():
        given = {name: own.get(name, Given()) for name in EXERCISES}
        _write_notebook(root, student, given)
        rows += [_row(student, name, one) for name, one in given.items()]
        if with_journal:
            journal.write(root, student, LESSON, _entry(given))
    write_grades(root / "grades.csv", rows)
    return root


def _row(student: str, exercise: str, given: Given) -> ExerciseResult:
    return ExerciseResult(student, LESSON, exercise, float(given.status == "passed"), 1.0, given.status, given.reason)


def _entry(given: Mapping[str, Given]) -> journal.Entry:
    return journal.Entry(Key("", {}, ""), {name: verdict(name, one) for name, one in given.items()}, scoring="counts")


def verdict(exercise: str, given: Given) -> Verdict:
    """What the check of an exercise found."""
    parts = {"name": given.stage, "cause": given.cause, "case": given.case, "seconds": given.seconds}
    return Verdict(exercise, Status(given.status), stage=int(bool(given.stage)), title=given.reason, **parts)


def _write_notebook(root: Path, student: str, given: Mapping[str, Given]) -> None:
    notebook = cases.answered({name: one.code or cases.ANSWERS[name] for name, one in given.items()})
    path = root / "autograded" / student / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def note_in_notebook(root: Path, student: str, exercise: str, given: Given) -> None:
    """Leave a verdict in the notebook that went back, as a check in a kernel does."""
    path = root / "autograded" / student / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    check = cases.marked(notebook)[f"check-{exercise}"]
    note = verdict_metadata.verdict_note(verdict(exercise, given), ())
    shown = nbformat.v4.new_output("display_data", {"text/plain": "in words"}, metadata=note)
    check.outputs = [shown, nbformat.v4.new_output("error", ename="CheckFailed", evalue="in words", traceback=[])]
    nbformat.write(notebook, path)


def known_class() -> dict[str, dict[str, Given]]:
    """Twenty-four students; see `tests/reports/test_class_report.py` for what is to be found among them."""
    answers: dict[str, dict[str, Given]] = {f"kim-{number:02}": {} for number in range(1, 25)}
    names = list(answers)
    _give(
        answers, names[:6], decoder=Given("failed", "scores", "context-not-fed", "recorded")
    )  # the best: nothing else fails
    _give(answers, names[6:], greedy_decode=Given("failed", "words", "end-kept", "recorded"))
    _give(answers, names[6:11], pad_batch=Given("failed", "ids", "cut-to-shortest", "recorded", 0.4))
    _give(answers, names[11:13], pad_batch=Given("failed", "unchanged", "input-changed", "recorded", 0.4))
    _give(answers, names[13:14], pad_batch=Given("timeout", "ids", "lost", "recorded", 10.0))
    _give(answers, names[14:15], pad_batch=Given("error", case="", seconds=0.0))
    _give(answers, names[15:18], encoder=STUB)
    _give(answers, names[18:20], masked_loss=Given("failed", "unpadded", "one-per-word", "fresh"))
    for exercise in ("make_dictionary", "build_vocabulary", "encode_words"):
        _give(answers, names[20:22], **{exercise: Given(code=_own(exercise, "twice"))})
    for exercise in ("make_dictionary", "build_vocabulary"):  # too few to be listed
        _give(answers, names[22:24], **{exercise: Given(code=_own(exercise, "two only"))})
    for exercise in EXERCISES:  # too many who gave them
        _give(answers, names[:5], **{exercise: Given(code=_own(exercise, "many"))}, keep=True)
    return answers


def _give(answers: dict[str, dict[str, Given]], students: list[str], keep: bool = False, **given: Given) -> None:
    for number, student in enumerate(students):
        for exercise, one in given.items():
            if not (keep and exercise in answers[student]):
                answers[student][exercise] = _reworded(one, number)


def _reworded(given: Given, number: int) -> Given:
    """The same code in other words: another comment, another name."""
    code = given.code.replace("NAME", f"name_{number}") + f"\n# {number}" if given.code else ""
    return Given(**{**vars(given), "code": code})


def _own(exercise: str, text: str) -> str:
    """A way to write an answer that nobody else has."""
    return f"def {cases.defined(exercise)}(*NAME):\n    return len(NAME), {text!r}, {exercise!r}"


def find_question(exercise: str, cause: str) -> str:
    """What a check asks where it finds that cause."""
    return find_check(exercise).causes[cause]
