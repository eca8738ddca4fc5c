"""Notebooks that an editor, a tool or a hand has damaged: every answer is found, the report says what was mended."""

import copy
import functools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grading_cases as cases
import judge_cases
import nbformat
import pytest

from autograder.course.lessons import find_lesson
from autograder.judging.course_notebook import course_notebook
from autograder.judging.matched import Matched, untouched
from autograder.judging.matching import match
from autograder.notebooks import repair
from autograder.notebooks.reading import UnreadableError, read_notebook

Content = dict[str, Any]
SOLVED = json.loads(nbformat.writes(judge_cases.solved()))
CODE = {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None}
KNOWN = course_notebook(find_lesson(cases.LESSON), cases.RELEASE)


def matched(path: Path, content: Content | str | bytes) -> Matched:
    text = json.dumps(content) if isinstance(content, dict) else content
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return match(read_notebook(path), KNOWN)


def answered(found: Matched) -> list[str]:
    """The exercises whose answer runs."""
    sources = {exercise: [cell.source for cell in found.of(exercise) if cell.source] for exercise in cases.EXERCISES}
    return [exercise for exercise, texts in sources.items() if any(cases.defined(exercise) in text for text in texts)]


def for_all(*types: str, **parts: Any) -> Callable[[Content], None]:
    """Set parts of every cell of these types; a part that is `...` is taken away."""

    def change(content: Content) -> None:
        for cell in content["cells"]:
            if cell["cell_type"] in types:
                cell.update(parts)
                for name in [name for name, value in parts.items() if value is ...]:
                    del cell[name]

    return change


def for_notebook(**parts: Any) -> Callable[[Content], None]:
    return lambda content: content.update(parts)


def with_metadata(**parts: Any) -> Callable[[Content], None]:
    return lambda content: content["metadata"].update(parts)


def with_cell(cell: Any) -> Callable[[Content], None]:
    return lambda content: content["cells"].insert(0, cell)


def on_all_metadata(**parts: Any) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        for cell in content["cells"]:
            cell["metadata"].update(parts)

    return change


