"""Keeps libraries from loading what the course never uses, in processes that are the course's own."""

import sys


def import_lightly() -> None:
    """Before nbformat is loaded: jsonschema would build a grammar of web addresses, for a format no notebook has.

    That takes seconds. jsonschema does without it, as where the package is not installed.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: importing it fails at once
