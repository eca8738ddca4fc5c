"""Serves the pages to the browser of whoever started the command, on this machine and to nobody else.

Another user of the machine can reach the port, and a page in the same browser can send to it: so each start has a
secret, which the first address carries into a cookie; a request must name this machine as its host, and a change must
come from a page of this server. Nothing is loaded from elsewhere and no script runs but the one that is served here.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

from autograder.errors import GradingError
from autograder.reports.rubric.desk import Desk, Refused

HOST = "127.0.0.1"
LONGEST_REQUEST = 200_000  # bytes
SECONDS = 30.0  # for a request to come in
_POLICY = (
    "default-src 'none'; img-src data:; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_STYLES = (("autograder.reports.feedback", "page.css"), ("autograder.reports.rubric", "page.css"))


class RubricServer(ThreadingHTTPServer):
    """A server for one desk.

    Args:
        port: 0 for one that is free.
    """

    daemon_threads = True

    def __init__(self, desk: Desk, port: int = 0) -> None:
        super().__init__((HOST, port), _Handler)
        self.desk = desk
        self.secret = secrets.token_urlsafe(32)

    @property
    def origin(self) -> str:
        """As a browser names it."""
        return f"http://{HOST}:{self.server_port}"

    @property
    def address(self) -> str:
        """Where a browser is to begin."""
        return f"{self.origin}/?token={self.secret}"

    @property
    def cookie(self) -> str:
        """The name of the cookie: browsers send those of all ports of a machine."""
        return f"rubric-{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: RubricServer
    timeout = SECONDS

    def do_GET(self) -> None:
        """A page, or what belongs to it."""
        with self._answering():
            url = urlsplit(self.path)
            if self._begins(parse_qs(url.query)):
                return
            if not self._is_known():
                raise _Fault(HTTPStatus.FORBIDDEN, "Open the address that `autograder rubric` has printed.")
            if url.path == "/page.css":
                self._send(_style(), "text/css")
            elif url.path == "/page.js":
                self._send(_file("autograder.reports.rubric", "page.js"), "text/javascript")
            else:
                self._send(self._page(url.path), "text/html")

    def do_POST(self) -> None:
        """A change."""
        with self._answering():
            if not self._is_known() or self.headers.get("Origin") != self.server.origin:
                raise _Fault(HTTPStatus.FORBIDDEN, "This change does not come from the page.")
            asked = self._body()
            try:
                state = self.server.desk.change(urlsplit(self.path).path, asked)
            except Refused as error:
                content = json.dumps({"message": str(error), "state": error.state})
                self._send(content, "application/json", HTTPStatus.CONFLICT)
            else:
                self._send(json.dumps({"state": state}), "application/json")

    def _page(self, path: str) -> str:
        desk = self.server.desk
        if path == "/":
            return desk.list_page() if len(desk.addresses) > 1 else desk.page(desk.addresses[0])
        return desk.page(path)

    def _begins(self, query: dict[str, list[str]]) -> bool:
        """Whether the secret came with the address; the page is then opened by another, without it."""
        given = query.get("token", [""])[0]
        if not self._is_here() or not secrets.compare_digest(given.encode(), self.server.secret.encode()):
            return False
        self.send_response(HTTPStatus.SEE_OTHER)
        cookie = f"{self.server.cookie}={self.server.secret}; HttpOnly; SameSite=Strict; Path=/"
        self.send_header("Set-Cookie", cookie)
        self.send_header("Location", "/")
        self._end_headers(0)
        return True

    def _is_known(self) -> bool:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(self.server.cookie)
        except CookieError:
            return False
        given = found.value if found else ""
        return self._is_here() and secrets.compare_digest(given.encode(), self.server.secret.encode())

    def _is_here(self) -> bool:
        """Whether the request names this machine: a name that leads here would be another page's."""
        return self.headers.get("Host") == urlsplit(self.server.origin).netloc

    def _body(self) -> Any:
        try:
            length = int(self.headers.get("Content-Length", ""))
            if not 0 < length <= LONGEST_REQUEST:
                raise ValueError
            return json.loads(self.rfile.read(length))
        except (ValueError, RecursionError):
            raise _Fault(HTTPStatus.BAD_REQUEST, "This is no change.") from None

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except _Fault as fault:
            self._send(json.dumps({"message": str(fault)}), "application/json", fault.status)
        except KeyError:
            self._send(json.dumps({"message": "There is no such page."}), "application/json", HTTPStatus.NOT_FOUND)
        except GradingError as error:
            self._send(json.dumps({"message": str(error)}), "application/json", HTTPStatus.SERVICE_UNAVAILABLE)

    def _send(self, text: str, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        content = text.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self._end_headers(len(content))
        self.wfile.write(content)

    def _end_headers(self, length: int) -> None:
        self.send_header("Content-Length", str(length))
        self.send_header("Content-Security-Policy", _POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: each key would be a line."""


class _Fault(Exception):
    """A request that is refused."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


def _style() -> str:
    return "\n".join(_file(*place) for place in _STYLES)


def _file(package: str, name: str) -> str:
    return (files(package) / name).read_text(encoding="utf-8")
