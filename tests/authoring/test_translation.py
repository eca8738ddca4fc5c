"""Lessons in another language: each text has an entry in a catalogue, and the code stays the same."""

import ast

import pytest

from autograder.authoring.translation.catalogue import Catalogue, Entry, read_catalogue, write_catalogue
from autograder.authoring.translation.faults import faults_of, read_rules
from autograder.authoring.translation.lesson import texts_of, translate
from autograder.authoring.translation.merge import MESSAGES, all_texts
from autograder.authoring.translation.messages import key_at_run_time, message_texts
from autograder.authoring.translation.units import docstring_in, markdown_in, wrapped
from autograder.authoring.tree import CourseTree
from autograder.course.lessons import all_lessons
from autograder.course.source import LessonSource, read_lesson
from autograder.errors import CourseError
from autograder.paths import PACKAGE
from lessons.toolkit.columns import columns

LESSON = '''\
# %% [markdown]
# # Doubling
#
# A text of
# two lines.
#
# - one item
#   that goes on
# - another
#
# | a head | b |
# | --- | --- |
# | 1 | 2.5 |
#
# $$x \\\\cdot 2$$
#
# <details><summary>Our answer</summary>

# %% tags=["setup"]
from lessons.toolkit import predictions
from lessons.toolkit.figures import attention_questions as questions
from lessons.toolkit.figures import common as figures

# %% tags=["exercise"] slug="double"
def double(x, y=None):
    """Twice x.

    Args:
        x: a number
            or two.
        y: nothing.

    Returns:
        one: the first
        and its rest.
        two: the second.
    """
    # Think of a sum.
    ### BEGIN SOLUTION
    return 2 * x  # a product
    ### END SOLUTION

# %% tags=["check"]
check("double", double)

# %% tags=["exploration"]
if ready("double"):
    table = {"kept as it is": double(1)}
    print(f"  {double(2):>4} is twice {2}; " f"{{braces}} and {table['kept as it is']!r} stay", end="the end")
    figures.show(table, "A title" if table else "Another title", key="kept")
    predictions.answer("slug of it", "a", **questions.some(table, "a name"))
'''


@pytest.fixture
def lesson(tmp_path) -> LessonSource:
    (tmp_path / "01_doubling").mkdir()
    path = tmp_path / "01_doubling/01_doubling.py"
    path.write_text(LESSON, encoding="utf-8")
    return read_lesson(path)


def in_brackets(lesson: LessonSource) -> Catalogue:
    return Catalogue(Entry(kind, english, f"⟦{english}⟧") for kind, english in texts_of(lesson))


def test_texts_are_paragraphs_items_rows_parts_of_docstrings_and_what_is_shown(lesson):
    assert texts_of(lesson) == [
        ("md", "Doubling"),
        ("md", "A text of two lines."),
        ("md", "one item that goes on"),
        ("md", "another"),
        ("md", "a head | b |"),
        ("md", "Our answer"),
        ("comment", "Think of a sum."),
        ("docstring", "Twice x."),
        ("docstring", "x: a number or two."),
        ("docstring", "y: nothing."),
        ("docstring", "one: the first and its rest."),
        ("docstring", "two: the second."),
        ("literal", "{double(2):>4} is twice {2}; {{braces}} and {table['kept as it is']!r} stay"),
        ("literal", "A title"),
        ("literal", "Another title"),
    ]


def test_a_translated_lesson_keeps_code_marks_and_solutions(lesson):
    translated = translate(lesson, in_brackets(lesson))
    sources = [cell.source for cell in translated.cells]
    assert sources[0].startswith("# ⟦Doubling⟧\n\n⟦A text of two lines.⟧\n\n- ⟦one item that goes on⟧\n- ⟦another⟧\n")
    assert "| ⟦a head | b |⟧\n| --- | --- |\n| 1 | 2.5 |\n" in sources[0]
    assert sources[0].endswith("<details><summary>⟦Our answer⟧</summary>")
    assert "        ⟦x: a number or two.⟧\n" in sources[2]
    assert "    # ⟦Think of a sum.⟧\n    ### BEGIN SOLUTION\n    return 2 * x  # a product\n" in sources[2]
    assert sources[3] == 'check("double", double)'
    assert '"kept as it is": double(1)' in sources[4]
    assert 'print(f"  ⟦{double(2):>4} is twice {2}; {{braces}} and ' in sources[4]
    assert 'end="the end"' in sources[4]
    assert [cell.slug for cell in translated.cells] == [cell.slug for cell in lesson.cells]


