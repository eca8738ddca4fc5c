"""No cell of a table is computed by a spreadsheet, in whatever language it runs, and each is read back as it was."""

import csv
import random
import time

import pytest

from autograder.csv_tables import append_table, harmless_cell, plain_cell, read_rows, write_table
from autograder.results.grades import ExerciseResult, read_grades, write_grades


@pytest.mark.parametrize(
    "text",
    [
        *("＝1+1", "＋cmd", "－2＋3", "＠SUM(1)", "﹦1", "'  =1", ";=1", "；＝1"),
        *("\u3000=1", "\u200b=1", "\ufeff＝1", "\u00a0+1"),
    ],
)
def test_what_begins_like_a_formula_in_any_language_is_guarded(text):
    assert harmless_cell(text).startswith("'")
    assert plain_cell(harmless_cell(text)) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("kim;=1+1", "kim;'=1+1"),
        ("kim; ＝1", "kim;' ＝1"),
        ("a；@x", "a；'@x"),
        ("two\n=lines", "two\n'=lines"),
        ("a;'=1", "a;''=1"),
        ("=1;=2", "'=1;'=2"),
    ],
)
def test_what_begins_a_cell_where_semicolons_do_is_guarded(text, written):
    assert harmless_cell(text) == written
    assert plain_cell(written) == text


@pytest.mark.parametrize(
    "text", ["a; b", "2;3", "김;이", "a=b;c", "'quoted'; 'twice'", "it's 3 - 1", "-3.5", "전각 ＝ 안"]
)
def test_other_texts_are_left_alone(text):
    assert harmless_cell(text) == plain_cell(text) == text


def test_every_text_is_read_back():
    signs, chance = "'=＝;；\ta1\n-＋ \u3000\ufeff\r", random.Random(0)
    for _ in range(20_000):
        text = "".join(chance.choices(signs, k=chance.randrange(8)))
        assert plain_cell(harmless_cell(text)) == text


def test_guarding_takes_time_in_proportion():
    begun = time.process_time()
    for text in ("\n" * 200_000, ";" * 200_000, "'" * 200_000, " " * 200_000, ";'" * 100_000):
        assert plain_cell(harmless_cell(text)) == text
    assert time.process_time() - begun < 5


def test_a_student_of_such_a_name_keeps_it_through_the_table_of_grades(tmp_path):
    rows = [ExerciseResult("＝HYPERLINK(1)", "01_seq2seq", "x", 1, 2, "failed", "expected 2;=3")]
    write_grades(tmp_path / "grades.csv", rows)
    assert "\n'＝HYPERLINK(1),01_seq2seq,x,1,2,failed,expected 2;'=3,0,0\n" in (tmp_path / "grades.csv").read_text(
        "utf-8"
    )
    assert read_grades(tmp_path / "grades.csv") == rows


@pytest.mark.parametrize(("delimiter", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16")])
def test_tables_that_a_spreadsheet_saved_are_read(tmp_path, delimiter, encoding):
    path = tmp_path / "t.csv"
    write_table(path, ["a", "b"], [{"a": "x;=1", "b": "two\nlines"}])
    append_table(path, ["a", "b"], [{"a": 2, "b": "김"}])
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    assert read_rows(path) == [(1, ["a", "b"]), (3, ["x;'=1", "two\nlines"]), (4, ["2", "김"])]
