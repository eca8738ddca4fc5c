"""The check's answer as a card: what it shows, what it escapes, and where plain text takes its place."""

import logging
import re
from html.parser import HTMLParser

import nbformat
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from nbgrader.utils import determine_grade
from traitlets.config import Config

from autograder.checks.framework.tables import COLUMNS, ROWS, side_by_side
from autograder.checks.registry import all_checks, find_check
from autograder.learner import notebook_api
from autograder.learner.cards import display
from autograder.learner.cards.card import card
from autograder.learner.notebook_api import check_recorded
from autograder.reports.feedback import sanitize
from autograder.verdict import Verdict
from lessons.earlier.lesson_01 import pad_batch

RIGHT = "def encode_words(words, numbers): return [numbers.get(word, 3) for word in words] + [2]"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m‮"


class Page(HTMLParser):
    """What a page has: its tags, and the text of each kind of element."""

    VOID = {"img", "br", "meta", "col"}

    def __init__(self, html):
        super().__init__()
        self.tags, self.texts, self._open = [], {}, []
        self.feed(html)
        self.close()
        assert self._open == [], f"left open: {self._open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open and data.strip():
            self.texts.setdefault(self._open[-1], []).append(" ".join(data.split()))

    def count(self, tag):
        return sum(name == tag for name, _ in self.tags)


def card_of(exercise, answer):
    return card(check_recorded(exercise, answer), find_check(exercise))


def padded_left(sequences):
    ids, mask = pad_batch([sequence[::-1] for sequence in sequences])
    return ids.flip(1), mask.flip(1)


def raises(text):
    def answer(*data):
        raise ValueError(text)

    return answer


# The card


def test_a_pass_is_one_line_without_numbers_of_the_answer():
    html = card_of("pad_batch", pad_batch)
    assert html.count("\n") == 0
    assert Page(html).texts == {"strong": ["✓ pad_batch"], "p": [": all 4 stages passed"]}
    assert html == card(Verdict("pad_batch", "passed", stages=4), find_check("pad_batch"))


def test_a_failure_shows_every_stage_with_its_state_in_words():
    html = card_of("pad_batch", lambda sequences: (pad_batch(sequences)[0], ~pad_batch(sequences)[1]))
    stages = re.findall(r"<li class=[^>]*>.*?</span> (.*?)</li>", html)
    assert [stage.partition(":")[0] for stage in stages] == ["passed", "not passed", "not reached", "not reached"]


def test_tensors_stand_side_by_side_with_axes_named_and_the_first_difference_marked():
    page = Page(card_of("pad_batch", padded_left))
    assert page.count("table") == 2
    assert page.texts["caption"] == ["shape (B=4, S=8)", "shape (B=4, S=8)"]
    corner = [text for text in page.texts["td"] if text in ("B", "S")]
    assert corner == ["B", "S", "B", "S"]
    assert "B batch, S source length." in " ".join(page.texts["p"])
    marked = [attributes for tag, attributes in page.tags if attributes.get("class") == "ac-first"]
    assert len(marked) == 2
    assert page.texts["span"].count("(first difference)") == 2


def test_distances_are_counted_from_one_and_all_else_from_zero():
    for axes, names in (("D", ("1", "2", "3")), ("T", ("0", "1", "2"))):
        for table in side_by_side(torch.ones(3), torch.zeros(3), axes):
            assert table.column_names == names


def test_every_table_has_heads_with_a_scope_and_every_card_a_name():
    for exercise, answer in {"pad_batch": padded_left, "encode_words": lambda words, numbers: [1]}.items():
        page = Page(card_of(exercise, answer))
        heads = [attributes for tag, attributes in page.tags if tag == "th"]
        assert heads
        assert all(head.get("scope") in ("row", "col") for head in heads)
        assert page.tags[0] == (
            "section",
            {"class": "ac-card ac-failed", "aria-label": f"Check of {exercise}", "data-lm-suppress-shortcuts": "true"},
        )


def test_hints_open_one_inside_the_other_without_any_script():
    html = card_of("pad_batch", padded_left)
    page = Page(html)
    assert page.count("script") == 0
    assert page.texts["summary"] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3"]
    first = html.index("Hint 1 of 3")
    assert html.count("</details>", first, html.index("Hint 3 of 3")) == 0
    assert not any("open" in attributes for tag, attributes in page.tags if tag == "details")


def test_an_exercise_still_to_do_has_its_hints():
    def unwritten(words, numbers):
        raise NotImplementedError

    page = Page(card_of("encode_words", unwritten))
    assert page.texts["strong"] == ["○ encode_words"]
    assert page.count("details") == 3


@pytest.mark.parametrize("exercise", all_checks())
def test_whatever_comes_back_makes_a_card(exercise):
    found = find_check(exercise)
    for value in (None, (), HOSTILE, {HOSTILE: HOSTILE}, [[HOSTILE]], list(range(10**5)), torch.zeros(0), 10**400):
        module = type("Odd", (torch.nn.Module,), {"__init__": _any_sizes, "forward": lambda *a, v=value, **k: v})
        html = card_of(exercise, module if found.defines[0].isupper() else lambda *a, v=value, **k: v)
        page = Page(html)
        assert page.count("script") + page.count("img") == 0
        assert len(html) < 40_000


