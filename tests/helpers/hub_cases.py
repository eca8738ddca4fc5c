"""A real JupyterHub with a real proxy and ordinary users, each of whom runs JupyterLab as himself."""

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from course_copy import COURSE
from ordinary_user import OrdinaryUser

PASSWORD = "a word"
PREFIX = sysconfig.get_path("data")
SECONDS = 600  # until a hub or a server answers, on the busiest machine

_CONFIG = """\
load_subconfig({settings!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/secret"
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.DummyAuthenticator.password = {password!r}
c.Authenticator.allow_all = True
c.ConfigurableHTTPProxy.command = {proxy!r}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.environment.update({environment!r})
c.Spawner.start_timeout = c.Spawner.http_timeout = {seconds}
c.Spawner.default_url = "/lab"
"""


def require_hub() -> list[str]:
    """The command of a proxy; skips, with a line, where there is no hub or no proxy here."""
    if not os.environ.get("RUN_HUB"):
        pytest.skip("a real hub takes minutes, and makes users: run it with `make test-hub`")
    if find_spec("jupyterhub") is None:
        pytest.skip("no test of a hub: JupyterHub is not installed; `make test-hub` installs it")
    found = os.environ.get("HUB_PROXY") or shutil.which("configurable-http-proxy", path=_path())
    if found is None:
        pytest.skip("no test of a hub: there is no proxy; npm install --global configurable-http-proxy")
    return [*found.split(), "--proxy-timeout", str(1000 * SECONDS)]  # PyPI's gives up a request after 20 s


def _path() -> str:
    return os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def server_environment(etc: Path, course: Path = COURSE) -> dict[str, str]:
    """That of a user's server: the course, and Jupyter's settings of the machine."""
    return {
        "PYTHONPATH": str(course),
        "PATH": _path(),
        "JUPYTER_CONFIG_PATH": f"{etc}:{PREFIX}/etc/jupyter",
        "JUPYTER_PATH": f"{PREFIX}/share/jupyter",
        "JUPYTERLAB_DIR": f"{PREFIX}/share/jupyter/lab",
        "JUPYTER_PREFER_ENV_PATH": "0",
        "OMP_NUM_THREADS": "1",
    }


@contextmanager
def running_hub(folder: Path, settings: Path, etc: Path, user: OrdinaryUser, proxy: list[str]) -> Iterator[str]:
    """The address of a hub; `settings` is the file that `autograder hub` wrote for it."""
    port, hub_port, api_port = free_port(), free_port(), free_port()
    text = _CONFIG.format(
        settings=str(settings),
        folder=folder,
        port=port,
        hub_port=hub_port,
        api_port=api_port,
        password=PASSWORD,
        proxy=proxy,
        python=user.python(folder),
        environment=server_environment(etc),
        seconds=SECONDS,
    )
    (folder / "jupyterhub_config.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PATH": _path(), "CONFIGPROXY_AUTH_TOKEN": "t" * 32}
    command = [sys.executable, "-m", "jupyterhub", "-f", str(folder / "jupyterhub_config.py")]
    with (folder / "hub.log").open("w") as log:
        hub = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}/hub/login", hub, folder / "hub.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            hub.terminate()
            hub.wait()


def _wait(address: str, hub: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and hub.poll() is None:
        try:
            urllib.request.urlopen(address).close()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the hub did not start:\n{log.read_text()[-3000:]}")
