"""Korean sentences above their glosses: what a notebook shows, and what stands there where HTML cannot be shown."""

import pytest

from lessons.toolkit.figures import gloss_lines
from lessons.toolkit.figures.gloss_lines import show_glossed


@pytest.fixture
def shown(monkeypatch):
    found = {}
    monkeypatch.setattr(gloss_lines, "display", lambda data, raw: found.update(data))
    return found


def test_each_gloss_stands_below_its_word(shown):
    show_glossed([("I love you", ["난", "널", "사랑해"], ["I.TOP", "you.OBJ", "love.INT"])])
    first, words, glosses = shown["text/plain"].splitlines()
    assert first == "I love you"
    assert words.split() == ["난", "널", "사랑해"]
    assert glosses.split() == ["I.TOP", "you.OBJ", "love.INT"]
    for word, gloss in zip(words.split(), glosses.split(), strict=True):
        column = shown["text/html"].split(f">{word}</span>")[1].split("</span></span>")[0]
        assert column.endswith(f">{gloss}")


def test_glosses_are_looked_up_where_none_are_given(shown):
    show_glossed([("written", ["난", "자", "<end>"], None)])
    assert shown["text/plain"].splitlines()[2].split() == ["I.TOP", "sleep.INT"]
    assert "&lt;end&gt;" in shown["text/html"]
    assert "<end>" not in shown["text/html"]


def test_only_the_labels_that_occur_are_explained(shown):
    show_glossed([("", ["난"], ["I.TOP"])], explain=True)
    assert "topic" in shown["text/plain"]
    assert "topic" in shown["text/html"]
    assert "object" not in shown["text/html"]


def test_a_gloss_too_few_is_refused(shown):
    with pytest.raises(ValueError, match="2 words and 1 glosses"):
        show_glossed([("", ["난", "널"], ["I.TOP"])])


def test_a_line_without_words_is_its_text(shown):
    show_glossed([("a < b", [], [])])
    assert shown == {"text/plain": "a < b", "text/html": '<div style="margin: 0">a &lt; b</div>'}
