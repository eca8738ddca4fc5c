"""Times classes, graded by stock `nbgrader autograde` and by `autograder grade`: `make bench-grading`.

The pages of feedback are timed too: those of stock `nbgrader generate_feedback`, and those of `autograder feedback`.
Both are whole commands with a cold start, both have two workers and skip exploration cells, and they take turns. The
two workers of stock are two processes, each with half of the class, a folder and a gradebook of its own; that these are
made beforehand is not counted, while `autograder grade` makes its own within its time.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

import grading_cases as cases
import judge_cases
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.course.lessons import find_lesson
from autograder.results.grades import read_grades

LESSON = cases.LESSON
WORKERS = 2
GRADING, FEEDBACK, BOTH = "grading", "feedback", "grading and feedback"  # what is timed
CLASS, TARGET = 40, 12  # from so many submissions on so many times as fast as stock, both together
SCRIPTS = Path(sysconfig.get_path("scripts"))
STOCK_CONFIG = """\
from autograder.nbgrader_settings import set_folders, set_release

c = get_config()
set_folders(c)
set_release(c)
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "release"
c.Execute.skip_cells_with_tag = "exploration"
"""


def main() -> None:
    """Build the classes, time both, print what came of it."""
    options = _options()
    found = [_timed(students, options.rounds) for students in options.students]
    for timed in found:
        timed.report()
    if len(found) > 1:
        _report_start(found[0], found[-1])
    for timed in found:
        both, alone = timed.ratio(BOTH), timed.ratio(GRADING)
        print(f"{timed.students} submissions: {both:.1f} times as fast, grading alone {alone:.1f} times")
    slow = [timed.students for timed in found if timed.students >= CLASS and timed.ratio(BOTH) < TARGET]
    sys.exit(f"not {TARGET} times as fast: a class of {slow[0]}" if slow else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2, help="how often each of the two is timed")
    parser.add_argument("--students", type=int, nargs="+", default=[40, 200], help="sizes of classes")
    return parser.parse_args()


@dataclass
class Timed:
    """What a class took, in seconds of each round.

    Attributes:
        students: how many.
        stock, ours: by what was done.
        shares: CPU of the submissions' own code.
    """

    students: int
    stock: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ours: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    shares: list[float] = field(default_factory=list)

    def seconds(self, of: Mapping[str, list[float]], what: str) -> float:
        """The median; of both, that of their sums in each round."""
        return median(map(sum, zip(of[GRADING], of[FEEDBACK], strict=True))) if what == BOTH else median(of[what])

    def ratio(self, what: str) -> float:
        """How many times as fast."""
        return self.seconds(self.stock, what) / self.seconds(self.ours, what)

    def report(self) -> None:
        """Print it."""
        print(f"{self.students} submissions of {LESSON}, {WORKERS} workers, {os.cpu_count()} processors, medians:")
        for what in (GRADING, FEEDBACK, BOTH):
            stock, ours = self.seconds(self.stock, what), self.seconds(self.ours, what)
            print(f"{what}: stock nbgrader {stock:.1f} s, autograder {ours:.1f} s, ratio {self.ratio(what):.1f}")
        cpu, whole = median(self.shares), self.seconds(self.ours, GRADING)
        told = f"{cpu:.1f} s of CPU, {cpu / (whole * WORKERS):.0%} of what {WORKERS} workers have in {whole:.1f} s"
        print(f"the submissions' own code takes {told}")


def _timed(students: int, rounds: int) -> Timed:
    found = Timed(students)
    with tempfile.TemporaryDirectory(prefix="bench-grading-") as name:
        folder = Path(name)
        handed_in = _class(folder / "class", students)
        for number in range(rounds):
            stock, ours = folder / f"stock{number}", folder / f"ours{number}"
            _time_stock(stock, handed_in, found.stock)
            _time_ours(ours, handed_in, found.ours)
            found.shares.append(json.loads((ours / "run.json").read_text())["submissions_cpu_seconds"])
            _compare(_stock_scores(stock), _our_scores(ours))
            shutil.rmtree(stock)
    return found


def _report_start(small: Timed, large: Timed) -> None:
    """What a submission more takes, by two classes, and what is left for the start."""
    for name in (GRADING, FEEDBACK):
        seconds = [one.seconds(one.ours, name) for one in (small, large)]
        each = (seconds[1] - seconds[0]) / (large.students - small.students)
        start = seconds[0] - each * small.students
        print(f"autograder {name}: {start:.1f} s at the start, {each:.3f} s for each submission")


def _class(folder: Path, students: int) -> Path:
    """A third solved, a third half solved, a third with wrong answers of the zoo and the rest left as it was."""
    wrong = judge_cases.herds("wrong_*.py")
    for number in range(students):
        cases.hand_in(folder, f"student{number:03d}", _notebook(number, wrong))
    return folder


def _notebook(number: int, wrong: list[dict[str, Path]]) -> NotebookNode:
    if number % 3 == 0:
        return judge_cases.solved()
    if number % 3 == 1:
        return cases.answered({name: cases.ANSWERS[name] for name in cases.EXERCISES[: len(cases.EXERCISES) // 2]})
    return judge_cases.herd(wrong[number % len(wrong)])


def _time_stock(folder: Path, handed_in: Path, times: dict[str, list[float]]) -> None:
    students = sorted(handed_in.iterdir())
    roots = [_stock_root(folder / str(part), students[part::WORKERS]) for part in range(WORKERS)]
    times[GRADING].append(_seconds([(root, ["nbgrader", "autograde", LESSON]) for root in roots]))
    times[FEEDBACK].append(_seconds([(root, ["nbgrader", "generate_feedback", LESSON]) for root in roots]))


def _stock_root(root: Path, students: list[Path]) -> Path:
    """A folder as an instructor has it who uses nbgrader alone, with some of the class's submissions."""
    source = root / "source" / LESSON
    source.mkdir(parents=True)
    shutil.copy(find_lesson(LESSON).solution_notebook, source)
    (root / "nbgrader_config.py").write_text(STOCK_CONFIG)
    for student in students:
        shutil.copytree(student, root / "submitted" / student.name)
    _seconds([(root, ["nbgrader", "generate_assignment", LESSON])])
    return root


