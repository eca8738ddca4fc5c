"""The frame of the experiments: trainings that are made once, results files that cannot mislead, and their measures."""

import json
from dataclasses import replace

import pytest
import torch
from torch import nn

from lessons.earlier.lesson_02 import target_clauses
from lessons.experiments import EXPERIMENTS, lesson_02, lesson_03, lesson_07, models, trainings
from lessons.experiments import __main__ as command_line
from lessons.experiments.architectures import Sizes
from lessons.experiments.decoding import greedy, translate
from lessons.experiments.experiment import Experiment
from lessons.experiments.lengths import lengths_of_wrong
from lessons.experiments.results_file import ResultsFile
from lessons.experiments.runner import Task, remaining
from lessons.experiments.trainings import TRAININGS, Trained, Training, count_parameters, new_model, trained
from lessons.toolkit import results
from lessons.toolkit.batches import END
from lessons.toolkit.corpus import SentencePair, corpus_sha256, load_split
from lessons.toolkit.results import ResultsError, check_results, load_results

#: Trainings in which the number of parameters is what is varied, or that are compared with nothing.
OTHER_SIZES = {"one and two clauses", "baseline, H = 512"}


# --- results files -------------------------------------------------------------------------------------------


def header(**changes):
    return {
        "command": "python -m lessons.experiments x",
        "corpus": {"name": "english_korean", "sha256": corpus_sha256()},
        "torch": "2.13.0",
        "held_fixed": {"epochs": 6},
        "trainings": {"one": {"rate": 1}, "two": {"rate": 2}},
        "seeds": {"one": [1, 2], "two": [1]},
        "fields": ["loss", "score"],
    } | changes


def run(training, seed, **more):
    return {"training": training, "seed": seed, "loss": 0.5, "score": [1, 2]} | more


