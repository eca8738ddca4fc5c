"""JupyterLab as a learner uses it: `autograder lab` on a server of its own, and a lesson open in Chromium."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 240  # seconds: tests wait for what happens, not for a time, and a crowded machine is slow
SETTINGS = {
    "apputils-extension/themes": {"adaptive-theme": True},  # light or dark as the browser asks for
    "notebook-extension/tracker": {"windowingMode": "none"},  # cells that are out of sight are in the page, too
}
#: What JupyterLab calls it in a language of the course.
MENUS = {
    "en": {"file": "File", "run": "Run", "run all": "Run All Cells", "idle": "Idle"},
    "ko": {"file": "파일", "run": "실행", "run all": "모든 셀 실행", "idle": "대기"},
}
_NOT_RUN = re.compile(r"\[[\s*]*\]")
_RUN = re.compile(r"\[\d+\]")


def find_browser() -> str | None:
    """The system's Chromium; none is ever downloaded."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run the system's Chromium, or skip and say why; where tests must not be skipped, as in CI, fail."""
    found = find_browser()
    if found is None:
        reason = "no browser tests: there is no Chromium here (Debian, Ubuntu: apt install chromium)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"] if root else [])
        yield browser
        browser.close()


@contextmanager
def running_lab(folder: Path, *options: str) -> Iterator[str]:
    """Run `autograder lab folder/lessons` with options; yields the server's address with `{}` where a path goes.

    Settings, state and runtime files of the user are neither read nor written.
    """
    for name, settings in SETTINGS.items():
        file = folder / f"config/lab/user-settings/@jupyterlab/{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
    places = {f"JUPYTER_{name.upper()}_DIR": str(folder / name) for name in ("config", "data", "runtime")}
    environment = {**os.environ, **places, "IPYTHONDIR": str(folder / "ipython"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "autograder", "lab", *options, str(folder / "lessons")]
    command += ["--", "--no-browser", "--allow-root"]
    log = folder / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            yield _address(folder / "runtime", server, log)
        finally:
            server.kill()  # what it saved is on disk, and its kernels end with it
            server.wait()


def _address(runtime: Path, server: subprocess.Popen, log: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            try:
                found = json.loads(file.read_text())
            except ValueError:  # it is being written
                continue
            return f"{found['url']}{{}}?token={found['token']}"
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")


class Lesson:
    """A lesson that is open in JupyterLab."""

    def __init__(self, page: Page, address: str, path: str, language: str = "en"):
        self.page = page
        self.menus = MENUS[language]
        workspace = path.replace("/", "-").removesuffix(".ipynb")
        page.goto(address.format(f"lab/workspaces/{workspace}/tree/{path}"))
        self.panel = page.locator(".jp-NotebookPanel:visible")
        expect(
            page.get_by_text(f"Python 3 (ipykernel) | {self.menus['idle']}")
        ).to_be_visible()  # what is run before that is lost

    def cell(self, text: str) -> Locator:
        """The code cell that has this text."""
        editor = self.page.locator(".jp-InputArea-editor", has_text=text)
        return self.panel.locator(".jp-CodeCell").filter(has=editor).first

    def check(self, exercise: str) -> Locator:
        """What the check of an exercise says."""
        return self.cell(f'check("{exercise}", ').locator(".jp-OutputArea-output").first

    def run_all(self) -> None:
        """Run > Run All Cells, until the last one has run."""
        for name in ("run", "run all"):
            self.page.get_by_role("menuitem", name=self.menus[name], exact=True).click()
        expect(self._prompts().filter(has_text=_NOT_RUN)).to_have_count(0)

    def run(self, cell: Locator) -> None:
        """Run a cell, until it has run."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        expect(prompt).not_to_have_text(before)
        expect(prompt).to_have_text(_RUN)

    def write(self, cell: Locator, source: str) -> None:
        """Replace what stands in a cell."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)
        expect(cell.locator(".cm-content")).to_contain_text(source.splitlines()[-1].strip())

    def add_below(self, cell: Locator, source: str) -> Locator:
        """A cell of one's own below another, as the keys Escape and B make it; it is run."""
        count = self._prompts().count()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        expect(self._prompts()).to_have_count(count + 1)
        own = self.panel.locator(".jp-CodeCell.jp-mod-active")
        self.write(own, source)
        own = self.cell(source.splitlines()[0])  # `active` it is only until another is
        self.run(own)
        return own

    def _prompts(self) -> Locator:
        return self.panel.locator(".jp-CodeCell .jp-InputPrompt")
