"""Lesson 04's wrong words: what may stand for what, the same for every model; and what is counted after them."""

import pytest
import torch
from torch.nn.functional import one_hot

from lessons.earlier.lesson_01 import Seq2Seq, pad_batch
from lessons.earlier.lesson_02 import Vocabularies
from lessons.experiments.architectures import ARCHITECTURES, Sizes
from lessons.experiments.injected_errors import (
    KINDS,
    continuation,
    forms,
    injected_errors,
    injections,
)
from lessons.experiments.injected_errors import _same_kind as same_kind
from lessons.experiments.injected_errors import _structure as structure
from lessons.toolkit.batches import END, make_batches
from lessons.toolkit.corpus import SentencePair, load_split


@pytest.fixture(scope="module")
def words():
    return Vocabularies(load_split("train"))


@pytest.fixture(scope="module")
def pairs():
    return load_split("by_length", range(1, 5))[::5]


@pytest.fixture(scope="module")
def chosen(pairs, words):
    return injections(pairs, words)


def known(found, words):
    return found & words.target_numbers.keys()


# --- the words ---------------------------------------------------------------------------------------------


def test_a_word_is_what_it_was_derived_as():
    assert {form.name for form in forms()["왔어"]} == {"come", "rain", "snow"}
    assert {(form.word_class, form.role) for form in forms()["사과를"]} == {("thing", "object")}
    assert {form.role for form in forms()["먹을"]} == {"unfinished"}
    assert {form.word_class for form in forms()["잘"]} == {"verb", "manner"}


@pytest.mark.parametrize(
    ("sentence", "place", "wanted"),
    [
        ("소라는 사과를 먹고 난 웃었어", 1, {"빵을", "밥을"}),
        ("난 물을 마셨고 사과를 먹었어", 1, {"우유를", "커피를"}),
        ("난 웃었고 그는 잤어", 0, {"우린"}),
        ("넌 웃었고 그는 잤어", 0, set()),  # after another subject 웃었고 stays right; no other you
        ("그는 웃었고 난 잤어", 0, {"그녀는", "그들은"}),
        ("그는 웃었고 난 미나를 만났어", 0, {"그들은"}),  # she may be Mina
        ("소라는 웃었고 난 그녀를 만났어", 0, {"지훈이는"}),
        ("난 웃었고 그가 널 만날 때 넌 잤어", 4, {"기다릴", "도와줄"}),
        ("난 웃었고 그가 널 기다릴 때 넌 잤어", 4, set()),  # in the past, others are 만났을 때
        ("비가 오면 난 자", 0, {"눈이"}),
        ("날씨가 추우면 난 자", 0, set()),
        ("비가 오면 난 자", 1, set()),  # 오면 rains here and comes elsewhere
        ("날씨가 추우면 난 자", 1, set()),
        ("난 피곤해서 공부했어", 1, {"행복해서", "슬퍼서", "바빠서", "아파서"}),
        ("난 안 피곤해서 공부했어", 2, {"슬퍼서", "바빠서", "아파서"}),  # the corpus has no 안 행복하다
        ("난 학교에 가서 공부했어", 1, {"도서관에", "집에", "공원에", "카페에", "서울에"}),
    ],
)
def test_words_of_the_same_kind(words, sentence, place, wanted):
    assert known(same_kind(sentence.split(), place), words) == wanted


@pytest.mark.parametrize(
    ("sentence", "place", "within", "never"),
    [
        ("미나는 널 사랑해", 0, {"미나를"}, {"미나가", "미나와"}),
        ("난 미나를 사랑해", 1, {"미나는", "미나가"}, {"미나와"}),
        ("난 학교에 가고 넌 자", 1, {"학교에서"}, {"학교에"}),
        ("난 사과를 먹고 넌 자", 2, {"먹어", "먹을"}, {"먹고", "먹지만"}),
        ("난 미나를 만나서 웃었어", 2, {"만날"}, {"만나", "만나면"}),
        ("난 사과를 먹어", 1, {"읽어", "바쁘고"}, {"먹고", "노래", "새"}),
    ],
)
def test_words_that_change_the_structure(words, sentence, place, within, never):
    found = known(structure(sentence.split(), place), words)
    assert within <= found
    assert not never & found


def test_almost_every_sentence_has_a_place_and_all_wrong_words_are_new_to_it(pairs, words, chosen):
    assert len(chosen) > 0.9 * len(pairs)
    assert {each.word_class for each in chosen} == {"person", "thing", "place", "weather", "verb"}
    for each in chosen:
        target = pairs[each.sentence].target_words
        assert each.words["no_error"] == target[each.place]
        assert each.place < len(target) - 1
        wrong = [each.words[kind] for kind in KINDS[1:]]
        assert not {*wrong} & {*target}
        assert wrong[0] != wrong[1]
        assert all(word in words.target_numbers for word in wrong)


