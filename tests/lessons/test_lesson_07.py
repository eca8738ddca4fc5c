"""Lesson 07: its parts agree with PyTorch's, nothing leaks, caches change nothing, its instruments do what they say."""

import re

import pytest
import torch
from torch import nn

from lessons.earlier.lesson_01 import pad_batch
from lessons.earlier.lesson_07 import (
    MultiHeadAttention,
    attend,
    causal_mask,
    layer_norm,
    moved_by,
    silence_heads,
    sinusoids,
    soft_lookup,
)
from lessons.experiments import decoding, step_cost
from lessons.experiments.architectures import ARCHITECTURES, Sizes
from lessons.experiments.heads import loss_of, maps_of, silenced
from lessons.experiments.trainings import TRAININGS, count_parameters, new_model
from lessons.toolkit.batches import Batch, make_batches
from lessons.toolkit.corpus import load_split
from lessons.toolkit.figures import self_attention_shown as shown
from lessons.toolkit.figures.head_explorer import head_explorer_html
from lessons.toolkit.head_maps import record_heads
from lessons.toolkit.results import load_results, runs_of

TRAINING = TRAININGS["transformer"]


@pytest.fixture(scope="module")
def model():
    return new_model(TRAINING, seed=1).eval()


@pytest.fixture(scope="module")
def batch():
    (batch,) = make_batches([TRAINING.encode(pair) for pair in load_split("test")[:7]], pad_batch, 7)
    return batch


