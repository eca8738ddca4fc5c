"""The languages of the course besides English, and what the grader says in them at run time."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.paths import PACKAGE
from lessons.toolkit import text

ENGLISH = "en"
#: The languages that learners can choose. One joins when its catalogues are complete; `autograder build` then makes its
#: lessons, and `autograder build --check` looks after them.
PUBLISHED: tuple[str, ...] = ("ko",)

UNTRANSLATED = text.t("(not translated yet)")  # behind a paragraph of a lesson that is still English

_FOLDER = PACKAGE / "locale"


def file_of(language: str) -> Path:
    """What the grader says in a language: English text to translation, as JSON, made of the catalogues."""
    return _FOLDER / f"{language}.json"


@cache
def texts_in(language: str) -> Mapping[str, str]:
    """English text → what is said in a language; nothing for English.

    Raises:
        CourseError: the course has no such language.
    """
    if language == ENGLISH:
        return {}
    try:
        found: dict[str, str] = json.loads(file_of(language).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        known = ", ".join((ENGLISH, *PUBLISHED))
        raise CourseError(f"the course has no language {language!r}; it has {known}") from error
    return found


def speak(language: str) -> None:
    """Say everything from now on in a language.

    Raises:
        CourseError: the course has no such language.
    """
    text.speak(language, texts_in(language))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything inside in a language; in English where the course does not have that."""
    known = language if language == ENGLISH or file_of(language).is_file() else ENGLISH
    with text.speaking(known, texts_in(known)):
        yield


def language_of(metadata: Mapping[str, Any]) -> str:
    """The language of a notebook, by its metadata; English where that says none that the course has."""
    noted = metadata.get("autograder")
    found = noted.get("language") if isinstance(noted, Mapping) else None
    return found if isinstance(found, str) and found.isalpha() and file_of(found).is_file() else ENGLISH
