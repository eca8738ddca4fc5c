"""Lesson 06: the search and BLEU against independent judges, the figures, and what the lesson says of five seeds."""

import itertools
import math
import random
import statistics

import matplotlib.pyplot as plt
import nbformat
import pytest
import sacrebleu
import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from autograder.course.lessons import find_lesson
from autograder.course.source import read_lesson
from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, greedy_decode
from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_03 import AdditiveScore, AttentionDecoder, AttentionSeq2Seq, greedy_with_weights
from lessons.earlier.lesson_06 import (
    beam_search,
    best_of,
    bleu_by_length,
    corpus_bleu,
    decoder_step,
    decoder_steps,
    extend_beams,
    grow_together,
    hypotheses_of,
    ngram_matches,
    normalised_score,
    scaled_dot_product,
    sentence_score,
)
from lessons.experiments.lesson_06 import log_probability
from lessons.experiments.summary import summary
from lessons.experiments.trainings import TRAININGS, new_model
from lessons.toolkit.batches import END
from lessons.toolkit.corpus import load_split
from lessons.toolkit.figures.translation import (
    BeamRecorder,
    beam_gains,
    bleu_table,
    draw_beam,
    plot_beam_gain,
    plot_bleu_by_length,
    plot_real_corpus,
    real_corpus_ranges,
    real_corpus_table,
    tell_real_corpus,
)
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.results import load_results, runs_of
from lessons.toolkit.search import search_together

SOURCE_SIZE, TARGET_SIZE, MAX_LENGTH = 13, 11, 12


def small_model(kind, seed):
    """An untrained model that ends some sentences before MAX_LENGTH and not all of them."""
    torch.manual_seed(seed)
    encoder = Encoder(SOURCE_SIZE, 5, 7)
    if kind == "baseline":
        model = Seq2Seq(encoder, Decoder(TARGET_SIZE, 5, 7))
    else:
        model = AttentionSeq2Seq(encoder, AttentionDecoder(TARGET_SIZE, 5, 7, AdditiveScore(7, 3)))
    with torch.no_grad():
        for weights in model.parameters():
            weights.mul_(3)
        model.decoder.output.bias[END] += 1
    return model.eval()


def greedy(model, source):
    ids = torch.tensor([source])
    mask = torch.ones_like(ids, dtype=torch.bool)
    if isinstance(model, Seq2Seq):
        return greedy_decode(model.encoder, model.decoder, ids, mask, MAX_LENGTH)[0]
    return greedy_with_weights(model, ids, mask, MAX_LENGTH)[0][0]


def sentences(count):
    generator = random.Random(4)
    return [[*generator.choices(range(4, SOURCE_SIZE), k=generator.randint(1, 8)), END] for _ in range(count)]


@pytest.mark.parametrize("kind", ["baseline", "attention"])
def test_a_beam_of_one_equals_greedy_decoding(kind):
    lengths = set()
    for seed in range(4):
        model = small_model(kind, seed)
        for source in sentences(20):
            hypotheses = hypotheses_of(model, source, 1, MAX_LENGTH)
            assert len(hypotheses) == 1
            assert best_of(hypotheses, alpha=1) == greedy(model, source)
            lengths.add(len(hypotheses[0][0]))
    assert len(lengths) > 3
    assert MAX_LENGTH in lengths


@pytest.mark.parametrize("kind", ["baseline", "attention"])
def test_scores_are_the_log_probabilities_of_the_words(kind):
    model = small_model(kind, 1)
    for source in sentences(5):
        for words, score in hypotheses_of(model, source, 4, MAX_LENGTH):
            assert score == pytest.approx(log_probability(model, source, words), abs=1e-3)


def test_a_beam_as_wide_as_the_vocabulary_finds_the_best_pair_of_words():
    model = small_model("attention", 2)
    for source in sentences(5):
        step, state = decoder_step(model, source)
        found = beam_search(step, extend_beams, state, TARGET_SIZE, max_length=2)
        pairs = [*itertools.product([n for n in range(TARGET_SIZE) if n != END], range(TARGET_SIZE)), (END,)]
        best = max(pairs, key=lambda words: log_probability(model, source, list(words)))
        assert max(found, key=lambda hypothesis: hypothesis[1])[0] == list(best)


