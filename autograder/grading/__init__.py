"""Grades a class: finds submissions, has an engine judge them, and writes grades and gradebook."""

import sys

# jsonschema, which nbformat loads, would build a grammar of web addresses: a second, for a format no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)
