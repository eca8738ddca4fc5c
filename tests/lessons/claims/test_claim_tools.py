"""How claims are read, found in the texts and tried, on small made-up files: right ones, and each kind of mistake."""

import json
import re

import claim_texts as texts
import claims
import pytest

RUNS = [
    {"model": "baseline", "seed": 1, "parameters": 10, "exact_match": [0.9, 0.2]},
    {"model": "baseline", "seed": 2, "parameters": 10, "exact_match": [0.8, 0.4]},
    {"model": "attention", "seed": 1, "parameters": 11, "exact_match": [1.0, 0.9]},
    {"model": "attention", "seed": 2, "parameters": 11, "exact_match": [0.9, 0.9]},
]
FILES = {"one": {"command": "python -m one", "runs": RUNS, "diagonal": 0.7}}


def claim(holds, words="80 to 90 % at one clause, 20 to 40 % at two"):
    return claims.Claim("one / 1", words, holds)


def refused(holds):
    with pytest.raises(claims.ClaimError) as caught:
        claims.try_claim(claim(holds), FILES)
    assert "one / 1\n  words: 80 to 90 %" in str(caught.value)
    return str(caught.value)


class TestAnExpression:
    @pytest.mark.parametrize(
        "holds",
        [
            "says(share(each('one', 'exact_match', clauses(1), model='baseline')))",
            "says(share(each('one', 'exact_match', -1, model='baseline')))",
            "between(0.1, each('one', 'exact_match', 1, model='baseline'), 0.5)",
            "results('one')['diagonal'] == 0.7 and seeds('one') == 2 and seeds('one', model='baseline') == 2",
            "max(each('one', 'parameters')) < 1.2 * min(each('one', 'parameters'))",
            "all([run['exact_match'][0] > 0.7 for run in runs('one')])",
            "[knee(found) for found in each('one', 'exact_match', model='baseline')] == [2, None]",
            "median(each('one', 'exact_match', 0)) == 0.9 and score([0.124, 0.2], 2) == '0.12 to 0.20'",
        ],
    )
    def test_is_true(self, holds):
        assert claims.try_claim(claim(holds), FILES).holds

    def test_reads_no_digit_of_a_number_alone(self):
        assert not claims.says("94 to 96 %", "4 to 96 %")
        assert not claims.says("0.435", "0.43")
        assert claims.says("from 94 to 96 %.", "94 to 96 %")

    @pytest.mark.parametrize(
        ("holds", "told"),
        [
            ("each('two', 'x') == 1", "no results file 'two'; there are one"),
            ("each('one', 'bleu') == 1", "'bleu'; it has model, seed, parameters, exact_match"),
            ("each('one', 'exact_match', 2) == 1", "exact_match has no 2; it has 0 to 1"),
            ("runs('one', model='dot') == 1", "runs have model in ['attention', 'baseline']; seed in [1, 2]"),
            ("open('x')", "no name 'open'"),
            ("runs('one').__class__ == 1", "no attribute .__class__"),
            ("each('one',", "no Python expression"),
            ("each('one', 'parameters')", "must be true or false"),
            ("1 / 0 == 1", "ZeroDivisionError"),
            ("says(share([]))", "ValueError"),
        ],
    )
    def test_with_a_mistake_is_refused_in_words(self, holds, told):
        assert told in refused(holds)

    def test_unequal_numbers_of_seeds_are_refused(self):
        with pytest.raises(claims.ClaimError, match="not equally many seeds"):
            claims.Reading({"one": {"runs": RUNS[:3]}}).seeds("one")

    def test_that_is_false_shows_place_words_values_and_what_to_do(self):
        wrong = claim("share(each('one', 'exact_match', clauses(1), model='baseline')) == '95 %'")
        told = claims.explain(wrong, claims.try_claim(wrong, FILES))
        assert told.startswith("one / 1\n  words: 80 to 90 %")
        assert "each('one', 'exact_match', clauses(1), model='baseline') = [0.9, 0.8]" in told
        assert "What to do: " in told


class TestWhatAClaimReads:
    HOLDS = "says(share(each('one', 'exact_match', clauses(1), model='baseline')))"

    def test_is_known(self):
        read = claims.try_claim(claim(self.HOLDS), FILES).read
        assert read == {f"one/model=baseline,seed={seed}/exact_match/0" for seed in (1, 2)}

    @pytest.mark.parametrize("factor", [0.5, 2])
    @pytest.mark.parametrize("seed", [1, 2])
    def test_changed_makes_it_false(self, seed, factor):
        path = f"one/model=baseline,seed={seed}/exact_match/0"
        assert not claims.try_claim(claim(self.HOLDS), FILES, (path, factor)).holds

    def test_not_read_changes_nothing(self):
        path = "one/model=attention,seed=1/exact_match/0"
        assert claims.try_claim(claim(self.HOLDS), FILES, (path, 0.5)).holds

    def test_settings_are_no_scores(self):
        found = dict(claims.leaves(FILES["one"], "one"))
        assert len(found) == 4 * 3 + 1
        assert found["one/diagonal"] == 0.7
        assert found["one/model=attention,seed=2/parameters"] == 11


