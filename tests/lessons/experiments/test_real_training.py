"""Training and translating on a real corpus, on tiny files of the test's own; nothing here trains for long."""

import math
import random
from functools import partial

import bench_real
import pytest
import torch

from lessons.earlier.lesson_01 import greedy_decode, pad_batch
from lessons.earlier.lesson_03 import greedy_with_weights
from lessons.experiments import lesson_06_real
from lessons.experiments import real_corpus as experiment
from lessons.experiments.real_corpus import MODELS, BidirectionalEncoder, Settings
from lessons.experiments.results_file import ResultsFile
from lessons.experiments.trainings import count_parameters
from lessons.toolkit.batches import END, PAD, START, UNKNOWN
from lessons.toolkit.real_corpus import RealPair, RealVocabularies
from lessons.toolkit.results import check_results, read_results

QUICK = ("--held-out", "6", "--epochs", "0.5", "--threads", "1")
CPU = torch.device("cpu")
SMALL = Settings(embedding_size=8, hidden_size=12, attention_size=5, batch_tokens=120, epochs=2, beam=3)
NOUNS = {"cat": "고양이", "dog": "개", "fish": "물고기", "bird": "새", "child": "아이", "cow": "소"}
VERBS = {"sleeps": "자", "eats": "먹어", "sings": "노래해", "comes": "와", "goes": "가", "laughs": "웃어"}
PAIRS = [
    RealPair(f"The {noun} {verb}.", f"{other}가 {way}요.")
    for noun, other in NOUNS.items()
    for verb, way in VERBS.items()
]


@pytest.fixture
def words():
    return RealVocabularies(PAIRS)


def made(name, words, settings=SMALL):
    torch.manual_seed(3)
    return experiment.make_model(name, words, settings)


# --- models ------------------------------------------------------------------------------------------------


