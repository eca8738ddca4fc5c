"""`autograder doctor --hub`: what is wrong with the hub on which this runs, for a class of this course.

A hub is judged by what one of its users sees: files and settings of the machine, and the environment of a server.
"""

import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course.lessons import solutions_folder
from autograder.doctor import Finding
from autograder.hub.settings import GRADES, formgrader_path
from autograder.permissions import readable_by_others

PROXIES = ("configurable-http-proxy", "traefik")
MOST_NAMED = 5


@dataclass(frozen=True)
class Seen:
    """What is looked at.

    Attributes:
        nbgrader: nbgrader's settings of user and machine, without those of the folder.
        lab: JupyterLab's settings of its page.
        server: settings of Jupyter's server.
        homes: of the machine's users, by name, without one's own.
        here: where graders work.
        environment: of this process.
        solutions: the folder that the course's solutions are in.
    """

    nbgrader: Mapping[str, Any]
    lab: Mapping[str, Any]
    server: Mapping[str, Any]
    homes: Mapping[str, Path]
    here: Path
    solutions: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


def examine_hub(here: Path) -> list[Finding]:
    """What there is to say about this machine as a hub."""
    seen = Seen(
        _settings("nbgrader_config"),
        _lab_settings(),
        _settings("jupyter_server_config"),
        _homes(),
        here.resolve(),
        solutions_folder(),
    )
    return findings(seen)


def findings(seen: Seen) -> list[Finding]:
    """One for each thing that can be wrong."""
    return [
        look_at_proxy(seen),
        look_at_exchange(seen),
        look_at_root(seen),
        look_at_frames(seen),
        look_at_homes(seen),
        look_at_solutions(seen),
        look_at_class(seen),
    ]


def look_at_proxy(seen: Seen) -> Finding:
    """Whether a hub can route to servers of users."""
    path = seen.environment.get("PATH", os.defpath)
    if "JUPYTERHUB_USER" in seen.environment:
        return Finding("proxy", True, "this is a server that a hub has started.")
    if found := next((place for name in PROXIES if (place := shutil.which(name, path=path))), None):
        return Finding("proxy", True, f"{found} is there.")
    remedy = (
        "Install one: npm install --global configurable-http-proxy. (PyPI's package of that name works too, but the "
        "page that waits for a server does not go on by itself, and a validation is given up after 20 seconds, unless "
        'jupyterhub_config.py says: c.ConfigurableHTTPProxy.command = ["configurable-http-proxy", '
        '"--proxy-timeout", "600000"])'
    )
    return Finding("proxy", False, "a hub has no proxy here, and does not start without one.", remedy)


def look_at_exchange(seen: Seen) -> Finding:
    """Whether students can hand in, and only there."""
    name = seen.nbgrader.get("Exchange", {}).get("root")
    course = seen.nbgrader.get("CourseDirectory", {}).get("course_id")
    where = "/etc/jupyter/nbgrader_config.json"
    if not isinstance(name, str) or not course:
        lacking = "Exchange.root" if not isinstance(name, str) else "CourseDirectory.course_id"
        return Finding("exchange", False, f"no settings of this machine name {lacking}.", f"Name it in {where}.")
    root = Path(name)
    if not root.is_dir():
        return Finding("exchange", False, f"{root} is no folder.", f"Make it: install -d -m 0777 {root}")
    mode = stat.S_IMODE(root.stat().st_mode)
    if not mode & stat.S_IWOTH or not _is_reached(root):
        text = f"{root} cannot be written by everyone (mode {mode:04o}), so nobody can hand in."
        return Finding("exchange", False, text, f"chmod 0777 {root}, and o+x for the folders above it.")
    inbound = root / str(course) / "inbound"
    if inbound.is_dir() and inbound.stat().st_mode & stat.S_IROTH:
        text = f"{inbound} can be listed by everyone: students see who has handed in, and guess the folders' names."
        return Finding("exchange", False, text, f"chmod o-r {inbound}")
    return Finding("exchange", True, f"{root}, for the course {course}.")


def look_at_root(seen: Seen) -> Finding:
    """Whether nbgrader's commands work on the folder in which they are typed."""
    named = seen.nbgrader.get("CourseDirectory", {}).get("root")
    if named and Path(str(named)).resolve() != seen.here:
        text = f"settings of this machine or of yours say that the course's root is {named}, and this is {seen.here}."
        return Finding("root", False, text, "Take CourseDirectory.root out of them: the course's folders name it.")
    shown = seen.environment.get("JUPYTERHUB_ROOT_DIR")
    if shown and not seen.here.is_relative_to(Path(shown).resolve()):
        text = f"this server shows {shown}, and {seen.here} is not in it: formgrader says that the path is wrong."
        remedy = "Load what `autograder hub` writes in jupyterhub_config.py, and start the server anew."
        return Finding("root", False, text, remedy)
    return Finding("root", True, "no settings of this machine lead nbgrader to another folder.")