@pytest.mark.parametrize("kind", ["baseline", "attention"])
def test_a_given_sentence_has_the_score_that_the_search_gave_it(kind):
    model = small_model(kind, 1)
    for source in sentences(5):
        step, state = decoder_step(model, source)
        for words, score in hypotheses_of(model, source, 3, MAX_LENGTH):
            with torch.no_grad():
                assert sentence_score(step, state, words) == pytest.approx(score, abs=1e-3)


@torch.no_grad()
def together(model, sources, beam_size, grow=grow_together):
    step, state = decoder_steps(model, sources)
    return search_together(step, grow, state, beam_size, MAX_LENGTH)


@pytest.mark.parametrize("kind", ["baseline", "attention"])
def test_many_sentences_together_are_translated_as_each_alone(kind):
    model, sources = small_model(kind, 2), sentences(12)
    for beam_size in (1, 3):
        alone = [together(model, [source], beam_size)[0] for source in sources]
        assert together(model, sources, beam_size) == alone
    assert together(model, sources, 1) == [greedy(model, source) for source in sources]
    assert len(set(map(tuple, alone))) > 2


def test_with_the_code_to_mend_all_sentences_go_on_from_the_first():
    def unrepaired(scores, log_probabilities, written, state):
        rows = torch.arange(scores.shape[1]).repeat(len(scores))
        best, words, states = grow_together(scores, log_probabilities, written[rows], state[rows])
        return best, words, states

    model, sources = small_model("attention", 2), sentences(12)
    right, wrong = together(model, sources, 3), together(model, sources, 3, unrepaired)
    assert wrong[0] == right[0]
    assert sum(map(list.__eq__, wrong, right)) < 6


def test_bleu_by_length_of_everything_in_one_group_is_bleu():
    generator = random.Random(7)
    references = [generator.choices("abcdefgh", k=generator.randint(5, 15)) for _ in range(20)]
    translations = [[w if generator.random() < 0.9 else "x" for w in line] for line in references]

    def bleu(made, right):
        return corpus_bleu(made, right, ngram_matches)

    found = bleu_by_length(references, translations, references, bleu, width=15)
    assert found == {15: (20, bleu(translations, references))}
    by_five = bleu_by_length(references, translations, references, bleu, width=5)
    assert list(by_five) == [5, 10, 15]
    assert sum(count for count, _ in by_five.values()) == 20


def test_hypotheses_differ_and_none_goes_on_after_end():
    model = small_model("baseline", 3)
    for source in sentences(10):
        hypotheses = [tuple(words) for words, _ in hypotheses_of(model, source, 5, MAX_LENGTH)]
        assert len(set(hypotheses)) == len(hypotheses) == 5
        assert all(END not in words[:-1] for words in hypotheses)


def test_normalisation_can_turn_the_order():
    short, long = ([5, END], -2.0), ([5, 6, 7, 8, END], -4.0)
    assert normalised_score(*short, 0) > normalised_score(*long, 0)
    assert normalised_score(*short, 1) < normalised_score(*long, 1)
    assert best_of([short, long], alpha=1) == [5, 6, 7, 8]


@pytest.mark.parametrize("seed", range(5))
def test_bleu_is_sacrebleus(seed):
    generator = random.Random(seed)
    references = [generator.choices("abcdefgh", k=generator.randint(4, 20)) for _ in range(30)]
    translations = [[w if generator.random() < 0.8 else "x" for w in line] for line in references]
    translations = [line[: generator.randint(1, 20)] for line in translations]
    mine = corpus_bleu(translations, references, ngram_matches)
    written, wanted = ([" ".join(line) for line in side] for side in (translations, references))
    assert mine == pytest.approx(sacrebleu.corpus_bleu(written, [wanted], tokenize="none", force=True).score)


