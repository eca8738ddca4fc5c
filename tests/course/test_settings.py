"""course.toml: what is not allowed is told with its line, and defaults fill in what is left out."""

from datetime import UTC, datetime, timedelta

import pytest
from traitlets.config import Config

from autograder.course import settings
from autograder.course.lessons import find_lesson
from autograder.course.settings import read_settings
from autograder.errors import CourseError
from autograder.gradebook.settings import set_grading


def read(folder, text: str) -> dict:
    path = folder / "course.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


def test_the_courses_own_file_is_allowed_and_says_what_is_the_default(tmp_path, monkeypatch):
    monkeypatch.delenv(settings.SETTINGS_VARIABLE, raising=False)
    own = read_settings(settings.settings_file())
    assert own == {**read(tmp_path, ""), "course": own["course"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[points]\n\ndefualt = 2", "line 3: points.defualt is not known; did you mean default?"),
        ("[points.01_seq2seq]\nencodr = 2", "line 2: points.01_seq2seq.encodr is not known; did you mean encoder?"),
        ("[points]\n01_seq2sec.encoder = 2", "line 2: points.01_seq2sec is not known; did you mean 01_seq2seq?"),
        ('[points]\ndefault = "2"', 'line 2: points.default is "2", expected a number from 0'),
        ("[points]\ndefault = -1", "line 2: points.default is -1, expected a number from 0"),
        ("[points]\ndefault = nan", "line 2: points.default is nan"),
        ("[points]\ndefault = true", "line 2: points.default is true"),
        ("points = 3", "line 1: points is 3, expected a table: [points]"),
        ("[points]\n01_seq2seq = 3", "line 2: points.01_seq2seq is 3, expected a table"),
        ("[piont]", "line 1: piont is not known; did you mean points?"),
        ("[x]", "line 1: x is not known; known are course, points"),
        ("[due]\n01_seq2seq = '9 March'", 'line 2: due.01_seq2seq is "9 March", expected a date: 2026-03-09'),
        ("[due]\n77_more = 2026-03-09", "line 2: due.77_more is not known"),
        ('[course]\ntime_zone = "Seoul"', 'line 2: course.time_zone is "Seoul", expected the name of a time zone'),
        ('# a\n[late]\npenalty = "some"', 'line 3: late.penalty is "some", expected one of "none", "zero", "per_day"'),
        ("[late]\nshare_per_day = 2", "line 2: late.share_per_day is 2, expected a number from 0 to 1"),
        ('[attempts]\ncount = "last"', 'line 2: attempts.count is "last", expected one of "newest", "best"'),
        ("[limits]\nseconds_per_exercise = 0", "line 2: limits.seconds_per_exercise is 0, expected seconds"),
        ("[limits]\nmemory = 5", "line 2: limits.memory is not known"),
        ("[limits]\nx = = 3", "line 2, column 5"),
    ],
)
def test_what_is_not_allowed_is_told_with_its_line(tmp_path, text, told):
    with pytest.raises(CourseError) as raised:
        read(tmp_path, text)
    assert str(raised.value).startswith(str(tmp_path / "course.toml"))
    assert told in str(raised.value)


def test_due_dates_are_in_the_courses_zone_unless_they_name_one(tmp_path):
    text = (
        '[course]\ntime_zone = "Asia/Seoul"\n[due]\n01_seq2seq = 2026-03-09\n02_context_limit = 2026-03-09T18:00:00\n'
    )
    due = read(tmp_path, text + "03_attention = 2026-03-09T18:00:00Z\n")["due"]
    assert due["01_seq2seq"] == datetime(2026, 3, 9, 14, 59, 59, tzinfo=UTC)
    assert due["02_context_limit"] == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert due["03_attention"] == datetime(2026, 3, 9, 18, tzinfo=UTC)
    assert due["01_seq2seq"].utcoffset() == timedelta(hours=9)


def test_another_file_can_be_named_and_is_read_anew_when_it_changes(tmp_path, monkeypatch):
    path = tmp_path / "mine.toml"
    monkeypatch.setenv(settings.SETTINGS_VARIABLE, str(path))
    with pytest.raises(CourseError, match=r"mine\.toml: cannot be read"):
        settings.in_force()
    path.write_text("[points.01_seq2seq]\nencoder = 2.5\n[late]\npenalty = 'per_day'\ngrace_minutes = 5\n")
    assert (settings.points("01_seq2seq", "encoder"), settings.points("01_seq2seq", "decoder")) == (2.5, 1)
    set_grading(config := Config())
    assert (config.LatePenalty.penalty_method, config.LatePenalty.grace_seconds) == ("per_day", 300)
    path.write_text("[points]\ndefault = 7\n")
    assert settings.points("01_seq2seq", "encoder") == 7


def test_written_answers_can_be_given_points(tmp_path):
    from autograder.course.source import read_lesson

    (written,) = read_lesson(find_lesson("02_context_limit").source).written
    found = read(tmp_path, f"[points.02_context_limit]\n{written} = 4\n")
    assert found["points"]["02_context_limit"] == {written: 4}
