"""What `--help` says, in another language: of commands, arguments and options, and in the frame around them.

Typer is given all of it in English where a command is defined; catalogues know it by that.
"""

from collections.abc import Iterator
from typing import Any

from lessons.toolkit.text import named, said


def say_help(command: Any) -> None:
    """Have a command of Typer's, and all commands in it, say their help in the language that is spoken."""
    from typer import rich_utils  # seconds for those who ask for no help

    for name, words in _frame().items():
        setattr(rich_utils, name, words)
    for one in _all_in(command):
        one.get_help_option(one.context_class(one)).help = said("Show this message and exit.")
        for each in (one, *one.params):
            each.help = named(" ".join((each.help or "").split()))


def _frame() -> dict[str, str]:
    """Typer's own words, by its name for them."""
    return {
        "ARGUMENTS_PANEL_TITLE": said("Arguments"),
        "OPTIONS_PANEL_TITLE": said("Options"),
        "COMMANDS_PANEL_TITLE": said("Commands"),
        "REQUIRED_LONG_STRING": said("[required]"),
        "DEFAULT_STRING": said("[default: {value}]", value="{}"),
    }


def _all_in(command: Any) -> Iterator[Any]:
    yield command
    for one in getattr(command, "commands", {}).values():
        yield from _all_in(one)
