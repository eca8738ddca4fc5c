"""Claims: sentences with a measured number, each with an expression over the results files.

`claims.toml` lists them and says how to write one. An expression is Python over the names below and nothing else:

    each("03_attention", "exact_match", clauses(6), model="attention")    one value for each run with these settings
    share(...), score(..., digits)    a range as the texts write it: "90 to 96 %", "0.43 to 0.46"
    says(text)                        whether the claim's own words hold this text, no digit of it cut off
    seeds(file), runs(file, ...), results(file), between(low, values, high), knee(values)
    word_counts(split, ...), split_counts(split), and so on    about the corpus: tests/helpers/claim_corpus.py

A results file is read through `Tracked`, which keeps the path of each number that was read and can give one of them
halved or doubled: so the tests know which claims depend on which scores.
"""

import ast
import builtins
import json
import re
import statistics
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import takewhile
from pathlib import Path
from textwrap import shorten
from typing import Any

import claim_corpus

from lessons.earlier.lesson_02 import find_knee
from lessons.experiments.summary import score, share
from lessons.toolkit.paths import datasets_folder

CLAIMS = Path(__file__).parent / "claims.toml"
KINDS = {  # table of `claims.toml` → the keys of its entries, all required but those with a question mark
    "claim": {"place", "words", "holds"},
    "comparison": {"place", "words", "reason"},
    "exception": {"pattern", "reason", "place?"},
    "unfelt": {"path", "reason"},
    "drawn": {"path", "reason"},
}

_BUILTINS = ("abs", "all", "any", "dict", "enumerate", "float", "int", "len", "list", "max", "min", "range", "round")
_MORE_BUILTINS = ("set", "sorted", "str", "sum", "tuple", "zip")
_WHOLE_FILES = ("runs(", "results(")  # too long to be shown
_METHODS = ("count", "index", "items", "join", "values")
_SHOWN, _LONGEST = 12, 160  # values in a message, and characters of each


class ClaimError(Exception):
    """A claim cannot be tried; the message names what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Claim:
    """One entry of `claims.toml`.

    Attributes:
        place: file, section, and "figure" for titles and alternative texts, as `02_context_limit / 5 / figure`.
        words: what stands there, white space folded.
        holds: the expression.
    """

    place: str
    words: str
    holds: str


def load_entries(path: Path = CLAIMS) -> dict[str, list[dict[str, str]]]:
    """The entries of a claims file, table by table.

    Raises:
        ClaimError: it is no TOML, or an entry has a key too many or too few.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ClaimError(f"{path.name}: no TOML: {error}; see the examples at its top") from None
    for table, entries in tables.items():
        if table not in KINDS:
            raise ClaimError(f"{path.name}: [[{table}]] is none of {', '.join(KINDS)}")
        for number, entry in enumerate(entries, start=1):
            _check_keys(f"{path.name}: [[{table}]] number {number}", entry, KINDS[table])
    return {table: tables.get(table, []) for table in KINDS}


def _check_keys(name: str, entry: Mapping[str, str], keys: set[str]) -> None:
    known = {key.rstrip("?") for key in keys}
    missing = {key for key in keys if not key.endswith("?")} - entry.keys()
    if missing or entry.keys() - known:
        wrong = f"lacks {', '.join(sorted(missing))}" if missing else f"has {', '.join(sorted(entry.keys() - known))}"
        start = next(iter(entry.values()), "")
        raise ClaimError(f"{name} ({start[:50]!r}) {wrong}; its keys are {', '.join(sorted(known))}")


def load_claims(path: Path = CLAIMS) -> list[Claim]:
    """The claims of a claims file, in order."""
    return [Claim(**entry) for entry in load_entries(path)["claim"]]


@cache
def load_raw(folder: Path) -> dict[str, Any]:
    """All results files of a folder, by name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def settings_of(run: Mapping[str, Any]) -> dict[str, str | int]:
    """What tells a run apart, such as its seed: the texts and whole numbers it begins with, up to its parameters."""
    decided = takewhile(lambda item: item[0] != "parameters" and isinstance(item[1], str | int), run.items())
    return dict(decided)


def child_path(path: str, key: str | int, value: Any) -> str:
    """The path of what stands under a key; a run is called by its settings, `03_attention/model=baseline,seed=1`."""
    if path.endswith("/runs") and isinstance(value, Mapping):
        label = ",".join(f"{name}={setting}" for name, setting in settings_of(value).items())
        return f"{path.removesuffix('/runs')}/{label}"
    return f"{path}/{key}"


def leaves(value: Any, path: str, settings: Collection[str] = ()) -> Iterator[tuple[str, float]]:
    """Each number in a results file with its path, `03_attention/model=baseline,seed=1/exact_match/5`; no settings."""
    if is_number(value):
        yield path, value
    elif isinstance(value, Mapping | list):
        parts = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, part in parts:
            if key not in settings:
                inner = settings_of(part) if path.endswith("/runs") else ()
                yield from leaves(part, child_path(path, key, part), inner)


def is_number(value: Any) -> bool:
    """Whether a value of a results file is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass
