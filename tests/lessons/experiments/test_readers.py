"""The five models of lesson 05: one interface, padding that changes nothing, and what each of them reads."""

import pytest
import torch

from lessons.earlier.lesson_01 import masked_loss, training_step
from lessons.earlier.lesson_02 import Vocabularies
from lessons.experiments.architectures import ARCHITECTURES, Sizes
from lessons.experiments.readers import READERS, BothWaysEncoder, make_reader
from lessons.experiments.trainings import count_parameters
from lessons.toolkit.batches import Batch, shift_right
from lessons.toolkit.corpus import load_split

B, S, T, V_SOURCE, V_TARGET = 3, 7, 5, 23, 31
LENGTHS = torch.tensor([7, 4, 2])


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(5)
    source = torch.randint(4, V_SOURCE, (B, S), generator=generator)
    target = torch.randint(4, V_TARGET, (B, T), generator=generator)
    mask = torch.arange(S) < LENGTHS.unsqueeze(1)
    return Batch(source.masked_fill(~mask, 0), mask, target, torch.ones(B, T, dtype=torch.bool))


@pytest.fixture(params=READERS)
def model(request):
    torch.manual_seed(7)
    return READERS[request.param](V_SOURCE, V_TARGET)


def read(model, batch, **changes):
    """Logits (B, T, V) and weights (B, T, S); changes: of a batch's source and source_mask."""
    source, mask = changes.get("source", batch.source), changes.get("source_mask", batch.source_mask)
    states, last = model.encoder(source, mask)
    logits, _, weights = model.decoder(shift_right(batch.target), last, states, mask)
    return logits, weights


def test_shapes_and_weights(model, batch):
    logits, weights = read(model, batch)
    assert logits.shape == (B, T, V_TARGET)
    assert weights.shape == (B, T, S)
    assert torch.allclose(weights.sum(-1), torch.ones(B, T))
    assert (weights.transpose(1, 2)[~batch.source_mask] == 0).all()
    assert torch.equal(model(batch), logits)


def test_padding_changes_nothing(model, batch):
    noise = batch.source.masked_fill(~batch.source_mask, 9)
    assert torch.equal(read(model, batch, source=noise)[0], read(model, batch)[0])
    alone = Batch(batch.source[1:2, :4], batch.source_mask[1:2, :4], batch.target[1:2], batch.target_mask[1:2])
    assert torch.allclose(model(alone), model(batch)[1:2], atol=1e-5)


def test_one_word_at_a_time_is_the_same_as_all_at_once(model, batch):
    states, state = model.encoder(batch.source, batch.source_mask)
    logits = []
    for words in shift_right(batch.target).split(1, dim=1):
        scores, state, _ = model.decoder(words, state, states, batch.source_mask)
        logits.append(scores)
    assert torch.allclose(torch.cat(logits, 1), model(batch), atol=1e-5)


def test_all_parameters_learn(model, batch):
    masked_loss(model(batch), batch.target, batch.target_mask).backward()
    assert all(weights.grad is not None and weights.grad.abs().sum() > 0 for weights in model.parameters())


def test_each_learns_a_batch_by_heart(model, batch):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = [training_step(model, masked_loss, optimizer, batch) for _ in range(40)]
    assert losses[-1] < losses[0] / 4


def test_the_backward_state_of_a_word_has_seen_what_follows_and_nothing_before():
    torch.manual_seed(3)
    encoder = BothWaysEncoder(V_SOURCE, 6, 10)
    source = torch.tensor([[4, 5, 6, 7, 8]])
    mask = torch.ones(1, 5, dtype=torch.bool)
    changed = source.clone()
    changed[0, 2] = 9
    difference = (encoder(changed, mask)[0] - encoder(source, mask)[0]).squeeze(0).abs()
    assert (difference[:, :5].sum(1) > 0).tolist() == [False, False, True, True, True]
    assert (difference[:, 5:].sum(1) > 0).tolist() == [True, True, True, False, False]


def states_matter_to(name, batch):
    """Whether what is read changes the decoder's own state, and whether states are read at all."""
    torch.manual_seed(7)
    model = READERS[name](V_SOURCE, V_TARGET)
    source, last = model.encoder(batch.source, batch.source_mask)
    words = shift_right(batch.target)
    one = batch.source_mask & (torch.arange(S) == 0)  # all weight lies on the first word
    _, whole, _ = model.decoder(words, last, source, batch.source_mask)
    _, first, _ = model.decoder(words, last, source, one)
    logits, _, _ = model.decoder(words, last, source, one)
    twisted = (source[0] + 1, source[1]) if isinstance(source, tuple) else source + 1
    return not torch.equal(whole, first), not torch.allclose(
        model.decoder(words, last, twisted, one)[0], logits, atol=1e-6
    )


@pytest.mark.parametrize(
    ("name", "goes_back", "reads_states"),
    [
        ("one way", True, True),
        ("both ways", True, True),
        ("words as values", True, False),
        ("read when you write", False, True),
        ("both changes", False, False),
    ],
)
def test_what_is_read_and_when(batch, name, goes_back, reads_states):
    assert states_matter_to(name, batch) == (goes_back, reads_states)


def test_one_way_is_lesson_3s_model_and_the_others_are_as_large():
    words = Vocabularies(load_split("train"))
    torch.manual_seed(11)
    ours = make_reader("one way", words).state_dict()
    torch.manual_seed(11)
    theirs = ARCHITECTURES["additive"](len(words.source), len(words.target), Sizes())
    assert all(torch.equal(ours[name], weights) for name, weights in theirs.state_dict().items())
    size = count_parameters(theirs)
    assert all(abs(count_parameters(make_reader(name, words)) / size - 1) < 0.05 for name in READERS)


def test_an_unknown_reader_is_named():
    with pytest.raises(ValueError, match="there is no reader 'sideways'; the readers are one way, both ways"):
        make_reader("sideways", None)
