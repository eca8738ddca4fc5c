"""`autograder hub` and `autograder doctor --hub`: what is written for a hub, and what is said of one that is there."""

import json
import stat
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from traitlets.config import Config
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import CourseError, GradingError
from autograder.hub import examine
from autograder.hub.settings import Hub, files, hub_command

HUB = Hub(Path("/srv/nbgrader/exchange"), Path("/srv/class"), ("hana", "bob"))


def invoke(*arguments: object) -> object:
    return CliRunner().invoke(app, ["hub", *map(str, arguments)])


class TestFiles:
    def test_nbgrader_knows_exchange_and_course_and_jupyterlab_has_no_button_for_a_frame(self):
        found = files(HUB)
        nbgrader = json.loads(found["jupyter/nbgrader_config.json"])
        assert nbgrader["Exchange"]["root"] == "/srv/nbgrader/exchange"
        assert nbgrader["CourseDirectory"] == {"course_id": "seq2seq_to_attention", "groupshared": True}
        lab = json.loads(found["jupyter/labconfig/page_config.json"])
        assert lab["disabledExtensions"]["@jupyter/nbgrader:formgrader"]
        assert not lab["disabledExtensions"].get("@jupyter/nbgrader:assignment-list")

    def test_one_grader_shares_with_nobody(self):
        nbgrader = json.loads(files(replace(HUB, graders=("hana",)))["jupyter/nbgrader_config.json"])
        assert nbgrader["CourseDirectory"]["groupshared"] is False

    def test_the_hubs_lines_are_read_and_open_the_class_for_graders_alone(self):
        config = Config()
        config.Spawner.environment = {"A": "1"}
        exec(files(HUB)["jupyterhub_config_course.py"], {"get_config": lambda: config})
        assert config.Spawner.environment == {"A": "1", "AUTOGRADER_COURSE": "/srv/class/course.toml"}
        users = [SimpleNamespace(name=name) for name in ("bob", "kim")]
        servers = [SimpleNamespace(user=user, notebook_dir="", cmd=["server"]) for user in users]
        for server in (*servers, *servers):  # a server that is started a second time is as before
            config.Spawner.pre_spawn_hook(server)
        assert [server.notebook_dir for server in servers] == ["/srv/class", ""]
        assert servers[0].cmd[-2:] == ["/srv/class", "server"]
        assert servers[1].cmd == ["server"]

    def test_a_graders_server_starts_in_the_folder_of_the_class(self, tmp_path):
        config = Config()
        config.Spawner.environment = {}
        exec(files(replace(HUB, folder=tmp_path))["jupyterhub_config_course.py"], {"get_config": lambda: config})
        server = SimpleNamespace(user=SimpleNamespace(name="bob"), notebook_dir="", cmd=["pwd"])
        config.Spawner.pre_spawn_hook(server)
        assert subprocess.run(server.cmd, capture_output=True, text=True).stdout == f"{tmp_path}\n"

    def test_the_script_is_one_for_a_shell_and_quotes_what_it_is_given(self, tmp_path):
        hub = replace(HUB, folder=Path("/srv/a class; touch x"))
        assert hub_command(tmp_path / "hub", hub) == 0
        script = tmp_path / "hub" / "setup.sh"
        assert script.stat().st_mode & stat.S_IXUSR
        assert subprocess.run(["sh", "-n", script]).returncode == 0
        assert "'/srv/a class; touch x'" in script.read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ((), "name who grades"),
            (("--grader", "hana; rm"), "is no name of a user"),
            (("--grader", "hana", "--exchange", "exchange"), "is no whole path"),
            (("--grader", "hana", "--class", "/srv/nbgrader/exchange/c"), "one lies in the other"),
            (("--grader", "hana", "--db", "postgresql://course:secret@db/course"), "without a password"),
            (("--grader", "hana", "--db", "sqlite:///x"), "without a password"),
        ],
    )
    def test_what_cannot_be_meant_is_one_sentence(self, tmp_path, arguments, told):
        done = invoke(tmp_path / "hub", *arguments)
        assert isinstance(done.exception, CourseError)
        assert told in str(done.exception)
        assert "secret" not in str(done.exception)
        assert not (tmp_path / "hub").exists()

    def test_a_folder_that_cannot_be_written_is_told(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(GradingError, match="cannot be written"):
            hub_command(tmp_path / "file", HUB)


@pytest.fixture
def seen(tmp_path) -> examine.Seen:
    """A hub on which all is well."""
    tmp_path.chmod(0o755)
    for name, mode in {"exchange": 0o777, "hana": 0o700, "class": 0o2770, "solutions": 0o700, "bin": 0o755}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(mode)
    (tmp_path / "bin" / "configurable-http-proxy").touch(0o755)
    settings = files(replace(HUB, exchange=tmp_path / "exchange"))
    return examine.Seen(
        nbgrader=json.loads(settings["jupyter/nbgrader_config.json"]),
        lab=json.loads(settings["jupyter/labconfig/page_config.json"]),
        server={},
        homes={"hana": tmp_path / "hana"},
        here=tmp_path / "class",
        solutions=tmp_path / "solutions",
        environment={"PATH": str(tmp_path / "bin")},
    )


@pytest.fixture
def reached(monkeypatch) -> None:
    """As if pytest's own folders were open to all."""
    monkeypatch.setattr(examine, "_is_reached", lambda path: bool(path.stat().st_mode & stat.S_IXOTH))


@pytest.mark.usefixtures("reached")
class TestDoctor:
    def faults(self, seen: examine.Seen) -> dict[str, str]:
        """What is wrong; each has a remedy, but for what tells it in the same sentence."""
        wrong = [one for one in examine.findings(seen) if not one.works]
        assert all(one.remedy or one.name == "class" for one in wrong)
        return {one.name: one.text for one in wrong}

    def test_a_hub_that_was_set_up_as_written_is_well(self, seen):
        assert self.faults(seen) == {}

    def test_formgrader_in_a_frame_is_grey(self, seen):
        seen = replace(seen, lab={})
        assert "grey page" in self.faults(seen)["frames"]
        (found,) = [one for one in examine.findings(seen) if one.name == "frames"]
        assert f"/hub/user-redirect/formgrader?path={seen.here}/graded" in found.remedy

    @pytest.mark.parametrize(("policy", "works"), [("frame-ancestors 'self'", True), ("frame-ancestors 'none'", False)])
    def test_a_server_that_allows_frames_shows_it(self, seen, policy, works):
        server = {"ServerApp": {"tornado_settings": {"headers": {"Content-Security-Policy": policy}}}}
        assert ("frames" not in self.faults(replace(seen, lab={}, server=server))) == works

    def test_a_root_elsewhere(self, seen):
        settings = {**seen.nbgrader, "CourseDirectory": {"course_id": "x", "root": "/home/old"}}
        assert "root is /home/old" in self.faults(replace(seen, nbgrader=settings))["root"]

    def test_a_server_that_does_not_show_the_class(self, seen, tmp_path):
        shown = {**seen.environment, "JUPYTERHUB_ROOT_DIR": str(tmp_path / "hana")}
        assert "formgrader says that the path is wrong" in self.faults(replace(seen, environment=shown))["root"]
        shown["JUPYTERHUB_ROOT_DIR"] = str(tmp_path / "class")
        assert self.faults(replace(seen, environment=shown)) == {}

    def test_open_homes(self, seen, tmp_path):
        (tmp_path / "hana").chmod(0o755)
        assert self.faults(seen)["homes"] == "1 can be read by other users: hana."
        (tmp_path / "hana").chmod(0o711)  # it can be passed through, not read
        assert self.faults(seen) == {}

    def test_solutions_that_all_can_read(self, seen, tmp_path):
        lesson = tmp_path / "solutions" / "01_seq2seq"
        lesson.mkdir()
        (lesson / "01_seq2seq.py").touch(0o644)
        for folder in (lesson, tmp_path / "solutions"):
            folder.chmod(0o755)
        assert "every user of this machine can read" in self.faults(seen)["solutions"]

    def test_an_exchange_that_cannot_be_written_or_is_not_there_or_not_named(self, seen, tmp_path):
        (tmp_path / "exchange").chmod(0o755)
        assert "(mode 0755), so nobody can hand in" in self.faults(seen)["exchange"]
        (found,) = [one for one in examine.findings(seen) if one.name == "exchange"]
        assert found.remedy.startswith(f"chmod 0777 {tmp_path / 'exchange'}")
        (tmp_path / "exchange").rmdir()
        assert "is no folder" in self.faults(seen)["exchange"]
        assert "no settings of this machine name Exchange.root" in self.faults(replace(seen, nbgrader={}))["exchange"]

    def test_an_inbox_that_all_can_list(self, seen, tmp_path):
        inbound = tmp_path / "exchange/seq2seq_to_attention/inbound"
        inbound.mkdir(parents=True)
        inbound.chmod(0o733)
        assert self.faults(seen) == {}
        inbound.chmod(0o777)
        assert "can be listed by everyone" in self.faults(seen)["exchange"]

    def test_a_hub_without_a_proxy(self, seen, tmp_path):
        (tmp_path / "bin" / "configurable-http-proxy").unlink()
        assert "does not start without one" in self.faults(seen)["proxy"]
        assert self.faults(replace(seen, environment={"PATH": "", "JUPYTERHUB_USER": "hana"})) == {}

    def test_the_command_ends_with_1_where_something_is_wrong(self, monkeypatch):
        monkeypatch.setenv("PATH", "/nonexistent")
        monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
        done = CliRunner().invoke(app, ["doctor", "--hub"])
        assert done.exit_code == 1
        assert "✗ proxy" in done.output