def _any_sizes(self, **sizes):
    torch.nn.Module.__init__(self)


def test_what_the_learner_wrote_is_escaped_and_bounded():
    html = card_of("encode_words", raises(HOSTILE + "x" * 10_000))
    page = Page(html)
    assert page.count("script") + page.count("img") == 0
    assert "&lt;script&gt;" in html
    assert "\x1b" not in html + check_recorded("encode_words", raises(HOSTILE)).text()
    assert len(html) < 20_000


def test_a_card_goes_through_the_sanitizer_of_the_feedback_page_with_its_words():
    html = str(sanitize.html(card_of("pad_batch", padded_left)))
    for words in ("Hint 3 of 3", "not passed: word numbers", "(first difference)", "<summary>", 'scope="row"'):
        assert words in html


# Tables


def test_the_part_around_the_first_difference_is_shown():
    expected = torch.zeros(2, 30, 40)
    got = expected.clone()
    got[1, 20, 30] = 1.0
    for table in side_by_side(expected, got, "B S H"):
        assert str(table.title) == "shape (B=2, S=30, H=40) at B = 1 (in part)"
        assert (len(table.rows), len(table.rows[0])) == (ROWS, COLUMNS)
        row, column = table.row_names.index("20"), table.column_names.index("30")
        assert [(r, c) for r, row_ in enumerate(table.rows) for c, e in enumerate(row_) if e.first] == [(row, column)]


def test_tensors_of_other_shapes_are_shown_unmarked_each_with_its_own_size():
    expected, got = side_by_side(torch.ones(2, 3), torch.ones(3, 2), "B S")
    assert (str(expected.title), str(got.title)) == ("shape (B=2, S=3)", "shape (3, 2)")
    assert (len(expected.rows), len(got.rows)) == (2, 3)
    assert not any(entry.differs for table in (expected, got) for row in table.rows for entry in row)


@pytest.mark.parametrize(
    ("expected", "got", "first"),
    [
        ([4, 5, 2], [4, 2], (0, 1)),
        ([[1, 2], [3]], [[1, 2], [4]], (1, 0)),
        ({"a": "b", "c": "d"}, {"a": "b"}, (1, 0)),
        ({"w": torch.ones(2), "v": torch.ones(3)}, {"w": torch.ones(2), "v": torch.tensor([1.0, 1.0, 2.0])}, (0, 2)),
        (torch.tensor([True, False]), torch.tensor([True, True]), (0, 1)),
    ],
    ids=range(5),
)
def test_lists_dicts_and_what_they_hold(expected, got, first):
    tables = side_by_side(expected, got)
    for table in tables:
        assert [(r, c) for r, row in enumerate(table.rows) for c, e in enumerate(row) if e.first] == [first]


@pytest.mark.parametrize("pair", [(1, 2), (None, 1), ([], []), ("a", "b"), (torch.tensor(1.0), torch.tensor(2.0))])
def test_what_is_no_table_is_none(pair):
    assert side_by_side(*pair) is None


# Where it is shown


def test_a_terminal_gets_text_alone(capsys):
    display.show("words", lambda: pytest.fail("nobody can draw this"))
    assert capsys.readouterr().out == "words\n"


def test_a_notebook_gets_both_in_one_output(monkeypatch, tmp_path):
    shell = InteractiveShell.instance()
    shown = []
    monkeypatch.setattr(shell, "kernel", object(), raising=False)
    monkeypatch.setattr(shell.display_pub, "publish", lambda data, metadata=None, **kwargs: shown.append(data))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(notebook_api.CheckFailed):
        notebook_api.check("pad_batch", padded_left)
    InteractiveShell.clear_instance()
    (data,) = shown
    assert data["text/plain"].startswith("✗ pad_batch, stage 1 of 4")
    assert data["text/html"].startswith("<section")


@pytest.mark.slow
def test_a_kernel_shows_cards_and_stock_nbgrader_still_gives_all_or_nothing(tmp_path):
    call = 'check("encode_words", encode_words)'
    sources = ["from autograder import check, progress", RIGHT, call, "def encode_words(*data): return [1]", call]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, [*sources, "progress()"])))
    for cell in notebook.cells:
        if cell.source == call:
            cell.metadata["nbgrader"] = {"grade": True, "solution": False, "points": 3, "grade_id": "check"}
    quiet = Config(KernelManager={"transport_encryption": "auto"})
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, config=quiet, resources=resources, allow_errors=True, timeout=120).execute()
    _, _, passed, _, failed, overview = notebook.cells
    assert [output.output_type for output in passed.outputs] == ["display_data"]
    assert [output.output_type for output in failed.outputs] == ["display_data", "error"]
    assert failed.outputs[1].traceback[0].startswith("CheckFailed: encode_words, stage 1 of 2: ")
    assert overview.outputs[0].data["text/html"].startswith("<section")
    log = logging.getLogger("test")
    assert [determine_grade(cell, log) for cell in (passed, failed)] == [(3, 3), (0, 3)]


