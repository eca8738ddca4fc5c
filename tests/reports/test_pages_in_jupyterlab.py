"""The pages of feedback and of a class, as JupyterLab shows them on a hub: links within a page stay in it.

JupyterLab shows a page in a frame, and gives it the base address of the file on the server. A link to a part of the
page would lead there, and a JupyterHub forbids that in a frame: it went blank.
"""

import json
import os
import re
import socket
import subprocess
import sysconfig
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grading_cases as cases
import pytest
from report_cases import Given, make_folder

from autograder.notebooks import verdict_metadata
from autograder.reports.class_report.page import render as render_report
from autograder.reports.class_report.records import read_answers
from autograder.reports.class_report.report import report_of
from autograder.reports.feedback.page import Grade, Grades, render
from autograder.verdict import Verdict

HUB = {"headers": {"Content-Security-Policy": "frame-ancestors 'none'"}}  # as jupyterhub-singleuser sets it


def feedback_page(folder: Path) -> str:
    notebook = cases.answered(cases.ANSWERS)
    for name in cases.EXERCISES:
        found = Verdict(name, "failed", 1, 2, title="rows", question="Why?")
        verdict_metadata.note_verdict(cases.marked(notebook)[f"check-{name}"], found, ("Look again.",))
    points = {f"check-{name}": Grade(0.0, 1.0) for name in cases.EXERCISES}
    return render(notebook, cases.RELEASE, Grades("김 하나", cases.LESSON, points, {}))


def report_page(folder: Path) -> str:
    answers = {name: {cases.EXERCISES[0]: Given("failed", "rows", "longest")} for name in ("kim", "lee")}
    return render_report(report_of(read_answers(make_folder(folder / "graded", answers))))


PAGES = {"feedback": feedback_page, "report": report_page}


@pytest.mark.parametrize("make", PAGES.values(), ids=PAGES)
def test_an_address_that_a_viewer_gives_a_page_comes_below_the_policy_that_forbids_it(make, tmp_path):
    head = make(tmp_path).partition("</head>")[0]
    policy = head.index("base-uri 'none'")
    assert policy < head.index("<base target")
    assert re.findall(r"<base[^>]*>", head) == ['<base target="_self">']  # no address of its own


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of JupyterLab as a hub starts it, below /user/kim."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    (folder / "home").mkdir()
    names = {f"JUPYTER_{name}_DIR": str(folder / "home") for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **names, "HOME": str(folder / "home"), "JUPYTER_PREFER_ENV_PATH": "1"}
    options = [f"--ServerApp.port={port}", "--ServerApp.base_url=/user/kim/", "--IdentityProvider.token=t"]
    options += ["--no-browser", "--allow-root", f"--ServerApp.tornado_settings={json.dumps(HUB)}"]
    command = [Path(sysconfig.get_path("scripts")) / "jupyter", "lab", *options, "--ServerApp.log_level=40"]
    with subprocess.Popen(command, cwd=folder / "pages", env=environment) as process:
        try:
            _wait(f"http://127.0.0.1:{port}/user/kim/api?token=t")
            yield f"http://127.0.0.1:{port}/user/kim"
        finally:
            process.terminate()


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {address}")


@pytest.mark.browser
@pytest.mark.filterwarnings("default")
def test_a_link_within_a_page_leads_to_its_place_and_the_page_stays(tmp_path):
    playwright_api = pytest.importorskip("playwright.sync_api", reason="no browser tests: pip install playwright")
    from lab_cases import PATIENCE, find_browser

    if (browser := find_browser()) is None:
        pytest.skip("no browser tests: there is no Chromium here")
    (tmp_path / "pages").mkdir()
    for name, make in PAGES.items():
        (tmp_path / "pages" / f"{name}.html").write_text(make(tmp_path), encoding="utf-8")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with server(tmp_path) as address, playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=root)
        for name in PAGES:
            page = chromium.new_page()
            page.set_default_timeout(1000 * PATIENCE)
            page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.html?token=t")  # no other tab comes back
            frame = page.frame_locator(".jp-IFrame iframe")
            title = frame.locator("h1").inner_text()
            link = frame.locator('a[href^="#"]').last
            target = link.get_attribute("href")
            link.click()
            playwright_api.expect(frame.locator(target)).to_be_in_viewport(timeout=1000 * PATIENCE)
            assert frame.locator("h1").inner_text() == title
            page.close()
        chromium.close()
