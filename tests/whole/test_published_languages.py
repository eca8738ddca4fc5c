"""The course in each language that is published, as it lies there: nothing stayed English, nothing else differs."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from autograder import doctor
from autograder.authoring.translation.merge import DOCUMENTS
from autograder.course.lessons import all_lessons
from autograder.errors import CourseError
from autograder.languages import ENGLISH, PUBLISHED, speaking
from autograder.paths import environment
from lessons.toolkit.corpus import load_split

ROOT = Path(__file__).parents[2]
LESSONS = pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
LANGUAGES = pytest.mark.parametrize("language", PUBLISHED)
WORDS = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){2,}")  # three English words in a row
#: Names that stay, in more than one word.
NAMES = ("Step on", "Tatoeba", "manythings")


@cache
def words_of_the_corpus() -> set[str]:
    return {word for split in ("train", "valid", "test") for pair in load_split(split) for word in pair.source_words}


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def shown(cell: dict) -> Iterator[str]:
    """The lines of what a cell shows: what is printed, what stands for a figure, what its HTML says."""
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        markup = re.sub(r"<(style|script).*?</\1>", "", "".join(data.get("text/html", "")), flags=re.DOTALL)
        texts = ["".join(output.get("text", "")), "".join(data.get("text/plain", "")), re.sub(r"<[^>]+>", "\n", markup)]
        texts += re.findall(r'(?:alt|title|aria-label)="([^"]*)"', markup)
        yield from (line.strip() for text in texts for line in unescape(text).splitlines())


@LANGUAGES
@LESSONS
def test_what_a_lesson_shows_has_no_english_but_the_sentences_of_the_corpus(lesson, language):
    known = words_of_the_corpus() | {"start", "end", "pad", "unknown"}
    for cell in cells(lesson.solution_in(language)):
        for line in shown(cell):
            for run in WORDS.findall(re.sub(r"[<>]", "", line)):
                assert set(run.split()) <= known or run.startswith(NAMES), f"{cell['id']}: {line[:120]}"


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_korean_has_no_space_before_a_per_cent_sign(lesson):
    cells_of_both = [*cells(lesson.solution_in("ko")), *cells(lesson.release_in("ko"))]
    texts = ["".join(cell["source"]) for cell in cells_of_both if cell["cell_type"] == "markdown"]
    for line in [*(line for cell in cells_of_both for line in shown(cell)), *texts]:
        assert not re.search(r"\d %", line), line[:200]


@LANGUAGES
@LESSONS
def test_a_release_says_nothing_of_its_solutions(lesson, language):
    written = {cell["id"]: "".join(cell["source"]) for cell in cells(lesson.solution_in(language))}
    for cell in cells(lesson.release_in(language)):
        source, marks = "".join(cell["source"]), cell["metadata"].get("nbgrader", {})
        assert "SOLUTION" not in source
        assert "outputs" not in cell or cell["outputs"] == []
        if marks.get("solution"):
            assert source != written[cell["id"]]
        if marks.get("solution") and cell["cell_type"] == "markdown":  # a written answer: its stub, and no model answer
            assert len(source) < 200
            assert not set(source.splitlines()) & set(written[cell["id"]].splitlines()) - {""}


@LANGUAGES
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_has_the_commands_of_the_english_one_and_links_that_lead_somewhere(document, language):
    translated = document.with_name(f"{document.stem}.{language}.md")
    english, text = (path.read_text(encoding="utf-8") for path in (document, translated))
    fences = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
    assert [fence.split() for fence in fences.findall(text)] == [fence.split() for fence in fences.findall(english)]
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (document.parent / link).exists()] == []
    assert all(
        f"{other.stem}.{language}.md" in text for other in DOCUMENTS if other != document and other.name in english
    )


@LANGUAGES
@pytest.mark.parametrize(
    "words", ["", "start", "lab", "check", "reset", "progress", "fetch", "grade", "package learner"]
)
def test_help_is_in_the_language_of_the_folder(tmp_path, language, words):
    released = tmp_path / "my_lessons" / ".released"
    released.mkdir(parents=True)
    (released / "course.json").write_text(json.dumps({"version": "0.5.1", "language": language}))
    assert english_in(help_of(words, tmp_path)) == []
    assert english_in(help_of(words, released.parent)) == []
    elsewhere = tmp_path / "elsewhere" / "deep"
    elsewhere.mkdir(parents=True)
    assert english_in(help_of(words, elsewhere)) != []


def help_of(words: str, folder: Path) -> str:
    command = [sys.executable, "-P", "-m", "autograder", *words.split(), "--help"]
    given = environment(COLUMNS="300", TERM="dumb")
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=True).stdout


def english_in(text: str) -> list[str]:
    return [run for line in text.splitlines() if "Usage:" not in line for run in WORDS.findall(line)]


MACHINES = [
    doctor.Machine("Darwin", False, False, None, {}),
    doctor.Machine("Linux", False, False, None, {}),
    doctor.Machine("Linux", False, False, Path("bwrap"), {}, python=Path("/tmp/python")),
    doctor.Machine("Linux", False, True, Path("bwrap"), {}),
    *(
        doctor.Machine("Linux", False, False, Path("bwrap"), {setting: value}, python=Path("/opt/python"))
        for setting, value in zip(doctor._SETTINGS, (0, 0, 1), strict=True)
    ),
    doctor.Machine("Linux", False, False, Path("bwrap"), {}, python=Path("/opt/python")),
]


def test_the_doctor_speaks_korean_to_whoever_learns_in_korean(monkeypatch):
    def fails() -> None:
        raise CourseError("...")

    with speaking("ko"):
        looks = [doctor.look_at_limits(), doctor.look_at_font(), doctor.look_at_browser(), doctor.look_at_solutions()]
        looks += [doctor.look_at_isolation(machine, fails) for machine in MACHINES]
        looks += [doctor.look_at_isolation(replace(MACHINES[-1], root=root), lambda: None) for root in (True, False)]
        monkeypatch.setattr(doctor, "find_solutions", lambda: None)
        looks += [doctor.look_at_solutions()]
        for found in looks:
            _, name, told = found.lines().split(maxsplit=2)
            assert re.search("[가-힣]", name)
            assert all(re.search("[가-힣]", line) for line in told.splitlines()), told


def test_english_is_no_language_that_is_published_besides():
    assert ENGLISH not in PUBLISHED


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_the_line_that_learners_replace_is_korean_in_korean(lesson):
    lines = [
        line for cell in cells(lesson.release_in("ko")) for line in cell["source"] if "NotImplementedError(" in line
    ]
    assert len(lines) > 2
    marks = [cell for cell in cells(lesson.release_in("ko")) if cell["metadata"].get("nbgrader", {}).get("solution")]
    written = ["".join(cell["source"]) for cell in marks if cell["cell_type"] == "markdown"]
    assert all(re.search("[가-힣]", line) for line in [*lines, *written])