def look_at_frames(seen: Seen) -> Finding:
    """Whether formgrader's page can be shown where a button opens it."""
    headers = seen.server.get("ServerApp", {}).get("tornado_settings", {}).get("headers", {})
    policy = str(headers.get("Content-Security-Policy", ""))
    disabled = seen.lab.get("disabledExtensions", {})
    if disabled.get("@jupyter/nbgrader:formgrader") or disabled.get("@jupyter/nbgrader"):
        return Finding(
            "frames", True, f"formgrader opens in a tab of its own: the hub's address and {formgrader_path(seen.here)}."
        )
    if "frame-ancestors" in policy and "'none'" not in policy:
        return Finding("frames", True, "formgrader's page may be shown in JupyterLab.")
    text = "a hub refuses pages in frames, so Nbgrader > Formgrader in JupyterLab shows a grey page."
    address = f"the hub's address and {formgrader_path(seen.here)}"
    remedy = f"Open it in a tab of its own: {address}. `autograder hub` takes the button away."
    return Finding("frames", False, text, remedy)


def look_at_homes(seen: Seen) -> Finding:
    """Whether users can read what others have in their homes."""
    found = sorted(name for name, home in seen.homes.items() if _lets_in(home))
    if not found:
        return Finding("homes", True, "nobody's home is open to others.")
    named = ", ".join([*found[:MOST_NAMED], *["…"] * (len(found) > MOST_NAMED)])
    remedy = f"As root: chmod go-rwx {' '.join(str(seen.homes[name]) for name in found[:MOST_NAMED])}"
    return Finding("homes", False, f"{len(found)} can be read by other users: {named}.", remedy)


def look_at_solutions(seen: Seen) -> Finding:
    """Whether students can read solutions and model answers."""
    sources = list(seen.solutions.glob("[0-9][0-9]_*/*.py")) if seen.solutions.is_dir() else []
    if not any(_lets_read(path) for path in sources):
        return Finding("solutions", True, "no other user can read the solutions in this environment.")
    remedy = "Give students an environment without them, and keep this one for graders: chmod o-rwx its folder."
    return Finding("solutions", False, f"every user of this machine can read {seen.solutions}.", remedy)


def look_at_class(seen: Seen) -> Finding:
    """Whether others can look at submissions and grades."""
    folders = [folder for name in ("submitted", GRADES) if (folder := seen.here / name).is_dir()]
    for folder in folders:
        if told := readable_by_others(folder):
            return Finding("class", False, told)
    names = " and ".join(folder.name for folder in folders) or "no submissions or grades"
    return Finding("class", True, f"{names} in {seen.here}: no other user can read them.")


def _is_reached(path: Path) -> bool:
    return all(one.stat().st_mode & stat.S_IXOTH for one in (path, *path.parents))


def _lets_in(home: Path) -> bool:
    try:
        return bool(home.stat().st_mode & stat.S_IROTH) and _is_reached(home)
    except OSError:
        return False


def _lets_read(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IROTH) and _is_reached(path.parent)


def _homes() -> dict[str, Path]:
    """The homes of people, not of services, without one's own."""
    try:
        import pwd
    except ImportError:  # Windows
        return {}
    people = (one for one in pwd.getpwall() if 1000 <= one.pw_uid < 60000 and one.pw_uid != os.getuid())
    return {one.pw_name: Path(one.pw_dir) for one in people}


def _settings(name: str) -> dict[str, Any]:
    """A file of settings in Jupyter's folders, those of the user before those of the machine."""
    from jupyter_core.paths import jupyter_config_path
    from traitlets.config import Config, ConfigFileNotFound, JSONFileConfigLoader, PyFileConfigLoader

    found = Config()
    for folder in reversed(jupyter_config_path()):
        for kind, loader in ((".py", PyFileConfigLoader), (".json", JSONFileConfigLoader)):
            try:
                found.merge(loader(f"{name}{kind}", path=folder).load_config())
            except (ConfigFileNotFound, OSError):
                continue
    return dict(found)


def _lab_settings() -> dict[str, Any]:
    return {"disabledExtensions": dict(_disabled())}


def _disabled() -> Iterator[tuple[str, bool]]:
    from jupyter_core.paths import jupyter_config_path

    for folder in reversed(jupyter_config_path()):
        try:
            content = json.loads((Path(folder) / "labconfig" / "page_config.json").read_text(encoding="utf-8"))
            yield from ((name, bool(off)) for name, off in content["disabledExtensions"].items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
