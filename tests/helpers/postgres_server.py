"""A PostgreSQL server of the tests' own, from the binaries that the system has: `apt-get install postgresql`."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

USER, PASSWORD = "course", "p@ss/w%rd-7f3a"
_OPTIONS = ("fsync=off", "timezone=Asia/Seoul", "log_statement=all")  # a zone that is not the gradebook's


def binaries() -> Path | None:
    """The folder with initdb and postgres, of the newest version; None where there is none."""
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists()), None)


class Server:
    """One that runs; its only user needs a password."""

    def __init__(self, port: int, log: Path):
        self.port, self.log = port, log

    def url(self, database: str, password: str = "") -> str:
        """For SQLAlchemy; `password` as it is to stand there."""
        return f"postgresql+psycopg://{USER}{password and ':' + password}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """With the password."""
        place = {"host": "127.0.0.1", "port": self.port, "dbname": database}
        return psycopg.connect(user=USER, password=PASSWORD, autocommit=True, **place)

    def create(self, database: str) -> None:
        """A new, empty database."""
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{database}"')


@contextmanager
def running(bin: Path) -> Iterator[Server]:
    """A new server; it and its data are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    who = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}  # it refuses to run as root
    (folder / "password").write_text(PASSWORD)
    if who:
        account = pwd.getpwnam("postgres")
        for path in (folder, folder / "password"):
            os.chown(path, account.pw_uid, account.pw_gid)
    data, port = folder / "data", _free_port()
    made = [bin / "initdb", "-D", data, "-U", USER, "--auth=scram-sha-256", f"--pwfile={folder / 'password'}"]
    subprocess.run([*made, "--no-sync", "-E", "UTF8", "--locale=C"], check=True, capture_output=True, cwd="/", **who)
    options = [part for option in _OPTIONS for part in ("-c", option)]
    command = [bin / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, *options]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stderr=log, stdout=log, cwd="/", **who) as server,
    ):
        try:
            yield _when_ready(Server(port, folder / "log"))
        finally:
            server.send_signal(signal.SIGINT)  # it waits for no client
            server.wait(20)
            shutil.rmtree(folder)


def _when_ready(server: Server) -> Server:
    for _ in range(100):
        try:
            server.connect().close()
            return server
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError(server.log.read_text())


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]
