"""The site of the solved course: whole, readable without a network or scripts, and with the right links."""

import base64
import hashlib
import html
import re
from pathlib import Path

import nbformat
import pytest

from autograder.authoring.pages import site
from autograder.course.lessons import all_lessons
from autograder.course.source import read_lesson
from autograder.errors import CourseError
from autograder.languages import ENGLISH, PUBLISHED
from autograder.paths import PACKAGE

pytestmark = pytest.mark.long  # nbconvert takes a second for a lesson

ROOT = PACKAGE.parent
FOLDERS = {ENGLISH: "", **{language: f"{language}/" for language in PUBLISHED}}
PAGES = [
    f"{folder}{name}.html" for folder in FOLDERS.values() for name in ("index", *(one.slug for one in all_lessons()))
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "site"
    site.write_site(folder, "owner/name")
    return folder


@pytest.fixture(params=PAGES)
def place(request, folder) -> Path:
    return folder / request.param


@pytest.fixture
def page(place) -> str:
    return place.read_text(encoding="utf-8")


def test_a_page_says_which_language_it_is_in_and_where_it_is_in_others(place, page, folder):
    language = next(one for one, name in FOLDERS.items() if folder / name == place.parent)
    assert re.findall(r'<html lang="(\w+)"', page) == [language]
    others = dict(re.findall(r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)">', page))
    assert sorted(others) == sorted(FOLDERS.keys() - {language})
    for other, link in others.items():
        assert f'lang="{other}"' in (place.parent / link).read_text(encoding="utf-8")
        assert (place.parent / link).name == place.name


def test_a_page_loads_nothing(page):
    assert "<link" not in page.replace('<link rel="alternate"', "")
    assert not re.search(r'src="(?!data:)', page)
    assert "url(" not in page
    assert "import(" not in page
    assert "default-src 'none'" in page


def test_a_page_runs_nothing_but_the_playground(page):
    """One script, which the page's policy names by its digest; whatever else is called a script holds weights."""
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    weights = [text for kind, text in scripts if kind.startswith(' type="text/plain" data-playground-model=')]
    modules = [text for kind, text in scripts if kind == ' type="module"']
    assert len(weights) + len(modules) == len(scripts)
    allowed = re.findall(r"script-src ([^;]*);", page)
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in modules]
    assert allowed == [f"'sha256-{digest}'" for digest in digests]
    assert len(modules) == ("data-playground=" in page)
    assert all(len(text) <= 800_000 for text in weights)


def test_the_playground_is_on_the_pages_of_the_lessons_that_have_tasks(folder):
    held = {slug: (folder / f"{slug}.html").read_text(encoding="utf-8") for slug in ("03_attention", "05_alignments")}
    assert [held[slug].count("data-playground-model=") for slug in held] == [1, 2]
    assert '"swap"' in html.unescape(held["03_attention"])
    assert '"hide"' in html.unescape(held["05_alignments"])
    assert "<script" not in (folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_whatever_scrolls_sideways_can_be_reached_and_is_named(lesson, folder):
    page = (folder / f"{lesson.slug}.html").read_text(encoding="utf-8")
    found = re.findall(r'<div class="highlight[^"]*">\s*(<pre[^>]*>)|(<table[^>]*>)|(<p class="formula"[^>]*>)', page)
    assert len(found) > 10
    assert all('tabindex="0"' in opening and "aria-label=" in opening for opening in map("".join, found))


def test_a_page_has_landmarks_of_different_names(page):
    names = re.findall(r'<nav aria-label="([^"]*)"', page)
    assert len(set(names)) == len(names)
    body = page.partition("<body>")[2]
    outside = re.sub(r"<(nav|main|script)\b.*?</\1>", "", body, flags=re.DOTALL)
    assert re.sub(r"<[^>]*>|\s", "", outside) == ""


def test_every_figure_of_a_page_has_a_text(page):
    images = re.findall(r"<img[^>]*>", page)
    assert all(re.search(r'alt="[^"]{30,}"', image) for image in images)


def test_links_within_the_site_lead_somewhere(page, place):
    links = re.findall(r'href="([^":#]+)"', page)
    assert links
    assert all((place.parent / link).is_file() for link in links)


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_a_lesson_is_there_whole_and_solved(lesson, folder):
    page = (folder / f"{lesson.slug}.html").read_text(encoding="utf-8")
    assert '<span class="ne">NotImplementedError' not in page
    assert "SOLUTION" not in page
    assert page.count("celltag_exercise") >= len(read_lesson(lesson.source).exercises)
    assert page.count("<h1") == 1
    assert "<img" in page
    assert "$$" not in page


def test_formulas_are_shown_by_the_browser_itself(folder):
    assert (folder / "05_alignments.html").read_text(encoding="utf-8").count("<math") == 3


@pytest.mark.parametrize("language", FOLDERS)
def test_a_page_links_to_its_lesson_elsewhere(language, folder):
    page = (folder / FOLDERS[language] / "01_seq2seq.html").read_text(encoding="utf-8")
    mine = "my_lessons" if language == ENGLISH else f"my_lessons_{language}"
    lab = f"lab/tree/{mine}/01_seq2seq/01_seq2seq.ipynb"
    assert f"https://mybinder.org/v2/gh/owner/name/HEAD?urlpath={lab}" in page
    assert re.search(rf"^autograder start {mine}\b", (ROOT / ".binder/postBuild").read_text(), re.MULTILINE)
    colab = f"colab/{FOLDERS[language]}01_seq2seq.ipynb"
    assert f"https://colab.research.google.com/github/owner/name/blob/gh-pages/{colab}" in page


@pytest.mark.parametrize("language", FOLDERS)
@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_the_notebook_for_colab_is_the_lesson_with_a_cell_that_installs_the_course(lesson, language, folder):
    notebook = nbformat.read(folder / f"colab/{FOLDERS[language]}{lesson.slug}.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert "%pip install --quiet git+https://github.com/owner/name.git" in notebook.cells[0].source
    assert notebook.cells[1:] == nbformat.read(lesson.release_in(language), as_version=4).cells


def test_a_second_run_replaces_the_first(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "all_lessons", lambda: all_lessons()[:1])
    site.write_site(tmp_path / "site", "owner/name")
    site.write_site(tmp_path / "site")
    assert not (tmp_path / "site/colab").exists()
    assert "mybinder" not in (tmp_path / "site/01_seq2seq.html").read_text(encoding="utf-8")


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "work.txt").write_text("mine")
    with pytest.raises(CourseError, match="holds other files"):
        site.write_site(tmp_path)
    assert (tmp_path / "work.txt").read_text() == "mine"


def test_a_name_that_is_no_repository_is_refused(tmp_path):
    with pytest.raises(CourseError, match="write it as owner/name"):
        site.write_site(tmp_path / "site", "https://github.com/owner/name")
