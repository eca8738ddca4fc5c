"""Batches, the training shell, readiness and results."""

import os
import subprocess
import sys

import pytest
import torch

from lessons.toolkit import results, training
from lessons.toolkit.batches import PAD, START, make_batches, shift_right
from lessons.toolkit.readiness import ready
from lessons.toolkit.training import exact_match, one_cycle, train


def pad(sequences):
    longest = max(map(len, sequences))
    ids = torch.tensor([list(sequence) + [PAD] * (longest - len(sequence)) for sequence in sequences])
    return ids, ids != PAD


PAIRS = [([4 + i % 7] * (1 + i % 5), [5 + i % 9] * (1 + i % 3)) for i in range(103)]


def rows(batches):
    return sorted(
        (tuple(s[m].tolist()), tuple(t[n].tolist()))
        for batch in batches
        for s, m, t, n in zip(batch.source, batch.source_mask, batch.target, batch.target_mask, strict=True)
    )


def test_every_pair_is_in_exactly_one_batch():
    wanted = sorted((tuple(source), tuple(target)) for source, target in PAIRS)
    assert rows(make_batches(PAIRS, pad, 8)) == wanted
    assert rows(make_batches(PAIRS, pad, 8, torch.Generator().manual_seed(1))) == wanted


def test_batches_have_the_size_asked_for_and_the_last_the_rest():
    assert [len(batch) for batch in make_batches(PAIRS, pad, 10)] == [10] * 10 + [3]


def test_shuffling_depends_on_the_generator_alone_and_changes_from_epoch_to_epoch():
    def epoch(generator):
        return [batch.source.tolist() for batch in make_batches(PAIRS, pad, 8, generator)]

    first, second = torch.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    assert epoch(first) == epoch(second)
    assert epoch(first) != epoch(torch.Generator().manual_seed(1))


def test_shuffled_batches_hold_less_padding():
    def padding(generator):
        return sum(int((~batch.source_mask).sum()) for batch in make_batches(PAIRS, pad, 8, generator))

    assert padding(torch.Generator().manual_seed(1)) < 0.5 * padding(None)


def test_shift_right():
    assert shift_right(torch.tensor([[5, 6, 2], [7, 2, 0]])).tolist() == [[START, 5, 6], [START, 7, 2]]


def test_training_gives_the_mean_loss_of_each_epoch(capsys):
    losses = iter([4.0, 2.0, 1.0, 0.0])
    assert train(lambda batch: next(losses), lambda: ["a", "b"], epochs=2) == [3.0, 0.5]


@pytest.mark.parametrize(("value", "disabled"), [("1", True), ("", False)])
def test_a_notebook_shows_no_bar_where_none_is_wanted(value, disabled, monkeypatch):
    """tqdm's own bar for notebooks does not look at TQDM_DISABLE."""
    monkeypatch.setenv("TQDM_DISABLE", value)
    shown = []

    class Bar(training.tqdm):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            shown.append(self.disable)

    monkeypatch.setattr(training, "tqdm", Bar)
    train(lambda batch: 0.0, lambda: ["a"], epochs=1)
    assert shown == [disabled]


def test_exact_match():
    assert exact_match([["a", "b"], ["a"]], [("a", "b"), ("b",)]) == 0.5
    with pytest.raises(ValueError, match="1 translations for 2 references"):
        exact_match([["a"]], [["a"], ["b"]])


def written():
    return 1


def unwritten():
    raise NotImplementedError("Lesson 01")


class Half:
    def forward(self):
        raise NotImplementedError


ready_value = 3


def test_ready(capsys):
    assert ready("written", "ready_value")
    assert capsys.readouterr().out == ""
    for name in ("unwritten", "Half", "no_such_name"):
        assert not ready("written", name, "unwritten")
        assert f"waits for {name}:" in capsys.readouterr().out


def test_a_cell_that_needs_what_a_waiting_cell_makes_names_what_is_to_be_written_first(capsys):
    notebook = {"ready": ready, "unwritten": unwritten}
    cells = ["if ready('unwritten'):\n    table = 1", "if ready('table'):\n    curve = 2", "if ready('curve'): pass"]
    for cell in cells:
        exec(cell, notebook)
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == "This cell waits for unwritten: complete and run the cell that makes it, then come back."
    assert second.startswith("This cell waits for table, which waits for unwritten: complete that, then run")
    assert third.startswith("This cell waits for curve, which waits for unwritten:")
    notebook["unwritten"] = written
    exec(cells[2], notebook)
    assert "waits for curve: complete and run the cell that makes it" in capsys.readouterr().out
    for cell in cells:
        exec(cell, notebook)
    assert capsys.readouterr().out == ""


def test_missing_results_list_those_there_are():
    with pytest.raises(FileNotFoundError, match="01_seq2seq"):
        results.load_results("no_such")


def test_the_course_hides_no_other_library_called_datasets():
    code = "import importlib.util as u, lessons, autograder; print(u.find_spec('datasets'), u.find_spec('solutions'))"
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/", env=clean)
    assert result.stdout.strip() == "None None"


def test_one_cycle_rises_for_a_tenth_of_the_steps_and_falls_to_nearly_nothing():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    schedule = one_cycle(optimizer, steps=100)
    rates = []
    train(
        lambda batch: optimizer.step() or rates.append(optimizer.param_groups[0]["lr"]) or 0.0,
        lambda: range(50),
        2,
        schedule,
    )
    assert rates.index(max(rates)) == pytest.approx(9, abs=1)
    assert max(rates) == pytest.approx(0.5)
    assert rates[-1] < 0.01 * max(rates)
