"""The course's version, and what has changed since an earlier one, from pyproject.toml and CHANGELOG.md."""

import re
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.paths import PACKAGE

_PROJECT = "attention-course"
_HEADING = re.compile(r"^## \[(.+?)\].*$", re.MULTILINE)
FIRST = "0.1.0"  # the one version that left no note of itself in learners' folders


@dataclass(frozen=True)
class Release:
    """A version of the course and, in a few sentences of plain text, what is new in it for a learner."""

    version: str
    summary: str


def course_version() -> str:
    """The version of the course that runs: in a checkout that of pyproject.toml, else the installed one.

    Raises:
        CourseError: there is neither.
    """
    if project := _project():
        return str(project["version"])
    try:
        return metadata.version(_PROJECT).partition("+")[0]  # a package for learners has a mark of its own behind it
    except metadata.PackageNotFoundError as error:
        raise CourseError(f"the version of the course in {PACKAGE} is not known: reinstall the course") from error


def _project() -> dict[str, Any]:
    """What pyproject.toml says of the course, in a checkout; nothing where it is installed."""
    file = PACKAGE.parent / "pyproject.toml"
    project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {}) if file.is_file() else {}
    return project if project.get("name") == _PROJECT else {}


def requirements(*extras: str) -> list[str]:
    """What the course needs, as the metadata of packages says it, and what it needs for some extras."""
    if not (project := _project()):
        wanted = [f'extra == "{extra}"' for extra in extras]
        lines = metadata.requires(_PROJECT) or []
        return [line for line in lines if "extra ==" not in line or any(extra in line for extra in wanted)]
    optional = project["optional-dependencies"]
    return [*project["dependencies"], *(_for_extra(line, extra) for extra in extras for line in optional[extra])]


def _for_extra(line: str, extra: str) -> str:
    name, _, marker = line.partition(";")
    condition = f'extra == "{extra}"'
    return f"{name.strip()}; ({marker.strip()}) and {condition}" if marker else f"{name.strip()}; {condition}"


def requires_python() -> str:
    """The Pythons that the course runs on, such as ">=3.11"."""
    project = _project()
    return project["requires-python"] if project else metadata.metadata(_PROJECT)["Requires-Python"]


def licence() -> str:
    """The text of the course's licence, which goes with every copy."""
    if _project():
        return (PACKAGE.parent / "LICENSE").read_text(encoding="utf-8")
    return metadata.distribution(_PROJECT).read_text("licenses/LICENSE") or ""


def changelog() -> Path:
    """CHANGELOG.md: inside the installed package, else beside it in a checkout.

    Raises:
        CourseError: it is in neither place.
    """
    for folder in (PACKAGE, PACKAGE.parent):
        if (folder / "CHANGELOG.md").is_file():
            return folder / "CHANGELOG.md"
    raise CourseError(f"no CHANGELOG.md in or beside {PACKAGE}: reinstall the course")


def releases_since(version: str) -> list[Release]:
    """What CHANGELOG.md says of each later version, the newest first."""
    releases = read_releases(changelog().read_text(encoding="utf-8"))
    return [release for release in releases if is_later(release.version, version)]


def read_releases(text: str) -> list[Release]:
    """The versions of a changelog (https://keepachangelog.com), each with the text above its first subheading."""
    _, *parts = _HEADING.split(text)
    bodies = zip(parts[::2], parts[1::2], strict=True)
    return [Release(name, " ".join(body.split("\n### ")[0].split())) for name, body in bodies if is_version(name)]


def is_version(text: object) -> bool:
    """Whether it is a version as the course numbers them, such as "0.2.0"."""
    return isinstance(text, str) and re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4}){2}", text) is not None


def is_later(version: str, other: str) -> bool:
    """Whether a version came after another one."""
    return _numbers(version) > _numbers(other)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
