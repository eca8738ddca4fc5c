"""What a file is that was handed in as a notebook and is none, and what to do about it."""

import json
import re
from collections.abc import Callable

from lessons.toolkit.text import Text, t

_LOOKED_AT = 4_000  # characters or bytes at the beginning
_AGAIN = t("save the notebook itself and hand that in")
_BEGINNINGS: tuple[tuple[bytes, Text], ...] = (
    (b"PK\x03\x04", t("a zip archive")),
    (b"PK\x05\x06", t("an empty zip archive")),
    (b"\x1f\x8b", t("a gzip archive")),
    (b"BZh", t("a bzip2 archive")),
    (b"7z\xbc\xaf\x27\x1c", t("a 7z archive")),
    (b"Rar!", t("a RAR archive")),
    (b"\xfd7zXZ", t("an xz archive")),
    (b"%PDF", t("a PDF")),
    (b"{\\rtf", t("a text of a word processor")),
    (b"\xd0\xcf\x11\xe0", t("a document of an old office program")),
    (b"\x89PNG", t("a picture (PNG)")),
    (b"\xff\xd8\xff", t("a picture (JPEG)")),
    (b"SQLite format 3", t("a database")),
)
_INSIDE = ((b"word/", t("a Word document")), (b"xl/", t("an Excel sheet")), (b"ppt/", t("a PowerPoint file")))
_TITLE = re.compile(r"<title[^>]*>\s*(.{1,100}?)\s*</title>", re.IGNORECASE | re.DOTALL)
_PYTHON = re.compile(r"#!.*python|# -\*-|# coding|# %%|# In\[|import \w|from \w+(\.\w+)* import ")
_CONFLICT = re.compile(r"^<{7}(?: [^\n]{0,60})?$", re.MULTILINE)
_ENCODINGS = (
    ("cp949", t("CP949, as Korean Windows writes it")),
    ("shift_jis", t("Shift JIS, as Japanese Windows writes it")),
    ("gb18030", t("GB 18030, as Chinese Windows writes it")),
    ("cp1252", t("Windows-1252 or Latin-1, as older Windows writes it")),
)


def kind_of_bytes(content: bytes) -> Text | None:
    """What a file is by its first bytes, and what to do; None where they do not tell."""
    if not content.strip(b"\0"):
        words = t("{count} bytes that are all zero, so it was never written; {again}", count=len(content), again=_AGAIN)
        return words
    kind = next((kind for beginning, kind in _BEGINNINGS if content.startswith(beginning)), None)
    if kind is None:
        return None
    if content.startswith(b"PK"):
        names = content[:_LOOKED_AT] + content[-_LOOKED_AT:]  # a zip's table of contents is at its end
        office = next((found for inside, found in _INSIDE if inside in names), None)
        told = t("{kind}: unpack it, and hand in the notebook that is in it", kind=kind)
        return told if office is None else t("{kind}; {again}", kind=office, again=_AGAIN)
    return t("{kind}; {again}", kind=kind, again=_AGAIN)


def kind_of_text(text: str) -> Text | None:
    """What a file is that is no JSON, and what to do; None where that cannot be told."""
    begins = text[:_LOOKED_AT].lstrip("\ufeff \t\r\n")
    kinds: tuple[Callable[[str], Text | None], ...] = (_web_page, _pointer, _script)
    return next((found for kind in kinds if (found := kind(begins)) is not None), None) or _conflict(text)


def _web_page(text: str) -> Text | None:
    if not re.match(r"<!doctype html|<html|<\?xml|<head|<script", text, re.IGNORECASE):
        return None
    title = _TITLE.search(text)
    about = t("a web page, titled {title}", title=" ".join(title[1].split())) if title else t("a web page")
    return t(
        "{about}, as a download gives one who is not logged in; log in, download it again, and open it", about=about
    )


def _pointer(text: str) -> Text | None:
    if text.startswith("version https://git-lfs.github.com/"):
        return t(
            "a pointer of Git LFS to a file that was not fetched; run git lfs pull, and hand in what then is there"
        )
    if re.match(r"\S{0,200}/annex/objects/", text):
        return t(
            "a pointer of git-annex to a file that was not fetched; run git annex get, and hand in what then is there"
        )
    return None


def _script(text: str) -> Text | None:
    return t("a Python script; {again}", again=_AGAIN) if _PYTHON.match(text) else None


def _conflict(text: str) -> Text | None:
    found = _CONFLICT.search(text)
    if found is None:
        return None
    place = {"line": text.count("\n", 0, found.start()) + 1, "marker": found[0]}
    return t("a conflict of Git, which begins in line {line} ({marker}): choose one side, and save it again", **place)


def shortcut(content: dict) -> Text | None:
    """What JSON without cells is, and what to do; None where that cannot be told."""
    if "doc_id" in content or str(content.get("url", "")).startswith("https://drive.google.com"):
        return t("a shortcut of Google Drive; download the notebook as .ipynb, and hand that in")
    return None


def encoding_of(content: bytes) -> Text | None:
    """The encoding in which a file is JSON with cells, where that is not UTF-8."""
    for name, words in _ENCODINGS:
        try:
            if isinstance(found := json.loads(content.decode(name)), dict) and "cells" in found:
                return words
        except (ValueError, RecursionError):
            continue
    return None
