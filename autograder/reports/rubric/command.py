"""`autograder rubric`: starts the server of the page, and says where it is."""

import webbrowser
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import GradingError
from autograder.reports.rubric.desk import Desk
from autograder.reports.rubric.questions import find_questions
from autograder.reports.rubric.server import HOST, RubricServer


def rubric_command(root: Path, lessons: Sequence[str], exercises: Sequence[str], port: int, browser: bool) -> int:
    """`autograder rubric`: serve until Ctrl-C.

    Raises:
        GradingError: `root` is no output folder, there is no such answer, or the port is taken.
    """
    root = root.resolve()
    desk = Desk(root, find_questions(root, lessons, exercises))
    try:
        server = RubricServer(desk, port)
    except OSError as error:
        raise GradingError(f"port {port} cannot be used ({error.strerror}); give another with --port") from error
    with server:
        print(f"Written answers of {root}: {server.address}")
        print("Only your browser on this machine can open it. From another one, in a terminal there, first:")
        print(f"  ssh -L {server.server_port}:{HOST}:{server.server_port} USER@THIS_MACHINE")
        print("Points are saved as you give them. Ctrl-C here ends it; the same command goes on.", flush=True)
        if browser:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0