def _time_ours(root: Path, handed_in: Path, times: dict[str, list[float]]) -> None:
    root.parent.mkdir(exist_ok=True)
    grade = ["autograder", "grade", str(handed_in), "--out", str(root), "--workers", str(WORKERS)]
    times[GRADING].append(_seconds([(root.parent, [*grade, "--isolation", "bubblewrap"])]))
    times[FEEDBACK].append(_seconds([(root, ["autograder", "feedback", str(root), "--workers", str(WORKERS)])]))


def _seconds(commands: list[tuple[Path, list[str]]]) -> float:
    """How long commands take that run side by side, each in its folder; stop where one fails."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PATH": f"{SCRIPTS}{os.pathsep}{os.environ.get('PATH', '')}"}
    with ExitStack() as stack:
        logs = [stack.enter_context(tempfile.TemporaryFile()) for _ in commands]
        started = time.perf_counter()
        running = [
            subprocess.Popen([SCRIPTS / words[0], *words[1:]], cwd=folder, env=environment, stdout=log, stderr=log)
            for (folder, words), log in zip(commands, logs, strict=True)
        ]
        codes = [process.wait() for process in running]
        seconds = time.perf_counter() - started
        for (_, words), code, log in zip(commands, codes, logs, strict=True):
            if code != 0:
                log.seek(0)
                sys.exit(f"{' '.join(words)} ended with {code}:\n{log.read()[-2000:].decode(errors='replace')}")
    print(f"  {' '.join(commands[0][1][:2])}: {seconds:.1f} s", flush=True)
    return seconds


def _stock_scores(folder: Path) -> dict[tuple[str, str], float]:
    scores = {}
    for root in folder.iterdir():
        with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
            for submission in book.assignment_submissions(LESSON):
                for grade in submission.notebooks[0].grades:
                    scores[submission.student.id, grade.name.removeprefix("check-")] = grade.score
    return scores


def _our_scores(root: Path) -> dict[tuple[str, str], float]:
    return {(row.student, row.exercise): row.score for row in read_grades(root / "grades.csv")}


def _compare(stock: dict[tuple[str, str], float], ours: dict[tuple[str, str], float]) -> None:
    """Say whether both came to the same scores: the class is honest, so they should."""
    differing = sorted(place for place in stock.keys() | ours.keys() if stock.get(place) != ours.get(place))
    print(f"  scores: {len(ours)}, differing: {len(differing)} {differing[:3] or ''}".rstrip())


if __name__ == "__main__":
    main()
