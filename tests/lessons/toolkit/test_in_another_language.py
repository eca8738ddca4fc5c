"""What the toolkit says in another language: nothing stays English, and nothing is looked up by what is said."""

import re
from functools import cache

import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.font_manager import findfont, get_font
from matplotlib.text import Text as DrawnText
from PIL import Image

from autograder.authoring.editions import texts_for_run_time
from autograder.authoring.translation.catalogue import read_catalogue
from autograder.authoring.translation.merge import MESSAGES
from autograder.authoring.translation.messages import key_at_run_time, message_texts
from autograder.authoring.tree import CourseTree
from autograder.course.lessons import all_lessons
from lessons.earlier import lesson_01
from lessons.toolkit.alignment_results import hidden_table, median_errors, models_table
from lessons.toolkit.columns import columns, padded, table
from lessons.toolkit.corpus import load_split
from lessons.toolkit.figures import (
    alignment_questions,
    alignment_shown,
    attention_questions,
    attention_shown,
    common,
    context,
    forcing,
    forcing_questions,
    gloss_lines,
    head_explorer,
    self_attention_questions,
    self_attention_shown,
    seq2seq,
    translation_shown,
)
from lessons.toolkit.figures.labels import LABELS
from lessons.toolkit.glosses import gloss
from lessons.toolkit.results import load_results, runs_of
from lessons.toolkit.text import label, named, said, speaking

#: What is the same in every language: formulas, units, names of measures and files, tokens.
SAME = {"AER", "BLEU", "GRU", "MiB", "dh", "start", "end", "pad", "dot", "general", "mathdefault", "nbsp"}


def corpus():
    return [pair for split in ("train", "valid", "test") for pair in load_split(split)]


@cache
def words_and_glosses():
    """What figures draw of the corpus."""
    english = {word for pair in corpus() for word in pair.source_words}
    return english | {gloss(word) for pair in corpus() for word in pair.target_words}


@cache
def words_of_the_corpus():
    return {part for each in words_and_glosses() for part in re.split(r"[./]", each)}


@pytest.fixture
def values_alone():
    """A language that says of each text only what is filled in: English that is left was a value."""
    files = [path for folder in MESSAGES["toolkit"] for path in folder.rglob("*") if path.suffix in (".py", ".js")]
    keys = message_texts(files)
    with speaking("xx", {key_at_run_time(*key): "·" + "·".join(re.findall(r"\{\w+\}", key[1])) for key in keys}):
        yield


@pytest.fixture
def korean():
    with speaking("ko", texts_for_run_time(CourseTree.of_course(), "ko")):
        yield


@pytest.fixture
def shown(monkeypatch):
    """All that is displayed: texts of figures, and what stands for them; nothing is drawn."""
    found = []

    def image(figure):
        found.extend(text.get_text() for text in figure.findobj(DrawnText))
        axes = (axis for each in figure.axes for axis in (each.xaxis, each.yaxis))
        found.extend(text.get_text() for axis in axes for text in axis.get_ticklabels())  # as drawing asks for them
        return Image.new("RGB", (1, 1))

    def display(data, raw):
        found.append(data["text/plain"])
        found.append(re.sub(r"<style>.*?</style>|<[^>]*>", " ", data["text/html"], flags=re.DOTALL))

    monkeypatch.setattr(common, "_image", image)
    for module in (common, gloss_lines, head_explorer):
        monkeypatch.setattr(module, "display", display)
    return found


def models_3():
    results = load_results("03_attention")
    names = {
        "baseline": "baseline",
        "attention": "additive",
        "uniform weights": "uniform",
        "fixed weights": "fixed weights",
    }
    return {name: runs_of(results, training) for name, training in names.items()}


def scored():
    return {name: runs_of(load_results("03_attention"), name) for name in ("additive", "dot", "general")}


def controls_2():
    return context.controls_of(load_results("02_context_limit"))


def runs_4():
    results = load_results("04_teacher_forcing")
    return {way: runs_of(results, way) for way in results["seeds"]}


def models_5():
    results = load_results("05_alignments")
    models = {name: runs_of(results, name) for name in results["seeds"]}
    return {"lesson 3's model": models.pop("additive")} | models


def models_7():
    return self_attention_shown.models_of(load_results("07_self_attention"))


def held(name):
    return load_results(name)["held_fixed"]


def pair():
    return load_split("test")[0]


def short():
    """A pair with as many words on either side."""
    return next(each for each in load_split("test") if len(each.source_words) == len(each.target_words))


def even(pair):
    """Equal weights (T, S)."""
    return torch.full((len(pair.target_words), len(pair.source_words)), 1 / len(pair.source_words))