class TestAClaimsFile:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("[[claim]\n", "no TOML"),
            ('[[claims]]\nplace = "x"\n', "[[claims]] is none of claim, comparison"),
            ('[[claim]]\nplace = "x"\nwords = "y"\n', "[[claim]] number 1 ('x') lacks holds"),
            ('[[exception]]\npattern = "x"\nreason = "y"\nwhy = "z"\n', "has why; its keys are pattern, place, reason"),
        ],
    )
    def test_with_a_mistake_is_refused_in_words(self, tmp_path, text, told):
        path = tmp_path / "claims.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(claims.ClaimError, match=re.escape(told)):
            claims.load_entries(path)

    def test_has_its_claims_in_order(self, tmp_path):
        path = tmp_path / "claims.toml"
        path.write_text('[[claim]]\nplace = "a"\nwords = "b"\nholds = "c"\n', encoding="utf-8")
        assert claims.load_claims(path) == [claims.Claim("a", "b", "c")]

    def test_results_are_read_by_name(self, tmp_path):
        (tmp_path / "one.json").write_text(json.dumps(FILES["one"]), encoding="utf-8")
        assert claims.load_raw(tmp_path) == FILES


PAGE = """# Page

Three of `4` things, see [arXiv:1409.0473](https://arxiv.org/abs/1409.0473).

## 5 · Results

It gets 94 to
96 % right, better by far than $2 + 2$.
"""
CODE = '''
"""Seven docstrings."""
ask("q", "Of nine?")
print("eight")
figure = plot(curves["ratio 2"], title=f"The loss falls to {loss:.2f} in five epochs")
show(figure, "Mean of five seeds: " + ", ".join(f"{n} of ten" for n in found))
'''


class TestTexts:
    PASSAGES = list(texts.page_passages("page.md", PAGE))

    def test_have_sections(self):
        assert [passage.section for passage in self.PASSAGES] == ["Page", "5 · Results"]

    @pytest.mark.parametrize("place", ["*", "page.md", "page.md / 5", "page.md / 5 · Results", "page.md / 5 / text"])
    def test_stand_at_a_place(self, place):
        assert texts.is_at(self.PASSAGES[1], place)

    @pytest.mark.parametrize("place", ["page", "page.md / 5 · Res", "page.md / Page", "page.md / 5 / figure"])
    def test_stand_at_no_other(self, place):
        assert not texts.is_at(self.PASSAGES[1], place)

    def test_are_searched_with_white_space_folded(self):
        assert texts.spans_of("94 to 96 %", self.PASSAGES[1].text)

    def test_show_what_is_not_covered(self):
        found = [found for passage in self.PASSAGES for found in texts.uncovered(passage, texts.NUMBER, [])]
        assert [re.search("⟦(.*)⟧", each)[1] for each in found] == ["Three", "5", "94", "96"]
        spans = texts.spans_of("94 to 96 %", self.PASSAGES[1].text)
        assert len(list(texts.uncovered(self.PASSAGES[1], texts.NUMBER, spans))) == 1

    def test_of_a_comparison_are_found(self):
        assert list(texts.uncovered(self.PASSAGES[1], texts.COMPARISON, []))

    def test_in_code_are_titles_and_alternative_texts(self):
        shown = list(texts.strings(texts.ast.parse(CODE)))
        assert shown == ["The loss falls to … in five epochs", "Mean of five seeds: ", "… of ten"]

    def test_name_the_nearest_where_words_are_not_found(self):
        near = texts.nearest("It gets 95 to 96 % right", self.PASSAGES)
        assert near.startswith("page.md / 5 · Results: ")
        assert "to 96 % right" in near

    @pytest.mark.parametrize("text", ["two", "Twelve", "a third", "half", "1,024", "0.43", "three hundred"])
    def test_have_numbers_in_words_too(self, text):
        assert texts.NUMBER.search(text)

    @pytest.mark.parametrize("text", ["one", "often", "h1", "weight", "the third"])
    def test_have_words_that_are_no_numbers(self, text):
        assert not texts.NUMBER.search(text)
