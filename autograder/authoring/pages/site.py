"""`autograder pages`: the executed solution notebooks as a site of plain HTML; nothing is loaded from elsewhere.

Only pages with a playground have scripts; they bring its still picture to life, and the page reads without them.

With the name of the repository, each page links to its lesson on Binder and Colab. Colab opens notebooks of GitHub
and has nothing installed, so the site holds a copy of each released lesson whose first cell installs the course: the
lessons themselves need none. Published on the branch `gh-pages`, that copy is where the link points.
"""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import jinja2
import nbformat
from latex2mathml.converter import convert
from markupsafe import Markup
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from autograder import templates
from autograder.authoring.pages.playground import Playground, playground_of
from autograder.authoring.solution_notebook import notebook_text
from autograder.course.lessons import Lesson, all_lessons
from autograder.course.source import without_markers
from autograder.errors import CourseError
from autograder.languages import ENGLISH, PUBLISHED, speaking
from lessons.toolkit.text import t

BRANCH = "gh-pages"  # where the site is published, and Colab finds its notebooks
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_HEADING = re.compile(r"\A# +(.+)$", re.MULTILINE)
_SCROLLERS = {  # the beginning of a tag → what it gets besides: a table stays one for screen readers
    r'<div class="highlight[^"]*">\s*<pre': 'tabindex="0" role="group" aria-label="Code"',
    r'<p class="formula"': 'tabindex="0" role="group" aria-label="Formula"',
    r"<table": 'tabindex="0" aria-label="Table"',
}
_INSTALL = "# Installs the course: once a session, about a minute.\n%pip install --quiet git+{url}.git"


@dataclass(frozen=True)
class Page:
    """A lesson's page.

    Attributes:
        slug, title: of the lesson.
        opening: what the lesson says of itself at its beginning.
        body: the notebook as HTML.
        links: where the lesson can be opened: a name → an address.
        playground: the scripts of its playground, if it has one; no other page has scripts.
    """

    slug: str
    title: str
    opening: Markup
    body: Markup
    links: Mapping[str, str]
    playground: Playground | None


def write_site(folder: Path, repository: str | None = None) -> list[Path]:
    """Write the site and return its files; what an earlier run wrote is replaced.

    Args:
        folder: where to.
        repository: such as `owner/name` on GitHub; without it no page links to Binder or Colab.

    Raises:
        CourseError: the repository's name is none, or the folder holds other things.
    """
    if repository and not _REPOSITORY.fullmatch(repository):
        raise CourseError(f"{repository!r} is no repository of GitHub; write it as owner/name")
    _make_empty(folder)
    written = {".nojekyll": ""}  # GitHub shall serve the files as they are
    for language in (ENGLISH, *PUBLISHED):
        with speaking(language):
            written |= _pages_in(language, repository)
    for name, text in written.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in written]


def _pages_in(language: str, repository: str | None) -> dict[str, str]:
    """Name and text of each page in a language; those of other languages than English lie in a folder of their own."""
    lessons, place = all_lessons(), "" if language == ENGLISH else f"{language}/"
    pages = [_page(lesson, repository, language) for lesson in lessons]
    others = {one: _way(language, one) for one in (ENGLISH, *PUBLISHED) if one != language}
    known = {"pages": pages, "language": language, "others": others}
    written = {f"{place}{page.slug}.html": _render("page.html.j2", page=page, **known) for page in pages}
    written[f"{place}index.html"] = _render("index.html.j2", page=None, **known)
    if repository:
        written |= {f"colab/{place}{one.slug}.ipynb": _for_colab(one, repository, language) for one in lessons}
    return written


def _way(language: str, other: str) -> str:
    """From the folder of one language to that of another."""
    up = "" if language == ENGLISH else "../"
    return up if other == ENGLISH else f"{up}{other}/"


def _make_empty(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / ".nojekyll").is_file():
            raise CourseError(f"{folder} holds other files than the site's; name a new folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def _page(lesson: Lesson, repository: str | None, language: str) -> Page:
    notebook = nbformat.read(lesson.solution_in(language), as_version=4)
    for cell in notebook.cells:
        cell.source = without_markers(cell.source)
    first = notebook.cells[0].source
    if (heading := _HEADING.search(first)) is None:
        raise CourseError(f"{lesson.slug} does not begin with a heading such as '# Attention'; write one")
    title, opening = heading[1], first.partition("\n")[2].strip()
    links = _links(lesson.slug, repository, language) if repository else {}
    body = _body(notebook)
    return Page(lesson.slug, title, _markdown(opening), body, links, playground_of(body))


def _links(slug: str, repository: str, language: str) -> dict[str, str]:
    folder = "my_lessons" if language == ENGLISH else f"my_lessons_{language}"  # as .binder/postBuild calls them
    lab = f"lab/tree/{folder}/{slug}/{slug}.ipynb"
    place = "" if language == ENGLISH else f"{language}/"
    return {
        "Binder": f"https://mybinder.org/v2/gh/{repository}/HEAD?urlpath={lab}",
        "Colab": f"https://colab.research.google.com/github/{repository}/blob/{BRANCH}/colab/{place}{slug}.ipynb",
    }


def _for_colab(lesson: Lesson, repository: str, language: str) -> str:
    """The released lesson with a first cell that installs the course."""
    notebook = nbformat.read(lesson.release_in(language), as_version=4)
    install = _INSTALL.format(url=f"https://github.com/{repository}")
    notebook.cells.insert(0, nbformat.v4.new_code_cell(install, id="install"))
    return notebook_text(notebook)


# A notebook as HTML


def _body(notebook: NotebookNode) -> Markup:
    """The notebook by nbconvert's plainest template, which brings no script and no style."""
    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    exporter.register_filter("markdown2html", _markdown_filter)
    return Markup(_focusable(exporter.from_notebook_node(notebook)[0]))


def _focusable(body: str) -> str:
    """Let the keyboard reach what scrolls sideways in a narrow window; what cells printed is wrapped."""
    for opening, attributes in _SCROLLERS.items():
        body = re.sub(opening, rf"\g<0> {attributes}", body)
    return body


@jinja2.pass_context
def _markdown_filter(context: jinja2.runtime.Context, text: str) -> Markup:
    return _markdown(text)


def _markdown(text: str) -> Markup:
    return Markup(MarkdownWithMath(renderer=_Renderer(escape=False)).render(text))


class _Renderer(IPythonRenderer):
    """Formulas as MathML, which browsers show by themselves."""

    def block_math(self, body: str) -> str:
        return f'<p class="formula">{convert(body, display="block")}</p>'

    def inline_math(self, body: str) -> str:
        return convert(body)


def _render(template: str, **values: object) -> str:
    return _templates().get_template(template).render(**values)


@cache
def _templates() -> jinja2.Environment:
    environment = templates.environment("autograder.authoring.pages")
    styles = (files("autograder.reports.feedback") / "page.css", files("autograder.authoring.pages") / "site.css")
    environment.globals["t"] = t
    environment.globals["style"] = Markup("\n".join(style.read_text(encoding="utf-8") for style in styles))
    return environment