CALLS = {
    "a lookup": lambda: seq2seq.show_lookup(short(), [(0, 0)], {"I": "난"}),
    "lookups": lambda: seq2seq.show_lookups([pair()], {}),
    "the encoder and the decoder": lambda: seq2seq.show_encoder_decoder(pair()),
    "useless models": lambda: seq2seq.show_useless_models([3, 5]),
    "mended losses": lambda: seq2seq.show_useless_models([3, 5], lesson_01.masked_loss),
    "memory": lambda: seq2seq.show_memory(lesson_01.read_by_hand, lesson_01.gated_step),
    "choices": lambda: seq2seq.show_choices(
        pair(),
        ["난", *pair().target_words[1:]],
        torch.eye(9)[: len(pair().target_words)],
        ["난", *pair().target_words, *"가나다"][:9],
    ),
    "mistakes": lambda: seq2seq.show_mistakes([pair()], [["난"]], 1),
    "the fall": lambda: context.show_fall({1: 0.9, 2: 0.3}, 2, 10),
    "controls of lesson 2": lambda: context.print_controls(controls_2()),
    "new and seen": lambda: context.show_new_and_seen(controls_2(), 6, 200),
    "knees": lambda: context.print_knees_of({name: [3, None] for name in controls_2()}),
    "places": lambda: context.print_places([{"words": [[9, 8]], "wrong": [[1, 2]]}], (0,), range(2), 3),
    "steps": lambda: context.print_steps({"first word first": [1.0], "backwards": [2.0]}),
    "orders": lambda: context.show_orders(["first word first", "backwards"], [[0.1], [0.2]], [[0.1], [0.1]], 9, 5),
    "a step": lambda: attention_shown.show_step(
        ["I", "love", "you"], ["난", "널", "사랑해"], 1, torch.ones(3), torch.ones(3) / 3, torch.ones(2)
    ),
    "steps by hand": lambda: attention_shown.print_steps(["I"], ["난"], torch.ones(1, 1), torch.ones(1, 2)),
    "a score": lambda: attention_shown.show_score(torch.ones(2), torch.ones(2), torch.ones(2, 4), torch.ones(2), 1.0),
    "contexts": lambda: attention_shown.show_contexts(["I", "go"], ["난", "가"], torch.ones(2, 2) / 2),
    "scores of lesson 3": lambda: attention_shown.print_scores(models_3() | scored(), seen=True),
    "choosing": lambda: attention_shown.show_choosing(models_3()),
    "controls of lesson 3": lambda: attention_shown.print_controls(attention_shown.controls_of(models_3())),
    "their figure": lambda: attention_shown.show_controls(attention_shown.controls_of(models_3()), 200),
    "parameters": lambda: attention_shown.print_parameters({"baseline": torch.nn.Linear(2, 2)}),
    "parameters of a score": lambda: attention_shown.print_own_parameters("general", torch.nn.Linear(2, 2)),
    "differences": lambda: attention_shown.print_differences("uniform", False, True),
    "lengths of errors": lambda: attention_shown.show_error_lengths(models_3()["attention"], 200),
    "gained": lambda: attention_shown.print_gained(models_3()["attention"], 200),
    "first errors": lambda: attention_shown.print_first_errors(
        [["난"], ["난", "넌"], ["넌"]], [["난", "넌"], ["난"], ["난"]], [7, 7, 7]
    ),
    "gradients": lambda: attention_shown.show_gradients(models_3(), 200),
    "factors of gradients": lambda: attention_shown.print_gradients(models_3()),
    "the time of a step": attention_shown.show_step_time,
    "decodings": lambda: forcing.show_decodings(pair(), [4, 2], [4], ["", "", "<end>", "", "난"]),
    "both ways": lambda: forcing.print_both_ways(torch.ones(2, 2), 9),
    "after an error": lambda: forcing.show_after_error({"forced": [0.9, 0.8], "free-running": [0.5, 0.4]}, 9),
    "schedules": lambda: forcing.show_schedules(
        {"constant, 0.5": [0.5], "linear to step 900": [1.0], "inverse sigmoid, k = 100": [1.0]}
    ),
    "ways": lambda: forcing.print_ways(runs_4(), 800),
    "ways as dots": lambda: forcing.show_ways(runs_4(), 800),
    "after its own error": lambda: forcing.show_after_own_error(runs_4(), 800),
    "wrong lengths": lambda: forcing.print_wrong_lengths(runs_4(), 800),
    "rests": lambda: forcing.print_rests({(1.0, "난"): [0.1, 0.2, 0.3]}, 9),
    "written rests": lambda: forcing.show_rests(pair(), {(0.5, "난"): torch.tensor([0, 1])}, ["난", "<end>"]),
    "injected errors": lambda: forcing.print_injected(runs_4()),
    "injected errors as dots": lambda: forcing.show_injected(runs_4()),
    "by word": lambda: forcing.print_by_word(runs_4()),
    "links": lambda: alignment_shown.show_links(pair()),
    "a heat map": lambda: alignment_shown.show_map(even(pair()), pair()),
    "links checked": lambda: alignment_shown.show_link_check(pair(), [(0, 0), (1, 0)], 0.5, 0.5),
    "equal bars": lambda: alignment_shown.show_equal_bars(pair()),
    "errors": lambda: alignment_shown.print_errors(
        {"uniform": 0.9, "untrained": 0.8, "lesson 3": 0.5, "diagonal": 0.7}, []
    ),
    "misses": lambda: alignment_shown.show_misses({"lesson 3": {0: 1, 1: 2}}),
    "misses of two": lambda: alignment_shown.show_misses({"lesson 3": {0: 1, 1: 2}, "both changes": {0: 3}}),
    "wrong links": lambda: alignment_shown.print_wrong_links([[(0, 1), (1, 0)]], [pair()]),
    "the darkest words": lambda: alignment_shown.print_darkest(models_5()["lesson 3's model"]),
    "models of lesson 5": lambda: print(models_table(models_5())),
    "changes": lambda: alignment_shown.show_changes(models_5(), held("05_alignments")),
    "epochs": lambda: alignment_shown.show_epochs(models_5(), held("05_alignments")),
    "effects": lambda: alignment_shown.show_effects(
        {name: (torch.linspace(0, 1, 99), torch.linspace(0, 4, 99)) for name in ("lesson 3's model", "both changes")}
    ),
    "costs": lambda: alignment_shown.print_costs(
        [alignment_shown.Place(0, 0, 0, 1, 2)], [{"dark": 0.1, "gold": 0.2, "both": 2.0, "third": 0.0}], [pair()]
    ),
    "hidden words": lambda: alignment_shown.print_hidden_words(models_5()),
    "hidden words, one too far": lambda: print(hidden_table(models_5(), "hidden", "dark_one_too_far")),
    "hidden words as dots": lambda: alignment_shown.show_hidden_words(models_5()),
    "BLEU": lambda: translation_shown.print_bleu(load_results("06_translator") | {"command": "–"}),
    "what a beam adds": lambda: translation_shown.show_beam_gains(load_results("06_translator")),
    "search errors": lambda: translation_shown.print_search_errors(load_results("06_translator"), 6),
    "an own curve": lambda: translation_shown.show_own_curve(
        {"attention": {5: (3, 90.0), 10: (2, 80.0)}, "baseline": {5: (3, 90.0), 10: (2, 10.0)}}, 5
    ),
    "curves of BLEU": lambda: translation_shown.show_bleu_curves(load_results("06_translator")),
    "real sentences": lambda: translation_shown.print_real_results(
        load_results("06_real_corpus") | {"command": "–", "corpus": {"name": "–", "sha256": "–"}}
    ),
    "real sentences as dots": lambda: translation_shown.show_real_results(load_results("06_real_corpus")),
    "masks": lambda: [
        self_attention_shown.print_moved(name, torch.ones(1, 1)) for name in ("your mask", "student's mask")
    ],
    "sizes": lambda: self_attention_shown.print_sizes({"Transformer": torch.nn.Linear(2, 2)}),
    "accuracy": lambda: self_attention_shown.print_accuracy({1: 0.9}),
    "learning rates": lambda: self_attention_shown.print_search(load_results("07_self_attention")),
    "curves of lesson 7": lambda: self_attention_shown.show_curves(models_7()),
    "scores of lesson 7": lambda: self_attention_shown.print_scores(models_7()),
    "trained longer": lambda: self_attention_shown.print_longer(load_results("07_self_attention")),
    "heads": lambda: self_attention_shown.show_head_errors(load_results("07_heads")),
    "heads one by one": lambda: self_attention_shown.print_head_errors(load_results("07_heads")),
    "lost without a head": lambda: self_attention_shown.print_lost(0.1, [0.1, 0.2], 1),
    "knocked out": lambda: self_attention_shown.print_knock_outs(load_results("07_heads")),
    "knocked out, as dots": lambda: self_attention_shown.show_knock_outs(load_results("07_heads")),
    "cost": self_attention_shown.print_step_cost,
    "cost as curves": self_attention_shown.show_step_time,
    "explorer of heads": lambda: head_explorer.show_head_explorer(pair(), [even(pair())], 1),
}


