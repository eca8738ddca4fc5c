"""`autograder fetch` against a server on this machine: nothing here goes online."""

import hashlib
import io
import socket
import threading
import time
import zipfile
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.learner.fetch import FetchError, Limits, corpus_file, fetch
from lessons.toolkit import real_corpus
from lessons.toolkit.real_corpus import read_pairs

LINES = "".join(
    f"Cat number {n} sleeps.\t고양이 {n} 마리가 자요.\tCC-BY 2.0 (France) by ann & bo {n * n % 97}\n"
    for n in range(400)
)
QUICK = Limits(timeout=0.5)


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


ARCHIVE = zipped({"_about.txt": "Own words about the file.", "kor.txt": LINES})


class Server(ThreadingHTTPServer):
    """Serves `body` at every path; each answer may be cut short, held up, or without ranges."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.body, self.tag, self.status, self.ranges = ARCHIVE, '"one"', 200, True
        self.cut_after = self.hold = self.shift = None
        self.asked = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/anki/kor-eng.zip"


class Handler(BaseHTTPRequestHandler):
    """Ranges as in RFC 9110: 206 if the tag is still the same, else everything."""

    def do_GET(self):
        server = self.server
        server.asked.append((self.headers.get("Range"), self.headers.get("If-Range")))
        start = self.first_byte()
        if server.status != 200 or start >= len(server.body):
            self.send_error(server.status if server.status != 200 else 416)
            return
        self.send_response(206 if start else 200)
        if server.tag:
            self.send_header("ETag", server.tag)
        if start:
            first = start + (server.shift or 0)
            self.send_header("Content-Range", f"bytes {first}-{len(server.body) - 1}/{len(server.body)}")
        rest = server.body[start:]
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[: server.cut_after])
        if server.hold:
            server.hold.wait(10)

    def first_byte(self):
        wanted = self.headers.get("Range")
        if not wanted or not self.server.ranges or self.headers.get("If-Range") != self.server.tag:
            return 0
        return int(wanted.removeprefix("bytes=").removesuffix("-"))

    def log_message(self, *arguments):
        """Quiet."""


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


PLACED = ["kor-eng.licence.txt", "kor-eng.tsv"]


# --- what goes well ----------------------------------------------------------------------------------------


def test_the_corpus_and_its_licence_are_put_in_place(server, tmp_path):
    seen = []
    fetched = fetch(server.url, tmp_path / "new", on_bytes=lambda *progress: seen.append(progress))
    assert fetched.corpus.read_text(encoding="utf-8") == LINES
    assert fetched.pairs == len(read_pairs(fetched.corpus)) == 400
    assert fetched.sha256 == hashlib.sha256(ARCHIVE).hexdigest()
    notice = fetched.notice.read_text(encoding="utf-8")
    for part in ("CC BY 2.0 France", "tatoeba.org", server.url, fetched.sha256, "Own words about the file."):
        assert part in notice
    assert seen[-1] == (len(ARCHIVE), len(ARCHIVE))
    assert names(tmp_path / "new") == PLACED


def test_the_right_checksum_in_capitals_is_accepted(server, tmp_path):
    wanted = hashlib.sha256(ARCHIVE).hexdigest()
    assert fetch(server.url, tmp_path, sha256=wanted.upper()).sha256 == wanted


# --- going on after a cut ----------------------------------------------------------------------------------


def cut(server, folder, after=1000):
    server.cut_after = after
    again = f"run the command again to go on after {after:,} bytes" if server.tag else "try again later"
    with pytest.raises(FetchError, match=f"broke off .* {again}"):
        fetch(server.url, folder)
    server.cut_after = None
    assert not corpus_file(server.url, folder).exists()


def test_a_cut_download_goes_on_where_it_stopped(server, tmp_path):
    cut(server, tmp_path)
    assert fetch(server.url, tmp_path).corpus.read_text(encoding="utf-8") == LINES
    assert server.asked == [(None, None), ("bytes=1000-", '"one"')]
    assert names(tmp_path) == PLACED


def test_twice_cut(server, tmp_path):
    cut(server, tmp_path)
    server.cut_after = 500
    with pytest.raises(FetchError, match="after 1,500 bytes"):
        fetch(server.url, tmp_path)
    server.cut_after = None
    assert fetch(server.url, tmp_path).sha256 == hashlib.sha256(ARCHIVE).hexdigest()
    assert server.asked[-1] == ("bytes=1500-", '"one"')


def test_a_renewed_archive_starts_over(server, tmp_path):
    cut(server, tmp_path)
    server.body, server.tag = zipped({"kor.txt": "Now!\t지금!\n" * 2000}), '"two"'
    assert fetch(server.url, tmp_path).pairs == 2000


def test_a_server_without_ranges_starts_over(server, tmp_path):
    cut(server, tmp_path)
    server.ranges = False
    assert fetch(server.url, tmp_path).corpus.read_text(encoding="utf-8") == LINES


def test_without_a_version_nothing_is_resumed(server, tmp_path):
    server.tag = None
    cut(server, tmp_path)
    assert fetch(server.url, tmp_path).pairs == 400
    assert server.asked[-1] == (None, None)


@pytest.mark.parametrize("note", ["", "[]", "{}", "\0"])
def test_a_damaged_note_starts_over(server, tmp_path, note):
    cut(server, tmp_path)
    (tmp_path / "kor-eng.zip.part.json").write_text(note)
    assert fetch(server.url, tmp_path).pairs == 400
    assert server.asked[-1] == (None, None)


def test_the_start_of_another_address_is_not_used(server, tmp_path):
    cut(server, tmp_path)
    assert fetch(server.url.replace("anki", "mirror"), tmp_path).pairs == 400
    assert server.asked[-1] == (None, None)


def test_more_bytes_than_the_archive_has_start_over(server, tmp_path):
    cut(server, tmp_path)
    with (tmp_path / "kor-eng.zip.part").open("ab") as part:
        part.write(bytes(len(ARCHIVE)))
    assert fetch(server.url, tmp_path).pairs == 400
    assert [wanted for wanted, _ in server.asked[1:]] == [f"bytes={1000 + len(ARCHIVE)}-", None]


def test_another_part_than_asked_for_is_refused(server, tmp_path):
    cut(server, tmp_path)
    server.shift = 7
    with pytest.raises(FetchError, match="another part than asked for; run the command again"):
        fetch(server.url, tmp_path)
    assert fetch(server.url, tmp_path).pairs == 400


# --- what goes wrong: nothing is installed, and the message says what to do --------------------------------


def test_a_wrong_checksum_leaves_no_corpus(server, tmp_path):
    with pytest.raises(FetchError, match=rf"sha256 is {hashlib.sha256(ARCHIVE).hexdigest()}, not {'0' * 64}"):
        fetch(server.url, tmp_path, sha256="0" * 64)
    assert names(tmp_path) == []


def test_a_failed_renewal_keeps_the_old_corpus(server, tmp_path):
    fetch(server.url, tmp_path)
    server.body, server.tag = b"no archive", '"two"'
    with pytest.raises(FetchError, match="not a sound zip archive"):
        fetch(server.url, tmp_path)
    assert names(tmp_path) == PLACED
    assert (tmp_path / "kor-eng.tsv").read_text(encoding="utf-8") == LINES


@pytest.mark.parametrize("after", [0, 800])
def test_silence_ends_after_the_timeout(server, tmp_path, after):
    server.hold, server.cut_after = threading.Event(), after
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"nothing came for 0.5 s; (run the command again to go on after 800|try)"):
        fetch(server.url, tmp_path, limits=QUICK)
    assert time.monotonic() - began < 5
    server.hold.set()
    server.hold = server.cut_after = None
    assert fetch(server.url, tmp_path).pairs == 400
    assert server.asked[-1][0] == (f"bytes={after}-" if after else None)


@pytest.mark.parametrize("status", [404, 406, 500])
def test_an_error_of_the_server(server, tmp_path, status):
    server.status = status
    with pytest.raises(FetchError, match=rf"answers {status} .*ATTENTION_COURSE_CORPUS"):
        fetch(server.url, tmp_path)
    assert names(tmp_path) == []


def test_offline(tmp_path, server):
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))  # bound but not listening: refuses
        url = f"http://127.0.0.1:{free.getsockname()[1]}/kor-eng.zip"
        with pytest.raises(
            FetchError, match=r"cannot be reached .* are you online\? The course does not need"
        ) as caught:
            fetch(url, tmp_path, limits=QUICK)
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == []


def test_too_large_an_archive(server, tmp_path):
    with pytest.raises(FetchError, match="larger than"):
        fetch(server.url, tmp_path, limits=Limits(archive=len(ARCHIVE) - 1))
    assert names(tmp_path) == []


def test_a_zip_bomb_is_stopped(server, tmp_path):
    server.body = zipped({"kor.txt": b"\0" * 3_000_000})
    with pytest.raises(FetchError, match=r"kor.txt unpacks to more than 0.953674 MiB"):
        fetch(server.url, tmp_path, limits=Limits(unpacked=1_000_000))
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["../kor.txt", "/tmp/kor.txt", "..\\kor.txt", "a/kor.txt", ".kor.txt"])
def test_a_strange_member_is_refused(server, tmp_path, name):
    server.body = zipped({"kor.txt": LINES, name: LINES})
    folder = tmp_path / "data"
    with pytest.raises(FetchError, match="not an archive of sentence pairs: it holds '"):
        fetch(server.url, folder)
    assert names(folder) == []
    assert names(tmp_path) == ["data"]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"a.txt": LINES, "b.txt": LINES}, "it holds 2 text files"),
        ({"_about.txt": "nothing else"}, "it holds 0 text files"),
        ({"kor.txt": "a page of a hotel's network\n"}, r":1: no tab"),
        ({"kor.txt": b"\xff\xfe"}, "not UTF-8"),
    ],
)
def test_an_archive_of_something_else(server, tmp_path, files, reason):
    server.body = zipped(files)
    with pytest.raises(FetchError, match=reason):
        fetch(server.url, tmp_path)
    assert names(tmp_path) == []


def test_a_damaged_member(server, tmp_path):
    damaged = bytearray(ARCHIVE)
    damaged[len(damaged) // 2] ^= 0xFF
    server.body = bytes(damaged)
    with pytest.raises(FetchError, match="not a sound zip archive"):
        fetch(server.url, tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("url", ["file:///etc/kor-eng.zip", "https://example.org/", "kor-eng.zip"])
def test_an_address_of_no_archive(tmp_path, url):
    with pytest.raises(FetchError, match="is not the address of an archive; give one like https://"):
        fetch(url, tmp_path)


def test_a_folder_that_cannot_be_written(server, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FetchError, match=r"cannot be written.*--dir"):
        fetch(server.url, tmp_path / "file" / "data")


# --- the command -------------------------------------------------------------------------------------------


def test_the_command_says_licence_place_and_checksum(server, tmp_path):
    arguments = ["fetch", "--url", server.url, "--dir", str(tmp_path)]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    for part in ("CC BY 2.0 France", "400 sentence pairs", str(tmp_path / "kor-eng.tsv"), "recorded, not compared"):
        assert part in result.output
    again = CliRunner().invoke(cli.app, arguments)
    assert "is there already, not touched" in again.output
    assert len(server.asked) == 1
    assert CliRunner().invoke(cli.app, [*arguments, "--force"]).exit_code == 0
    assert len(server.asked) == 2


def test_the_command_ends_with_one_line_and_code_2(server, tmp_path, monkeypatch, capsys):
    server.status = 404
    monkeypatch.setattr("sys.argv", ["autograder", "fetch", "--url", server.url, "--dir", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"autograder: {server.url}: the server answers 404")


def test_lesson_06_finds_what_was_fetched(server, tmp_path, monkeypatch):
    monkeypatch.setattr(real_corpus, "user_data_folder", lambda: tmp_path)
    monkeypatch.delenv(real_corpus.CORPUS_VARIABLE, raising=False)
    fetch(server.url, tmp_path)
    assert real_corpus.real_corpus_path() == tmp_path / "kor-eng.tsv"
