"""Experiments wait for what is missing, unfinished, or turned down by its check."""

from lessons.toolkit import readiness


def run(source: str, notebook: dict) -> None:
    exec(source, notebook)


def test_an_answer_that_its_check_turned_down_is_waited_for(capsys):
    notebook = {"ready": readiness.ready, "answer": lambda: 1}
    readiness.note("an_exercise", notebook["answer"], passed=False)
    run("if ready('answer'):\n    made = 1", notebook)
    assert "made" not in notebook
    assert "exercise an_exercise is not right yet. Mend it, check it again" in capsys.readouterr().out
    run("if ready('made'):\n    pass", notebook)
    told = capsys.readouterr().out
    assert "waits for made, which waits for answer: exercise an_exercise is not right yet" in told
    assert "then run the cells from there to here" in told


def test_once_it_passes_or_is_written_anew_it_is_used():
    notebook = {"ready": readiness.ready, "answer": lambda: 1}
    readiness.note("an_exercise", notebook["answer"], passed=False)
    readiness.note("an_exercise", notebook["answer"], passed=True)
    run("if ready('answer'):\n    made = 1", notebook)
    assert notebook["made"] == 1
    readiness.note("an_exercise", notebook["answer"], passed=False)
    notebook["answer"] = lambda: 2  # not checked yet
    run("if ready('answer'):\n    made = 2", notebook)
    assert notebook["made"] == 2


def test_what_is_no_function_and_was_checked_stops_nothing():
    readiness.note("an_exercise", [1], passed=False)
    notebook = {"ready": readiness.ready, "answer": [1]}
    run("if ready('answer'):\n    made = 1", notebook)
    assert notebook["made"] == 1


def _stub():
    raise NotImplementedError


def test_what_was_checked_before_it_was_written_is_still_to_be_completed(capsys):
    notebook = {"ready": readiness.ready, "answer": _stub}
    readiness.note("an_exercise", _stub, passed=False)
    run("if ready('answer'):\n    made = 1", notebook)
    assert "waits for answer: complete and run the cell that makes it" in capsys.readouterr().out