def test_an_f_string_may_fill_in_the_same_in_another_order_but_nothing_else(lesson):
    literal = next(english for kind, english in texts_of(lesson) if "twice" in english)

    def with_literal(text: str) -> Catalogue:
        return Catalogue([Entry("literal", literal, text)])

    turned = "{table['kept as it is']!r}, {{braces}}: {2} · 2 = {double(2):>4} \"'"
    assert turned.replace('"', '\\"') in translate(lesson, with_literal(turned)).cells[4].source
    for other in (turned.replace("!r", ""), turned.replace("{2}", ""), turned + "{2}", turned.replace(":>4", "")):
        with pytest.raises(CourseError, match=r"01_doubling\.py:\d+: translated, its code is another"):
            translate(lesson, with_literal(other))
    with pytest.raises(CourseError, match="a brace is never closed"):
        translate(lesson, with_literal(turned + "{"))


def test_what_a_catalogue_lacks_stays_english_and_paragraphs_say_so(lesson):
    translated = translate(lesson, Catalogue([Entry("md", "Doubling", "두 배")]), "(아직)")
    assert translated.cells[0].source.startswith("# 두 배\n\nA text of two lines. (아직)\n")
    assert translated.cells[2].source.split() == lesson.cells[2].source.split()


@pytest.mark.parametrize("slug", [lesson.slug for lesson in all_lessons()])
def test_every_lesson_can_be_said_in_another_language(slug):
    lesson = read_lesson(next(one for one in all_lessons() if one.slug == slug).source)
    translated = translate(lesson, in_brackets(lesson))
    assert all("⟦" in cell.source for cell in translated.cells if cell.kind == "markdown" and _has_prose(cell.source))
    for cell in translated.code_cells:
        ast.parse(cell.source)
    same = translate(lesson, Catalogue())
    for cell, other in zip(lesson.cells, same.cells, strict=True):
        assert cell.source.split() == other.source.split() or cell.kind in ("exercise", "setup", "exploration")


def _has_prose(source: str) -> bool:
    return any(line[:1].isalpha() for line in source.split("\n"))


def test_a_catalogue_keeps_what_it_says_through_its_file(tmp_path):
    entries = [
        Entry("md", 'A “text” with "quotes" and 90 % of it', "글"),
        Entry("literal", "a\nb\\c", "가\n나\\다"),
        Entry("literal", 'A “text” with "quotes" and 90 % of it'),
        Entry("md", "new English", "옛 글", previous='old "English" that is quite long: ' + "word " * 30 + "end"),
    ]
    write_catalogue(tmp_path / "a.po", Catalogue(entries), "ko")
    before = (tmp_path / "a.po").read_bytes()
    read = read_catalogue(tmp_path / "a.po")
    assert list(read) == entries
    assert read.find("md", entries[0].english) == "글"
    assert read.find("literal", entries[0].english) is None
    assert read.find("md", "new English") is None
    write_catalogue(tmp_path / "a.po", read, "ko")
    assert (tmp_path / "a.po").read_bytes() == before
    assert b"#, fuzzy\n" in before
    assert b"python-format" not in before


def test_changed_english_keeps_the_old_translation_aside_and_nothing_else_is_guessed():
    old = Catalogue([Entry("md", "one", "일"), Entry("md", "two", "이"), Entry("literal", "three", "삼")])
    merged = old.merged([("md", "one"), ("md", "two and more"), ("literal", "three"), ("md", "two more")])
    assert list(merged) == [
        Entry("md", "one", "일"),
        Entry("md", "two and more", "이", previous="two"),
        Entry("literal", "three", "삼"),
        Entry("md", "two more"),
    ]
    again = merged.merged([("md", "one"), ("md", "two changed again"), ("literal", "three")])
    assert list(again)[1] == Entry("md", "two changed again", "이", previous="two")


def test_lines_of_docstrings_are_as_wide_as_they_look():
    said = docstring_in("One.\n\nArgs:\n    x: two.", lambda kind, english: "한글 " * 20 + english, 40)
    assert all(columns(line) <= 40 for line in said.split("\n"))
    assert "\n\nArgs:\n    한글 한글" in said
    assert "\n        한글" in said