@pytest.mark.parametrize("what", CALLS)
def test_all_that_is_shown_is_in_the_language_but_for_the_words_of_the_corpus(what, values_alone, shown, capsys):
    CALLS[what]()
    whole = "\n".join([*shown, capsys.readouterr().out])
    for line in whole.splitlines():
        left = set(re.findall(r"[A-Za-z]{2,}", line)) - SAME - words_of_the_corpus()
        assert not left, line


QUESTIONS = {
    "uniform weights": lambda: attention_questions.uniform_weights(models_3()),
    "fixed weights": lambda: attention_questions.fixed_weights(models_3()),
    "the best score": lambda: attention_questions.best_score(scored()),
    "beyond six": lambda: self_attention_questions.beyond_six(models_7()),
    "which change": lambda: alignment_questions.which_change(median_errors(models_5())),
    "the best way": lambda: forcing_questions.best_way(runs_4()),
    "gold, dark or both hidden": lambda: alignment_questions.hide_gold_or_dark({"gold": 0.9, "dark": 0.9, "both": 0.1}),
    "a layer": lambda: self_attention_questions.layer_missed(load_results("07_heads")),
}


@pytest.mark.parametrize("what", QUESTIONS)
def test_an_answer_is_found_by_names_and_told_in_the_language(what, values_alone):
    found = QUESTIONS[what]()
    left = set(re.findall(r"[A-Za-z]{2,}", str(found["measured"]))) - SAME
    assert not left, found["measured"]
    with speaking("en", {}):
        assert QUESTIONS[what]()["right"] == found["right"]


