"""The locked versions serve Debian 12's own Python as well as the newest, and `make` says why it cannot go on."""

import ast
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import resolve_lock
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from autograder.extras import EXTRAS, lacking


def pins() -> dict[str, str]:
    """The locked version of each package."""
    lines = resolve_lock.LOCK.read_text(encoding="utf-8").splitlines()
    return dict(re.fullmatch(r"([\w.-]+)==([\w.]+)", line).groups() for line in lines)


def locked_distributions() -> list[metadata.Distribution]:
    """What is installed here in exactly its locked version."""
    versions = {canonicalize_name(name): version for name, version in pins().items()}
    installed = {canonicalize_name(found.name): found for found in metadata.distributions()}
    return [found for name, found in installed.items() if versions.get(name) == found.version.removesuffix("+cpu")]


def unfit(distributions: list[metadata.Distribution], python: str) -> list[str]:
    """Those that do not run on a Python, with what they ask for."""
    asked = {found: found.metadata.get("Requires-Python") or "" for found in distributions}
    return [
        f"{found.name} {found.version}: {range}" for found, range in asked.items() if python not in SpecifierSet(range)
    ]


@pytest.mark.parametrize("python", resolve_lock.SERVED)
def test_every_locked_version_runs_on_the_oldest_and_the_newest_python(python):
    found = locked_distributions()
    if not found:
        pytest.skip("this environment was not made from requirements.lock")
    assert unfit(found, python) == [], f"lock a version of these that runs on Python {python}, then: make check-lock"


def test_a_version_that_needs_a_later_python_is_noticed(tmp_path):
    folder = tmp_path / "soupsieve-4.1.2.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Name: soupsieve\nVersion: 4.1.2\nRequires-Python: >=3.11.5\n")
    found = [*metadata.distributions(path=[str(tmp_path)])]
    assert unfit(found, "3.11.2") == ["soupsieve 4.1.2: >=3.11.5"]
    assert unfit(found, "3.14") == []


def test_the_lock_holds_what_the_course_requires():
    required = [Requirement(line) for line in metadata.requires("attention-course") if "extra" not in line]
    names = {canonicalize_name(name) for name in pins()}
    assert {canonicalize_name(requirement.name) for requirement in required} <= names


def test_readme_and_makefile_name_the_pythons_that_the_lock_serves():
    oldest, newest = resolve_lock.SERVED
    assert f"{oldest} to {newest}:" in (resolve_lock.ROOT / "Makefile").read_text(encoding="utf-8")
    oldest_minor = oldest.rpartition(".")[0]
    assert f"Python {oldest_minor} to {newest}," in (resolve_lock.ROOT / "README.md").read_text(encoding="utf-8")


# Dependencies by person


