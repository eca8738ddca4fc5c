"""Lesson 05's measures, with models whose weights and losses are known beforehand."""

import math

import pytest
import torch
from torch.nn.functional import one_hot

from lessons.earlier.lesson_02 import Vocabularies
from lessons.experiments import hidden_words
from lessons.experiments.hidden_words import (
    Place,
    alignment_errors,
    hiding,
    log_probabilities,
    losses,
    offsets,
    places,
)
from lessons.experiments.readers import READERS
from lessons.toolkit.batches import UNKNOWN, shift_right
from lessons.toolkit.corpus import Link, SentencePair


def pair(source, target, links):
    made = [Link(int(link[0]), int(link[2]), link[1] == "-") for link in links.split()]
    return SentencePair(source, target, tuple(made))


# 3 and 4 source words; `what` is only possibly linked, `e` of the second sentence not at all
PAIRS = [pair("a b c", "A B", "0-0 1p0 1-1"), pair("d c b e", "C D B", "1-0 0-1 2-2 3p2")]
WORDS = Vocabularies(PAIRS)


class Looker:
    """Looks at the source word that `dark` names for each target word, and knows a word only if it sees one of `need`.

    Right words have probability 0.9 with all needed in sight; without, e to the -3 of that. Nothing is read twice.
    """

    size = len(WORDS.target)

    def __init__(self, dark, need):
        self.dark, self.need = dark, need

    def encoder(self, source, mask):
        return source, source

    def decoder(self, read, source, states, mask):
        weights = torch.zeros(*read.shape, source.shape[1])
        logits = torch.zeros(*read.shape, self.size)
        for row, numbers in enumerate(source):
            number = 0 if mask[row].numel() and self.first(numbers) else 1
            target = [WORDS.target_numbers[word] for word in PAIRS[number].target_words] + [2]
            for t in range(min(len(target), read.shape[1])):
                weights[row, t, self.dark[number].get(t, len(PAIRS[number].source_words))] = 1.0
                needed = self.need[number].get(t, {len(PAIRS[number].source_words)})
                seen = any(mask[row, i] and numbers[i] != UNKNOWN for i in needed)
                right = 0.9 * (1.0 if seen else math.exp(-3))
                rest = (1 - right) / (self.size - 1)
                probability = rest + (right - rest) * one_hot(torch.tensor(target[t]), self.size)
                logits[row, t] = probability.log()
        return logits, source, weights

    @staticmethod
    def first(numbers):
        """The first sentence has its END at place 3, the second at place 4."""
        return (numbers == 2).int().argmax() == 3


def test_places_are_the_target_words_with_a_sure_link():
    found = places(Looker([{0: 1, 1: 2}, {0: 2, 1: 0, 2: 0}], [{}, {}]), PAIRS, WORDS)
    assert [(place.sentence, place.target, set(place.gold), set(place.possible)) for place in found] == [
        (0, 0, {0}, {0, 1}), (0, 1, {1}, {1}), (1, 0, {1}, {1}), (1, 1, {0}, {0}), (1, 2, {2}, {2, 3}),
    ]  # fmt: skip
    assert [place.dark for place in found] == [1, 2, 2, 0, 0]
    assert [place.offset for place in found] == [1, 1, 1, 0, -2]


@pytest.mark.parametrize(("gold", "dark", "wanted"), [({1, 9}, 5, 4), ({2, 5}, 8, 3), ({7}, 2, -5), ({3, 6}, 6, 0)])
def test_the_offset_is_from_the_nearest_gold_word(gold, dark, wanted):
    assert Place(0, 0, frozenset(gold), frozenset(gold), dark, 1.0, False).offset == wanted


def test_offsets_are_counted_and_end_is_no_word():
    found = offsets(Looker([{0: 1, 1: 2}, {0: 2, 1: 0, 2: 4}], [{}, {}]), PAIRS, WORDS)
    assert found["n"] == sum(found["counts"].values()) == 5
    assert [found["counts"][offset] for offset in ("-2", "-1", "0", "1", "2")] == [1, 0, 1, 3, 0]
    assert found["end_is_darker"] == 1  # all words of this row have the weight 0, the first is taken


