"""The folder on which nbgrader's commands work: the course's own, whatever a user's configuration names."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from course_copy import COURSE
from nbgrader.apps.baseapp import NbGrader
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from traitlets.config import Config

from autograder.gradebook import course_root

#: nbgrader_config.py of output folders of earlier versions
EARLIER = """\
# Made by "autograder grade": nbgrader's commands and formgrader work in this folder.

from pathlib import Path

from autograder.nbgrader_settings import configure, set_gradebook

c = get_config()
configure(c)
set_gradebook(c, Path(__file__).parent)
# A folder named lessons here would hide the course's package of that name from Python.
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "release"
"""


@pytest.fixture(params=["py", "json", "none"])
def home(tmp_path, monkeypatch, request) -> Path:
    """A user's configuration that names another course, in one of the forms that nbgrader reads."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder))
    other = {"root": str(tmp_path / "other"), "db_url": "sqlite:///other.db", "submitted_directory": "handed_in"}
    other["directory_structure"] = "{assignment_id}/{nbgrader_step}/{student_id}"
    (tmp_path / "other").mkdir()
    if request.param == "json":
        (folder / "nbgrader_config.json").write_text(json.dumps({"CourseDirectory": other}))
    elif request.param == "py":
        lines = [f"c.CourseDirectory.{name} = {value!r}" for name, value in other.items()]
        (folder / "nbgrader_config.py").write_text("\n".join(["c = get_config()", *lines]))
    return folder


@pytest.fixture(params=["checkout", "graded", "graded earlier"])
def root(tmp_path, request) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    config = folder / course_root.CONFIG_FILE
    if request.param == "checkout":
        config.write_text((COURSE / "nbgrader_config.py").read_text())
    else:
        if "earlier" in request.param:
            config.write_text(f"{EARLIER}# the teacher's own\nc.Exchange.cache = 'mine'\n")
        course_root._write_config(config)
    return folder


@pytest.fixture
def application() -> Iterator[type[NbGrader]]:
    yield NbGrader
    NbGrader.clear_instance()


def test_commands_work_on_the_folder_that_they_are_given_in(home, root, application, monkeypatch):
    monkeypatch.chdir(root)
    command = application()
    command.initialize([])
    found = command.coursedir
    assert found.root == str(root)
    assert found.db_url.startswith(f"sqlite:///{root}/gradebook.db")
    assert found.format_path(found.submitted_directory, "kim", "01") == f"{root}/submitted/kim/01"
    assert found.release_directory == "release"


def test_so_does_formgrader_that_a_hub_opens_with_the_folders_path(home, root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    extension = FormgradeExtension()
    extension.initialize([])
    extension.load_cwd_config, extension.config, extension.config_dir = False, Config(), str(root)  # as its page does
    extension.initialize([], root=str(root))
    assert extension.coursedir.root == str(root)
    assert extension.coursedir.db_url.startswith(f"sqlite:///{root}/gradebook.db")


def test_a_folder_that_the_command_line_names_goes_before(home, root, application, tmp_path, monkeypatch):
    monkeypatch.chdir(root)
    command = application()
    command.initialize([f"--course-dir={tmp_path / 'other'}"])
    assert command.coursedir.root == str(tmp_path / "other")


def test_what_a_teacher_has_added_to_an_earlier_configuration_stays(tmp_path):
    path = tmp_path / course_root.CONFIG_FILE
    path.write_text(f"{EARLIER}c.Exchange.cache = 'mine'\n")
    course_root._write_config(path)
    once = path.read_text()
    assert once.startswith(EARLIER)
    assert "c.Exchange.cache = 'mine'" in once
    course_root._write_config(path)
    assert path.read_text() == once
