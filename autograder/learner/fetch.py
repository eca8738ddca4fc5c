"""Fetching a real corpus for users who are online: an archive of Tatoeba sentence pairs from manythings.org/anki.

The archive is downloaded to a `.part` file, which a later call goes on with if the server still has the same archive.
Its one text file is unpacked under a name of ours, read through, and only then put in place.

About the checksum: the source renews its archives every few weeks and publishes no sums, so none can be pinned here
without failing soon. HTTPS says who sent the archive; `sha256` lets an instructor hold a class to one release; and
the sum of what was fetched is kept beside the corpus, so that two people can tell whether they have the same.
"""

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from autograder.errors import CourseError
from lessons.toolkit.real_corpus import CORPUS_VARIABLE, CorpusError, read_pairs, user_data_folder
from lessons.toolkit.text import Text, said, t

KOREAN_URL = "https://www.manythings.org/anki/kor-eng.zip"
LICENCE = (
    "Sentences of Tatoeba (https://tatoeba.org), paired by https://www.manythings.org/anki/.\n"
    "Licence: CC BY 2.0 France, https://creativecommons.org/licenses/by/2.0/fr/.\n"
    "If you pass them on, name both sources and the authors; the third column of each line has them.\n"
)
_ELSEWHERE = t(
    "The course does not need this corpus. Or get such an archive with a browser, unpack it, and set {variable} to the "
    "path of its text file",
    variable=CORPUS_VARIABLE,
)
HEADERS = {"User-Agent": "attention-course (autograder fetch)", "Accept-Encoding": "identity"}
MIB = 2**20

OnBytes = Callable[[int, int | None], None]


class FetchError(CourseError):
    """The corpus could not be fetched; the message says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """How long to wait and how much to take.

    Attributes:
        timeout: seconds without a byte after which the download is given up.
        archive: bytes of the archive at most.
        unpacked: bytes of the corpus in it at most, whatever the archive says about them.
    """

    timeout: float = 30.0
    archive: int = 64 * MIB
    unpacked: int = 128 * MIB


@dataclass(frozen=True)
class Fetched:
    """What lies in the folder now: the corpus, how many pairs it has, its licence, and the archive's checksum."""

    corpus: Path
    pairs: int
    notice: Path
    sha256: str


def corpus_file(url: str, folder: Path | None) -> Path:
    """Where the corpus of an archive is put: `kor-eng.tsv` for `.../kor-eng.zip`, by default among the user's data.

    Raises:
        FetchError: the address is not one of a zip file on a web server.
    """
    parts = urlsplit(url)
    name = re.search(r"([\w.-]*\w)\.zip$", parts.path)
    if parts.scheme not in ("https", "http") or not name:
        words = {"url": url, "example": KOREAN_URL}
        raise FetchError(said("{url} is not the address of an archive; give one like {example}", **words))
    return (folder or user_data_folder()) / f"{name[1]}.tsv"


def fetch(
    url: str = KOREAN_URL,
    folder: Path | None = None,
    sha256: str | None = None,
    on_bytes: OnBytes = lambda done, total: None,
    limits: Limits = Limits(),
) -> Fetched:
    """Download an archive of sentence pairs and put its corpus and its licence into a folder.

    Args:
        url: of the archive.
        folder: None for the user's data folder.
        sha256: what the archive's checksum must be, in hexadecimal digits; None accepts any.
        on_bytes: is told how many bytes are there, and of how many if the server says so.
        limits: how long to wait, how much to take.

    Raises:
        FetchError: nothing was put in place; what has come of the archive is kept only where a later call can go on.
    """
    corpus = corpus_file(url, folder)
    part = corpus.with_suffix(".zip.part")
    try:
        corpus.parent.mkdir(parents=True, exist_ok=True)
        _download(url, part, limits, on_bytes)
        try:
            return _install(url, part, corpus, sha256, limits)
        finally:
            _forget(part)
    except OSError as error:
        words = {"folder": str(corpus.parent), "error": str(error)}
        told = said("{folder}: cannot be written ({error}); choose another folder with --dir", **words)
        raise FetchError(told) from None


# --- download ----------------------------------------------------------------------------------------------


def _download(url: str, part: Path, limits: Limits, on_bytes: OnBytes) -> None:
    """The whole archive in `part`, going on with what is already there."""
    try:
        with httpx.Client(timeout=limits.timeout, follow_redirects=True, headers=HEADERS) as client:
            for headers in (_resume_headers(url, part), {}):
                with client.stream("GET", url, headers=headers) as response:
                    if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and headers:
                        continue
                    _receive(url, response, part, limits, on_bytes)
                    return
    except httpx.TimeoutException:
        words = {"seconds": f"{limits.timeout:g}", "later": _later(url, part)}
        raise _failed(url, t("nothing came for {seconds} s; {later}", **words)) from None
    except httpx.ConnectError as error:
        words = {"error": str(error), "elsewhere": _ELSEWHERE}
        raise _failed(url, t("cannot be reached ({error}); are you online? {elsewhere}", **words)) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        words = {"error": str(error), "later": _later(url, part)}
        raise _failed(url, t("the download broke off ({error}); {later}", **words)) from None