def test_error_rates_and_the_threshold_that_validation_chose():
    right = Looker([{0: 0, 1: 1}, {0: 1, 1: 0, 2: 2}], [{}, {}])
    assert alignment_errors(right, PAIRS, WORDS, PAIRS[:1]) == {
        "sentences": 2, "valid_sentences": 1, "aer_argmax": 0.0, "aer_threshold": 0.0, "threshold": 0.05,
        "valid_aer_threshold": 0.0,
    }  # fmt: skip
    astray = Looker([{0: 2, 1: 1}, {0: 1, 1: 0, 2: 2}], [{}, {}])
    assert alignment_errors(astray, PAIRS, WORDS, PAIRS)["aer_argmax"] == 0.2


def test_hiding_finds_what_is_needed_and_what_is_not():
    """One word too far, with either word enough: neither is missed alone, both are."""
    dark, need = [{0: 2, 1: 2}, {0: 2, 1: 1, 2: 3}], [{0: {0}, 1: {1, 2}}, {0: {1, 2}, 1: {1}, 2: {2}}]
    found = hiding(Looker(dark, need), PAIRS, WORDS)
    assert found["sentences"] == 2
    for way in ("hidden", "unseen"):
        table = found[way]["dark_one_too_far"]
        assert {name: (row["n"], row["median"]) for name, row in table.items()} == {
            "darkest": (3, 0.0), "gold": (3, 0.0), "both": (3, 3.0), "third": (3, 0.0),
        }  # fmt: skip
        table = found[way]["all"]
        assert [table[name]["over_1_nat"] for name in ("darkest", "gold", "both")] == [0.2, 0.4, 1.0]
        assert (table["third"]["n"], table["third"]["median"]) == (4, 0.0)  # the first place has no word left
    assert found["hidden"]["dark_elsewhere"]["gold"]["n"] == 4  # 3p2 links the fifth place's darkest word


def test_a_place_without_a_third_word_has_none_hidden():
    single = [pair("a b", "A", "0-0 1p0")]
    (found,) = places(Looker([{0: 1}, {}], [{}, {}]), [PAIRS[0]], WORDS)[:1]
    assert hidden_words._third(found, single[0]) == frozenset()
    assert hidden_words._third(found, PAIRS[0]) == {2}
    lost = losses(Looker([{0: 1}, {}], [{0: {0}}, {}]), PAIRS, WORDS, [found], {"third": [frozenset()]}, unseen=False)
    assert lost["third"].isnan().tolist() == [True]
    assert hidden_words._summary(lost["third"], [True]) == {
        "n": 0, "median": None, "lower_quartile": None, "upper_quartile": None, "over_1_nat": None,
    }  # fmt: skip


def test_a_summary_has_the_quartiles_of_what_is_chosen():
    loss = torch.tensor([9.0, 1.0, 2.0, torch.nan, 3.0, 4.0, 0.5])
    assert hidden_words._summary(loss, [False, True, True, True, True, True, True]) == {
        "n": 5, "median": 2.0, "lower_quartile": 1.0, "upper_quartile": 3.0, "over_1_nat": 0.6,
    }  # fmt: skip


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("unseen", [False, True])
def test_in_a_batch_is_as_one_by_one(name, unseen):
    torch.manual_seed(3)
    model = READERS[name](len(WORDS.source), len(WORDS.target))
    rows = [(0, frozenset({1})), (1, frozenset({0, 3})), (1, frozenset())]
    found = log_probabilities(model, PAIRS, WORDS, rows, unseen)
    for number, hidden in rows:
        source, target = (torch.tensor([numbers]) for numbers in WORDS.encode(PAIRS[number]))
        mask = torch.ones_like(source, dtype=torch.bool)
        seen, read = mask.clone(), source.clone()
        for i in hidden:
            if unseen:
                read[0, i] = UNKNOWN
            else:
                seen[0, i] = False
        states, last = model.encoder(read, mask)
        logits, _, weights = model.decoder(shift_right(target), last, states, seen)
        wanted = [logits[0, t].log_softmax(-1)[word].item() for t, word in enumerate(target[0])]
        assert found[number, hidden][: len(wanted)].tolist() == pytest.approx(wanted, abs=1e-5)
        assert (weights[0][:, [i for i in hidden if not unseen]] == 0).all()
