"""Keeps what came of mutants, a line each, so that a run that was ended goes on."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from mutations import Mutant
from trying import Told, Tried

import autograder.checks
from autograder.checks.recording import recorded_values
from autograder.course.lessons import Lesson

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
_CHECKS = Path(autograder.checks.__file__).parent


@dataclass(frozen=True)
class Record:
    """What came of a mutant.

    Attributes:
        lesson, exercise, name, digest: of the mutant.
        stamp: a hash of what the verdicts were made with.
        told: what was said on the recorded case, then on each draw.
    """

    lesson: str
    exercise: str
    name: str
    digest: str
    stamp: str
    told: tuple[Told, ...]

    @property
    def outcome(self) -> str:
        """ "recorded": stopped everywhere; "fresh": on every draw; "one draw": by the recorded case, but not on every
        draw; "some draws": passes the recorded case and some of the draws; "survived": passes everywhere.

        A process that ended passed none of the cases that were still to come.
        """
        recorded, *draws = (one.passed for one in self.told)
        if all(draws) and self.told[-1].passed:
            return "survived" if recorded else "one draw"
        if any(draws):
            return "some draws" if recorded else "one draw"
        return "fresh" if recorded else "recorded"

    @property
    def failure(self) -> Told | None:
        """What is said of it first; None where it survived."""
        return next((one for one in self.told if not one.passed), None)

    def line(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False) + "\n"


def record_of(tried: Tried) -> Record:
    """What is kept of a mutant that was tried."""
    mutant = tried.mutant
    stamp = stamp_of(mutant.lesson, mutant.exercise)
    return Record(mutant.lesson.slug, mutant.exercise, mutant.name, mutant.digest, stamp, tuple(tried.told))


@cache
def stamp_of(lesson: Lesson, exercise: str) -> str:
    """A hash of the check, its frame, its words, and the recorded case."""
    folders = [*_CHECKS.glob("framework/*.py"), *_CHECKS.glob("wording/*.py"), *_CHECKS.parent.glob("subjects/*.py")]
    files = [_CHECKS / f"lesson_{lesson.number}.py", *sorted(folders)]
    return hashlib.sha256(b"".join([*(file.read_bytes() for file in files), *recorded_values(exercise)])).hexdigest()[
        :16
    ]


def read_records(path: Path) -> Iterator[Record]:
    """What a file keeps; a line that was cut off is left out."""
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        if line.endswith("}"):
            data = json.loads(line)
            yield Record(**{**data, "told": tuple(Told(**one) for one in data["told"])})


def split(mutants: Iterable[Mutant], known: Iterable[Record]) -> tuple[list[Record], list[Mutant]]:
    """What is known of mutants by the checks of today, and the mutants of which nothing is."""
    found = {(one.exercise, one.digest, one.stamp): one for one in known}
    keys = {(one.exercise, one.digest, stamp_of(one.lesson, one.exercise)): one for one in mutants}
    known_ones = [replace(found[key], name=one.name) for key, one in keys.items() if key in found]
    return known_ones, [one for key, one in keys.items() if key not in found]


@cache
def equivalent() -> dict[str, dict[str, str]]:
    """Mutants that do what the solution does: exercise → name → why."""
    return tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))


def is_equivalent(record: Record) -> bool:
    """Whether a mutant is known to do what the solution does."""
    return record.name in equivalent().get(record.exercise, {})
