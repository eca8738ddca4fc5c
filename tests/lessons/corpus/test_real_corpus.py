"""Real sentence pairs: reading, tokens, the split, unknown words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.toolkit import real_corpus
from lessons.toolkit.batches import END, SPECIAL_TOKENS, UNKNOWN
from lessons.toolkit.real_corpus import (
    CorpusError,
    RealPair,
    RealVocabularies,
    Vocabulary,
    fetched_corpus_path,
    join_syllables,
    join_tokens,
    read_pairs,
    real_corpus_path,
    source_tokens,
    split_by_source,
    syllables,
    target_tokens,
)

LINES = "The cat sleeps.\t고양이가 자요.\tby ann & bo\nThe cat eats.\t고양이가 먹어요.\n"


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "pairs.tsv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


# --- reading -----------------------------------------------------------------------------------------------


def test_two_and_more_columns(written):
    assert read_pairs(written(LINES + "Now!\t지금!\tann\t2026\n")) == [
        RealPair("The cat sleeps.", "고양이가 자요.", "by ann & bo"),
        RealPair("The cat eats.", "고양이가 먹어요.", ""),
        RealPair("Now!", "지금!", "ann\t2026"),
    ]


def test_bom_crlf_and_blank_lines(written):
    path = written(b"\xef\xbb\xbf" + LINES.replace("\n", "\r\n\r\n").encode())
    assert [pair.source for pair in read_pairs(path)] == ["The cat sleeps.", "The cat eats."]


def test_the_limit_is_met_before_a_bad_line(written):
    path = written(LINES + "no tab here\n")
    assert len(read_pairs(path, limit=2)) == 2
    with pytest.raises(CorpusError, match=":3: no tab"):
        read_pairs(path, limit=3)


def test_hangul_comes_out_composed(written):
    (pair,) = read_pairs(written(unicodedata.normalize("NFD", "The cat.\t고양이.\n")))
    assert syllables(pair.target) == ["고", "양", "이", "."]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (LINES + "Now! 지금!\n", 3, "no tab; put one between"),
        ("\t지금!\n", 1, "the English sentence is empty"),
        (LINES + "\nNow!\t \tann\n", 4, "the translation is empty"),
        (LINES.encode() + b"Now!\t\xff\n", 3, "not UTF-8 (byte 6 of the line is 0xff)"),
    ],
)
def test_bad_lines_are_named(written, text, line, reason):
    path = written(text)
    with pytest.raises(CorpusError) as caught:
        read_pairs(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert reason in str(caught.value)


def test_files_that_are_none(tmp_path, written):
    with pytest.raises(CorpusError, match="this is a folder"):
        read_pairs(tmp_path)
    with pytest.raises(CorpusError, match=r"no such file.*autograder fetch"):
        read_pairs(tmp_path / "absent.tsv")
    with pytest.raises(CorpusError, match="no sentence pairs"):
        read_pairs(written("\n \n"))


# --- where it lies -----------------------------------------------------------------------------------------


def test_the_variable_wins_over_what_was_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr(real_corpus, "user_data_folder", lambda: tmp_path)
    monkeypatch.delenv(real_corpus.CORPUS_VARIABLE, raising=False)
    assert real_corpus_path() is None
    fetched_corpus_path().write_text(LINES)
    assert real_corpus_path() == tmp_path / "kor-eng.tsv"
    monkeypatch.setenv(real_corpus.CORPUS_VARIABLE, "/elsewhere/pairs.tsv")
    assert str(real_corpus_path()) == "/elsewhere/pairs.tsv"
    monkeypatch.setenv(real_corpus.CORPUS_VARIABLE, "")
    assert real_corpus_path() == fetched_corpus_path()


# --- tokens ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I'm Tom's friend.", ["i", "'m", "tom", "'s", "friend", "."]),
        ("He said 'yes', OK?", ["he", "said", "'", "yes", "'", ",", "ok", "?"]),
        ("It’s 7:30!", ["it", "'s", "7", ":", "30", "!"]),
        ("  ", []),
    ],
)
def test_source_tokens(text, tokens):
    assert source_tokens(text) == tokens


def test_target_tokens():
    assert target_tokens("난 널 사랑해!") == ["난", "▁", "널", "▁", "사", "랑", "해", "!"]
    assert target_tokens("J'ai faim, non ?", "words") == ["J'", "ai", "▁faim", ",", "▁non", "▁?"]
    with pytest.raises(ValueError, match="syllables, words"):
        target_tokens("난", "letters")


TEXTS = st.text(st.one_of(st.sampled_from(" 고양이가.,!?'’ab"), st.characters(exclude_categories=["Cs"]))).filter(
    lambda text: "▁" not in text
)


@pytest.mark.parametrize("unit", real_corpus.UNITS)
@given(text=TEXTS)
def test_tokens_join_to_the_sentence_with_single_spaces(unit, text):
    assert join_tokens(target_tokens(text, unit)) == " ".join(text.split())


@given(TEXTS)
def test_syllables_are_single_characters_and_join(text):
    assert all(len(token) == 1 for token in syllables(text))
    assert join_syllables(syllables(text)) == " ".join(text.split())


# --- splitting ---------------------------------------------------------------------------------------------


def test_no_english_sentence_is_on_both_sides():
    nouns = [f"noun{number}" for number in range(60)]
    pairs = [RealPair(text.format(noun), noun) for text in ("A {}.", "a {}!", "A  {}") for noun in nouns]
    train, test = split_by_source(pairs, 0.2, seed=3)
    assert sorted(train + test, key=repr) == sorted(pairs, key=repr)
    assert len(test) == 36  # a fifth of 60 sentences, each with three translations
    sides = [{source_tokens(pair.source)[1] for pair in side} for side in (train, test)]
    assert not sides[0] & sides[1]
    assert split_by_source(pairs, 0.2, seed=3) == (train, test)
    assert split_by_source(pairs, 0.2, seed=4) != (train, test)


@pytest.mark.parametrize("held_out", [0, 1, 500])
def test_a_split_needs_a_share(held_out):
    with pytest.raises(ValueError, match="a share between 0 and 1"):
        split_by_source([RealPair("Go.", "가.")], held_out, seed=1)


# --- vocabularies ------------------------------------------------------------------------------------------


def test_vocabulary_lists_frequent_tokens_and_counts_the_others():
    words = Vocabulary([["b", "a", "c"], ["b", "a"], ["b"]], minimum_count=2)
    assert words.tokens == [*SPECIAL_TOKENS, "b", "a"]
    assert words.encode(["a", "c", "b"]) == [5, UNKNOWN, 4, END]
    assert words.decode([4, 5, UNKNOWN]) == ["b", "a", "<unknown>"]
    assert words.unknown(["c", "a", "d", "c"]) == ["c", "d", "c"]
    assert len(Vocabulary([["b", "a", "c", "b"]], maximum_size=5)) == 5
    assert Vocabulary([["b", "a", "c", "b"]], maximum_size=5)[4] == "b"


def test_unknown_words_of_held_out_pairs_are_counted():
    words = RealVocabularies([RealPair("The cat sleeps.", "고양이가 자요.")])
    assert words.encode(RealPair("The dog", "이개")) == (
        [words.source.numbers["the"], UNKNOWN, END],
        [words.target.numbers["이"], UNKNOWN, END],
    )
    assert words.unknown([RealPair("A dog.", "개."), RealPair("The dog.", "개.")]) == {"a": 1, "dog": 2}