def test_a_noun_keeps_its_particle_and_what_stands_before_it_needs_no_noun(pairs, chosen):
    particles = ({"은", "는", "난", "린"}, {"이", "가"}, {"을", "를", "날", "릴"}, {"과", "와"}, {"에"}, {"서"})
    before_nouns = {"내", "우리", "빨간", "큰", "친절한", "따뜻한", "만난", "우는", "만든"}
    for each in chosen:
        target = pairs[each.sentence].target_words
        assert not each.place or target[each.place - 1] not in before_nouns
        if each.word_class != "verb":
            ends = {each.words["no_error"][-1], each.words["same_kind"][-1]}
            assert any(ends <= particle for particle in particles), ends


def test_the_choice_depends_on_the_sentence_alone(pairs, words, chosen):
    backwards = injections(pairs[::-1], words)
    found = {pairs[::-1][each.sentence].target: (each.place, each.words) for each in backwards}
    assert found == {pairs[each.sentence].target: (each.place, each.words) for each in chosen}


# --- the measure -------------------------------------------------------------------------------------------


class Writer:
    """Knows what to write for each source; `steady` goes by the number of the step, else by the word just read."""

    def __init__(self, pairs, words, texts, steady):
        self.size, self.steady = len(words.target), steady
        encoded = [(words.encode(pair)[0], text) for pair, text in zip(pairs, texts, strict=True)]
        self.texts = {
            tuple(source): [*(words.target_numbers[word] for word in text), END, END] for source, text in encoded
        }

    def encoder(self, source, mask):
        rows = [self.texts[tuple(row[real].tolist())] for row, real in zip(source, mask, strict=True)]
        return pad_batch(rows)[0], torch.zeros(len(source), 1, dtype=torch.long)

    def decoder(self, words, state, texts, mask):
        places = state.squeeze(1)
        if not self.steady:
            same = texts == words
            places = torch.where(same.any(1), same.int().argmax(1) + 1, torch.where(words[:, 0] == 1, 0, 99))
        inside = places.clamp(max=texts.shape[1] - 1)
        written = torch.where(places < 99, texts[torch.arange(len(texts)), inside], END)
        return one_hot(written, self.size).float().unsqueeze(1), state + 1, None


def test_who_counts_steps_goes_on_rightly_and_who_follows_the_last_word_does_not(pairs, words):
    singles = [pair for pair in pairs if len({*pair.target_words}) == len(pair.target_words)]
    texts = [pair.target_words for pair in singles]
    steady = injected_errors(Writer(singles, words, texts, True), singles, words)
    n = len(injections(singles, words))
    assert steady["places"] == n
    for kind in KINDS:
        assert steady[kind] | {"by_word": 0, "by_distance": 0} == {
            "n": n, "next_right": 1.0, "rest_right": 1.0, "rest_kept": 1.0, "next_right_count": n,
            "rest_right_count": n, "rest_kept_count": n, "by_word": 0, "by_distance": 0,
        }  # fmt: skip
    led = injected_errors(Writer(singles, words, texts, False), singles, words)
    assert led["no_error"]["rest_right"] == 1.0
    for kind in KINDS[1:]:
        assert (led[kind]["next_right_count"], led[kind]["rest_right_count"]) == (0, 0)


def test_groups_hold_every_place_once(pairs, words):
    found = injected_errors(Writer(pairs, words, [pair.target_words for pair in pairs], True), pairs, words)
    for name in ("by_word", "by_distance"):
        assert sum(group["n"] for group in found["structure"][name].values()) == found["places"]


def test_a_wrong_last_word_spoils_the_rest_and_not_the_next_word(words):
    pair = SentencePair("Mina did not drink water", "미나는 물을 안 마셨어")
    found = injected_errors(Writer([pair], words, [[*pair.target_words[:-1], "웃었어"]], True), [pair], words)
    assert [found["no_error"][name] for name in ("next_right", "rest_right", "rest_kept")] == [1.0, 0.0, None]


@pytest.mark.parametrize("name", ["baseline", "additive"])
def test_the_continuation_reads_the_prefix_the_wrong_word_and_then_itself(pairs, words, name):
    torch.manual_seed(2)
    model = ARCHITECTURES[name](len(words.source), len(words.target), Sizes())
    pair = pairs[150]
    (batch,) = make_batches([words.encode(pair)], pad_batch, 1)
    place, wrong = 2, 9
    written = continuation(model, batch, torch.tensor([place]), torch.tensor([wrong]))[0].tolist()
    read = [1, *batch.target[0, :place].tolist(), wrong]
    source, state = model.encoder(batch.source, batch.source_mask)
    for step in range(batch.target.shape[1]):
        number = torch.tensor([[read[step] if step < len(read) else written[step - 1]]])
        if isinstance(model, Seq2Seq):
            logits, state = model.decoder(number, state, model.encoder(batch.source, batch.source_mask)[1])
        else:
            logits, state, _ = model.decoder(number, state, source, batch.source_mask)
        assert logits.argmax().item() == written[step]