class Reading:
    """The results files as one claim sees them.

    Attributes:
        files: name → what the file holds.
        changed: the path of a number, and the factor by which it is read as more or less than it is.
        read: the paths of all numbers read so far.
    """

    files: Mapping[str, Any]
    changed: tuple[str, float] = ("", 1)
    read: set[str] = field(default_factory=set)

    def results(self, name: str) -> "Tracked":
        """A results file."""
        if name not in self.files:
            raise ClaimError(f"no results file {name!r}; there are {', '.join(self.files)}")
        return Tracked(self.files[name], name, self)

    def runs(self, name: str, **settings: Any) -> list["Tracked"]:
        """The runs of a file with these settings; at least one."""
        found = [
            run
            for run, raw in zip(self.results(name)["runs"], self.files[name]["runs"], strict=True)
            if settings.items() <= raw.items()
        ]
        if not found:
            raise ClaimError(f"{name} has no run with {settings}; runs have {_kinds_of(self.files[name]['runs'])}")
        return found

    def each(self, name: str, *keys: str | int, **settings: Any) -> list[Any]:
        """What stands under these keys, one value for each run with these settings."""
        found = []
        for value in self.runs(name, **settings):
            for key in keys:
                value = value[key]
            found.append(value)
        return found

    def seeds(self, name: str, **settings: Any) -> int:
        """How many seeds there are for each kind of run with these settings.

        Raises:
            ClaimError: not equally many for each kind.
        """
        kinds = Counter()
        for run in self.runs(name, **settings):
            kinds[tuple((key, value) for key, value in settings_of(run.raw).items() if key != "seed")] += 1
        if len(set(kinds.values())) > 1:
            raise ClaimError(f"{name} has not equally many seeds of each kind: {dict(kinds)}; name the kind")
        return kinds.popitem()[1]


def _kinds_of(runs: Sequence[Mapping[str, Any]]) -> str:
    """What tells runs apart: `model in ['attention', 'baseline']`, and so on."""
    settings = settings_of(runs[0]) if runs else {}
    kinds = {key: sorted({run[key] for run in runs if key in run}, key=str) for key in settings}
    return "; ".join(f"{key} in {values}" for key, values in kinds.items()) or "no settings, for there are none"


class Tracked(Sequence):
    """A dict or list of a results file; its numbers come as they are, and their paths are kept."""

    def __init__(self, value: Any, path: str, reading: Reading):
        self._value, self._path, self._reading = value, path, reading

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return [self[index] for index in range(*key.indices(len(self)))]
        if isinstance(self._value, list) and isinstance(key, int) and key < 0:
            key += len(self._value)
        try:
            value = self._value[key]
        except (KeyError, IndexError, TypeError):
            held = self._value.keys() if isinstance(self._value, dict) else [f"0 to {len(self._value) - 1}"]
            raise ClaimError(f"{self._path} has no {key!r}; it has {', '.join(held)}") from None
        path = child_path(self._path, key, value)
        if isinstance(value, dict | list):
            return Tracked(value, path, self._reading)
        if is_number(value):
            self._reading.read.add(path)
            return value * self._reading.changed[1] if path == self._reading.changed[0] else value
        return value

    def __iter__(self) -> Iterator[Any]:
        return iter(self._value) if isinstance(self._value, dict) else (self[index] for index in range(len(self)))

    def __len__(self) -> int:
        return len(self._value)

    @property
    def raw(self) -> Any:
        """What the file holds, read without a trace."""
        return self._value

    def keys(self) -> list[str]:
        """The keys of a dict."""
        return list(self._value)

    def __repr__(self) -> str:
        return repr(self._value)


def clauses(number: int) -> int:
    """Where a list over one, two, three … clauses has the value for this number of them."""
    return number - 1


def between(low: float, values: Sequence[float], high: float) -> bool:
    """Whether all values lie from low to high."""
    return all(low <= value <= high for value in values)


