"""Counts what came of mutants, exercise by exercise, and lists those that pass and should not."""

from collections import Counter
from collections.abc import Iterable, Iterator

from records import Record, equivalent, is_equivalent

_HEAD = ("exercise", "mutants", "recorded", "fresh", "one draw", "some draws", "survived", "equivalent", "named")


def table(records: Iterable[Record]) -> str:
    """A row for each exercise and one for all, as Markdown; then the mutants that are left."""
    records = list(records)
    rows = [_HEAD, tuple("-" * len(word) for word in _HEAD)]
    for exercise in dict.fromkeys(one.exercise for one in records):
        rows.append(_row(exercise, [one for one in records if one.exercise == exercise]))
    lines = [f"| {' | '.join(row)} |" for row in [*rows, _row("all", records)]]
    return "\n".join([*lines, "", *left_over(records)]) + "\n"


def _row(title: str, records: list[Record]) -> tuple[str, ...]:
    """Equivalent mutants are counted among those that survived, too."""
    outcomes = Counter(one.outcome for one in records)
    failures = [one.failure for one in records if one.failure]
    named = sum(one.kind == "named" for one in failures)
    counts = [outcomes[name] for name in ("recorded", "fresh", "one draw", "some draws", "survived")]
    share = f"{100 * named / len(failures):.0f} %" if failures else ""
    return (title, *map(str, [len(records), *counts, sum(map(is_equivalent, records))]), share)


def left_over(records: Iterable[Record]) -> list[str]:
    """Lines on what passes and is not equivalent, on what is said to be equivalent and is stopped, or is no mutant."""
    records = list(records)
    return [
        *(f"{one.outcome}: {one.exercise}: {one.name}" for one in records if _passes(one) and not is_equivalent(one)),
        *(f"not equivalent: {one.exercise}: {one.name}" for one in records if one.failure and is_equivalent(one)),
    ]


def unknown(names: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Lines on what stands in equivalent.toml and is no mutant of the exercises, of which all are given."""
    known = set(names)
    for exercise, entries in equivalent().items():
        yield from (f"no such mutant: {exercise}: {name}" for name in entries if (exercise, name) not in known)


def _passes(record: Record) -> bool:
    return record.outcome in ("survived", "some draws")
