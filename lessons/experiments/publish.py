"""Put finished results where lessons read them: `python -m lessons.experiments.publish`.

Files under `datasets/` are part of every lesson's stamp, so they change once, when all runs are there; then come
`make models` and `make build`.
"""

import sys

from lessons.experiments import EXPERIMENTS
from lessons.experiments.results_file import UNFINISHED
from lessons.toolkit.results import ResultsError


def main() -> int:
    """Move every finished file; say of every other one what it lacks."""
    waiting = 0
    for name, experiment in EXPERIMENTS.items():
        try:
            moved = experiment.file().publish()
        except ResultsError as error:
            waiting += 1
            print(f"not published: {error}", file=sys.stderr)
        else:
            print(f"datasets/results/{name}.json: {'published' if moved else 'as it was'}")
    if waiting:
        print(f"{waiting} wait in {UNFINISHED}; `make results` goes on with them", file=sys.stderr)
    return int(waiting > 0)


if __name__ == "__main__":
    sys.exit(main())