# Errors of the learner's own


def test_an_error_shows_the_learners_line_and_the_shapes_on_it():
    def answer(sequences):
        longest = torch.zeros(3, 5)
        weights = torch.zeros(4, 2)
        return longest @ weights

    verdict = check_recorded("pad_batch", answer)
    assert verdict.raised.line == "return longest @ weights"
    assert tuple((name, str(words)) for name, words in verdict.raised.values) == (
        ("longest", "a tensor of shape (3, 5), float32"),
        ("weights", "a tensor of shape (4, 2), float32"),
    )
    assert "the last dimension of the left side" in str(verdict.advice)
    assert "autograder/checks" not in verdict.text()
    html = card(verdict, find_check("pad_batch"))
    assert "return longest @ weights" in html
    assert "longest is a tensor of shape (3, 5), float32" in html


def test_no_code_of_the_learners_runs_to_describe_a_value():
    class Sly:
        def __repr__(self):
            pytest.fail("its representation was asked for")

        __str__ = __len__ = __getattr__ = __class_getitem__ = __repr__

    class Numbers(list):
        def __len__(self):
            pytest.fail("its length was asked for")

    def answer(sequences):
        sly, numbers, size = Sly(), Numbers([1]), 7
        return size / 0 if sly is numbers else size / 0 + numbers

    verdict = check_recorded("pad_batch", answer)
    assert verdict.raised.values == (("size", "7"),)


def test_layers_and_attributes_are_described():
    class Encoder(torch.nn.Module):
        def __init__(self, vocabulary_size, embedding_size, hidden_size):
            super().__init__()
            self.embedding = torch.nn.Embedding(vocabulary_size, embedding_size)
            self.gru = torch.nn.GRU(embedding_size, hidden_size, batch_first=True)

        def forward(self, source, source_mask):
            return self.gru(source), self.embedding.weight

    values = {name: str(words) for name, words in check_recorded("encoder", Encoder).raised.values}
    assert values["self.gru"].startswith("GRU(")
    assert values["self.embedding.weight"].startswith("a tensor of shape (13,")
    assert values["source"].endswith("int64")


def _misspelt(words, numbers):
    return [number.get(word, 3) for word in words]  # noqa: F821


def _no_such_method(words, numbers):
    return numbers.fetch(words[0])


def _none(words, numbers):
    return words.sort().index(1)


def _too_few(words):
    return words


def _endless(words, numbers):
    return _endless(words, numbers)


def _unbound(words, numbers):
    if words is None:
        found = []
    return found


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (_misspelt, "Nothing is called 'number' there."),
        (_no_such_method, "There is no 'fetch' on that object."),
        (_none, "A value on that line is None."),
        (_too_few, "Is the first line of your function still as it was given?"),
        (_endless, "The function calls itself without end."),
        (_unbound, "'found' is read before it has a value."),
        (lambda words, numbers: words(0), "Something is called that is no function."),
        (lambda words, numbers: None, "Does every path of the function end in a return statement"),
    ],
    ids=range(8),
)
def test_slips_are_told_in_words(answer, told):
    verdict = check_recorded("encode_words", answer)
    assert told in str(verdict.advice)
    assert told in verdict.text()


def test_a_change_in_place_is_no_missing_gradient():
    def answer(logits, target, mask):
        powers = logits.exp()
        sums = powers.sum(-1).log()
        powers += 0.0  # the gradient of exp needs what stood here
        return (sums - logits.gather(-1, target.unsqueeze(-1)).squeeze(-1))[mask].mean()

    verdict = check_recorded("masked_loss", answer)
    assert (verdict.status, verdict.name) == ("error", "gradient")
    assert "changed after its use" in str(verdict.advice)


def test_a_weight_written_to_is_told_with_its_line():
    class Encoder(torch.nn.Module):
        def __init__(self, vocabulary_size, embedding_size, hidden_size):
            super().__init__()
            self.embedding = torch.nn.Embedding(vocabulary_size, embedding_size)
            self.gru = torch.nn.GRU(embedding_size, hidden_size, batch_first=True)

        def forward(self, source, source_mask):
            self.embedding.weight[0] = 0.0
            return self.gru(self.embedding(source))

    verdict = check_recorded("encoder", Encoder)
    assert verdict.raised.line == "self.embedding.weight[0] = 0.0"
    assert "changed in place" in str(verdict.advice)


def test_a_question_of_the_checks_own_goes_before_the_usual_one_but_not_before_a_slip():
    def shapes(examples):
        return [1][5]

    def slip(examples):
        return counts  # noqa: F821

    assert "Which of the two numbers in a link" in str(check_recorded("make_dictionary", shapes).advice)
    assert "Nothing is called 'counts'" in str(check_recorded("make_dictionary", slip).advice)
