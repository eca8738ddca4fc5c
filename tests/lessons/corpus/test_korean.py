"""Hangul arithmetic, particles and verb forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.corpus_generator.lexicon import PEOPLE, PREDICATES
from lessons.toolkit.korean import (
    Verb,
    familiar_name,
    final_consonant,
    has_final_consonant,
    with_final,
    with_particle,
)

syllable = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)


@pytest.mark.parametrize(("word", "final"), [("책", "ㄱ"), ("사과", ""), ("서울", "ㄹ"), ("값", "ㅄ"), ("있", "ㅆ")])
def test_final_consonant(word, final):
    assert final_consonant(word) == final
    assert has_final_consonant(word) is (final != "")


@pytest.mark.parametrize("word", ["book", "책!", "책 ", "ㅋ", "漢"])
def test_words_that_do_not_end_in_hangul_are_rejected(word):
    with pytest.raises(ValueError, match="no Hangul syllable"):
        with_particle(word, "object")


def test_an_empty_word_is_rejected():
    with pytest.raises(ValueError, match="empty"):
        has_final_consonant("")


@given(syllable, st.sampled_from(["", "ㄱ", "ㄴ", "ㄹ", "ㅆ", "ㅎ"]))
def test_with_final_changes_only_the_final_consonant(character, consonant):
    changed = with_final("가" + character, consonant)
    assert final_consonant(changed) == consonant
    assert with_final(changed, final_consonant(character)) == "가" + character


def test_a_letter_that_cannot_close_a_syllable_is_rejected():
    with pytest.raises(ValueError, match="'ㄸ'"):
        with_final("가", "ㄸ")


@pytest.mark.parametrize(
    ("noun", "topic", "subject", "object_", "companion"),
    [("책", "책은", "책이", "책을", "책과"), ("사과", "사과는", "사과가", "사과를", "사과와"),
     ("물", "물은", "물이", "물을", "물과"), ("선생님", "선생님은", "선생님이", "선생님을", "선생님과")],
)  # fmt: skip
def test_particles_follow_the_final_consonant(noun, topic, subject, object_, companion):
    roles = ("topic", "subject", "object", "companion")
    assert [with_particle(noun, role) for role in roles] == [topic, subject, object_, companion]


def test_particles_of_places_do_not_change():
    assert (with_particle("학교", "location"), with_particle("공원", "destination")) == ("학교에서", "공원에")


def test_an_unknown_role_names_the_roles():
    with pytest.raises(ValueError, match="topic, subject, object"):
        with_particle("책", "owner")


def test_names_and_pronouns():
    assert (familiar_name("지훈"), familiar_name("미나")) == ("지훈이", "미나")
    forms = {p.english: [p.korean(r) for r in ("topic", "subject", "object")] for p in PEOPLE}
    assert forms["I"] == ["난", "내가", "날"]
    assert forms["you"] == ["넌", "네가", "널"]
    assert forms["we"] == ["우린", "우리가", "우릴"]
    assert forms["she"] == ["그녀는", "그녀가", "그녀를"]
    assert forms["they"] == ["그들은", "그들이", "그들을"]
    assert forms["Jihun"] == ["지훈이는", "지훈이가", "지훈이를"]
    assert forms["my friend"] == ["내 친구는", "내 친구가", "내 친구를"]
    assert forms["my mother"] == ["우리 엄마는", "우리 엄마가", "우리 엄마를"]


# One row for each way a stem can behave; all forms in the order of FORMS.
FORMS = (
    lambda v: v.plain, lambda v: v.past("어"), lambda v: v.future(), lambda v: v.joined("고"), lambda v:
    v.because(), lambda v: v.if_(), lambda v: v.quoted(), lambda v: v.before_noun(),
)  # fmt: skip
TABLE = {
    "eat": "먹어 먹었어 먹을 먹고 먹어서 먹으면 먹는다고 먹는",
    "drink": "마셔 마셨어 마실 마시고 마셔서 마시면 마신다고 마시는",
    "love": "사랑해 사랑했어 사랑할 사랑하고 사랑해서 사랑하면 사랑한다고 사랑하는",
    "go": "가 갔어 갈 가고 가서 가면 간다고 가는",
    "come": "와 왔어 올 오고 와서 오면 온다고 오는",
    "make": "만들어 만들었어 만들 만들고 만들어서 만들면 만든다고 만드는",
    "cry": "울어 울었어 울 울고 울어서 울면 운다고 우는",
    "listen": "들어 들었어 들을 듣고 들어서 들으면 듣는다고 듣는",
    "help": "도와줘 도와줬어 도와줄 도와주고 도와줘서 도와주면 도와준다고 도와주는",
    "laugh": "웃어 웃었어 웃을 웃고 웃어서 웃으면 웃는다고 웃는",
    "sad": "슬퍼 슬펐어 슬플 슬프고 슬퍼서 슬프면 슬프다고 슬픈",
    "busy": "바빠 바빴어 바쁠 바쁘고 바빠서 바쁘면 바쁘다고 바쁜",
    "cold": "추워 추웠어 추울 춥고 추워서 추우면 춥다고 추운",
}


@pytest.mark.parametrize("name", TABLE)
def test_verb_forms(name):
    verb = next(p.verb for p in PREDICATES if p.name == name)
    assert " ".join(form(verb) for form in FORMS) == TABLE[name]


@pytest.mark.parametrize(
    ("name", "form"),
    [("buy", "산"), ("eat", "먹은"), ("make", "만든"), ("listen", "들은"), ("help", "도와준"), ("cry", "운")],
)
def test_past_before_a_noun(name, form):
    assert next(p.verb for p in PREDICATES if p.name == name).before_noun_past() == form


def test_past_endings():
    eat = Verb("먹", "먹어")
    assert [eat.past(e) for e in ("고", "지만", "으니까", "을", "다고")] == [
        "먹었고",
        "먹었지만",
        "먹었으니까",
        "먹었을",
        "먹었다고",
    ]
    assert eat.joined("지만") == "먹지만"


def test_adjectives_have_no_past_before_a_noun():
    with pytest.raises(ValueError, match="바쁘다"):
        Verb("바쁘", "바빠", adjective=True).before_noun_past()
