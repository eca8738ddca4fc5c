"""Glosses of Korean words: the file, the pairs that have them, and the two lines that show them."""

import re

import pytest

from lessons.toolkit import glosses
from lessons.toolkit.corpus import SPLITS, Link, SentencePair, load_split
from lessons.toolkit.glosses import LEGEND, gloss, glossed, glossed_label, interlinear, labels, legend
from lessons.toolkit.paths import datasets_folder

LINES = (datasets_folder() / "english_korean" / "glosses.tsv").read_text(encoding="utf-8").splitlines()
ROWS = [tuple(line.split("\t")) for line in LINES]


@pytest.fixture(scope="module")
def pairs():
    return [pair for split in SPLITS for pair in load_split(split)]


def linked_words(pair, place):
    return {pair.source_words[link.source] for link in pair.alignment if link.target == place}


def test_i_love_you():
    pair = SentencePair("I love you", "난 널 사랑해", (Link(0, 0, True), Link(1, 2, True), Link(2, 1, True)))
    assert pair.glosses == ("I.TOP", "you.OBJ", "love.INT")


def test_every_korean_word_of_the_corpus_has_one_gloss(pairs):
    for pair in pairs:
        assert len(pair.glosses) == len(pair.target_words), pair
        assert not any("/" in each for each in pair.glosses), pair


def test_the_link_decides_between_sleep_and_well(pairs):
    found = {(each, word in ("sleep", "sleeps")) for pair in pairs for place, each in enumerate(pair.glosses)
             if pair.target_words[place] == "잘" for word in linked_words(pair, place) - {"will", "when"}}  # fmt: skip
    assert found == {("sleep.MOD", True), ("well", False)}
    both = next(pair for pair in pairs if "잘 잘" in pair.target)
    assert "well sleep.MOD" in " ".join(both.glosses)


def test_seoul_is_where_it_rains_or_where_somebody_goes():
    assert (gloss("서울에", ["in", "Seoul"]), gloss("서울에", ["to", "Seoul"])) == ("Seoul.at", "Seoul.to")


def test_each_line_of_the_file_is_needed(pairs):
    assert sorted(set(ROWS)) == ROWS
    assert all(len(row) == 3 for row in ROWS)
    linked = {(word, english) for pair in pairs for place, word in enumerate(pair.target_words)
              for english in ("", *linked_words(pair, place))}  # fmt: skip
    assert {row[:2] for row in ROWS} <= linked
    several = {word for word, english, _ in ROWS if english}
    assert several == {"잘", "서울에"}
    assert all((word in several) == bool(english) for word, english, _ in ROWS)


def test_capitals_and_endings_are_in_the_legend_and_no_others():
    parts = [row[2].split(".") for row in ROWS]
    capitals = {part for each in parts for part in each if re.fullmatch("[A-Z]{2,}", part)}
    endings = {part for each in parts for part in each[1:]} - {"day", "much"}  # every.day, very.much
    assert capitals | endings | {"thing"} == set(LEGEND)


def test_a_word_without_a_link_has_all_its_glosses_and_a_foreign_one_has_none():
    assert gloss("잘") == "sleep.MOD/well"
    assert (gloss("난"), gloss("고양이")) == ("I.TOP", "")


def test_a_word_stands_with_its_gloss_and_alone_without_one():
    assert (glossed("난"), glossed("<end>")) == ("난 (I.TOP)", "<end>")
    assert (glossed_label("난"), glossed_label("<end>")) == ("난  I.TOP", "<end>  ")


def test_real_corpora_have_no_glosses():
    assert SentencePair("Go.", "가.").glosses == ()
    assert SentencePair("go", "가").glosses == ()
    assert SentencePair("a cat", "고양이", (Link(1, 0, True),)).glosses == ()


def test_glosses_stand_under_their_words():
    first, second = interlinear(["난", "널", "사랑해"], ["I.TOP", "you.OBJ", "love.INT"], indent="  ").split("\n")
    assert first == "  난     널       사랑해"
    assert second == "  I.TOP  you.OBJ  love.INT"
    wide = interlinear(["우리", "엄마는"], ["we", "x"]).split("\n")
    assert wide == ["우리  엄마는", "we    x"]


def test_as_many_glosses_as_words():
    with pytest.raises(ValueError, match="2 words and 1 glosses"):
        interlinear(["난", "자"], ["I.TOP"])


def test_the_legend_explains_what_is_used():
    assert labels(["I.TOP", "sleep.MOD/well", "thing.be.INT"]) == ["TOP", "INT", "MOD", "thing", "be"]
    assert legend(["I.TOP", "eat.INT"]).split("\n") == [f"TOP  {LEGEND['TOP']}", f"INT  {LEGEND['INT']}"]
    assert legend().count("\n") == len(LEGEND) - 1
    assert glosses.legend([]) == ""
