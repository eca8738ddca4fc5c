"""A thousand submissions, once in peace and once killed again and again: `make load` (minutes).

Both have to end with the verdicts known beforehand and with the same tables. The run in peace has to be steady: no
memory, files or processes that grow with the class, and as quick at its end as at its start.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

import psutil
from class_cases import hand_in_class
from load_cases import command, expect_gone, expect_known, kill_somewhere, rows, start, temporary, told, tree
from process_watch import Look, Watch, slope

from autograder.course.lessons import all_lessons
from autograder.grading.run import GRADES

MOST_GROWTH = {"command": 40.0, "graders": 100.0}  # kB a submission; the command keeps the rows of the tables
ENOUGH = 300  # submissions for these figures to mean something
SLOWEST_END = 1.5  # times what a submission took at the start of its lesson


def main() -> None:
    """Write the class, grade it twice, compare."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="load-") as name:
        folder = Path(name)
        submissions, peace, killed = (folder / part for part in ("class", "peace", "killed"))
        expected = hand_in_class(submissions, options.students)
        count = len({key[:2] for key in expected})
        print(f"{count} submissions of {len(all_lessons())} lessons, {options.workers} workers", flush=True)
        words = command(submissions, peace, "--workers", str(options.workers))
        looks = _run_in_peace(words, peace)
        expect_known(peace, expected)
        print(f"in peace: all {len(expected)} verdicts as known; {looks[-1].seconds / 60:.1f} min", flush=True)
        _expect_steady(looks, rows(peace), options.workers)
        _run_killed(submissions, killed, options, count)
        expect_known(killed, expected)
        same = told(killed) == told(peace)
        print(f"killed {options.kills} times: all {len(expected)} verdicts as known; {GRADES} is", end=" ")
        sys.exit(print("the same" if same else "another") or int(not same))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=167, help="each hands in every lesson")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10_000, help="of the moments of the kills")
    return parser.parse_args()


def _run_in_peace(words: list[str], root: Path) -> list[Look]:
    """What was seen while it ran; afterwards nothing of it may be left."""
    process = start(words, root.with_suffix(".log"))
    found: set[psutil.Process] = set()
    with Watch(process, root) as watch:
        while process.poll() is None:
            found |= set(tree(process))
            time.sleep(1)
    assert process.returncode == 1, root.with_suffix(".log").read_text()  # some notebooks are cut off
    expect_gone(list(found))
    assert not list(temporary(root).iterdir()), "temporary files are left behind"
    return watch.looks


def _expect_steady(looks: list[Look], found: list[tuple], workers: int) -> None:
    lessons = _by_lesson(looks, found)
    failed = False
    for role, most in MOST_GROWTH.items():
        growth = 1000 * mean(slope([(look.done, look.megabytes[role]) for look in part]) for part in lessons)
        print(f"memory of the {role}: {growth:+.1f} kB a submission, {_peak(looks, role):.0f} MB at most")
        failed |= growth > most
    print(f"memory of all, sandbox included: {max(look.whole for look in looks):.0f} MB at most")
    print(f"open files: {_range([look.files for look in looks])}; processes that grade: {_most(looks)}")
    slower = _slower(found)
    print(f"a submission takes {slower:.2f} times as long in the second half of its lesson as in the first")
    failed |= _most(looks) > workers + 2 or slower > SLOWEST_END
    if len(found) < ENOUGH:
        print(f"fewer than {ENOUGH} submissions do not tell whether a run is steady")
    else:
        assert not failed, "not steady"


def _by_lesson(looks: list[Look], found: list[tuple]) -> list[list[Look]]:
    """The looks of each lesson, without those while it was opened: each has workers of its own."""
    ends, parts = {}, defaultdict(list)
    for number, (_, lesson, _, _) in enumerate(found, 1):
        ends.setdefault(lesson, [number, number])[1] = number
    for look in looks:
        for lesson, (first, last) in ends.items():
            if first + 5 < look.done < last:
                parts[lesson].append(look)
    return list(parts.values()) or [looks]


def _peak(looks: list[Look], role: str) -> float:
    return max(look.megabytes[role] for look in looks)


def _range(values: list[int]) -> str:
    return f"{min(values)} to {max(values)}"


def _most(looks: list[Look]) -> int:
    return max(look.processes for look in looks)


def _slower(found: list[tuple]) -> float:
    """The time of the second halves of all lessons over that of the first halves."""
    times = defaultdict(list)
    for _, lesson, _, when in found:
        times[lesson].append(when)
    halves = [(part[len(part) // 2] - part[0], part[-1] - part[len(part) // 2]) for part in times.values()]
    first, second = (sum(values) for values in zip(*halves, strict=True))
    return second / first


def _run_killed(submissions: Path, root: Path, options: argparse.Namespace, count: int) -> None:
    """Kill it at moments that leave something for each kill that is still to come; then let it come to its end."""
    words, chance = command(submissions, root, "--workers", str(options.workers)), random.Random(options.seed)
    print(f"moments by --seed {options.seed}")
    for number in range(options.kills):
        most = (count - len(rows(root))) // (options.kills - number + 1)
        print(f"  {number + 1}: {kill_somewhere(words, root, chance, most)}; {len(rows(root))} in all", flush=True)
    assert start(words, root.with_suffix(".log")).wait() == 1, root.with_suffix(".log").read_text()


if __name__ == "__main__":
    main()
