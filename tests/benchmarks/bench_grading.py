"""Times one class, graded by stock `nbgrader autograde` and by `autograder grade`: `make bench-grading`.

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
from contextlib import ExitStack
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
    """Build the class, time both, print what came of it."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bench-grading-") as name:
        folder = Path(name)
        handed_in = _class(folder / "class", options.students)
        times, shares = defaultdict(list), []
        for number in range(options.rounds):
            stock, ours = folder / f"stock{number}", folder / f"ours{number}"
            _time_stock(stock, handed_in, times)
            _time_ours(ours, handed_in, times)
            shares.append(json.loads((ours / "run.json").read_text())["submissions_cpu_seconds"])
            _compare(_stock_scores(stock), _our_scores(ours))
            shutil.rmtree(stock)
    _report(times, shares, options.students)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2, help="how often each of the two is timed")
    parser.add_argument("--students", type=int, default=40)
    return parser.parse_args()


def _class(folder: Path, students: int) -> Path:
    """A third solved, a third half solved, a third with wrong answers of the zoo and the rest left as it was."""
    wrong = judge_cases.herds("wrong_*.py")
    for number in range(students):
        cases.hand_in(folder, f"student{number:02d}", _notebook(number, wrong))
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
    times["stock"].append(_seconds([(root, ["nbgrader", "autograde", LESSON]) for root in roots]))
    times["stock feedback"].append(_seconds([(root, ["nbgrader", "generate_feedback", LESSON]) for root in roots]))


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
    times["ours"].append(_seconds([(root.parent, [*grade, "--isolation", "bubblewrap"])]))
    times["ours feedback"].append(_seconds([(root, ["autograder", "feedback", str(root), "--workers", str(WORKERS)])]))


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


def _report(times: dict[str, list[float]], shares: list[float], students: int) -> None:
    middle = {name: median(found) for name, found in times.items()}
    print(f"{students} submissions of {LESSON}, {WORKERS} workers, {os.cpu_count()} processors, medians:")
    _line("grading", middle["stock"], middle["ours"])
    stock = median(map(sum, zip(times["stock"], times["stock feedback"], strict=True)))
    ours = median(map(sum, zip(times["ours"], times["ours feedback"], strict=True)))
    _line("grading and feedback pages", stock, ours)
    cpu, whole = median(shares), middle["ours"] * WORKERS
    told = f"{cpu:.1f} s of CPU, {cpu / whole:.0%} of what {WORKERS} workers have in {middle['ours']:.1f} s"
    print(f"the submissions' own code takes {told}")


def _line(what: str, stock: float, ours: float) -> None:
    print(f"{what}: stock nbgrader {stock:.1f} s, autograder {ours:.1f} s, ratio {stock / ours:.1f}")


if __name__ == "__main__":
    main()