WHOLE = [run("one", 1), run("one", 2), run("two", 1)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder for unfinished files, and one in place of `datasets/`."""
    for module in ("lessons.toolkit.results", "lessons.experiments.results_file"):
        monkeypatch.setattr(f"{module}.datasets_folder", lambda: tmp_path / "datasets")
    return tmp_path / "unfinished"


def test_a_whole_file_is_loaded_as_it_was_saved(folder):
    path = folder.parent / "datasets/results/x.json"
    results.save_results(path, header(runs=WHOLE))
    assert load_results("x") == header(runs=WHOLE) == json.loads(path.read_text())
    assert '"score": [1, 2]' in path.read_text()
    assert results.runs_of(load_results("x"), "one") == WHOLE[:2]
    with pytest.raises(KeyError, match=r"no training 'three'.*one, two"):
        results.runs_of(load_results("x"), "three")


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (header(runs=WHOLE[1:]), "x.json: the run of training 'one' from seed 1 is missing; run `python -m"),
        (header(runs=[*WHOLE[:2], {"training": "two", "seed": 1, "loss": 1}]), "the field 'score' is missing"),
        (header(runs=WHOLE, corpus={"name": "english_korean", "sha256": "0"}), "'corpus' names other sentences"),
        ({key: value for key, value in header(runs=WHOLE).items() if key != "seeds"}, "the field 'seeds' is missing"),
    ],
)  # fmt: skip
def test_a_file_that_lacks_something_is_refused_with_file_field_and_command(folder, found, says):
    results.save_results(folder.parent / "datasets/results/x.json", found)
    with pytest.raises(ResultsError, match=r"make results|python -m lessons.experiments x") as caught:
        load_results("x")
    assert says in str(caught.value)
    assert "x.json" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"runs": 3}', "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_a_file_that_is_no_results_file_is_refused(folder, text):
    path = folder.parent / "datasets/results/x.json"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ResultsError, match=r"x\.json: .*git checkout"):
        load_results("x")


def test_a_corpus_of_its_own_is_not_compared_with_the_courses():
    check_results(header(corpus={"name": "pairs.tsv", "sha256": "0"}, runs=WHOLE), "x.json")


def test_runs_are_added_one_by_one_and_published_whole(folder):
    file = ResultsFile("x", header(), folder)
    assert file.missing() == [("one", 1), ("two", 1), ("one", 2)]
    assert not file.publish()
    file.add(run("two", 1))
    file.add(run("one", 2))
    assert file.missing() == [("one", 1)]
    with pytest.raises(ResultsError, match="training 'one' from seed 1 is missing"):
        file.publish()
    assert ResultsFile("x", header(), folder).missing() == [("one", 1)]
    file.add(run("one", 1))
    assert file.publish()
    assert not file.path.exists()
    assert load_results("x")["runs"] == WHOLE
    assert file.missing() == []


def test_a_run_that_is_made_again_takes_the_place_of_the_old_one(folder):
    file = ResultsFile("x", header(), folder)
    file.add(run("one", 1, loss=1))
    file.add(run("one", 1, loss=2))
    assert [found["loss"] for found in file.runs()] == [2]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"corpus": {"name": "english_korean", "sha256": "1"}}, "'corpus'"),
        ({"torch": "9"}, "'torch'"),
        ({"held_fixed": {"epochs": 7}}, "'held_fixed'"),
        ({"trainings": {"one": {"rate": 3}, "two": {"rate": 2}}}, "'trainings' → 'one'"),
    ],
)
def test_old_runs_are_never_taken_for_new_ones(folder, change, says):
    file = ResultsFile("x", header(), folder)
    for made in WHOLE:
        file.add(made)
    changed = ResultsFile("x", header(**change), folder)
    with pytest.raises(ResultsError, match=f"the field {says} differs.*move it away"):
        changed.missing()
    file.publish()
    assert len(changed.missing()) == 3  # a published file of other settings is made anew


def test_a_new_training_or_measure_keeps_the_runs_that_are_whole(folder):
    file = ResultsFile("x", header(), folder)
    for made in WHOLE:
        file.add(made)
    more = header(seeds={"one": [1, 2], "two": [1, 2]}, trainings={**header()["trainings"], "three": {}})
    assert ResultsFile("x", more, folder).missing() == [("two", 2)]
    assert len(ResultsFile("x", header(fields=["loss", "score", "new"]), folder).missing()) == 3


def test_an_experiment_refuses_a_measure_that_finds_other_fields():
    odd = Experiment("x", {"baseline": (1,)}, ("score",), lambda trained: {"other": 1}, dict)
    with pytest.raises(ValueError, match=r"measured \['other'\] where `fields` names \['score'\]"):
        odd.run(Trained("baseline", 1, TRAININGS["baseline"], nn.Identity(), {}, None))


# --- what is trained -------------------------------------------------------------------------------------------


def test_every_training_has_five_seeds_or_is_a_control_of_three():
    needed = {name for experiment in EXPERIMENTS.values() for name in experiment.seeds} | set(models.MODELS.values())
    assert needed == set(TRAININGS)
    for name, experiment in EXPERIMENTS.items():
        assert name == experiment.name
        few = {training for training, seeds in experiment.seeds.items() if len(seeds) < 5}
        assert few == set(
            {"02_context_limit": lesson_02.CONTROLS, "07_self_attention": lesson_07.FEW_SEEDS}.get(name, ())
        )
        assert name == "07_self_attention" or all(len(seeds) >= 3 for seeds in experiment.seeds.values())


def test_models_have_as_many_parameters_as_lesson_3s_where_size_is_not_varied():
    wanted = count_parameters(new_model(TRAININGS["additive"], 1))
    for name in set(TRAININGS) - OTHER_SIZES:
        assert abs(count_parameters(new_model(TRAININGS[name], 1)) - wanted) < 0.05 * wanted, name


def test_a_reversed_source_keeps_its_end_token_last():
    pair = SentencePair("I love you", "난 널 사랑해")
    plain, target = Training("baseline").encode(pair)
    reversed_, same = Training("baseline", reversed_source=True).encode(pair)
    assert reversed_ == [plain[2], plain[1], plain[0], END]
    assert plain[-1] == END
    assert same == target


SMALL = Training("additive", Sizes(6, 10, 3), clauses=(1,), epochs=2, snapshots=True)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setitem(TRAININGS, "small", SMALL)
    monkeypatch.setattr(trainings, "runs_folder", lambda every=1: tmp_path)
    return tmp_path


def test_a_training_is_made_once_and_its_weights_are_kept(kept, monkeypatch):
    first = trained("small", 1, every=40)
    monkeypatch.setattr(trainings, "train_model", lambda *_: pytest.fail("trained again"))
    again = trained("small", 1, every=40)
    assert again.facts == first.facts
    assert set(first.facts) == {"parameters", "loss", "steps", "seconds"}
    assert first.facts["steps"] == 2 * 2  # 120 pairs are two batches
    for one, two in zip(first.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(one, two)
    weight = "decoder.output.weight"
    after = [again.after_epoch(epoch).state_dict()[weight] for epoch in (1, 2)]
    assert torch.equal(after[1], again.model.state_dict()[weight])
    assert not torch.equal(after[0], after[1])
    assert not torch.equal(again.untrained().state_dict()[weight], after[0])


def test_other_settings_are_trained_anew(kept, monkeypatch):
    trained("small", 1, every=40)
    monkeypatch.setitem(TRAININGS, "small", replace(SMALL, learning_rate=1e-4))
    made = []
    monkeypatch.setattr(trainings, "train_model", lambda *args: made.append(args) or [1.0])
    trained("small", 1, every=40)
    assert made


def test_what_remains_is_planned_once_a_training(folder, monkeypatch):
    monkeypatch.setattr("lessons.experiments.runner.is_trained", lambda *_: False)  # whatever build/runs keeps here
    tasks = remaining(list(EXPERIMENTS), [1, 4], 1, folder)
    assert len({(task.training, task.seed) for task in tasks}) == len(tasks)
    assert Task("baseline", 1, ("02_context_limit", "03_attention", "06_translator")) in tasks
    assert Task("baseline", 4, ("02_context_limit", "03_attention", "06_translator")) in tasks
    assert not any(task.training == "baseline, H = 512" and task.seed == 4 for task in tasks)
    costs = [task.training for task in tasks]
    assert costs.index("baseline, H = 512") > costs.index("general")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["07_none"], "there is no experiment '07_none'; there are 01_seq2seq, 02_context_limit"),
        (["--trainings", "x"], "there is no training 'x'; there are one and two clauses, baseline"),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(given, says, capsys):
    with pytest.raises(SystemExit):
        command_line.main(given)
    assert says in capsys.readouterr().err


# --- what is measured -----------------------------------------------------------------------------------------


def small_run(model="additive", **changes):
    training = replace(SMALL, model=model, clauses=(1, 2, 3, 4, 5, 6), **changes)
    return Trained("small", 1, training, new_model(training, 5).eval(), {}, None)


class Oracle(nn.Module):
    """Knows the right words of all but the places that it gets wrong."""

    def __init__(self, vocabulary_size, wrong):
        super().__init__()
        self.vocabulary_size, self.wrong = vocabulary_size, wrong

    def forward(self, batch):
        words = batch.target.clone()
        for row, place in self.wrong:
            words[row, place] = END + 5 if words[row, place] != END + 5 else END + 6
        return nn.functional.one_hot(words, self.vocabulary_size).float()


def test_errors_are_counted_by_clause_and_place():
    pairs = load_split("by_length", (3,))[:7]
    size = len(TRAININGS["baseline"].words().target)
    linked = [[(clause, j) for j, clause in enumerate(target_clauses(pair)) if clause >= 0] for pair in pairs]
    wrong = [(0, linked[0][0][1]), (2, linked[2][-1][1])]
    run = Trained("x", 1, TRAININGS["baseline"], Oracle(size, wrong), {}, None)
    counts = lesson_02.clause_and_place(run, pairs)
    for row, (clause, place) in ((clause, (clause, j)) for each in linked for clause, j in each):
        assert counts["words"][row][place] == sum((clause, place) in each for each in linked)
    assert sum(map(sum, counts["words"])) == sum(map(len, linked))
    assert sum(map(sum, counts["wrong"])) == 2
    assert counts["wrong"][linked[0][0][0]][linked[0][0][1]] >= 1
    assert counts["wrong"][linked[2][-1][0]][linked[2][-1][1]] >= 1
    shares = lesson_02.clause_errors(run, pairs)
    assert shares == [round(sum(w) / sum(n), 4) for w, n in zip(counts["wrong"], counts["words"], strict=True)]


@pytest.mark.parametrize("model", ["baseline", "additive", "uniform", "both ways", "both changes"])
def test_every_model_translates_and_can_be_given_the_length(model):
    run, pairs = small_run(model), [*load_split("by_length", (1,))[:3], *load_split("by_length", (4,))[:2]]
    written = greedy(run.model, [run.training.encode(pair) for pair in pairs], with_length=True)
    assert [len(words) for words in written] == [len(pair.target_words) for pair in pairs]
    assert all(END not in words for words in written)
    free = translate(run, pairs)
    assert len(free) == len(pairs)
    assert all(isinstance(word, str) for words in free for word in words)


def test_translations_in_a_batch_are_those_of_each_sentence_alone():
    run, pairs = small_run(), load_split("by_length", (1, 3))[197:203]
    assert translate(run, pairs) == [translate(run, [pair])[0] for pair in pairs]


def test_wrong_translations_are_sorted_by_their_length(monkeypatch):
    pairs = [
        SentencePair("a b", "가 나"),
        SentencePair("a c", "가 다"),
        SentencePair("b c", "나 다"),
        SentencePair("c", "라 라"),
    ]
    written = [["가", "나"], ["가"], ["나", "라"], ["라", "라", "라"]]
    monkeypatch.setattr("lessons.experiments.lengths.new_sentences", lambda: {1: pairs})
    monkeypatch.setattr("lessons.experiments.lengths.translate", lambda run, pairs, with_length=False: written)
    found = lengths_of_wrong(None)
    assert found["wrong"] == {"too short": [1], "as long": [1], "too long": [1]}
    assert found["exact_match_given_length"] == [0.25]


@pytest.mark.parametrize("model", ["baseline", "additive"])
def test_the_gradient_at_the_first_word_is_that_of_the_last_words_loss(model):
    run, pairs = small_run(model), load_split("by_length", (2,))[:1]
    batch = run.training.batch(pairs)
    loss = nn.functional.cross_entropy(run.model(batch)[0, -2], batch.target[0, -2])
    (gradient,) = torch.autograd.grad(loss, run.model.encoder.embedding.weight)
    row = gradient[batch.source[0, 0]]  # the first word occurs once
    assert (batch.source == batch.source[0, 0]).sum() == 1
    assert lesson_03.first_word_gradient(run.model, run.training, pairs) == pytest.approx(row.norm().item(), abs=1e-7)
    assert all(weights.grad is None for weights in run.model.parameters())