def test_the_last_exercise_is_pytorchs_function():
    generator = torch.Generator().manual_seed(3)
    queries, keys, values = (torch.randn(3, *shape, generator=generator) for shape in ((4, 6), (5, 6), (5, 9)))
    mask = torch.arange(5) < torch.tensor([[5], [2], [3]])
    contexts, weights = scaled_dot_product(queries, keys, values, mask)
    torch.testing.assert_close(
        contexts, F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask.unsqueeze(1))
    )
    assert weights[~mask.unsqueeze(1).expand_as(weights)].eq(0).all()


def test_the_shipped_model_translates_six_clauses():
    words = Vocabularies(load_split("train"))
    model = new_model(TRAININGS["additive"], seed=1).eval()
    model.load_state_dict(load_file(datasets_folder() / "models" / "03_attention.safetensors"))
    pairs = [words.encode(pair) for pair in load_split("by_length", (6,))[:20]]
    assert sum(best_of(hypotheses_of(model, source, 2), 1) == target[:-1] for source, target in pairs) >= 15


def test_the_beam_is_drawn_with_its_words_and_the_best_in_another_colour():
    model = small_model("attention", 5)
    recorder = BeamRecorder(extend_beams)
    step, state = decoder_step(model, sentences(1)[0])
    hypotheses = beam_search(step, recorder, state, 3, 6)
    names = [f"w{number}" for number in range(TARGET_SIZE)]
    figure = draw_beam(recorder.steps, names, hypotheses[0][0], "A title")
    shown = [text for text in figure.axes[0].texts if text.get_text().startswith("w")]
    assert len(shown) == sum(len(words) for _, words, _ in recorder.steps)
    assert sum(text.get_color() != "black" for text in shown) == len(hypotheses[0][0])
    plt.close(figure)


def test_the_curves_are_means_over_runs():
    figure = plot_bleu_by_length([1, 2], [5, 8], {"one": [[90, 40], [80, 50]]}, 1, "A title")
    assert figure.axes[0].get_lines()[0].get_ydata().tolist() == [85, 45]
    plt.close(figure)


def two_runs():
    return [
        {"bleu": {"greedy": [90, 40], "beam": [91, 44]}},
        {"bleu": {"greedy": [80, 50], "beam": [80, 51]}},
    ]


def test_bleu_is_tabled_from_the_worst_run_to_the_best():
    head, first, second = bleu_table(two_runs(), ("greedy", "beam"), (1, 2)).splitlines()
    assert head.split() == ["clauses", "greedy", "beam"]
    assert first.split() == ["1", "80.0", "to", "90.0", "80.0", "to", "91.0"]
    assert second.split() == ["2", "40.0", "to", "50.0", "44.0", "to", "51.0"]


def test_the_gain_of_a_beam_is_drawn_run_by_run():
    assert beam_gains(two_runs()) == [[1, 4], [0, 1]]
    figure = plot_beam_gain([1, 2], {"attention": beam_gains(two_runs()), "baseline": [[0, 0]]}, 1, "A title", 7)
    one, other, mean = (line.get_ydata().tolist() for line in figure.axes[0].get_lines()[:3])
    assert (one, other, mean) == ([1, 4], [0, 1], [0.5, 2.5])
    assert "7 sentences" in figure.axes[0].get_xlabel()
    plt.close(figure)


def real_run(model, seed, bleu, *parts):
    by_length = [{"most": most, "bleu": score, "n": n} for most, score, n in zip((4, None), parts, (3, 2), strict=True)]
    return {"training": model, "seed": seed, "bleu": bleu, "by_length": by_length}


REAL = {
    "held_fixed": {"held_out_pairs": 5},
    "seeds": {"baseline": [1, 2], "attention": [1, 2]},
    "runs": [
        real_run("attention", 1, 20, 22, 10),
        real_run("attention", 2, 21, 23, 11),
        real_run("baseline", 1, 17, 18, 9),
        real_run("baseline", 2, 18, 20, 12),
    ],
}


