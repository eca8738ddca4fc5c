"""What a cell defines by its text alone, valid Python or not, and by which marks it is a lesson's cell."""

import nbformat
import pytest

from autograder.notebooks.cell_matching import is_marked_as
from autograder.notebooks.cells import defines_one_of, has_definition


@pytest.mark.parametrize(
    ("source", "names", "found"),
    [
        ("def pad(x):\n    return", ("pad",), True),
        ("x = 1\nclass Encoder(", ("pad", "Encoder"), True),
        ("def pad_batch(x): ...", ("pad", "Encoder"), False),
        ("    def pad(x): ...", ("pad",), False),
        ("def pad(x): ...", (), False),
        ("def : ...", (), False),
    ],
)
def test_a_definition_is_found_by_any_of_the_names_at_the_beginning_of_a_line(source, names, found):
    assert has_definition(source, *names) is found
    assert defines_one_of(nbformat.v4.new_code_cell(source), [*names]) is found


def marked(name, grade_id=None):
    metadata = {} if grade_id is None else {"nbgrader": {"grade_id": grade_id}}
    return nbformat.v4.new_code_cell("x", id=name, metadata=metadata)


@pytest.mark.parametrize(
    ("cell", "is_marked"),
    [(marked("b", "pad"), True), (marked("a"), True), (marked("b"), False), (marked("b", ""), False)],
)
def test_either_mark_is_enough(cell, is_marked):
    assert is_marked_as(cell, marked("a", "pad")) is is_marked
    assert not is_marked_as(cell, marked("c", ""))
