# Files beside the notebook: modules of well-known names, a folder, hidden files, links, a named pipe.
# verdict: others passed
import json
import os


def hand_in(path, notebook):
    path.write_text(json.dumps(notebook))
    for name in ("torch.py", "msgpack.py", "sitecustomize.py", "nbgrader_config.py", "gradebook.db", "conftest.py"):
        (path.parent / name).write_text("raise SystemExit('poisoned')")
    for name in ("lessons", "autograder", ".ipython"):
        (path.parent / name).mkdir()
        (path.parent / name / "__init__.py").write_text("raise SystemExit('poisoned')")
    os.mkfifo(path.parent / "pipe")
    (path.parent / "link").symlink_to("/etc/passwd")