def test_the_real_corpus_is_tabled_drawn_and_told_by_length_with_the_number_of_pairs():
    assert [(name, n) for name, n, _ in real_corpus_ranges(REAL)] == [("all", 5), ("1 to 4", 3), ("5 or more", 2)]
    lines = real_corpus_table(REAL).splitlines()
    assert lines[1].split() == ["all", "5", "17.0", "to", "18.0", "20.0", "to", "21.0"]
    assert lines[3].split() == ["5", "or", "more", "2", "9.0", "to", "12.0", "10.0", "to", "11.0"]
    assert "5 or more (2 pairs): baseline 10.5, attention 10.5" in tell_real_corpus(REAL)
    figure = plot_real_corpus(REAL, "A title")
    ticks = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert ticks == ["all\n(5)", "1 to 4\n(3)", "5 or more\n(2)"]
    assert [line.get_ydata()[0] for line in figure.axes[0].get_lines()[:3]] == [20, 21, 20.5]
    plt.close(figure)


def test_the_lesson_prints_the_real_results_where_no_corpus_was_fetched():
    lesson = find_lesson("06_translator")
    printed = [cell for cell in read_lesson(lesson.source).cells if "print_real_results(" in cell.source]
    assert len(printed) == 1
    assert "always" in printed[0].tags
    assert "real_file" not in printed[0].source
    found = nbformat.read(lesson.solution_notebook, as_version=4).cells
    outputs = [output for cell in found if cell.source == printed[0].source for output in cell.outputs]
    assert any(real_corpus_table(load_results("06_real_corpus")) in output.get("text", "") for output in outputs)


# --- what the lesson says of five seeds ----------------------------------------------------------------------


def translator_runs(training):
    return runs_of(load_results("06_translator"), training)


def test_five_seeds_of_equal_models():
    seeds = [[run["seed"] for run in translator_runs(training)] for training in ("baseline", "additive")]
    assert seeds == [[1, 2, 3, 4, 5]] * 2
    parameters = [run["parameters"] for run in load_results("06_translator")["runs"]]
    assert max(parameters) <= 1.05 * min(parameters)


def test_attention_holds_to_the_end_of_training_and_the_baseline_does_not():
    assert all(min(run["bleu"]["beam"][:6]) > 97 for run in translator_runs("additive"))
    for run in translator_runs("additive"):
        six, seven, eight = run["bleu"]["beam"][5:]
        assert six > seven > eight
    for run in translator_runs("baseline"):
        assert run["bleu"]["beam"] == sorted(run["bleu"]["beam"], reverse=True)
        assert run["bleu"]["beam"][5] < 40


def test_the_beam_buys_the_baseline_most_in_the_middle_and_attention_next_to_nothing():
    means = {
        training: [statistics.mean(column) for column in zip(*beam_gains(translator_runs(training)), strict=True)]
        for training in ("baseline", "additive")
    }
    assert max(means["baseline"]) in means["baseline"][3:5]
    assert min(means["baseline"][3:5]) > 3
    assert max(map(abs, means["additive"][:6])) < 1


def test_most_errors_are_the_models():
    for training in ("baseline", "additive"):
        for way, limit in (("greedy", 0.25), ("beam", 0.03)):
            wrong, missed = (
                sum(sum(run[key][way][:6]) for run in translator_runs(training)) for key in ("wrong", "search_errors")
            )
            assert missed <= limit * wrong


def test_on_real_pairs_every_seed_with_attention_is_ahead_and_each_pair_is_counted():
    results = load_results("06_real_corpus")
    runs = {name: runs_of(results, name) for name in ("attention", "baseline")}
    assert [[run["seed"] for run in found] for found in runs.values()] == [[1, 2, 3, 4, 5]] * 2
    assert min(run["bleu"] for run in runs["attention"]) > max(run["bleu"] for run in runs["baseline"])
    parameters = [run["parameters"] for run in results["runs"]]
    assert max(parameters) <= 1.05 * min(parameters)
    held = results["held_fixed"]["held_out_pairs"]
    assert all(sum(part["n"] for part in run["by_length"]) == held for run in results["runs"])


def test_the_table_of_all_results_is_up_to_date():
    written = (datasets_folder() / "results" / "README.md").read_text(encoding="utf-8")
    assert written == summary(), "run: python -m lessons.experiments.summary"
    assert math.prod(f"| 0{n} |" in written for n in range(1, 7))
