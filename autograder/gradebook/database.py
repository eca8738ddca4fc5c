"""Where the gradebook of an output folder is: SQLite in the folder, or the PostgreSQL database that `--db` names.

The folder remembers the database without a password. The driver takes that from the environment (PGPASSWORD) or from
~/.pgpass, so that none stands in a file of the course, in a log or in a message.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import GradingError

if TYPE_CHECKING:
    from sqlalchemy import URL

FILE = "gradebook.url"
SQLITE = "gradebook.db"
FORM = "postgresql+psycopg://USER@HOST/DATABASE"
SECONDS_TO_CONNECT = 10
_DRIVERS = ("postgresql", "postgresql+psycopg")
_SECRETS = ("password", "sslpassword")  # that a URL can hold among its parameters


def address(root: Path) -> str:
    """The gradebook's address, as nbgrader's `CourseDirectory.db_url` takes it."""
    if (root / FILE).is_file():
        return (root / FILE).read_text(encoding="utf-8").strip()
    # Workers and formgraders write to one file: each waits for the others a little longer than SQLite's five seconds.
    return f"sqlite:///{root / SQLITE}?timeout=60"


def connect(root: Path, wanted: str | None) -> None:
    """Make `wanted` the database of an output folder, where it is given, and see whether the folder's answers.

    Raises:
        GradingError: it is no address of PostgreSQL, does not answer, or the folder's gradebook is elsewhere.
    """
    if wanted is None and not (root / FILE).is_file():
        return
    url = _parsed(wanted or address(root))
    _require_same(root, url)
    _try(url)
    (root / FILE).write_text(f"{url}\n", encoding="utf-8")


def _parsed(text: str) -> "URL":
    """The address without its password, which goes to the environment. Messages never quote the text."""
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise GradingError(f"--db: this is no address of a database; give one such as {FORM}") from None
    if url.drivername not in _DRIVERS:
        raise GradingError(f"--db: the gradebook can be on PostgreSQL, not on {url.drivername}; give {FORM}")
    if not url.database or "@" in (url.host or ""):
        raise GradingError(f"--db: the address names no database, or a sign in it must be escaped (@ is %40): {FORM}")
    if find_spec("psycopg") is None:
        raise GradingError("--db: PostgreSQL's driver is not installed; run: pip install 'attention-course[postgres]'")
    if password := url.password or url.query.get("password"):
        os.environ["PGPASSWORD"] = str(password)
    query = {name: value for name, value in url.query.items() if name not in _SECRETS}
    return URL.create(_DRIVERS[-1], url.username, None, url.host, url.port, url.database, query)


def _require_same(root: Path, url: "URL") -> None:
    """A folder keeps its gradebook: points and comments given by hand are in it."""
    from sqlalchemy import make_url

    if (root / FILE).is_file():
        known = make_url(address(root))
        if _place(known) != _place(url):
            now, then = (str(one).split("?")[0] for one in (url, known))
            raise GradingError(f"{root}: its gradebook is at {then}, not at {now}; grade into a new folder with --out")
    elif (root / SQLITE).exists():
        remedy = "grade into a new folder with --out, or without --db"
        raise GradingError(f"{root}: its gradebook is {SQLITE}, with all that was given by hand; {remedy}")


def _place(url: "URL") -> tuple:
    return url.host, url.port, url.database, url.query.get("host")


def _try(url: "URL") -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError

    engine = create_engine(url, connect_args={"connect_timeout": SECONDS_TO_CONNECT})
    try:
        engine.connect().close()
    except DBAPIError as error:
        raise unreachable(str(url), error) from None
    finally:
        engine.dispose()


def unreachable(address: str, error: Exception) -> GradingError:
    """What to tell where a database does not answer; parameters, which may hold anything, are left out."""
    lines = [line.strip() for line in str(getattr(error, "orig", error)).splitlines() if line.strip()]
    told = lines[0] if lines else type(error).__name__
    remedy = "; a password belongs in ~/.pgpass or in PGPASSWORD" if address.startswith("postgresql") else ""
    return GradingError(f"{address.split('?')[0]}: the gradebook cannot be reached ({told}){remedy}")
