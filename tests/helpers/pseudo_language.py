"""A pseudo-language, `xx`, made of the course itself: every text in brackets."""

import json
from pathlib import Path

from autograder import languages
from autograder.authoring.translation.catalogue import Catalogue, Entry, write_catalogue
from autograder.authoring.translation.merge import MESSAGES
from autograder.authoring.translation.messages import key_at_run_time, message_texts

LANGUAGE = "xx"


def pseudo(text: str) -> str:
    """A text in brackets."""
    return f"⟦{text}⟧"


def write_run_time_file(folder: Path) -> None:
    """What the grader says in the pseudo-language, as the build would make it; `folder` stands for its own."""
    keys = {key for folders in MESSAGES.values() for key in message_texts(_files(folders))}
    folder.mkdir(parents=True, exist_ok=True)
    found = {key_at_run_time(*key): pseudo(key[1]) for key in sorted(keys)}
    (folder / f"{LANGUAGE}.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def _files(folders: list[Path]) -> list[Path]:
    found = [path for folder in folders for path in ([folder] if folder.is_file() else folder.rglob("*"))]
    return [path for path in found if path.suffix in (".py", ".j2", ".js", ".toml") and "zoo" not in path.parts]


def use(monkeypatch, folder: Path) -> None:
    """Let the course have the pseudo-language, in a test."""
    write_run_time_file(folder)
    monkeypatch.setattr(languages, "_FOLDER", folder)
    languages.texts_in.cache_clear()


def write_lesson_catalogue(path: Path, texts: list[tuple[str, str]]) -> None:
    """A catalogue of a lesson in the pseudo-language."""
    write_catalogue(path, Catalogue(Entry(kind, english, pseudo(english)) for kind, english in texts), LANGUAGE)
