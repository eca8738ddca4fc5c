"""Reading sentence pairs, tokenising and splitting."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.toolkit import corpus
from lessons.toolkit.corpus import (
    CorpusError,
    Link,
    SentencePair,
    count_clauses,
    join_syllables,
    load_split,
    read_pairs,
    split_by_source,
    syllables,
    words,
)  # fmt: skip


def written(folder, text):
    path = folder / "pairs.tsv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_alignment_column(tmp_path):
    path = written(tmp_path, "I love you\t난 널 사랑해\t0-0 1-2 2-1\nthe book\t책\t0p0 1-0\n")
    first, second = read_pairs(path)
    assert first == SentencePair("I love you", "난 널 사랑해", (Link(0, 0, True), Link(1, 2, True), Link(2, 1, True)))
    assert second.alignment == (Link(0, 0, False), Link(1, 0, True))
    assert (first.source_words, first.target_words) == (["I", "love", "you"], ["난", "널", "사랑해"])


def test_two_columns_have_no_alignment(tmp_path):
    assert read_pairs(written(tmp_path, "Go.\t가.\n")) == [SentencePair("Go.", "가.")]


def test_a_third_column_of_names_is_ignored(tmp_path):
    path = written(tmp_path, "Go.\t가.\tby ann & bo\nStop!\t멈춰!\t0-0\n")
    assert [pair.alignment for pair in read_pairs(path)] == [None, None]


def test_third_column_can_be_forced(tmp_path):
    path = written(tmp_path, "Go\t가\t0-0\n")
    assert read_pairs(path, third_column="ignore")[0].alignment is None
    with pytest.raises(ValueError, match="auto, alignment, ignore"):
        read_pairs(path, third_column="names")


def test_bom_crlf_and_blank_lines_at_the_end(tmp_path):
    path = written(tmp_path, b"\xef\xbb\xbf" + "Go\t가\r\nCome\t와\r\n\r\n\n".encode())
    assert read_pairs(path) == [SentencePair("Go", "가"), SentencePair("Come", "와")]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("Go\t가\nCome 와\n", 2, "1 column instead of two or three"),
        ("Go\t가\ta\tb\n", 1, "4 columns instead of two or three"),
        ("Go\t가\n\nCome\t와\n", 2, "1 column instead"),
        ("Go\t가\n\t와\n", 2, "the source sentence is empty"),
        ("Go\t가\nCome\t \n", 2, "the target sentence is empty"),
        (b"Go\t\xea\xb0\x80\nCome\t\xbf\xcd\n", 2, "not UTF-8"),
        ("Go\t가\t0-0\nCome\t와\t0-1\n", 2, "link 0-1 points outside"),
        ("Go\t가\t0-0\nCome\t와\t1p0\n", 2, "link 1p0 points outside"),
    ],
)
def test_bad_lines_are_named(tmp_path, text, line, reason):
    path = written(tmp_path, text)
    with pytest.raises(CorpusError) as caught:
        read_pairs(path)
    message = str(caught.value)
    assert f"{path}, line {line}: " in message
    assert reason in message
    assert "\n" not in message


@pytest.mark.parametrize(("third", "reason"), [("0-0 x", "'x' is no link"), ("", "no alignment")])
def test_a_wanted_alignment_must_be_there(tmp_path, third, reason):
    path = written(tmp_path, f"Go\t가\t0-0\nCome\t와\t{third}\n")
    with pytest.raises(CorpusError, match=f"line 2: {reason}"):
        read_pairs(path, third_column="alignment")


def test_files_that_are_none(tmp_path):
    with pytest.raises(CorpusError, match="is a folder"):
        read_pairs(tmp_path)
    with pytest.raises(CorpusError, match=r"missing\.tsv: no such file"):
        read_pairs(tmp_path / "missing.tsv")
    with pytest.raises(CorpusError, match=r"pairs\.tsv: the file is empty"):
        read_pairs(written(tmp_path, "\n \n"))


def test_load_split():
    pairs = load_split("test", clauses=(1, 2))
    assert {count_clauses(pair.source_words) for pair in pairs} == {1, 2}
    assert len(pairs) == 334
    assert all(pair.alignment for pair in pairs)
    assert len(load_split("test")) == 1000


def test_a_wrong_split_lists_the_right_ones():
    with pytest.raises(ValueError, match="train, valid, test, by_length"):
        load_split("dev")


def test_count_clauses():
    assert count_clauses(["I", "love", "you"]) == 1
    assert count_clauses("I think that you sleep because it rains but I work") == 4


def test_words_split_punctuation_off():
    assert words('He said, "Really?!"') == ["He", "said", ",", '"', "Really", "?", "!", '"']
    assert words("  it's  3.5 well-known. ") == ["it's", "3", ".", "5", "well-known", "."]
    assert words("난 널 사랑해") == ["난", "널", "사랑해"]


def test_words_leave_the_course_corpus_alone():
    for pair in load_split("test"):
        assert words(pair.source) == pair.source.split()


def test_syllables():
    assert syllables(" 난  널 사랑해 ") == ["난", "▁", "널", "▁", "사", "랑", "해"]
    with pytest.raises(ValueError, match="▁"):
        syllables("난▁널")


@given(st.text(alphabet="가나다 책a.\t", max_size=30))
def test_syllables_round_trip(text):
    assert join_syllables(syllables(text)) == " ".join(text.split())


sentences = st.sampled_from(["Go.", "go", "Go !", "Come.", "Run", "?", "!", "I see"])


@settings(max_examples=60)
@given(st.lists(st.builds(SentencePair, sentences, st.sampled_from("가나다라")), max_size=30), st.integers(0, 9))
def test_translations_of_one_sentence_stay_together(pairs, seed):
    parts = split_by_source(pairs, (0.5, 0.3, 0.2), seed)
    assert parts == split_by_source(pairs, (0.5, 0.3, 0.2), seed)
    key = corpus._normalised
    homes = [{key(pair.source) for pair in part} for part in parts]
    assert sum(map(len, homes)) == len({key(pair.source) for pair in pairs})
    assert sorted(map(repr, pairs)) == sorted(repr(pair) for part in parts for pair in part)


def test_split_sizes():
    pairs = [SentencePair(f"sentence {n}", "문장") for n in range(100)]
    parts = split_by_source(pairs, (0.8, 0.1, 0.1), seed=0)
    assert [len(part) for part in parts] == [80, 10, 10]
    assert parts[0] != pairs[:80]
    assert parts[1] != split_by_source(pairs, (0.8, 0.1, 0.1), seed=1)[1]


@pytest.mark.parametrize("fractions", [(), (0.5, 0.4), (1.5, -0.5)])
def test_fractions_must_sum_to_one(fractions):
    with pytest.raises(ValueError, match="sum to 1"):
        split_by_source([SentencePair("Go", "가")], fractions, seed=0)
