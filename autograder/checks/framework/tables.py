"""Two values that differ as small tables of text, side by side, the first differing entry marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from autograder.checks.framework.compare import ATOL, RTOL, difference, in_words, shape_in_words
from autograder.verdict import Entry, Table
from lessons.toolkit.text import Words, composed, t

ROWS, COLUMNS = 8, 10  # what is shown
SIZE = 100  # rows, and columns, that are looked at
TEXT_LIMIT = 16  # characters of one entry
FROM_ONE = "D"  # distances, of which 0 is none: the only axis whose first place is called 1
FINITE = 1e300

Rows = list[list[Any]]
Place = tuple[int, int]


@dataclass(frozen=True)
class _Grid:
    """A value as rows, not yet cut to what is shown."""

    rows: Rows
    title: Words = ""
    letters: tuple[str, ...] = ()
    axes: tuple[str, str] = ("", "")
    row_names: tuple[str, ...] = ()


def side_by_side(expected: Any, got: Any, axes: str = "", place: str = "") -> tuple[Table, Table] | None:
    """Both values as tables of the same part, or None where they are no tables of numbers or words.

    Args:
        expected, got: values that the codec carries.
        axes: dimension letters of the tensors in them, such as "B S".
        place: where in the whole these two stand.
    """
    if (grids := _grids(expected, got, axes, in_words(place))) is not None:
        return _tables(*grids, not isinstance(expected, Tensor) or expected.shape == got.shape)
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple) and len(expected) == len(got):
        items = [(f"{place}[{i}]", *pair) for i, pair in enumerate(zip(expected, got, strict=True))]
    elif isinstance(expected, dict) and isinstance(got, dict) and set(expected) == set(got):
        items = [(f"{place}[{key!r}]", expected[key], got[key]) for key in expected]
    else:
        return None
    for inner, wanted, had in items:
        if difference(wanted, had) is not None:
            return side_by_side(wanted, had, axes, inner)
    return None


def _grids(expected: Any, got: Any, axes: str, place: str) -> tuple[_Grid, _Grid] | None:
    if isinstance(expected, Tensor) and isinstance(got, Tensor):
        return _tensor_grids(expected, got, axes, place)
    if isinstance(expected, dict) and isinstance(got, dict):
        return _dict_grids(expected, got, place)
    wanted, had = _list_rows(expected), _list_rows(got)
    return (_Grid(wanted, place), _Grid(had, place)) if wanted and had and any(wanted + had) else None


def _tensor_grids(expected: Tensor, got: Tensor, axes: str, place: str) -> tuple[_Grid, _Grid] | None:
    if 0 in (expected.dim(), got.dim(), expected.numel(), got.numel()):
        return None
    alike = expected.shape == got.shape
    index = _first_place(expected, got) if alike else ()
    return _tensor_grid(expected, index, axes, place), _tensor_grid(got, index, axes if alike else "", place)


def _first_place(expected: Tensor, got: Tensor) -> tuple[int, ...]:
    """Which matrix of two tensors of the same shape holds the first difference: all indices but the last two."""
    for index in _indices(expected.shape[:-2]):
        if difference(expected[index], got[index]) is not None:
            return index
    return ()


def _indices(shape: Sequence[int]) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = [()]
    for size in shape:
        found = [(*index, i) for index in found for i in range(size)][:SIZE]
    return found


def _tensor_grid(tensor: Tensor, index: tuple[int, ...], axes: str, place: str) -> _Grid:
    """The matrix of a tensor at `index`, the first one where that is short; a vector is one row."""
    known = tuple(axes.split()) if len(axes.split()) == tensor.dim() else ()
    letters = known or ("",) * tensor.dim()
    outer = (*index, *[0] * tensor.dim())[: max(tensor.dim() - 2, 0)]
    matrix = tensor.detach()[outer]
    matrix = matrix.unsqueeze(0) if matrix.dim() == 1 else matrix
    names = [f"{letter} = {i}" if letter else str(i) for letter, i in zip(letters, outer, strict=False)]
    title = shape_in_words(tensor, axes)
    title = t("{shape} at {place}", shape=title, place=", ".join(names)) if names else title
    title = composed("{place}: {title}", place=place, title=title) if place else title
    row_axis = letters[-2] if len(letters) > 1 else ""
    return _Grid(matrix[:SIZE, :SIZE].tolist(), title, known, (row_axis, letters[-1]))


def _dict_grids(expected: dict[Any, Any], got: dict[Any, Any], place: str) -> tuple[_Grid, _Grid] | None:
    """Dicts of scalars, one row a key: those of `expected`, then those that only `got` has."""
    keys = [*expected, *(key for key in got if key not in expected)][:SIZE]
    sides = [[[side[key]] if key in side else [] for key in keys] for side in (expected, got)]
    if not keys or not all(_is_scalar(value) for rows in sides for row in rows for value in row):
        return None
    names = tuple(_text(key) for key in keys)
    return _Grid(sides[0], place, row_names=names), _Grid(sides[1], place, row_names=names)


def _list_rows(value: Any) -> Rows | None:
    """A list of scalars as one row, a list of such lists as rows; None for anything else."""
    if not isinstance(value, list | tuple) or not value:
        return None
    if all(map(_is_scalar, value[:SIZE])):
        return [list(value[:SIZE])]
    rows = [list(row[:SIZE]) for row in value[:SIZE] if isinstance(row, list | tuple)]
    is_table = len(rows) == len(value[:SIZE]) and all(_is_scalar(item) for row in rows for item in row)
    return rows if is_table else None


def _is_scalar(value: Any) -> bool:
    return isinstance(value, bool | int | float | str)


# What is shown of two grids


def _tables(expected: _Grid, got: _Grid, comparable: bool) -> tuple[Table, Table]:
    """The same window of both where places belong together, else the beginning of each."""
    scale = _scale([value for grid in (expected, got) for row in grid.rows for value in row])
    if not comparable:
        begin = (0, 0)
        return (
            _table(expected, _window(begin, [expected]), {}, scale),
            _table(got, _window(begin, [got]), {}, scale),
        )
    differing = _differing(expected, got)
    window = _window(differing[0] if differing else (0, 0), [expected, got])
    marks = {place: place == differing[0] for place in differing}
    return _table(expected, window, marks, scale), _table(got, window, marks, scale)


def _differing(expected: _Grid, got: _Grid) -> list[Place]:
    rows, columns = _extent([expected, got])
    places = [(row, column) for row in range(rows) for column in range(columns)]
    return [place for place in places if not _same(_at(expected, place), _at(got, place))]


def _extent(grids: list[_Grid]) -> tuple[int, int]:
    rows = [row for grid in grids for row in grid.rows]
    return max(len(grid.rows) for grid in grids), max(map(len, rows))


def _at(grid: _Grid, place: Place) -> Any:
    row, column = place
    inside = row < len(grid.rows) and column < len(grid.rows[row])
    return grid.rows[row][column] if inside else None


def _same(expected: Any, got: Any) -> bool:
    if isinstance(expected, float) and isinstance(got, float) and math.isfinite(expected) and math.isfinite(got):
        return abs(expected - got) <= ATOL + RTOL * abs(expected)
    return bool(expected == got or (expected != expected and got != got))


def _window(first: Place, grids: list[_Grid]) -> tuple[range, range]:
    """The rows and columns that are shown, the first difference among them."""
    rows, columns = _extent(grids)
    return _around(first[0], rows, ROWS), _around(first[1], columns, COLUMNS)


def _around(place: int, size: int, limit: int) -> range:
    start = max(0, min(place - limit // 2, size - limit))
    return range(start, min(size, start + limit))


def _scale(values: list[Any]) -> float:
    """The largest magnitude; bools and numbers are drawn as shares of it."""
    return max((abs(float(value)) for value in values if _is_finite(value)), default=0.0)


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and abs(value) < FINITE


def _table(grid: _Grid, window: tuple[range, range], marks: dict[Place, bool], scale: float) -> Table:
    rows, columns = window
    height, width = _extent([grid])
    return Table(
        _titled(grid, len(rows) < height or len(columns) < width),
        grid.letters,
        *grid.axes,
        tuple(grid.row_names[row] if grid.row_names else str(row) for row in rows),
        () if grid.row_names else tuple(str(column + (grid.axes[1] == FROM_ONE)) for column in columns),
        tuple(tuple(_entry(_at(grid, (row, c)), marks.get((row, c)), scale) for c in columns) for row in rows),
    )


def _titled(grid: _Grid, in_part: bool) -> Words:
    if not in_part:
        return grid.title
    return t("{title} (in part)", title=grid.title) if grid.title else t("(in part)")


def _entry(value: Any, mark: bool | None, scale: float) -> Entry:
    shade = round(float(value) / scale, 2) if scale and _is_finite(value) else 0.0
    return Entry(_text(value), shade, mark is not None, bool(mark))


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    text = text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"
    return "".join(character if character.isprintable() else "�" for character in text)
