"""`autograder report`: a class whose outcome is known, and folders that are none."""

import json
import random
import re
import sqlite3
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from statistics import pstdev

import grading_cases as cases
import judge_cases
import pytest
import report_cases
from judge_cases import ZOO
from page_reader import Reader
from report_cases import EXERCISES, LESSON, Given, known_class, make_folder, note_in_notebook
from typer.testing import CliRunner

from autograder.checks.framework.trial import RecordedCase, Trial
from autograder.checks.recording import recorded_values
from autograder.checks.reference import reference_namespace
from autograder.checks.registry import find_check
from autograder.checks.wording.causes import GENERAL_CAUSES
from autograder.cli import app
from autograder.course.lessons import find_lesson
from autograder.course.source import without_markers
from autograder.errors import GradingError
from autograder.grading.sandbox_judge import SandboxJudge
from autograder.reports.class_report.counts import count_lessons
from autograder.reports.class_report.mistakes import UNKNOWN, mistake_of
from autograder.reports.class_report.page import render
from autograder.reports.class_report.published import published
from autograder.reports.class_report.records import Answer, read_answers, without_names
from autograder.reports.class_report.report import report_of
from autograder.reports.class_report.similar import form_of, similar_pairs
from autograder.reports.class_report.suspects import best_fail, chance_of_at_most, fresh_fails
from autograder.reports.class_report.terminal import discrimination as correlation
from autograder.results.grades import read_grades, write_grades
from autograder.sandbox.inside.limits import Limits
from autograder.subjects.subject import LocalSubject

EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>&\x1b[31m\u202e"


def answer(student: str, exercise: str, given: Given | None = None, lesson: str = LESSON) -> Answer:
    given = given or Given()
    return Answer(student, lesson, exercise, report_cases.verdict(exercise, given), given.code)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return make_folder(tmp_path_factory.mktemp("graded"), known_class())


@pytest.fixture(scope="module")
def answers(folder) -> list[Answer]:
    return read_answers(folder)


@pytest.fixture(scope="module")
def counts(answers) -> dict:
    (lesson,) = count_lessons(answers)
    return {one.name: one for one in lesson.exercises}


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["report", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


class TestCounts:
    def test_tried_and_passed(self, counts):
        assert list(counts) == EXERCISES
        pad_batch, encoder = counts["pad_batch"], counts["encoder"]
        assert (pad_batch.handed_in, pad_batch.tried, pad_batch.passed) == (24, 24, 15)
        assert (encoder.handed_in, encoder.tried, encoder.passed) == (24, 21, 21)

    def test_every_mistake_is_counted_and_named_as_the_zoo_has_it(self, counts):
        stops = [(len(stop.students), stop.mistake.name, stop.mistake.told) for stop in counts["pad_batch"].stops]
        assert stops == [
            (5, "cut to shortest", "All sentences are cut."),
            (2, "input changed", "Pads the given lists themselves."),
            (1, "the answer's own cell stops with an error", ""),
            (1, "takes too long", ""),
        ]
        assert counts["pad_batch"].stops[0].mistake.stage == "1 of 4: word numbers, padded on the right"
        assert counts["pad_batch"].stops[1].students == ("kim-12", "kim-13")

    def test_stages_stand_in_the_order_of_the_check(self, counts):
        found = {
            stage: sum(len(stop.students) for stop in stops) for stage, stops in counts["pad_batch"].stages.items()
        }
        ids, unchanged = "1 of 4: word numbers, padded on the right", "3 of 4: the given lists stay as they are"
        assert list(found.items()) == [("", 1), (ids, 6), (unchanged, 2)]

    def test_the_title_of_a_figure_is_a_finding(self, counts, answers):
        assert counts["pad_batch"].finding == "Most often: cut to shortest (5 of 9 that failed)"
        assert counts["encoder"].finding == "Everyone who tried passed"
        assert count_lessons(answers)[0].finding == "greedy_decode was passed least: by 6 of 24 who tried it"

    def test_the_time_is_the_median_of_those_who_tried(self, counts):
        assert counts["encoder"].seconds == 0.2  # three who did not try took 0
        slow = [answer(str(n), "encoder", Given(seconds=n / 10)) for n in (1, 4, 9)]
        assert count_lessons(slow)[0].exercises[0].seconds == 0.4

    def test_a_cause_that_is_no_known_mistake_is_not_taken_for_one(self):
        raised = mistake_of(answer("a", "encode_words", Given("error", "unknown", "raised")))
        assert (raised.name, raised.told) == ("stops with an error", "")
        elsewhere = mistake_of(answer("a", "pad_batch", Given("failed", "mask", "cut-to-shortest")))
        assert (elsewhere.name, elsewhere.told) == ("cut to shortest", "")


class TestThePublishedSolution:
    TEXTS = {exercise: without_markers(code) for exercise, code in cases.ANSWERS.items()}

    def answers(self, student: str, **others: str) -> list[Answer]:
        given = {**self.TEXTS, **others}
        return [answer(student, exercise, Given(code=code)) for exercise, code in given.items()]

    def test_its_text_in_all_exercises_is_listed_whatever_its_spaces(self):
        spaced = self.TEXTS["pad_batch"].replace("\n", "  \n\n")
        found = published([*self.answers("kim"), *self.answers("lee", pad_batch=spaced)])
        assert [(one.lesson, one.marked, one.students) for one in found] == [(LESSON, False, ("kim", "lee"))]

    def test_one_exercise_of_ones_own_or_a_missing_one_is_enough_to_be_left_alone(self):
        own = self.TEXTS["pad_batch"].replace("ids", "numbers")
        assert own != self.TEXTS["pad_batch"]
        assert published(self.answers("kim", pad_batch=own)) == []
        assert published(self.answers("kim")[1:]) == []

    def test_the_marks_of_the_source_are_enough(self):
        marked = "def pad_batch(rows):\n    ### BEGIN SOLUTION\n    return rows\n    ### END SOLUTION"
        (found,) = published([answer("kim", "pad_batch", Given(code=marked)), answer("lee", "pad_batch")])
        assert (found.marked, found.students) == (True, ("kim",))

    def test_page_and_terminal_say_it_as_a_fact(self, folder):
        printed = run(folder)
        count = re.search(r"submissions that are the course's published solution: (\d+)", printed)
        assert int(count[1]) > 0
        page = (folder / "report.html").read_text(encoding="utf-8")
        assert "the marks of the course" in page
        assert "in good faith" in page


class TestSuspects:
    def test_what_the_best_fail_and_the_others_pass(self, answers):
        (found,) = best_fail(answers)
        assert (found.exercise, found.best, found.best_passed) == ("decoder", 6, 0)
        assert (found.others, found.others_passed) == (18, 18)
        assert found.students == tuple(f"kim-{number:02}" for number in range(1, 7))

    def test_a_class_that_is_too_small_has_no_best(self, answers):
        few = {f"kim-{number:02}" for number in range(1, 20)}
        assert best_fail([answer for answer in answers if answer.student in few]) == []

    def test_a_difference_that_chance_gives_is_none(self, answers):
        lucky = {"kim-01", "kim-02", "kim-03", "kim-04", "kim-05"}  # now one of six best fails
        changed = [
            answer(one.student, one.exercise) if one.exercise == "decoder" and one.student in lucky else one
            for one in answers
        ]
        assert best_fail(changed) == []

    def test_the_chance_is_the_hypergeometric_one(self):
        assert chance_of_at_most(0, 2, 2, 4) == pytest.approx(1 / 6)
        assert chance_of_at_most(2, 2, 2, 4) == pytest.approx(1)

    def test_answers_that_fail_only_on_fresh_inputs(self, answers):
        (found,) = fresh_fails(answers)
        assert (found.exercise, found.students) == ("masked_loss", ("kim-19", "kim-20"))
        assert found.mistake.name == "one per word"

    def test_pairs_with_rare_answers_in_common(self, answers):
        (pair,) = similar_pairs(answers)
        assert pair.students == ("kim-21", "kim-22")
        assert [(one.exercise, one.given, one.tried) for one in pair.shared] == [
            ("make_dictionary", 2, 24),
            ("build_vocabulary", 2, 24),
            ("encode_words", 2, 24),
        ]
        assert pair.expected < 0.05

    def test_where_sharing_rare_answers_is_common_nobody_is_listed(self):
        """Six pairs, drawn anew for each exercise: three in common come by chance."""
        dice, students, shared = random.Random(1), list("abcdefghijkl"), []
        for exercise in EXERCISES:
            dice.shuffle(students)
            codes = {student: f"x = {place // 2}" for place, student in enumerate(students)}
            shared += [answer(student, exercise, Given(code=code)) for student, code in codes.items()]
        own = {
            student: [one.code for one in sorted(shared, key=lambda one: one.exercise) if one.student == student]
            for student in students
        }
        alike = {pair: sum(map(str.__eq__, own[pair[0]], own[pair[1]])) for pair in combinations(sorted(own), 2)}
        assert max(alike.values()) >= 3
        assert similar_pairs(shared) == []

    def test_the_courses_own_answer_and_stubs_are_nobodys(self, answers):
        assert form_of(cases.ANSWERS["encoder"]) == form_of(
            next(one.code for one in answers if one.exercise == "encoder" and one.student == "kim-24")
        )
        assert not any(pair for pair in similar_pairs(answers) if "kim-24" in pair.students)


class TestForms:
    def test_comments_names_and_space_do_not_matter(self):
        first = 'def f(a: int) -> int:\n    """One."""\n    b = a + 1  # why\n    return b'
        second = "def f(x):\n    '''Two.'''\n\n    y = (x + 1)\n    return y"
        assert form_of(first) == form_of(second) != ""

    @pytest.mark.parametrize(
        "other", ["def f(a):\n    b = a - 1\n    return b", "def f(a):\n    b = a + 1\n    return a"]
    )
    def test_what_an_answer_does_matters(self, other):
        assert form_of("def f(a):\n    b = a + 1\n    return b") != form_of(other)

    @pytest.mark.parametrize("source", ["def f(:", "x = " + "-" * 5000 + "1", "x\0", "1" * 300_000])
    def test_what_is_no_python_has_none(self, source):
        assert form_of(source) == ""


class TestPage:
    def test_it_says_what_was_counted(self, folder, tmp_path):
        said = run(folder, "--to", tmp_path / "page.html")
        page = Reader((tmp_path / "page.html").read_text(encoding="utf-8"))
        assert "cut to shortest : All sentences are cut. 5" in page.text
        assert "passed by 0 of the 6 best, and by 18 of 18 others" in page.text
        assert "kim-21 and kim-22 share 3 rare answers" in page.text
        assert "5 × cut to shortest" in said
        assert "exercises that the best students fail: 1" in said

    def test_every_bar_has_a_text(self, folder, tmp_path):
        page = Reader(render(report_of(read_answers(folder))))
        bars = [attributes for tag, attributes in page.tags if tag == "svg" and attributes.get("role") == "img"]
        assert {"aria-label": "15 passed, 9 failed, 0 did not try"}.items() <= bars[
            EXERCISES.index("pad_batch")
        ].items()
        assert all(attributes["aria-label"] for attributes in bars)

    def test_it_loads_nothing_and_lies_in_the_folder(self, folder):
        run(folder)
        page = (folder / "report.html").read_text(encoding="utf-8")
        assert not re.search(r'(src|href)="(?!#)', page)
        assert "<script" not in page
        assert "default-src 'none'" in page

    def test_without_names_nothing_leads_to_a_student(self, folder, tmp_path):
        said = run(folder, "--anonymous", "--to", tmp_path / "page.html")
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        for text in (page, said.replace(str(tmp_path), "")):
            assert "kim" not in text
            assert str(folder) not in text
        assert "len(name_0)" not in page  # nor what they wrote
        assert set(re.findall(r"student \d+", page)) == {f"student {n:02}" for n in range(1, 25)}

    def test_numbers_are_drawn_anew_and_hold_within_a_page(self, folder):
        pages = [report_of(read_answers(folder), anonymous=True) for _ in range(4)]
        best = [page.best_fail[0].students for page in pages]
        assert len(set(best)) > 1  # the same four times: once in a hundred million billions
        first = pages[0]
        assert first.pairs[0].students[0] in {
            student
            for lesson in first.lessons
            for one in lesson.exercises
            for stop in one.stops
            for student in stop.students
        }

    def test_without_names_lessons_stay_in_the_order_of_the_course(self):
        first, second = (
            answer("b", EXERCISES[0]),
            answer("a", "find_knee", lesson="02_context_limit"),
        )
        for _ in range(8):
            assert [one.lesson for one in without_names([second, first])] == [LESSON, "02_context_limit"]

    def test_what_comes_from_submissions_is_escaped(self, tmp_path):
        answers = known_class()
        hostile = {EVIL.replace("/", "∕"): answers["kim-07"], **answers}
        own = {name: Given(code=f"x = {name!r}, {EVIL!r}, 3", reason=EVIL) for name in EXERCISES[:3]}
        hostile |= {f"{EVIL.replace('/', '∕')} twin {number}": own for number in (1, 2)}
        page = render(report_of(read_answers(make_folder(tmp_path, hostile))))
        assert "twin 1" in Reader(page).text
        assert not [tag for tag, attributes in Reader(page).tags if tag in ("script", "img") or "onerror" in attributes]
        assert "\x1b" not in page
        assert "\u202e" not in page


@pytest.fixture(scope="module")
def found(tmp_path_factory, sandbox_or_skip) -> dict[tuple[str, str], Answer]:
    folder = tmp_path_factory.mktemp("class")
    wrong = {exercise: sorted((ZOO / exercise).glob("wrong_*.py"))[0] for exercise in EXERCISES}
    cases.hand_in(folder / "in", "wrong", judge_cases.herd(wrong))
    forgets = {"pad_batch": _right_at_first("pad_batch"), "encoder": "while True:\n    pass"}
    cases.hand_in(folder / "in", "forgets", cases.answered({**cases.ANSWERS, **forgets}))
    cases.grade(folder / "in", folder / "out", workers=2, judge=SandboxJudge(limits=Limits(2.0, 20.0, wall_factor=6.0)))
    return {(one.student, one.exercise): one for one in read_answers(folder / "out")}


@pytest.mark.slow
@pytest.mark.sandbox
class TestGraded:
    """What `autograder grade` leaves is what the report counts."""

    def test_stage_and_cause_are_the_zoos(self, found):
        for exercise in EXERCISES:
            path = sorted((ZOO / exercise).glob("wrong_*.py"))[0]
            head, stage, cause, *_ = path.read_text(encoding="utf-8").splitlines()
            one = found["wrong", exercise]
            where = (f"# stage: {one.verdict.name}", f"# cause: {one.verdict.cause}", one.fresh)
            assert where == (stage, cause, False)
            assert mistake_of(one).told == ("" if one.verdict.cause in GENERAL_CAUSES else head.removeprefix("# "))

    def test_an_answer_that_is_right_on_what_the_notebook_has(self, found):
        one = found["forgets", "pad_batch"]
        where = (one.status, one.verdict.name, one.verdict.cause, one.fresh)
        assert where == ("failed", "ids", "returned-none", True)
        assert not found["forgets", "decoder"].fresh

    def test_a_cell_that_hangs_reaches_no_stage(self, found):
        one = found["forgets", "encoder"]
        assert (one.status, one.verdict.name, mistake_of(one).name) == (
            "timeout",
            "",
            "the answer's own cell takes too long",
        )

    def test_the_time_is_that_of_the_check(self, found):
        taken = [one.seconds for one in found.values() if one.passed]
        assert all(0 <= seconds < 2 for seconds in taken)
        assert max(taken) > 0


def _right_at_first(exercise: str) -> str:
    """An answer that is right as often as it is called on the recorded case, and then gives nothing."""
    namespace, name = reference_namespace(find_lesson(LESSON)), cases.defined(exercise)
    calls = []

    def counting(*data):
        calls.append(data)
        return namespace[name](*data)

    assert find_check(exercise).run(Trial(LocalSubject(counting), RecordedCase(recorded_values(exercise)))).passed
    more = f"_own, _calls = {name}, []\n\n\ndef {name}(*data):\n    _calls.append(1)\n"
    return f"{cases.ANSWERS[exercise]}\n{more}    return _own(*data) if len(_calls) <= {len(calls)} else None"


class TestFolders:
    def test_a_folder_without_grades(self, tmp_path):
        with pytest.raises(GradingError, match="no grades there; name the folder that `autograder grade` wrote"):
            read_answers(tmp_path)

    @pytest.mark.parametrize("text", ["not,a,table\n1,2,3\n", '"unclosed', "\0\0", "student,lesson\n"])
    def test_a_table_that_is_none(self, tmp_path, text):
        (tmp_path / "grades.csv").write_text(text)
        with pytest.raises(GradingError, match=re.escape(str(tmp_path))):
            read_answers(tmp_path)

    def test_exercises_of_another_course(self, folder, tmp_path):
        rows = (folder / "grades.csv").read_text().replace(LESSON, "99_other")
        (tmp_path / "grades.csv").write_text(rows)
        with pytest.raises(GradingError, match="none of its exercises is in this course"):
            read_answers(tmp_path)

    def test_a_damaged_journal(self, folder, tmp_path):
        (tmp_path / "grades.csv").write_bytes((folder / "grades.csv").read_bytes())
        (tmp_path / "journal.sqlite").write_text("this is no database, it only lies where one should be " * 20)
        with pytest.raises(GradingError, match=r"journal.sqlite: cannot be read .* move it away and grade again"):
            read_answers(tmp_path)

    def test_a_journal_of_an_earlier_version(self, tmp_path):
        """The words of its verdicts are kept as they are; where and why they stopped it may have noted beside them."""
        make_folder(tmp_path, {"kim": {"pad_batch": Given("failed"), "decoder": Given("failed")}})
        told = {name: {"status": "failed", "reason": "rows: Which?"} for name in ("pad_batch", "decoder")}
        details = {"pad_batch": {"stage": "ids", "cause": "cut-to-shortest", "case": "fresh", "seconds": 0.3}}
        with sqlite3.connect(tmp_path / "journal.sqlite") as database:
            row = (json.dumps(told), json.dumps(details))
            database.execute("UPDATE graded SET verdicts = ?, details = ?", row)
        database.close()
        found = {one.exercise: one for one in read_answers(tmp_path)}
        known, unknown = found["pad_batch"], found["decoder"]
        assert (known.verdict.reason(), known.seconds, known.fresh) == ("rows: Which?", 0.3, True)
        assert mistake_of(known).name == "cut to shortest"
        assert (unknown.verdict.reason(), unknown.seconds, mistake_of(unknown).name) == ("rows: Which?", None, UNKNOWN)

    @pytest.mark.parametrize("with_journal", [True, False])
    def test_points_given_by_hand_do_not_hide_what_the_check_said(self, with_journal, tmp_path):
        failed = Given("failed", "ids", "cut-to-shortest")
        make_folder(tmp_path, {"kim": {"pad_batch": failed}}, with_journal)
        if not with_journal:  # as without a sandbox
            note_in_notebook(tmp_path, "kim", "pad_batch", failed)
        rows = [replace(row, status="manual") for row in read_grades(tmp_path / "grades.csv")]
        write_grades(tmp_path / "grades.csv", rows)
        one = {one.exercise: one for one in read_answers(tmp_path)}["pad_batch"]
        assert (one.status, one.verdict.name, one.verdict.cause, one.fresh) == (
            "failed",
            "ids",
            "cut-to-shortest",
            True,
        )

    def test_notebooks_that_are_gone(self, folder, tmp_path):
        (tmp_path / "grades.csv").write_bytes((folder / "grades.csv").read_bytes())
        found = read_answers(tmp_path)
        assert {one.code for one in found} == {""}
        assert similar_pairs(found) == []

    def test_a_page_that_cannot_be_written(self, folder, tmp_path):
        with pytest.raises(GradingError, match="give another file with --to"):
            CliRunner().invoke(
                app, ["report", str(folder), "--to", str(tmp_path / "no" / "page.html")], catch_exceptions=False
            )

    def test_a_class_of_one_and_written_answers_only(self, tmp_path):
        make_folder(tmp_path, {"kim": {}})
        report = report_of(read_answers(tmp_path))
        assert (report.best_fail, report.fresh_fails, report.pairs) == ([], [], [])
        assert "1 student" in Reader(render(report)).text
        write_grades(tmp_path / "grades.csv", [])
        with pytest.raises(GradingError, match="no grades there"):
            read_answers(tmp_path)


class TestDiscrimination:
    """How an exercise goes with the rest of its lesson."""

    def counted(self, marks: dict[str, str]) -> dict[str, tuple[float | None, str]]:
        """Of four exercises, given who passed (1), failed (0) and did not try (-)."""
        kinds = {"1": Given(), "0": Given("failed", "words", "end-kept"), "-": report_cases.STUB}
        answers = [
            answer(student, exercise, kinds[mark])
            for student, row in marks.items()
            for exercise, mark in zip(EXERCISES, row, strict=False)
        ]
        (lesson,) = count_lessons(answers)
        return {one.name: (one.difficulty, correlation(one.discrimination)) for one in lesson.exercises}

    def test_it_is_the_correlation_with_the_number_of_others_passed(self):
        rows = ["1110", "1100", "1111", "0001", "0100", "0010", "1011", "0000", "1101", "0011", "1-10", "0---"]
        found = self.counted({str(number): row for number, row in enumerate(rows)})
        own = [float(row[0]) for row in rows]
        rest = [float(row[1:].count("1")) for row in rows]
        expected = sum((a - sum(own) / 12) * (b - sum(rest) / 12) for a, b in zip(own, rest, strict=True)) / 12
        expected /= pstdev(own) * pstdev(rest)
        assert found[EXERCISES[0]] == (0.5, f"{expected:+.2f} (n 12)")
        assert found[EXERCISES[1]][1].endswith("(n 10)")  # two did not try

    def test_those_who_do_badly_elsewhere_pass_it(self):
        rows = ["0111"] * 5 + ["1000"] * 5
        assert self.counted(dict(enumerate(rows)))[EXERCISES[0]] == (0.5, "-1.00 (n 10)")

    @pytest.mark.parametrize(
        "rows",
        [["1110"] * 5 + ["1000"] * 5, ["0111"] * 5 + ["0000"] * 5, ["1011"] * 5 + ["0011"] * 5, ["10", "01", "11"] * 3],
        ids=["all passed", "none passed", "all alike elsewhere", "too few"],
    )
    def test_where_it_cannot_be_told_there_is_a_dash(self, rows):
        assert self.counted(dict(enumerate(map(str, rows))))[EXERCISES[0]][1] == "–"

    def test_where_nobody_tried_there_is_no_difficulty(self):
        assert self.counted(dict.fromkeys("abc", "-1"))[EXERCISES[0]] == (None, "–")

    def test_page_and_terminal_show_both(self, folder, counts, tmp_path):
        said = run(folder, "--to", tmp_path / "page.html")
        page = Reader((tmp_path / "page.html").read_text(encoding="utf-8"))
        pad_batch = counts["pad_batch"]
        assert pad_batch.difficulty == 15 / 24
        shown = correlation(pad_batch.discrimination)
        assert shown.endswith("(n 24)")
        assert f"{pad_batch.difficulty:.2f} {shown}" in said
        assert shown in page.text
        assert "between passing it and how many other exercises" in page.text
