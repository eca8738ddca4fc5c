"""`autograder hub`: writes what a JupyterHub needs for a class, to be read and then put in place by its administrator.

Nothing of the machine is changed: the files lie in a folder, and a script that root runs puts them in place.
"""

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from autograder.errors import GradingError
from autograder.nbgrader_settings import COURSE_ID

GROUP = "graders"
_NAME = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")
_DATABASE = re.compile(r"postgresql(\+psycopg)?://[^\s:@/]+@[^\s@]+")
GRADES = "graded"

_HUB = """\
# Load this file in jupyterhub_config.py: load_subconfig("{name}")
c = get_config()  # noqa: F821 - JupyterHub provides get_config

GRADERS, FOLDER = {graders}, {folder!r}
START_THERE = ["sh", "-c", 'cd "$0" && exec "$@"', FOLDER]


def open_the_class(spawner):
    # formgrader works only where a server starts in the folder of the class, and shows it
    if spawner.user.name in GRADERS:
        spawner.notebook_dir = FOLDER
        if spawner.cmd[:4] != START_THERE:
            spawner.cmd = [*START_THERE, *spawner.cmd]


c.Spawner.pre_spawn_hook = open_the_class
# Every server knows the class's points and dates.
c.Spawner.environment.update({{"AUTOGRADER_COURSE": {course!r}}})
"""
_SCRIPT = """\
#!/bin/sh
# Puts the settings of the course's class in place. Read it, then run it as root, on the machine of the hub.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# The graders share a group; what they grade is theirs and nobody else's.
getent group {group} > /dev/null || groupadd {group}
{members}
install -d -o root -g {group} -m 2770 {folder} {folder}/submitted {folder}/{grades}

# The exchange: everyone hands in there, and nobody may list or read what others have handed in.
install -d -m 0755 {above}
install -d -m 0777 {exchange}
install -d -o {grader} -g {group} -m 0755 {exchange}/{course_id}
install -d -o {grader} -g {group} -m 2733 {exchange}/{course_id}/inbound
install -d -o {grader} -g {group} -m 0755 {exchange}/{course_id}/outbound
install -d -o {grader} -g {group} -m 0711 {exchange}/{course_id}/feedback

# nbgrader's settings for all users, and no button in JupyterLab that opens formgrader in a frame.
install -D -m 0644 "$here/jupyter/nbgrader_config.json" {etc}/nbgrader_config.json
install -D -m 0644 "$here/jupyter/labconfig/page_config.json" {etc}/labconfig/page_config.json

# Homes are closed: what a student has written is not for others to read.
for home in $(getent passwd | awk -F: '$3 >= 1000 && $3 < 60000 {{ print $6 }}'); do
    case "$home" in {homes}/*) [ ! -d "$home" ] || chmod go-rwx "$home" ;; esac
done
"""


@dataclass(frozen=True)
class Hub:
    """A class on a hub.

    Attributes:
        exchange: nbgrader's, which everyone reaches.
        folder: of the class: a checkout of the course, what was handed in, the grades.
        graders: the users who grade, at least one.
        database: of the gradebook, where several grade at once; "" for none.
        etc: where Jupyter's settings of the machine are.
        homes: where users have their homes.
    """

    exchange: Path
    folder: Path
    graders: tuple[str, ...]
    database: str = ""
    etc: Path = Path("/etc/jupyter")
    homes: Path = Path("/home")


def formgrader_path(folder: Path) -> str:
    """Where formgrader of a class is, below a hub's address: for whoever is logged in, in a tab of its own.

    The path is a whole one: a server takes others from where it was started, which on a hub is a user's home.
    """
    return f"/hub/user-redirect/formgrader?path={quote(str(folder / GRADES))}"


def hub_command(to: Path, hub: Hub) -> int:
    """`autograder hub`.

    Raises:
        GradingError: a path, a name or an address cannot be meant, or the folder cannot be written.
    """
    _require_sense(hub)
    try:
        for name, text in files(hub).items():
            path = to / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            print(path)
        (to / "setup.sh").chmod(0o755)
    except OSError as error:
        raise GradingError(f"{to}: cannot be written ({error.strerror}); name another folder") from error
    for line in _next_steps(to, hub):
        print(line)
    return 0


def _require_sense(hub: Hub) -> None:
    for path, option in ((hub.exchange, "--exchange"), (hub.folder, "--class")):
        if not path.is_absolute() or path == Path("/"):
            raise GradingError(f"{option}: {path} is no whole path; give one such as /srv/nbgrader/exchange")
    if hub.exchange.is_relative_to(hub.folder) or hub.folder.is_relative_to(hub.exchange):
        raise GradingError("--exchange and --class: one lies in the other; everyone can write into the exchange")
    for name in hub.graders:
        if not _NAME.fullmatch(name):
            raise GradingError(f"--grader: {name!r} is no name of a user of this machine")
    if hub.database and not _DATABASE.fullmatch(hub.database):
        raise GradingError("--db: give an address without a password: postgresql+psycopg://USER@HOST/DATABASE")


def files(hub: Hub) -> dict[str, str]:
    """The files, by their paths in the folder."""
    course = {"course_id": COURSE_ID, "groupshared": len(hub.graders) > 1}
    nbgrader = {"Exchange": {"root": str(hub.exchange)}, "CourseDirectory": course}
    lab = {"disabledExtensions": {"@jupyter/nbgrader:formgrader": True, "@jupyter/nbgrader:create-assignment": True}}
    lab["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"] = True
    return {
        "jupyter/nbgrader_config.json": json.dumps(nbgrader, indent=2) + "\n",
        "jupyter/labconfig/page_config.json": json.dumps(lab, indent=2) + "\n",
        "jupyterhub_config_course.py": _HUB.format(
            name="jupyterhub_config_course.py",
            graders=json.dumps(hub.graders),
            folder=str(hub.folder),
            course=str(hub.folder / "course.toml"),
        ),
        "setup.sh": _script(hub),
    }


def _script(hub: Hub) -> str:
    grader = hub.graders[0]
    return _SCRIPT.format(
        group=GROUP,
        grades=GRADES,
        members="\n".join(f"usermod --append --groups {GROUP} {shlex.quote(name)}" for name in hub.graders),
        folder=shlex.quote(str(hub.folder)),
        above=shlex.quote(str(hub.exchange.parent)),
        exchange=shlex.quote(str(hub.exchange)),
        grader=shlex.quote(grader),
        course_id=COURSE_ID,
        etc=shlex.quote(str(hub.etc)),
        homes=shlex.quote(str(hub.homes)),
    )


def _next_steps(to: Path, hub: Hub) -> Sequence[str]:
    database = f" --db {shlex.quote(hub.database)}" if hub.database else ""
    return (
        "",
        f"1. Read {to / 'setup.sh'}, then run it as root.",
        f"2. Load {to / 'jupyterhub_config_course.py'} in jupyterhub_config.py, and start the hub anew.",
        f"3. As {hub.graders[0]}, put a checkout of the course into {hub.folder}, and a copy of course.toml.",
        f"4. Grade there: autograder grade submitted{database}",
        f"5. Formgrader opens in a tab of its own, at the hub's address and {formgrader_path(hub.folder)}",
        "6. See whether all is well, as a grader: autograder doctor --hub",
    )