def project() -> dict:
    return tomllib.loads((resolve_lock.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def names_of(lines: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


def test_colab_keeps_its_own_version_of_what_a_learner_needs():
    """Of what those packages need in turn, `make check-lock` says the same with an index."""
    lines = resolve_lock.COLAB.read_text(encoding="utf-8").splitlines()
    has = dict(line.split("==") for line in lines if not line.startswith("#"))
    needs = [Requirement(line) for line in project()["dependencies"]]
    shared = [one for one in needs if canonicalize_name(one.name) in has]
    assert len(shared) > 12
    assert [str(one) for one in shared if has[canonicalize_name(one.name)] not in one.specifier] == []


def test_a_package_that_colab_has_none_of_is_noticed():
    lines = [line for line in resolve_lock.COLAB.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    known = [*lines, "jedi==0.19.2", "nvidia-nvtx-cu12==12.8.90"]
    assert resolve_lock.added_to_colab(known) == []
    assert resolve_lock.added_to_colab([*known, "jupyterlab==4.6.6"]) == ["jupyterlab"]


def test_a_learner_gets_no_server_no_grader_and_no_test_tool():
    extras = project()["optional-dependencies"]
    base = names_of(project()["dependencies"])
    assert base.isdisjoint(names_of([*extras["lab"], *extras["grade"], *extras["test"]]))
    assert "jupyterlab" in names_of(extras["lab"])
    assert "nbgrader" in names_of(extras["grade"])
    assert {"pytest", "nbgrader"} - names_of(extras["lab"]) == {"pytest", "nbgrader"}


def test_what_learners_modules_import_the_base_package_brings():
    from autograder.authoring.learner_package import wheel_files
    from autograder.course.lessons import all_lessons

    files = wheel_files(all_lessons(), ())
    trees = [ast.parse(content) for name, content in files if name.endswith(".py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    modules = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    modules += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    imported = {name.partition(".")[0] for name in modules}
    others = imported - set(sys.stdlib_module_names) - {"autograder", "lessons"}
    brought = {"pil" if name == "pillow" else name.replace("-", "_") for name in names_of(project()["dependencies"])}
    # markupsafe comes with jinja2, traitlets with ipython; jupytext reads sources, which learners have none of
    assert {name.lower() for name in others} - brought == {"markupsafe", "jupytext", "traitlets"}


def test_each_extra_is_named_where_a_module_of_it_is_lacking():
    extras = project()["optional-dependencies"]
    for extra, modules in EXTRAS.items():
        brought = {name.replace("-", "_") for name in names_of(extras[extra])} | {"sqlalchemy"}
        assert set(modules) <= brought
        assert all(f'".[{extra}]"' in lacking(f"{module}.part") for module in modules)
    assert lacking("no_such_module") is None


# make


@pytest.fixture
def make(tmp_path):
    """Runs `make` where there is nothing but what the environment is made from."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(resolve_lock.ROOT / name, tmp_path)

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PIP_"))}
        command = ["make", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=kept | environment, capture_output=True, text=True)

    return run


# pip explains a conflict only where it is not told to be quiet.
PIP = """case "$*" in *--upgrade*) exit 0 ;; *--quiet*) ;; *) echo The conflict is caused by a pin ;; esac
echo ERROR: ResolutionImpossible >&2
exit 1"""


def script(path: Path, text: str) -> Path:
    """A command that a few lines of shell make."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_make_says_that_a_python_is_too_old(make, tmp_path):
    code = 'import sys; sys.version_info = (3, 10, 13, "final", 0); exec(sys.argv[2])'
    text = f"[ $1 = --version ] && echo Python 3.10.13 || exec {sys.executable} -c '{code}' \"$@\""
    done = make("lab", f"PYTHON={script(tmp_path / 'python3.x', text)}")
    assert done.returncode == 2
    assert "needs Python 3.11 or newer, and " in done.stderr
    assert "python3.x --version says: Python 3.10.13\n" in done.stderr
    assert "make lab PYTHON=python3.12" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_make_says_that_there_is_no_python(make):
    done = make("test", "PYTHON=python3-of-nobody")
    assert done.returncode == 2
    assert re.search(r"python3-of-nobody --version says: .*not found", done.stderr)
    assert "make test PYTHON=python3.12" in done.stderr


def test_make_shows_why_pip_failed_and_what_to_do(make, tmp_path):
    pip = script(tmp_path / "pip", PIP)
    environment = f"mkdir -p $3/bin && cp {pip} $3/bin/python"
    python = script(tmp_path / "python3.x", f'[ "$2" = venv ] && {environment} || exec {sys.executable} "$@"')
    done = make("lab", f"PYTHON={python}")
    assert done.returncode == 2
    assert "The conflict is caused by a pin" in done.stdout
    shown, advice = done.stderr.split("\n\n", 1)
    assert shown == "ERROR: ResolutionImpossible"
    assert advice.startswith("The environment .venv is not complete; pip says above why: look for ERROR.\n- No")
    assert "make lab PYTHON=python3.12" in advice
    assert not (tmp_path / ".venv/ready").exists()


@pytest.fixture
def python(tmp_path) -> str:
    """A Python whose environments have a pip that does nothing but say what it is asked for."""
    pip = script(tmp_path / "pip", "echo pip: $*")
    environment = f"mkdir -p $3/bin && cp {pip} $3/bin/python"
    return str(script(tmp_path / "python3.x", f'[ "$2" = venv ] && {environment} || exec {sys.executable} "$@"'))


@pytest.mark.parametrize(
    ("target", "extras", "holds"),
    [("learner", "lab", "learners need"), ("teacher", "lab,grade", "teachers need"), ("ready", "test", "everything")],
)
def test_make_says_what_it_makes_and_about_how_much_it_fetches(target, extras, holds, make, python):
    done = make(f".venv/{target}", f"PYTHON={python}")
    assert done.returncode == 0, done.stderr
    told, *_ = done.stdout.splitlines()
    assert re.match(rf"Making the environment \.venv with .*{holds}.*: about [0-9.]+ [MG]B to fetch", told)
    assert f"--constraint requirements.lock --editable .[{extras}]" in done.stdout


INDEX = "https://download.pytorch.org/whl/cpu"
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere PyPI's PyTorch brings no CUDA")


def asked(printed: str) -> list[str]:
    """What pip was asked to install, in turn."""
    return [line.removeprefix("pip: -m pip install ") for line in printed.splitlines() if line.startswith("pip: ")]


@ON_LINUX
def test_where_there_is_no_nvidia_card_pytorch_comes_without_cuda(make, python):
    done = make(".venv/learner", f"PYTHON={python}")
    _, first, second = asked(done.stdout)
    assert first.endswith(f"--no-deps --retries 0 --index-url {INDEX} --constraint requirements.lock torch")
    assert second.endswith("--editable .[lab]")
    assert "some gigabytes" not in done.stdout


@ON_LINUX
def test_where_there_is_one_or_an_index_is_named_pytorch_is_pypis_or_that_ones(make, python, tmp_path):
    script(tmp_path / "nvidia-smi", "")
    with_card = make(".venv/learner", f"PYTHON={python}", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert len(asked(with_card.stdout)) == 2
    assert "PyTorch for your NVIDIA card is some gigabytes more." in with_card.stdout
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        named = make("--always-make", ".venv/learner", f"PYTHON={python}", **{name: "/opt/wheels"})
        assert len(asked(named.stdout)) == 2
        assert "gigabytes" not in named.stdout


@ON_LINUX
def test_an_index_that_does_not_answer_stops_nobody(make, tmp_path):
    pip = script(tmp_path / "pip", f'case "$*" in *{INDEX}*) exit 1 ;; esac; echo pip: $*')
    environment = f"mkdir -p $3/bin && cp {pip} $3/bin/python"
    python = script(tmp_path / "python3.x", f'[ "$2" = venv ] && {environment} || exec {sys.executable} "$@"')
    done = make(".venv/learner", f"PYTHON={python}")
    assert done.returncode == 0
    assert "or does not answer: PyTorch comes with CUDA, some gigabytes more." in done.stdout
    assert asked(done.stdout)[-1].endswith("--editable .[lab]")


def test_a_learner_keeps_none_of_the_programs_that_test_pytorch(make, python, tmp_path):
    torch = tmp_path / ".venv/lib/python3.11/site-packages/torch"
    for name in ("test/a", "bin/test_api", "bin/FileStoreTest", "bin/torch_shm_manager", "testing/a.py"):
        (torch / name).parent.mkdir(parents=True, exist_ok=True)
        (torch / name).touch()
    assert make(".venv/learner", f"PYTHON={python}").returncode == 0
    kept = {str(path.relative_to(torch)) for path in torch.rglob("*") if path.is_file()}
    assert kept == {"bin/torch_shm_manager", "testing/a.py"}


def test_who_has_more_gets_nothing_anew_and_who_has_less_gets_the_rest(make, python):
    smaller, larger = (f".venv/{name}" for name in ("learner", "ready"))
    assert ".[lab]" in make(smaller, f"PYTHON={python}").stdout
    assert ".[test]" in make(larger, f"PYTHON={python}").stdout
    assert all("up to date" in make(f".venv/{name}").stdout for name in ("learner", "teacher", "ready", "menus-ko"))


def test_a_language_is_chosen_for_make_and_not_by_the_environment(make, python):
    assert make(".venv/learner", f"PYTHON={python}").returncode == 0
    english = make("-n", "lab", LANGUAGE="ko_KR:ko")  # as desktops set it, for other programs
    assert "autograder lab  my_lessons" in english.stdout
    assert "menus" not in english.stdout
    korean = make("-n", "lab", "LANGUAGE=ko")
    assert "autograder lab --language=ko my_lessons" in korean.stdout
    assert "--editable '.[ko]'" in korean.stdout
    assert "menus" not in make("-n", "lab", "LANGUAGE=en").stdout


def test_menus_in_a_language_are_fetched_once_and_nobody_is_stopped_without_them(make, python, tmp_path):
    assert make(".venv/learner", f"PYTHON={python}").returncode == 0
    assert asked(make(".venv/menus-ko").stdout)[-1] == "--quiet --constraint requirements.lock --editable .[ko]"
    assert "up to date" in make(".venv/menus-ko").stdout
    (tmp_path / ".venv/menus-ko").unlink()
    script(tmp_path / ".venv/bin/python", "exit 1")
    done = make(".venv/menus-ko")
    assert done.returncode == 0
    assert "JupyterLab's own menus stay English" in done.stdout