def test_no_name_is_a_word_of_the_corpus_or_a_gloss():
    assert not set(LABELS) & words_and_glosses()


def test_words_of_a_sentence_stay_where_a_text_is_spelt_alike():
    with speaking("xx", {"new": "neu", "label\x04both": "beide", "both": "alle zwei", "label\x04beam": "Strahl"}):
        assert (label("new"), named("new"), said("both"), label("both")) == ("new", "neu", "alle zwei", "beide")
        assert label("both, beam, k = 100") == "beide, Strahl, k = 100"


@pytest.mark.parametrize("language", [path.name for path in CourseTree.of_course().locale.iterdir() if path.is_dir()])
def test_no_text_is_said_in_two_ways_at_run_time(language):
    course = CourseTree.of_course()
    said_so = {}
    for name in MESSAGES:
        for entry in read_catalogue(course.catalogue(language, name)):
            if entry.counts:
                assert said_so.setdefault(key_at_run_time(*entry.key), entry.translated) == entry.translated, (
                    entry.english
                )


def test_columns_of_hangul_are_two_wide():
    assert padded("기준", 6) == "기준  "
    assert padded("기준", 6, right=True) == "  기준"
    lines = table([("", "매개변수"), ("기준 모델", "12"), ("attention", "1,234")], (12, 10)).splitlines()
    assert {columns(line) for line in lines} == {22}
    assert table([("어텐션만 쓴 모델", "1"), ("기준", "2")], (4, 3)).splitlines() == [
        "어텐션만 쓴 모델   1",
        "기준               2",
    ]


@pytest.mark.parametrize("what", ["scores of lesson 3", "controls of lesson 2", "BLEU", "trained longer", "cost"])
def test_columns_of_a_korean_table_stand_below_each_other(what, korean, capsys):
    CALLS[what]()
    rows = [line for line in capsys.readouterr().out.splitlines() if line.count("  ") > 2]
    assert len(rows) > 2
    assert len({columns(line) for line in rows}) == 1


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are shown, drawn and still open; a glyph that no font has is a warning, and that an error."""
    found = []

    def image(figure):
        figure.canvas.draw()
        found.append(figure)
        return Image.new("RGB", (1, 1))

    monkeypatch.setattr(common, "_image", image)
    monkeypatch.setattr(common, "display", lambda data, raw: None)
    common.use_course_style()
    return found


@pytest.mark.long
@pytest.mark.parametrize("what", [what for what in CALLS if what not in ("explorer of heads",)])
def test_a_korean_figure_has_all_its_glyphs_and_no_title_wider_than_itself(what, korean, drawn, capsys):
    CALLS[what]()
    for figure in drawn:
        for axes in figure.axes:
            for title in (axes.title, axes._left_title, axes._right_title):
                width = title.get_window_extent().width
                assert width <= figure.bbox.width, f"{title.get_text()}: {width:.0f} of {figure.bbox.width:.0f} pixels"


@pytest.mark.parametrize("language", [path.name for path in CourseTree.of_course().locale.iterdir() if path.is_dir()])
def test_the_fonts_of_figures_have_every_letter_of_a_language(language):
    common.use_course_style()
    fonts = [get_font(findfont(family)) for family in plt.rcParams["font.family"]]
    course = CourseTree.of_course()
    names = [lesson.slug for lesson in all_lessons()]
    said_there = [
        entry.translated
        for name in ("toolkit", *names)
        for entry in read_catalogue(course.catalogue(language, name))
        if name == "toolkit" or entry.kind == "literal"
    ]
    letters = {letter for text in said_there for letter in text if not letter.isspace()}
    assert {letter for letter in letters if not any(font.get_char_index(ord(letter)) for font in fonts)} == set()
