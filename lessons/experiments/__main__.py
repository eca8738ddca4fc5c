"""Do the runs that the results files lack: `python -m lessons.experiments` (`make results`).

Runs stand in `unfinished/` until all of them are there; `python -m lessons.experiments.publish` then moves the files to
`datasets/results`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lessons.experiments import EXPERIMENTS
from lessons.experiments.results_file import UNFINISHED
from lessons.experiments.runner import remaining, work
from lessons.experiments.trainings import TRAININGS
from lessons.toolkit.results import ResultsError


def main(given: Sequence[str] | None = None) -> int:
    """Do what was asked for and is missing."""
    parser = argparse.ArgumentParser(prog="python -m lessons.experiments", description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"results files, by default all: {', '.join(EXPERIMENTS)}"
    )
    parser.add_argument("--seeds", type=int, nargs="+", help="only these seeds")
    parser.add_argument("--trainings", nargs="+", metavar="NAME", help="only these trainings")
    parser.add_argument("--workers", type=int, default=2, help="processes of one thread each")
    parser.add_argument("--plan", action="store_true", help="only say what remains")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="a trial: train on every N-th pair only")
    options = parser.parse_args(given)
    for kind, asked, known in (
        ("experiment", options.names, EXPERIMENTS),
        ("training", options.trainings or [], TRAININGS),
    ):
        if unknown := [name for name in asked if name not in known]:
            parser.error(f"there is no {kind} {unknown[0]!r}; there are {', '.join(known)}")
    folder = UNFINISHED if options.every == 1 else Path("build") / f"trial-every-{options.every}"
    try:
        tasks = remaining(options.names or list(EXPERIMENTS), options.seeds, options.every, folder)
    except ResultsError as error:
        parser.error(str(error))
    tasks = [task for task in tasks if options.trainings is None or task.training in options.trainings]
    cost = sum(task.cost(options.every) for task in tasks)
    print(f"{len(tasks)} trainings to make or measure, about {cost:.0f} times the work of lesson 3's", flush=True)
    if options.plan or not tasks:
        for task in tasks:
            print(f"  {task.training}, seed {task.seed}, for {', '.join(task.experiments)}")
        return 0
    return int(work(tasks, options.every, folder, options.workers) > 0)


if __name__ == "__main__":
    sys.exit(main())