def says(words: str, text: str) -> bool:
    """Whether the words hold the text, with no digit before or after it: "4 %" does not stand in "94 %"."""
    return re.search(rf"(?<![\d.,]){re.escape(str(text))}(?!\d)", words) is not None


def knee(accuracy: Sequence[float], trained_up_to: int = 6) -> int | None:
    """The first number of clauses at which less than half of the best accuracy is left, as lesson 2 defines it."""
    return find_knee(dict(enumerate(accuracy, start=1)), trained_up_to)


@dataclass
class Verdict:
    """What became of a claim: whether it holds, the numbers that it read, and the values found on the way."""

    holds: bool
    read: frozenset[str]
    found: dict[str, str]


def names_for(claim: Claim, reading: Reading) -> dict[str, Any]:
    """Everything that an expression may name."""
    methods: dict[str, Callable] = {
        "results": reading.results,
        "runs": reading.runs,
        "each": reading.each,
        "seeds": reading.seeds,
        "says": partial(says, claim.words),
    }
    helpers = {helper.__name__: helper for helper in (clauses, between, knee, share, score, *claim_corpus.HELPERS)}
    plain = {name: getattr(builtins, name) for name in _BUILTINS + _MORE_BUILTINS}
    return plain | helpers | methods | {"mean": statistics.mean, "median": statistics.median}


def try_claim(claim: Claim, files: Mapping[str, Any], changed: tuple[str, float] = ("", 1)) -> Verdict:
    """Evaluate a claim's expression.

    Args:
        claim: the claim.
        files: results file → what it holds.
        changed: the path of a number, and the factor by which it is to be read as more or less than it is.

    Raises:
        ClaimError: the expression names what does not exist, or is no Python, or gives no truth value.
    """
    reading = Reading(files, changed)
    names = names_for(claim, reading)
    try:
        value = _evaluate(claim.holds, names)
    except ClaimError as error:
        raise ClaimError(f"{describe(claim)}\n  cannot be tried: {error}") from None
    if not isinstance(value, bool):
        raise ClaimError(f"{describe(claim)}\n  gives {value!r}; an expression must be true or false")
    found = {} if value or changed[0] else _parts(claim.holds, names)
    return Verdict(value, frozenset(reading.read), found)


def _evaluate(expression: str, names: dict[str, Any]) -> Any:
    """The value of an expression that names nothing but these names."""
    tree = _parse(expression)
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in names and node.id not in bound:
            raise ClaimError(f"no name {node.id!r}; there are {', '.join(sorted(names))}")
        if isinstance(node, ast.Attribute) and node.attr not in _METHODS:
            raise ClaimError(f"no attribute .{node.attr}; there are {', '.join(_METHODS)}, and ['keys'] for results")
    try:
        return eval(compile(tree, "<claim>", "eval"), {"__builtins__": {}} | names)
    except ClaimError:
        raise
    except Exception as error:  # what an expression can raise is open; the reader needs its name
        raise ClaimError(f"{type(error).__name__}: {error}") from None


@cache
def _parse(expression: str) -> ast.Expression:
    try:
        return ast.parse(" ".join(expression.split()), mode="eval")
    except SyntaxError as error:
        raise ClaimError(f"no Python expression: {error.msg} at {error.text!r}") from None


def _parts(expression: str, names: dict[str, Any]) -> dict[str, str]:
    """The parts of an expression that have a value of their own, such as each side of a comparison."""
    found = {}
    for node in ast.walk(_parse(expression)):
        text = ast.unparse(node)
        if isinstance(node, ast.Call | ast.Compare | ast.BinOp | ast.ListComp) and not text.startswith(_WHOLE_FILES):
            try:
                found[text] = shorten(repr(_evaluate(text, names)), _LONGEST)
            except ClaimError:  # it needs a name that a loop around it binds
                continue
    return dict(list(found.items())[:_SHOWN])


def describe(claim: Claim) -> str:
    """A claim for a message: place, words, expression."""
    return f"{claim.place}\n  words: {claim.words}\n  claim: {' '.join(claim.holds.split())}"


def explain(claim: Claim, verdict: Verdict) -> str:
    """Why a claim fails, with the values found, and what to do."""
    found = "\n".join(f"    {part} = {value}" for part, value in verdict.found.items())
    return (
        f"{describe(claim)}\n  is false. Found:\n{found}\n"
        "  What to do: write in the text what was found and the same words in tests/helpers/claims.toml; or, where the "
        "text is right, mend the expression."
    )


def results_folder() -> Path:
    """Where the results files are."""
    return datasets_folder() / "results"
