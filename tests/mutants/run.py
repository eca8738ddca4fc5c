"""Runs slips in the reference solutions through the checks that should stop them: `make mutants`.

What came of each mutant is kept in a file; a run that was ended goes on from there, and mutants of exercises whose
check, words or recorded case have changed are run anew. The exit code is 1 where one passes that should not.
"""

import argparse
import os
import random
import sys
import warnings
from pathlib import Path

from mutations import mutants_of_course
from records import read_records, record_of, split
from table import left_over, table, unknown
from tqdm import tqdm
from trying import SECRETS, try_all


def main() -> None:
    """Try what is still to be tried, write the table, list what is left."""
    warnings.simplefilter("ignore")  # of mutants
    options = _options()
    mutants = mutants_of_course(options.lesson, options.exercise)
    every = [(one.exercise, one.name) for one in mutants]
    if options.sample:
        mutants = random.Random(options.seed).sample(mutants, min(options.sample, len(mutants)))
        mutants.sort(key=lambda one: (one.lesson.slug, one.exercise))
    options.out.mkdir(parents=True, exist_ok=True)
    kept = options.out / "mutants.jsonl"
    known, waiting = split(mutants, read_records(kept))
    with kept.open("a", encoding="utf-8") as file:
        tries = try_all(waiting, options.jobs, options.secrets)
        for tried in tqdm(tries, total=len(waiting), unit=" mutants", mininterval=1 if sys.stderr.isatty() else 30):
            known.append(record_of(tried))
            file.write(known[-1].line())
            file.flush()
    known.sort(key=lambda one: (one.lesson, one.exercise, one.name))
    (options.out / "table.md").write_text(table(known), encoding="utf-8")
    gone = [] if options.lesson or options.exercise else list(unknown(every))
    print(table(known), *gone, sep="\n")
    sys.exit(int(bool(left_over(known) or gone)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", action="append", help="of these lessons only, as 3 or 03_attention")
    parser.add_argument("--exercise", action="append", help="of these exercises only")
    parser.add_argument("--sample", type=int, default=0, help="so many, drawn by the seed; 0 for all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--secrets", type=int, default=SECRETS, help="draws beside the recorded case")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, default=Path("build/mutants"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
