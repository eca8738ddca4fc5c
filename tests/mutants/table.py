"""Counts what came of mutants, exercise by exercise, and lists those that pass and should not."""

from collections import Counter
from collections.abc import Iterable, Iterator

from records import Record, equivalent, is_equivalent

_OUTCOMES = ("recorded", "fresh", "one draw", "some draws", "survived")
_KINDS = ("named", "explained", "kind", "error", "generic")
_HEAD = ("exercise", "mutants", *_OUTCOMES, "equivalent", *_KINDS)


def table(records: Iterable[Record]) -> str:
    """A row for each exercise and one for all, as Markdown; then the mutants that are left."""
    records = list(records)
    rows = [_HEAD, tuple("-" * len(word) for word in _HEAD)]
    for exercise in dict.fromkeys(one.exercise for one in records):
        rows.append(_row(exercise, [one for one in records if one.exercise == exercise]))
    lines = [f"| {' | '.join(row)} |" for row in [*rows, _row("all", records)]]
    return "\n".join([*lines, "", *left_over(records)]) + "\n"


def _row(title: str, records: list[Record]) -> tuple[str, ...]:
    """Equivalent mutants are counted among those that survived, too; kinds are those of the first failure."""
    outcomes = Counter(one.outcome for one in records)
    kinds = Counter(one.failure.kind for one in records if one.failure)
    counts = [len(records), *(outcomes[name] for name in _OUTCOMES), sum(map(is_equivalent, records))]
    return (title, *map(str, [*counts, *(kinds[kind] for kind in _KINDS)]))


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
