"""How grading a class scales: `make bench-scale OUT=folder` prints a table and draws a figure.

Every line is a whole command with a cold start, on mixed lessons with answers of both zoos, some notebooks broken.
Nothing else should run on the machine.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

import matplotlib
from class_cases import Statuses, hand_in_class
from dask_cluster import Cluster
from load_cases import command, expect_known, start
from process_watch import Watch

from autograder.course.lessons import all_lessons

matplotlib.use("agg")
WAY_OF_SIZES = "2 workers"  # with which the size of the class is varied


class Means(NamedTuple):
    """What a command grades with.

    Attributes:
        options: of the command.
        processes: what runs beside it and counts with it.
    """

    options: list[str]
    processes: Sequence[subprocess.Popen] = ()


Way = AbstractContextManager[Means]  # while it is open, the means are there


@contextmanager
def workers(count: int) -> Iterator[Means]:
    """On this machine alone."""
    yield Means(["--workers", str(count)])


@contextmanager
def dask(count: int) -> Iterator[Means]:
    """With a Dask cluster of so many workers on this machine."""
    with tempfile.TemporaryDirectory(prefix="bench-dask-") as name:
        cluster = Cluster(Path(name), count)
        try:
            yield Means(["--scheduler", cluster.address], cluster.groups)
        finally:
            cluster.close()


def ways() -> Mapping[str, Way]:
    """The ways to grade that are compared."""
    return {"1 worker": workers(1), "2 workers": workers(2), "4 workers": workers(4), "Dask, 2": dask(2)}


@dataclass(frozen=True)
class Line:
    """A class that was graded."""

    way: str
    submissions: int
    seconds: float
    per_second: float
    megabytes: float  # at most, of all processes together, the sandbox's included


def main() -> None:
    """Grade classes, print the table, draw the figure."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    found = [*_by_way(options.submissions), *_by_size(options.sizes)]
    with (options.out / "scale.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(asdict(found[0])))
        writer.writeheader()
        writer.writerows(map(asdict, found))
    _draw(found, options)
    print(f"{options.out / 'scale.csv'}\n{options.out / 'scale.png'}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="the folder for table and figure")
    parser.add_argument("--submissions", type=int, default=240, help="of the class with which ways are compared")
    parser.add_argument("--sizes", type=int, nargs="*", default=[50, 100, 250, 500, 1000])
    return parser.parse_args()


def _by_way(submissions: int) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as name:
        expected = _hand_in(Path(name) / "class", submissions)
        for label, way in ways().items():
            yield _grade(Path(name), label, way, expected)


def _by_size(sizes: list[int]) -> Iterator[Line]:
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-scale-") as name:
            expected = _hand_in(Path(name) / "class", size)
            yield _grade(Path(name), WAY_OF_SIZES, ways()[WAY_OF_SIZES], expected)


def _hand_in(folder: Path, submissions: int) -> Statuses:
    """A class of that many submissions, or a few more: every student hands in every lesson."""
    return hand_in_class(folder, ceil(submissions / len(all_lessons())))


def _grade(folder: Path, label: str, way: Way, expected: Statuses) -> Line:
    root = folder / label
    with way as means:
        process = start(command(folder / "class", root, *means.options), root.with_suffix(".log"))
        with Watch(process, root, means.processes) as watch:
            pass
    if process.returncode not in (0, 1):
        sys.exit(root.with_suffix(".log").read_text())
    expect_known(root, expected)
    count, seconds = len({key[:2] for key in expected}), watch.seconds
    line = Line(label, count, seconds, count / seconds, max(look.whole for look in watch.looks))
    print(f"{label:>12} {count:>6} submissions {seconds:>8.1f} s", end=" ")
    print(f"{line.per_second:>7.2f} submissions/s {line.megabytes:>8.0f} MB", flush=True)
    return line


def _draw(found: list[Line], options: argparse.Namespace) -> None:
    from matplotlib import pyplot

    by_way = found[: len(ways())]
    by_size = sorted(found[len(by_way) :], key=lambda line: line.submissions)
    figure, axes = pyplot.subplots(1, 3, figsize=(13, 4), layout="constrained")
    best = max(by_way, key=lambda line: line.per_second)
    bars = axes[0].bar([line.way for line in by_way], [line.per_second for line in by_way], color="#4477aa")
    axes[0].bar_label(bars, fmt="%.2f")
    axes[0].margins(y=0.15)
    axes[0].spines[["top", "right"]].set_visible(False)
    gain = best.per_second / by_way[0].per_second
    axes[0].set_title(f"{best.way}: {gain:.1f} times as quick as {by_way[0].way}")
    axes[0].set_ylabel(f"submissions/s (class of {by_way[0].submissions})")
    _line(axes[1], by_size, "per_second", "submissions/s, cold start included")
    axes[1].set_title(_trend(by_size, "per_second", "Throughput"))
    _line(axes[2], by_size, "megabytes", "peak memory of all processes, MB")
    axes[2].set_title(_trend(by_size, "megabytes", "Memory"))
    figure.suptitle(f"autograder grade on {os.cpu_count()} processors, all verdicts as known beforehand")
    figure.savefig(options.out / "scale.png", dpi=120)


def _line(axes, lines: list[Line], field: str, label: str) -> None:
    axes.plot([line.submissions for line in lines], [getattr(line, field) for line in lines], "o-", color="#4477aa")
    axes.set_ylim(0, 1.15 * max((getattr(line, field) for line in lines), default=1))
    axes.set_xlabel(f"submissions ({WAY_OF_SIZES})")
    axes.set_ylabel(label)
    axes.spines[["top", "right"]].set_visible(False)


def _trend(lines: list[Line], field: str, what: str) -> str:
    """What the largest class has beside the smallest, in words."""
    if len(lines) < 2:
        return what
    first, last = getattr(lines[0], field), getattr(lines[-1], field)
    growth = lines[-1].submissions / lines[0].submissions
    return f"{what} ×{last / first:.2f} as the class grows {growth:.0f}-fold"


if __name__ == "__main__":
    main()
