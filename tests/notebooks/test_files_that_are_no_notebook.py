"""A file that is no notebook says what it is and what to do; what a disk or a program put behind one costs nothing."""

import gzip
import io
import json
import time
import zipfile
from collections.abc import Callable

import editor_cases as editor
import nbformat
import pytest

from autograder.learner import own_notebooks
from autograder.notebooks import outputs, reading
from autograder.notebooks.reading import UnreadableError, lean, parse_notebook, read_notebook
from autograder.notebooks.repair import REBUILT

LESSON = "01_seq2seq"
SOLVED = json.loads(nbformat.writes(editor.answered(LESSON, "encode_words")))
TEXT = json.dumps(SOLVED, indent=1, ensure_ascii=False)
LINES = TEXT.count("\n") + 1


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, TEXT)
    return file.getvalue()


def with_conflict(at: int) -> bytes:
    lines = TEXT.split("\n")
    return "\n".join(
        [*lines[:at], "<<<<<<< HEAD", lines[at], "=======", lines[at], ">>>>>>> main", *lines[at + 1 :]]
    ).encode()


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 40231\n"
PAGE = "<html><head>\n<title>\n Log in to the site | Moodle </title></head><body>Password</body></html>"
KINDS: dict[str, tuple[bytes, str]] = {
    "login page": (f"<!DOCTYPE html>\n{PAGE}".encode(), "a web page, titled Log in to the site | Moodle"),
    "page without doctype": (b"\xef\xbb\xbf\n" + PAGE.encode(), "log in, download it again"),
    "XML of an error": (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "a web page, as a download"),
    "LFS pointer": (POINTER.encode(), "a pointer of Git LFS to a file that was not fetched; run git lfs pull"),
    "annex pointer": (b"/annex/objects/SHA256E-s40231--4d7a2146.ipynb\n", "a pointer of git-annex"),
    "conflict in the metadata": (with_conflict(3), "a conflict of Git, which begins in line 4 (<<<<<<< HEAD)"),
    "conflict in a cell": (
        with_conflict(LINES // 2),
        f"which begins in line {LINES // 2 + 1} (<<<<<<< HEAD): choose one",
    ),
    "zip": (zipped("01_seq2seq.ipynb"), "a zip archive: unpack it, and hand in the notebook"),
    "Word": (zipped("[Content_Types].xml", "word/document.xml"), "a Word document; save the notebook itself"),
    "gzip": (gzip.compress(TEXT.encode()), "a gzip archive"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", "a PDF; save the notebook itself"),
    "picture": (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    "script": (b"# %%\nimport torch\n", "a Python script; save the notebook itself"),
    "exported script": (b"#!/usr/bin/env python\n# coding: utf-8\n", "a Python script"),
    "shortcut": (
        json.dumps({"url": "https://drive.google.com/x", "doc_id": "x"}).encode(),
        "a shortcut of Google Drive",
    ),
    "zeros": (bytes(4096), "4096 bytes that are all zero"),
    "cut off, then zeros": (
        TEXT.encode()[:3000] + bytes(1096),
        "it ends early, as if cut off; its last 1096 bytes are zero",
    ),
    "Korean Windows": (TEXT.encode("cp949", "replace"), "but CP949, as Korean Windows writes it; save it as UTF-8"),
    "older Windows": (TEXT.replace("→", "é").encode("cp1252", "replace"), "save it as UTF-8"),
    "two notebooks": (f"{TEXT}\n{TEXT}".encode(), f"the second begins in line {LINES + 1}"),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_file_says_what_it_is_and_what_to_do(name):
    content, told = KINDS[name]
    with pytest.raises(UnreadableError) as refused:
        parse_notebook(content)
    assert told in str(refused.value)


PADDED: dict[str, Callable[[bytes], bytes]] = {
    "zeros behind": lambda text: text + bytes(4096),
    "zeros before and behind": lambda text: bytes(16) + text + bytes(16),
    "line ends and zeros": lambda text: text + b"\r\n\0\0\n" + bytes(512),
    "end of file of DOS": lambda text: text + b"\r\n\x1a",
    "a second byte order mark": lambda text: b"\xef\xbb\xbf\xef\xbb\xbf" + text,
    "UTF-16, then zeros": lambda text: text.decode().encode("utf-16") + bytes(512),
    "erased flash": lambda text: text + b"\xff" * 512,
}


@pytest.mark.parametrize("name", PADDED)
def test_a_complete_document_with_padding_is_read(name):
    notebook = parse_notebook(PADDED[name](TEXT.encode()))
    assert editor.find(notebook, "encode_words").source == editor.answers(LESSON)["encode_words"]
    assert REBUILT not in notebook.metadata


def test_what_an_older_longer_version_left_behind_is_left_out_and_told():
    notebook = parse_notebook(TEXT.encode() + b'\n  "language": "python"\n  }\n },\n "nbformat": 4\n}\n')
    assert editor.find(notebook, "encode_words").source == editor.answers(LESSON)["encode_words"]
    assert REBUILT in notebook.metadata


# Outputs


def with_outputs(*outputs: dict) -> dict:
    content = json.loads(json.dumps(SOLVED))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = list(outputs)
    return content


PICTURE = {
    "output_type": "display_data",
    "metadata": {},
    "data": {"image/png": "A" * 1_500_000, "text/plain": ['[{"\\']},
}
LINE = {"output_type": "stream", "name": "stdout", "text": ["outputs: [\n", '"outputs": [1]']}


def in_old_format(content: dict) -> dict:
    return json.loads(nbformat.writes(nbformat.convert(nbformat.reads(json.dumps(content), 4), 3), version=3))


@pytest.mark.parametrize("change", [lambda content: content, in_old_format], ids=["today", "nbformat 3"])
def test_pictures_beyond_the_limit_cost_no_answer(change):
    content = json.dumps(change(with_outputs(PICTURE, LINE))).encode()
    assert len(content) > reading.LARGEST_NOTEBOOK
    began = time.process_time()
    small = lean(content)
    notebook = parse_notebook(content)
    assert time.process_time() - began < 10
    assert len(small) < 1_000_000
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in parse_notebook(small).cells]
    solved = editor.answers(LESSON)["encode_words"]
    assert [cell.source for cell in notebook.cells if cell.source == solved] == [solved]


def test_outputs_of_many_parts_cost_no_answer():
    content = with_outputs()
    content["cells"][-2:-2] = [
        {**content["cells"][2], "cell_type": "code", "outputs": [LINE] * 200_000, "execution_count": 1}
    ]
    notebook = parse_notebook(json.dumps(content).encode())
    assert [cell.source for cell in notebook.cells] == ["".join(cell["source"]) for cell in content["cells"]]
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_outputs_within_the_limits_stay():
    notebook = parse_notebook(json.dumps(with_outputs(LINE)).encode())
    assert {len(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"} == {1}


@pytest.mark.parametrize(
    "content",
    [
        b'{"outputs": [' + b"[" * 1_000 + b'"' + b"x" * 60_000_000,
        b'{"cells": "' + b"\\" * 60_000_001,
        b"[" * 60_000_000,
        b'{"outputs":[' * 5_000_000,
    ],
    ids=["no end", "escapes", "brackets", "nested"],
)
def test_large_nonsense_is_refused_in_bounded_time(content):
    began = time.process_time()
    with pytest.raises(UnreadableError, match="more than 50 MB"):
        parse_notebook(content)
    assert time.process_time() - began < 20


def test_only_outputs_are_left_out_letter_for_letter():
    kept = {"a": '"outputs": [1]', "b": {"outputs": {"c": 1}}, "d": ["outputs", [1]]}
    content = json.dumps({**kept, "outputs": [[1, {"x": ["]"]}], "]"]}).encode()
    assert json.loads(outputs.without_outputs(content)) == {**kept, "outputs": []}


def test_what_a_learner_writes_again_loses_no_output(tmp_path, monkeypatch):
    """`autograder reset` and `start` write the notebook, so they refuse it; a check reads it without."""
    monkeypatch.setattr(reading, "LARGEST_NOTEBOOK", 500_000)
    path = tmp_path / f"{LESSON}.ipynb"
    path.write_text(json.dumps(with_outputs({**LINE, "text": "x" * 20_000})))
    with pytest.raises(own_notebooks.LearnerError, match="clear its outputs"):
        own_notebooks.read_notebook(path)
    assert len(own_notebooks.read_notebook(path, whole=False).cells) == len(SOLVED["cells"])
    assert len(read_notebook(path).cells) == len(SOLVED["cells"])