def test_both_models_have_about_as_many_parameters():
    words = RealVocabularies([RealPair(f"word{n}", chr(0xAC00 + n // 3)) for n in range(3000)])
    baseline, attention = (count_parameters(experiment.make_model(name, words, Settings())) for name in MODELS)
    assert baseline < attention < 1.05 * baseline


def test_the_encoder_reads_both_ways_and_no_padding():
    torch.manual_seed(1)
    encoder = BidirectionalEncoder(20, 5, 6)
    source = torch.tensor([[7, 8, 9, END, PAD], [4, 5, 6, 7, END]])
    states, last = encoder(source, source != PAD)
    alone, last_alone = encoder(source[:1, :4], source[:1, :4] != PAD)
    assert states.shape == (2, 5, 6)
    assert last.shape == (2, 6)
    torch.testing.assert_close(states[:1, :4], alone)
    torch.testing.assert_close(last[:1], last_alone)
    torch.testing.assert_close(last[0], torch.cat([states[0, 3, :3], states[0, 0, 3:]]))


# --- batches -----------------------------------------------------------------------------------------------


def test_an_epoch_has_every_pair_once_in_bounded_batches():
    lengths = random.Random(1)
    pairs = [([4] * lengths.randint(1, 40), [4] * lengths.randint(1, 90)) for _ in range(700)] + [([4] * 300, [4] * 9)]
    plan = experiment.plan_epoch(pairs, 500, torch.Generator().manual_seed(1))
    assert sorted(i for batch in plan for i in batch) == list(range(701))
    for batch in plan:
        longest = max(len(pairs[i][0]) for i in batch) + max(len(pairs[i][1]) for i in batch)
        assert longest * len(batch) <= 500 or batch == [700]
    assert len(plan) < 150
    assert plan != experiment.plan_epoch(pairs, 500, torch.Generator().manual_seed(2))
    assert plan == experiment.plan_epoch(pairs, 500, torch.Generator().manual_seed(1))


def test_only_source_words_are_dropped(words):
    torch.manual_seed(1)
    batch = experiment.make_batch([words.encode(pair) for pair in PAIRS * 20], CPU)
    dropped = experiment.drop_words(batch, 0.25)
    changed = dropped.source != batch.source
    assert torch.equal(dropped.target, batch.target)
    assert (dropped.source[changed] == UNKNOWN).all()
    assert not changed[(batch.source == END) | (batch.source == PAD)].any()
    share = changed.sum() / (batch.source > UNKNOWN).sum()
    assert share == pytest.approx(0.25, abs=0.03)
    assert torch.equal(experiment.drop_words(batch, 0.0).source, batch.source)


# --- training ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_training_learns_repeats_and_translates_in_order(name, words):
    settings = Settings(
        24, 32, 8, dropout=0.1, word_dropout=0.0, learning_rate=1e-2, batch_tokens=120, epochs=40, beam=2
    )
    run = experiment.run(name, PAIRS, PAIRS[::5], words, settings, 1, CPU)
    right = [made == pair.target for made, pair in zip(run.translations, PAIRS[::5], strict=True)]
    assert sum(right) >= len(right) - 1
    again = experiment.run(name, PAIRS, PAIRS[::5], words, settings, 1, CPU)
    assert again.translations == run.translations
    assert again.loss == run.loss
    assert run.cpu_seconds > 0
    assert run.seconds > 0


def test_a_fraction_of_an_epoch_makes_fewer_steps(words):
    encoded = [words.encode(pair) for pair in PAIRS]
    batches = len(experiment.plan_epoch(encoded, SMALL.batch_tokens, torch.Generator().manual_seed(1)))
    for epochs in (0.5, 1.25):
        model, steps = made("baseline", words), []
        model.register_forward_hook(lambda *_, steps=steps: steps.append(1))
        settings = Settings(**{**vars(SMALL), "epochs": epochs})
        experiment.train_model(model, encoded, settings, 1, CPU)
        assert len(steps) == math.ceil(batches * (epochs % 1)) + batches * int(epochs)


# --- search ------------------------------------------------------------------------------------------------


def lesson_greedy(model, source, mask, longest):
    if hasattr(model.decoder, "score"):
        return greedy_with_weights(model, source, mask, longest)[0]
    return greedy_decode(model.encoder, model.decoder, source, mask, longest)


@pytest.mark.parametrize("name", MODELS)
def test_a_beam_of_one_is_the_greedy_decoding_of_the_lessons(name, words):
    model = made(name, words).eval()
    with torch.no_grad():
        model.decoder.output[1].bias[[PAD, START, UNKNOWN]] = -1e4
        model.decoder.output[1].weight.mul_(8)
    source, mask = pad_batch([words.encode_source(pair.source) for pair in (PAIRS[0], PAIRS[8], RealPair("The", ""))])
    step, state = experiment.decoder_of(model, source, mask, 1)
    wanted = lesson_greedy(model, source, mask, 15)
    assert len({tuple(row) for row in wanted}) > 1
    assert experiment.beam_search(step, state, 1, 15, 1.0) == wanted


GREEDY, BEST, LATER, DEAD = 4, 5, 6, 7
CHAIN = {  # a word and what may follow it: the likelier first word leads to less likely sentences
    START: {GREEDY: 0.6, BEST: 0.4},
    GREEDY: {LATER: 0.55, DEAD: 0.45},
    BEST: {END: 0.9, DEAD: 0.1},
    LATER: {END: 1.0},
    DEAD: {END: 1.0},
}


def chain_step(words, state):
    """Log probabilities from CHAIN; the state counts the words."""
    rows = torch.zeros(len(words), 8)
    for row, word in zip(rows, words.tolist(), strict=True):
        for after, probability in CHAIN.get(word, {END: 1.0}).items():
            row[after] = probability
    return rows.log(), state + 1


@pytest.mark.parametrize(
    ("beam", "length_power", "wanted"),
    [(1, 1.0, [GREEDY, LATER]), (2, 0.0, [BEST]), (3, 0.0, [BEST]), (3, 3.0, [GREEDY, LATER])],
)
def test_beam_search_finds_what_greedy_misses_and_length_counts(beam, length_power, wanted):
    found = experiment.beam_search(chain_step, torch.zeros(2 * beam, 1), beam, 9, length_power)
    assert found == [wanted, wanted]


def test_beam_search_keeps_the_sentences_of_a_batch_apart(words):
    model = made("attention", words).eval()
    with torch.no_grad():
        model.decoder.output[1].weight.mul_(8)
    sentences = [words.encode_source(pair.source) for pair in PAIRS[:5]] + [words.encode_source("The")]

    def search(rows):
        source, mask = pad_batch(rows)
        step, state = experiment.decoder_of(model, source, mask, 3)
        return experiment.beam_search(step, state, 3, 12, 1.0)

    assert search(sentences) == [search([sentence])[0] for sentence in sentences]


def test_the_unknown_word_is_never_written(words):
    model = made("baseline", words).eval()
    with torch.no_grad():
        model.decoder.output[1].bias[UNKNOWN] = 50.0
    (translation,) = experiment.translate(model, ["The cat sleeps."], words, SMALL, CPU)
    assert "<unknown>" not in translation


# --- scores and the command --------------------------------------------------------------------------------


def test_bleu_by_length_is_bleu_of_each_part():
    pairs = [
        RealPair("One two.", "하나 둘 셋 넷"),
        RealPair("One two three four.", "하나 둘 셋 넷"),
        RealPair("A " * 9, "가나다라"),
    ]
    metric = experiment.bleu_metric("syllables")
    translations = ["하나 둘 셋 넷", "아무것도 아니에요", "가나다라"]
    parts = experiment.bleu_by_length(metric, translations, pairs, (3, 6))
    assert {most: count for most, (_, count) in parts.items()} == {3: 1, 6: 1, None: 1}
    assert parts[3][0] == pytest.approx(100)
    assert parts[6][0] < 10
    assert parts[None][0] == pytest.approx(100)


@pytest.mark.parametrize(("unit", "tokens"), [("syllables", "tok:char"), ("words", "tok:13a")])
def test_bleu_counts_what_fits_the_unit(unit, tokens):
    metric = experiment.bleu_metric(unit)
    wanted = 100 if unit == "syllables" else 0
    assert experiment.bleu(metric, ["가나다라마"], [RealPair("A", "가나다라마")]) == pytest.approx(wanted)
    assert tokens in str(metric.get_signature())


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"{pair.source}\t{pair.target}\tann\n" for pair in PAIRS), encoding="utf-8")
    return path


def test_the_bench_prints_a_row_for_each_model_and_seed(file, capsys):
    bench_real.main(
        [str(file), "--held-out", "6", "--epochs", "0.5", "--seeds", "1", "2", "--beam", "2", "--threads", "1"]
    )
    printed = capsys.readouterr().out
    assert "30 pairs to learn from, 6 held out" in printed
    assert "unknown: 0 of 24 held-out English words, 0.0%" in printed
    assert "tok:char" in printed
    rows = [line.split()[:2] for line in printed.splitlines() if line.startswith(MODELS)]
    assert rows == [["attention", "1"], ["baseline", "1"], ["attention", "2"], ["baseline", "2"]]
    assert printed.count(" | ") == 2 * 5


def test_the_results_wait_until_every_seed_is_there_and_are_then_published(file, tmp_path, capsys, monkeypatch):
    waiting = tmp_path / "unfinished"
    monkeypatch.setattr(lesson_06_real, "SEEDS", (1, 2))
    monkeypatch.setattr(lesson_06_real, "ResultsFile", partial(ResultsFile, folder=waiting))
    monkeypatch.setattr("lessons.experiments.results_file.datasets_folder", lambda: tmp_path / "datasets")
    published = tmp_path / "datasets/results/06_real_corpus.json"
    given = [str(file), "--results", "--beam", "1", *QUICK, "--seeds"]
    bench_real.main([*given, "1"])
    assert not published.exists()
    assert (waiting / published.name).exists()
    bench_real.main([*given, "1", "2"])
    assert not (waiting / published.name).exists()
    results = read_results(published)
    check_results(results, published)
    assert {(run["training"], run["seed"]) for run in results["runs"]} == {(name, n) for name in MODELS for n in (1, 2)}
    capsys.readouterr()
    bench_real.main([*given, "1", "2"])
    assert f"every run is there: {published}" in capsys.readouterr().out


def test_the_bench_takes_words(tmp_path, capsys):
    path = tmp_path / "french.tsv"
    path.write_text("".join(f"It is {n} o'clock.\tIl est {n} heures.\n" for n in range(40)), encoding="utf-8")
    bench_real.main([str(path), "--unit", "words", "--models", "baseline", *QUICK])
    printed = capsys.readouterr().out
    assert "tok:13a" in printed
    assert "unknown: 6 of 36 held-out English words, 16.7%" in printed


def test_the_bench_names_a_bad_line(file):
    file.write_text("The cat.\t고양이.\nno tab\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"bench-real: .*pairs.tsv:2: no tab"):
        bench_real.main([str(file), "--threads", "1"])


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_cuda_is_a_clear_error(file):
    with pytest.raises(SystemExit, match="finds no CUDA GPU here; leave the option out"):
        bench_real.main([str(file), "--device", "cuda"])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_training_on_a_gpu(file, capsys):
    bench_real.main([str(file), "--device", "cuda", "--held-out", "6", "--epochs", "1"])
    assert "cuda" in capsys.readouterr().out