def _resume_headers(url: str, part: Path) -> dict[str, str]:
    """Ask for the rest, if the archive is still the one that was begun; {} where nothing usable is there."""
    try:
        begun = json.loads(_begun(part).read_text(encoding="utf-8"))
        size, origin, version = part.stat().st_size, begun["url"], begun["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {"Range": f"bytes={size}-", "If-Range": version} if size and version and origin == url else {}


def _receive(url: str, response: httpx.Response, part: Path, limits: Limits, on_bytes: OnBytes) -> None:
    """Append the response to `part`, or begin `part` anew where the server sends everything."""
    _require_good(url, response, part)
    resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
    start = part.stat().st_size if resumed else 0
    length = response.headers.get("Content-Length")
    total = start + int(length) if length and length.isdigit() else None
    _begun(part).write_text(json.dumps({"url": url, "version": _version(response)}), encoding="utf-8")
    with part.open("ab" if resumed else "wb") as file:
        for chunk in response.iter_raw():
            file.write(chunk)
            if max(file.tell(), total or 0) > limits.archive:
                _forget(part)
                size = f"{limits.archive / MIB:g}"
                raise _failed(url, t("larger than {size} MiB; this is not such an archive", size=size))
            on_bytes(file.tell(), total)


def _require_good(url: str, response: httpx.Response, part: Path) -> None:
    status = f"{response.status_code} {response.reason_phrase}"
    if url.startswith("https:") and response.url.scheme != "https":
        raise _failed(url, t("leads to {other}, without encryption; nothing was taken", other=str(response.url)))
    if response.status_code == httpx.codes.PARTIAL_CONTENT:
        sent = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        if sent is None or not part.exists() or int(sent[1]) != part.stat().st_size:
            _forget(part)
            raise _failed(url, t("the server sent another part than asked for; run the command again"))
    elif response.status_code != httpx.codes.OK:
        words = {"status": status, "elsewhere": _ELSEWHERE}
        told = t("the server answers {status}; look whether the address still holds. {elsewhere}", **words)
        raise _failed(url, told)


def _version(response: httpx.Response) -> str | None:
    """What tells this archive from a later one at the same address: a strong ETag, else the date of its last change."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified")


def _begun(part: Path) -> Path:
    """The file that says where `part` comes from."""
    return part.with_suffix(".part.json")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _begun(part).unlink(missing_ok=True)


def _failed(url: str, why: Text) -> FetchError:
    return FetchError(f"{url}: {why}")


def _later(url: str, part: Path) -> Text:
    if _resume_headers(url, part):
        return t("run the command again to go on after {size} bytes", size=f"{part.stat().st_size:,}")
    return t("try again later. {elsewhere}", elsewhere=_ELSEWHERE)


# --- unpacking ---------------------------------------------------------------------------------------------


def _install(url: str, archive: Path, corpus: Path, sha256: str | None, limits: Limits) -> Fetched:
    """Check the archive, then put corpus and licence in place."""
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 and found != sha256.strip().lower():
        told = t(
            "its sha256 is {found}, not {wanted}: the source has renewed it, or it was tampered with. Nothing was "
            "installed; ask whoever gave you the checksum, or leave out --sha256",
            found=found,
            wanted=sha256,
        )
        raise _failed(url, told)
    unpacked = corpus.with_suffix(".tsv.part")
    try:
        about = _unpack(url, archive, unpacked, limits.unpacked)
        pairs = len(read_pairs(unpacked))
        notice = corpus.with_suffix(".licence.txt")
        notice.write_text(_notice(url, found, about), encoding="utf-8")
        os.replace(unpacked, corpus)
    except CorpusError as error:
        raise _failed(url, t("not a file of sentence pairs: {error}", error=str(error))) from None
    finally:
        unpacked.unlink(missing_ok=True)
    return Fetched(corpus, pairs, notice, found)


def _unpack(url: str, archive: Path, target: Path, limit: int) -> str:
    """Write the archive's one corpus to `target`; returns what its `_about.txt` says, or ""."""
    try:
        with zipfile.ZipFile(archive) as files:
            names = files.namelist()
            strange = [name for name in names if not re.fullmatch(r"\w[\w.-]*", name)]
            texts = [name for name in names if name.endswith(".txt") and not name.endswith("about.txt")]
            if strange or len(texts) != 1:
                reason = (
                    t("it holds {name}", name=repr(strange[0]))
                    if strange
                    else t("it holds {count} text files, not one", count=len(texts))
                )
                told = t("not an archive of sentence pairs: {reason}; nothing was installed", reason=reason)
                raise _failed(url, told)
            _copy(url, files, texts[0], target, limit)
            return _about(files)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        told = t("not a sound zip archive ({error}); nothing was installed", error=str(error))
        raise _failed(url, told) from None


def _copy(url: str, files: zipfile.ZipFile, name: str, target: Path, limit: int) -> None:
    """Unpack one file, stopping at the limit: an archive may claim a size that it does not keep."""
    with files.open(name) as packed:
        data = packed.read(limit + 1)
    if len(data) > limit:
        words = {"name": name, "size": f"{limit / MIB:g}"}
        raise _failed(url, t("{name} unpacks to more than {size} MiB; nothing was installed", **words))
    target.write_bytes(data)


def _about(files: zipfile.ZipFile) -> str:
    names = [name for name in files.namelist() if name.endswith("about.txt")]
    if not names:
        return ""
    with files.open(names[0]) as packed:
        return packed.read(MIB).decode("utf-8", "replace")


def _notice(url: str, sha256: str, about: str) -> str:
    day = datetime.now(UTC).date().isoformat()
    own = f"\nWhat the archive says about itself:\n\n{about}" if about else ""
    return f"{LICENCE}\nFetched from {url} on {day}.\nsha256 of the archive: {sha256}\n{own}"
