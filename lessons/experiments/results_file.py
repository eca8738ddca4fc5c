"""Where the runs of an experiment wait until all are there: `unfinished/` beside this file, then `datasets/results/`.

Files under `datasets/` are hashed into each lesson's stamp, so a file goes there once, whole, with `publish`.
"""

from pathlib import Path
from typing import Any

from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.results import ResultsError, check_results, missing_runs, read_results, save_results

UNFINISHED = Path(__file__).parent / "unfinished"
#: Two files that differ in one of these hold runs that must not be mixed.
DECIDES = ("corpus", "torch", "held_fixed")

Run = dict[str, Any]
Key = tuple[str, int]  # training and seed


class ResultsFile:
    """The runs of one experiment, finished or not.

    Args:
        name: of the file, without ".json".
        header: what the file says before its runs: "command", "corpus", "torch", "held_fixed", "trainings" (settings of
            each), "seeds" (of each training) and "fields" (of each run).
        folder: of unfinished files; trials use one of their own.
    """

    def __init__(self, name: str, header: dict[str, Any], folder: Path = UNFINISHED):
        self.header = header
        self.path = folder / f"{name}.json"
        self.published = datasets_folder() / "results" / f"{name}.json"

    def runs(self) -> list[Run]:
        """Give the runs that there are, of this corpus and these settings.

        Raises:
            ResultsError: an unfinished file belongs to another corpus or other settings.
        """
        path = self.path if self.path.exists() else self.published
        if not path.exists():
            return []
        results = read_results(path)
        field = self._difference(results)
        if field and path == self.path:
            text = "holds runs of other data or settings than today's"
            raise ResultsError(f"{path}: the field {field} differs: it {text}; move it away, then `make results`")
        return [] if field else [run for run in results["runs"] if self._is_whole(run)]

    def missing(self) -> list[Key]:
        """List the runs that are not there, or lack a field, seed by seed."""
        return sorted(missing_runs(self.header | {"runs": self.runs()}), key=lambda key: key[1])

    def add(self, run: Run) -> None:
        """Put a run into the unfinished file, in place of one of the same training and seed."""
        kept = [done for done in self.runs() if (done["training"], done["seed"]) != (run["training"], run["seed"])]
        order = list(self.header["seeds"])
        runs = sorted([*kept, run], key=lambda run: (order.index(run["training"]), run["seed"]))
        save_results(self.path, self.header | {"runs": runs})

    def publish(self) -> bool:
        """Move the finished file to `datasets/results`; returns whether there was one to move.

        Raises:
            ResultsError: it lacks a run or a field.
        """
        if not self.path.exists():
            return False
        results = self.header | {"runs": self.runs()}
        check_results(results, self.path)
        save_results(self.published, results)
        self.path.unlink()
        return True

    def _is_whole(self, run: Run) -> bool:
        return run["training"] in self.header["seeds"] and all(field in run for field in self.header["fields"])

    def _difference(self, results: dict[str, Any]) -> str:
        """Name the first field in which a file's runs cannot be taken for this experiment's, "" if there is none."""
        for field in DECIDES:
            if results.get(field) != self.header[field]:
                return repr(field)
        theirs, ours = results.get("trainings", {}), self.header["trainings"]
        return next((f"'trainings' → {name!r}" for name in theirs if name in ours and theirs[name] != ours[name]), "")