DAMAGES: dict[str, Callable[[Content], None]] = {
    "collapsed is a text": on_all_metadata(collapsed="yes"),
    "tags are a text": on_all_metadata(tags="exercise"),
    "tags repeated": on_all_metadata(tags=["a", "a"]),
    "tags with commas": on_all_metadata(tags=["a,b", 3, None]),
    "metadata null": for_all("code", "markdown", metadata=None),
    "metadata gone": for_all("code", "markdown", metadata=...),
    "ids of another editor": for_all("code", "markdown", id="#VSC {1}"),
    "ids too long": for_all("code", "markdown", id="x" * 200),
    "ids are numbers": for_all("code", "markdown", id=3),
    "count is a text": for_all("code", execution_count="3"),
    "outputs gone": for_all("code", outputs=..., execution_count=...),
    "outputs of another kind": for_all("code", outputs=[{"output_type": "pyout"}, "text", None]),
    "outputs null": for_all("code", outputs=None),
    "outputs of text cells": for_all("markdown", outputs=[], execution_count=None),
    "text cells without text": for_all("markdown", source=None),
    "attachments damaged": for_all("markdown", attachments=3),
    "parts of its own": for_all("code", "markdown", cell_kind=2),
    "a heading cell": with_cell({"cell_type": "heading", "level": 1, "metadata": {}, "source": "Mine"}),
    "no cell at all": with_cell(None),
    "a cell of another kind": with_cell({"cell_type": "sql", "source": ["select", 1]}),
    "kernelspec a text": with_metadata(kernelspec="python"),
    "kernelspec empty": with_metadata(kernelspec={}),
    "language a text": with_metadata(language_info="python", authors="me", title=3),
    "notebook metadata null": for_notebook(metadata=None),
    "version of the future": for_notebook(nbformat=99),
    "versions are texts": for_notebook(nbformat="4", nbformat_minor="5"),
    "negative version": for_notebook(nbformat_minor=-1),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_costs_no_answer_and_is_reported(name, tmp_path):
    content = copy.deepcopy(SOLVED)
    DAMAGES[name](content)
    found = matched(tmp_path / "n.ipynb", content)
    assert answered(found) == cases.EXERCISES
    assert "damaged" in str(found.notes[""][0])


ENCODINGS = {
    "byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 without mark": lambda text: text.encode("utf-16-le"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_encodings_cost_nothing(name, tmp_path):
    found = matched(tmp_path / "n.ipynb", ENCODINGS[name](json.dumps(SOLVED, indent=1, ensure_ascii=False)))
    assert (answered(found), found.notes) == (cases.EXERCISES, {})


def test_line_ends_of_windows_within_cells_cost_nothing(tmp_path):
    content = copy.deepcopy(SOLVED)
    for cell in content["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    assert answered(matched(tmp_path / "n.ipynb", content)) == cases.EXERCISES


def test_colab_keeps_no_marks_of_ours(tmp_path):
    content = copy.deepcopy(SOLVED) | {"nbformat_minor": 0}
    content["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    for number, cell in enumerate(content["cells"]):
        del cell["id"]
        cell["metadata"] = {"id": f"c{number}", "colab": {"base_uri": "https://localhost/"}, "outputId": "x"}
    found = matched(tmp_path / "n.ipynb", content)
    assert answered(found) == cases.EXERCISES
    assert all("found because it defines" in " ".join(map(str, found.notes[exercise])) for exercise in cases.EXERCISES)


@pytest.mark.parametrize("repair", judge_cases.REPAIRS, ids=lambda repair: repair.__name__)
def test_what_can_happen_to_cells_costs_no_answer(repair, tmp_path):
    content = judge_cases.repaired(repair)
    found = matched(tmp_path / "n.ipynb", content if isinstance(content, str) else json.dumps(content))
    defined = [name for name in cases.EXERCISES if any(cases.defined(name) in cell.source for cell in found.running)]
    assert defined == cases.EXERCISES
    if repair.__name__.startswith(("checks_", "all_copied", "metadata_lost", "split", "answers_above")):
        assert set(found.notes) >= set(cases.EXERCISES)


@pytest.mark.parametrize(
    "content",
    [
        *({"nbformat": 4, "cells": cells} for cells in (7, None, {}, "text")),
        {"nbformat": 3, "worksheets": [1]},
        {"nbformat": 4},
    ],
)
def test_what_has_no_cells_is_refused_with_a_reason(content, tmp_path):
    with pytest.raises(UnreadableError, match="not a"):
        matched(tmp_path / "n.ipynb", content)


def test_good_outputs_stay_when_others_are_left_out():
    good = {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]}
    cells = [{"cell_type": "code", "source": ["x = 1\n", "y"], "outputs": [good, {"output_type": "?"}, good]}]
    cell = repair.rebuilt({"cells": cells}).cells[0]
    assert cell.source == "x = 1\ny"
    assert [output.text for output in cell.outputs] == ["a\nb", "a\nb"]


def test_what_is_nested_deeper_than_nbformat_can_say_costs_no_answer(tmp_path):
    """The wording of its error recursed into what is wrong without end."""
    deep = functools.reduce(lambda inner, _: {"source": inner}, range(400), [])
    assert answered(matched(tmp_path / "deep.ipynb", {**SOLVED, "more": deep})) == cases.EXERCISES


@pytest.mark.parametrize(
    "output", [{"output_type": "stream", "name": "stdout", "text": "x"}, {"output_type": "stream"}]
)
def test_outputs_without_end_are_refused_before_each_is_looked_at(tmp_path, output):
    """A file of 50 MB took a quarter of an hour."""
    content = copy.deepcopy(SOLVED)
    next(cell for cell in content["cells"] if cell["cell_type"] == "code")["outputs"] = [output] * 300_000
    began = time.process_time()
    with pytest.raises(UnreadableError, match="more than 300,000 parts; clear its outputs"):
        matched(tmp_path / "outputs.ipynb", content)
    assert time.process_time() - began < 10


def with_own(source: str) -> Content:
    """What was handed out, with a cell of the learner's own."""
    content = json.loads(nbformat.writes(cases.RELEASE))
    content["cells"].append({**CODE, "source": source})
    return content


@pytest.mark.parametrize(
    ("source", "others"),
    [
        ("print(1)", set()),
        ("encode_words = len", {"encode_words"}),
        ("def helper(words):\n    return encode_words(words)", {"encode_words"}),
        ("globals()['encode' + '_words'] = len", set(cases.EXERCISES)),
        ("from helpers import *", set(cases.EXERCISES)),
        ("%run helpers.py", set(cases.EXERCISES)),
    ],
)
def test_only_what_no_cell_can_have_answered_is_known_to_be_untouched(source, others, tmp_path):
    found = untouched(matched(tmp_path / "one.ipynb", with_own(source)), KNOWN)
    assert found == set(cases.EXERCISES) - others


def test_of_what_is_solved_nothing_is_untouched(tmp_path):
    assert untouched(matched(tmp_path / "one.ipynb", copy.deepcopy(SOLVED)), KNOWN) == set()