def test_the_dictionary_by_hand_gives_the_numbers_of_the_text():
    keys, values = torch.tensor([[2.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]), torch.tensor([[10.0], [20.0], [60.0]])
    mixed = soft_lookup(torch.tensor([1.0, 1.0]), keys, values, 1.0)
    assert mixed.item() == pytest.approx(14.35, abs=0.005)
    assert torch.tensor([2.0, 1.0, -1.0]).softmax(0).tolist() == pytest.approx([0.705, 0.26, 0.035], abs=0.001)


def test_the_heads_are_pytorchs():
    torch.manual_seed(1)
    ours, asking, answering = MultiHeadAttention(12, 3, attend), torch.randn(2, 5, 12), torch.randn(2, 7, 12)
    real = torch.arange(7) < torch.tensor([[7], [4]])
    found, weights = ours(asking, answering, real.unsqueeze(1))
    theirs = shown.torch_heads(ours)
    expected, maps = theirs(asking, answering, answering, key_padding_mask=~real, average_attn_weights=False)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(weights, maps)


def test_the_norm_and_the_mask_are_pytorchs():
    states, norm = torch.randn(2, 3, 8), nn.LayerNorm(8)
    torch.testing.assert_close(layer_norm(states, norm.weight, norm.bias), norm(states))
    theirs = nn.Transformer.generate_square_subsequent_mask(5)  # minus infinity where a place may not look
    assert torch.equal(causal_mask(5), theirs == 0)


def test_places_have_patterns_of_their_own_and_the_same_likeness_to_both_sides():
    patterns = sinusoids(40, 64)
    alike = patterns @ patterns.T
    assert alike.argmax(1).tolist() == list(range(40))
    torch.testing.assert_close(alike[15, :15].flip(0), alike[15, 16:31])


def test_the_future_does_not_move_the_past_and_with_the_faulty_mask_it_does(batch):
    for name, leaks in (("transformer", False), ("transformer that reads ahead", True)):
        model = ARCHITECTURES[name](200, 350, Sizes()).eval()
        states, nothing = model.encoder(batch.source[:1] % 200, batch.source_mask[:1])
        with torch.no_grad():
            moved = moved_by(
                lambda read, model=model, states=states, nothing=nothing: model.decoder(
                    read[None], nothing, states, batch.source_mask[:1]
                )[0][0],
                batch.target[0],
                (batch.target[0] + 10) % 300,
            )
        assert moved.triu(1).any() == leaks
        assert moved.diagonal().all()


def test_reading_word_by_word_gives_what_reading_at_once_gives(model, batch):
    states, written = model.encoder(batch.source, batch.source_mask)
    whole, _, looked = model.decoder(batch.target, written, states, batch.source_mask)
    for place in range(3):
        word = batch.target[:, place : place + 1]
        logits, written, weights = model.decoder(word, written, states, batch.source_mask)
        torch.testing.assert_close(logits[:, 0], whole[:, place], rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(weights[:, 0], looked[:, place], rtol=1e-4, atol=1e-5)
    assert torch.equal(written, batch.target[:, :3])


def test_keeping_keys_and_values_changes_no_translation(model, monkeypatch):
    encoded = [TRAINING.encode(pair) for pair in load_split("test")[:9]]
    quick = decoding.greedy(model, encoded)
    monkeypatch.setattr(decoding, "can_cache", lambda model: False)
    assert quick == decoding.greedy(model, encoded)


def test_a_silent_head_is_silent_and_comes_back(model):
    attention, words = model.decoder.blocks[0].cross, TRAINING.words()
    pairs, weights = load_split("test")[:20], attention.output.weight.clone()
    before = loss_of(model, pairs, words)
    with silenced(attention, range(4)):
        found, _ = attention(torch.randn(2, 3, 64), torch.randn(2, 5, 64), torch.ones(1, 1, 5, dtype=torch.bool))
        torch.testing.assert_close(found, attention.output.bias.expand_as(found))
        assert loss_of(model, pairs, words) != before
    assert torch.equal(attention.output.weight, weights)
    assert loss_of(model, pairs, words) == before
    assert silence_heads(weights, [1], 4)[:, 16:32].abs().sum() == 0


def test_maps_are_those_of_each_head(model, batch):
    with record_heads(model) as recorded:
        model(batch)
    assert [tuple(weights.shape[:2]) for weights in recorded] == [(7, 4), (7, 4)]
    batches = [Batch(batch.source, batch.source_mask, batch.target, batch.target_mask)]
    maps = maps_of(model, batches, lambda weights, source, target: list(weights))
    torch.testing.assert_close(maps[5][3], recorded[1][3, 1])
    with record_heads(model) as again:
        pass
    model(batch)
    assert not again


def test_the_explorer_has_a_choice_a_map_and_links_for_each_head():
    pair = next(pair for pair in load_split("test") if "because" in pair.source_words)
    maps = list(torch.rand(8, len(pair.target_words), len(pair.source_words)))
    page = head_explorer_html(pair, maps, heads=4)
    assert page.count('type="radio"') == page.count("<table>") == 8
    assert "block 2, head 4" in page
    assert page.count(" checked>") == 1
    assert page.count("<td") == 8 * maps[0].numel()
    assert len(re.findall(r"\.panel\d \{ display: block; \}", page)) == 8


def test_the_parameters_are_those_of_lesson_3_within_5_percent():
    ours, theirs = (count_parameters(new_model(TRAININGS[name], 1)) for name in ("transformer", "additive"))
    assert abs(ours - theirs) < 0.05 * theirs


def test_what_is_kept_for_the_backward_pass_grows_faster_than_the_sentence():
    models, generator = step_cost.new_models(), torch.Generator().manual_seed(1)
    short, long = (step_cost.random_batch(length, generator) for length in (8, 32))
    kept = {name: [step_cost.kept_bytes(model, one) for one in (short, long)] for name, model in models.items()}
    assert kept["baseline"][1] < 4.1 * kept["baseline"][0]
    assert kept["transformer"][1] > 4.2 * kept["transformer"][0]


def test_the_results_have_the_seeds_that_the_lesson_names():
    found = load_results("07_self_attention")
    for training in ("transformer", "transformer, double the rate", "transformer without positions"):
        assert len(runs_of(found, training)) == 5
    assert len(runs_of(found, "additive, double the rate")) == len(runs_of(found, "transformer, half the rate")) == 1
