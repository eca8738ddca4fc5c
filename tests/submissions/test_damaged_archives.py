"""Zips that were cut off, that are no zips, and names in them whose encoding nothing says."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import grading_cases as cases
import nbformat
import pytest

from autograder.errors import GradingError
from autograder.submissions.collect import collect

BOOK = nbformat.writes(cases.RELEASE).encode()
NAME = "kim_1_assignsubmission_file_/01_seq2seq.ipynb"


def zipped(*names: str, content: bytes = BOOK) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return found.getvalue()


class TestDamage:
    @pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
    def test_a_zip_that_was_cut_off_is_called_damaged(self, tmp_path, part):
        whole = zipped(NAME, NAME.replace("kim", "lee"))
        path = tmp_path / "moodle.zip"
        path.write_bytes(whole[: int(len(whole) * part)])
        with pytest.raises(GradingError, match=r"moodle\.zip: is a damaged zip; download it again"):
            collect(path, tmp_path / "class")

    def test_a_directory_of_noise_is_called_damaged(self, tmp_path):
        whole = bytearray(zipped(NAME))
        at = whole.index(b"PK\1\2")
        whole[at : at + 4] = b"XXXX"
        (tmp_path / "moodle.zip").write_bytes(whole)
        with pytest.raises(GradingError, match="is a damaged zip"):
            collect(tmp_path / "moodle.zip", tmp_path / "class")

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"\n<!DOCTYPE html><title>Log in</title>", "is a web page, perhaps the page for logging in"),
            (b"\xef\xbb\xbf<HTML>", "is a web page"),
            (b"Rar!\x1a\x07\x01\x00", "neither a folder nor a zip; unpack it"),
            (b"", "neither a folder nor a zip"),
        ],
    )
    def test_what_is_no_zip_says_what_it_is(self, tmp_path, content, told):
        (tmp_path / "moodle.zip").write_bytes(content)
        with pytest.raises(GradingError, match=told):
            collect(tmp_path / "moodle.zip", tmp_path / "class")

    def test_what_a_student_handed_in_damaged_is_told_and_the_others_count(self, tmp_path):
        inner = zipped("01_seq2seq.ipynb")
        source = tmp_path / "moodle.zip"
        with zipfile.ZipFile(source, "w") as archive:
            archive.writestr("kim_1_assignsubmission_file_/work.zip", inner[:-40])
            archive.writestr("lee_2_assignsubmission_file_/work.zip", inner)
        done = {one.file.split("_")[0]: one for one in collect(source, tmp_path / "class")}
        assert "is a damaged zip" in done["kim"].reason
        assert "have it handed in again" in done["kim"].reason
        assert done["lee"].outcome == "collected"

    def test_an_entry_with_a_wrong_checksum_is_told(self, tmp_path):
        whole = bytearray(zipped(NAME))
        at = whole.index(b"PK\1\2") + 16
        whole[at : at + 4] = b"\0\0\0\0"
        (tmp_path / "moodle.zip").write_bytes(whole)
        (one,) = collect(tmp_path / "moodle.zip", tmp_path / "class")
        assert "is damaged, and cannot be unpacked" in one.reason


def renamed(name: str, encoding: str) -> bytes:
    """A zip with one name in an encoding that it does not say."""
    raw = name.encode(encoding)
    return zipped("k" * len(raw)).replace(b"k" * len(raw), raw)


@pytest.mark.parametrize(
    ("student", "encoding"),
    [
        ("Müller Jürgen", "cp437"),
        ("José María García López", "cp437"),
        ("O'Brien Siobhàn", "cp437"),
        ("Åse Bjørk", "cp850"),
        ("João Ávila", "cp850"),
        ("José Müller", "cp1252"),
        ("Zoë Łuczak", "utf-8"),
        ("Nguyễn Văn An", "utf-8"),
        ("김하나", "cp949"),
        ("박서준", "utf-8"),
        ("햏똠방", "cp949"),
    ],
)
def test_names_are_read_in_the_encoding_that_they_are_in(tmp_path: Path, student, encoding):
    path = tmp_path / "moodle.zip"
    path.write_bytes(renamed(f"{student}_1_assignsubmission_file_/01_seq2seq.ipynb", encoding))
    assert [one.student for one in collect(path, tmp_path / "class")] == [student]


@pytest.mark.parametrize("fits", [True, False])
def test_info_zips_unicode_path_counts_where_it_is_of_the_same_name(tmp_path, fits):
    name, raw = f"이하나{NAME[3:]}", f"xx{NAME[3:]}".encode()
    field = b"\1" + struct.pack("<L", zlib.crc32(raw) if fits else 1) + name.encode()
    entry = zipfile.ZipInfo(raw.decode())
    entry.extra = struct.pack("<HH", 0x7075, len(field)) + field
    with zipfile.ZipFile(tmp_path / "moodle.zip", "w") as archive:
        archive.writestr(entry, BOOK)
    assert [one.student for one in collect(tmp_path / "moodle.zip", tmp_path / "class")] == ["이하나" if fits else "xx"]
