"""What is changed in nbgrader itself: a new gradebook is marked with its version at once."""

from pathlib import Path


def mark_gradebooks_at_once() -> None:
    """A new gradebook is marked with its version; nbgrader would start a program for that, which takes seconds."""
    from nbgrader import api

    api.get_alembic_version = _newest_version


def _newest_version() -> str | None:
    """The version of nbgrader's tables."""
    import nbgrader
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(nbgrader.__file__).parent / "alembic"))
    return ScriptDirectory.from_config(config).get_current_head()