def test_fences_formulas_and_numbers_are_no_texts():
    source = "```\nshell words\n\nmore\n```\n\n$$\na = b\n$$\n\n`code` 12\n\nWords\n1. one\n2. two"
    seen = []
    assert markdown_in(source, lambda kind, english: seen.append(english) or english) == source.replace(
        "Words\n1. one\n2. two", "Words 1. one 2. two"
    )
    assert seen == ["Words 1. one 2. two"]


def test_messages_are_found_where_they_are_said(tmp_path):
    (tmp_path / "a.py").write_text(
        """
from x import Advice, stage, t

causes = {"one": "Why one?", "two": "Why " "two?"}
other = {"one": "no text"}

class Check:
    hints = ("Look.", "Look again.")

    @stage("the first")
    def first(self, trial):
        return t("{count} rows" if trial else "no row", count=1), Advice("TypeError", "pattern", "What {name}?")

@app.command(context_settings={})
def run(place: Annotated[str, typer.Option("--to", help="A " "folder.", default="no text")]):
    \"\"\"Do
    it.\"\"\"

@app.callback()
def options():
    \"\"\"No text.\"\"\"
""",
        encoding="utf-8",
    )
    (tmp_path / "b.j2").write_text('{% if x %}{{ t("still {n} to do", n=x) }}{% endif %} {{ t(x) }}', encoding="utf-8")
    assert message_texts([tmp_path / "a.py", tmp_path / "b.j2"]) == [
        ("cause", "Why one?"),
        ("cause", "Why two?"),
        ("hint", "Look."),
        ("hint", "Look again."),
        ("stage", "the first"),
        ("message", "{count} rows"),
        ("message", "no row"),
        ("advice", "What {name}?"),
        ("help", "Do it."),
        ("help", "A folder."),
        ("message", "still {n} to do"),
    ]


@pytest.mark.parametrize(
    ("kind", "english", "translated", "told"),
    [
        ("md", "Text.", "", "there is no translation"),
        ("md", "Use `a` and `b`.", "`a` 씁니다.", "code in backquotes: `b`"),
        ("md", "See [it](x.md).", "[이것](y.md) 보세요.", "the target of a link: x.md, y.md"),
        ("md", "Of $x$ all 12.", "$x$ 모두 13입니다.", "a number: 12, 13"),
        ("message", "{count} rows", "{n}줄", "what is filled in: {count}, {n}"),
        ("literal", "{a:.1%} of {a:.1%}", "{a:.1%}", "what is filled in: {a:.1%}"),
        ("message", "{name} is lost", "{name}이 없습니다", "a particle depends on what is filled in"),
        ("md", "A **context (vector)** is", "**컨텍스트(vector)**는 있습니다.", "bold or italics would not show"),
        ("md", "Done.", "했다.", "합니다체"),
        ("md", "Done.", "\u1112\u1161\u11ab다", "NFC"),
        ("md", "In `x`, *love* and **all**: 90 % of 3.", "`x`에서 *love*와 **모두**: 3의 90%입니다.", ""),
        ("message", "{one} and {two}", "{two}, {one}", ""),
        ("message", "for {name}", "이름 {name}의 값", ""),
    ],
)
def test_faults_of_a_translation_are_told(kind, english, translated, told):
    rules = read_rules(CourseTree.of_course().locale / "ko/rules.toml")
    found = faults_of(Entry(kind, english, translated), rules)
    assert [told] == [told for each in found if told in each] if told else found == []


def test_changed_english_is_a_fault_with_the_english_that_was():
    assert faults_of(Entry("md", "new", "글", previous="old")) == ['the English has changed; it was "old"']


def test_lines_of_a_comment_begin_with_one_space():
    assert wrapped("하나 둘 셋 넷", 9, "# ", "# ") == ["# 하나 둘", "# 셋 넷"]
    assert wrapped("a b", 3, "  ", "    ") == ["  a", "    b"]
    assert wrapped("longer than", 4) == ["longer", "than"]


def test_whatever_says_something_is_in_a_catalogue():
    known = {
        key_at_run_time(*key) for name, texts in all_texts(CourseTree.of_course()) if name in MESSAGES for key in texts
    }
    for package in (PACKAGE, PACKAGE.parent / "lessons"):
        for path in package.rglob("*"):
            if path.suffix in (".py", ".j2", ".js") and not {"zoo", "earlier", "experiments"} & set(path.parts):
                lacking = {key_at_run_time(*key) for key in message_texts([path])} - known
                assert not lacking, f"{path}: add its folder to MESSAGES in authoring/translation/merge.py"
