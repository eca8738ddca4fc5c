"""A string of a program as a template: what is filled in stands in braces, as in the program itself."""

import ast
import re
from collections.abc import Iterator

from autograder.errors import CourseError
from lessons.toolkit.columns import columns


def template_of(node: ast.Constant | ast.JoinedStr) -> str:
    """The text of a string; of an f-string with each expression in braces, and braces of the text doubled."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(_part(value) for value in node.values)


def _part(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value).replace("{", "{{").replace("}", "}}")
    assert isinstance(value, ast.FormattedValue)  # nothing else stands in an f-string
    conversion = "" if value.conversion == -1 else f"!{chr(value.conversion)}"
    spec = f":{template_of(value.format_spec)}" if isinstance(value.format_spec, ast.JoinedStr) else ""
    return f"{{{ast.unparse(value.value)}{conversion}{spec}}}"


def placeholders(template: str) -> list[str]:
    """What a template fills in, with its braces, in order.

    Raises:
        CourseError: its braces do not match.
    """
    return [part for part in _parts(template) if part.startswith("{") and not part.startswith("{{")]


def read_template(template: str, is_f_string: bool, column: int, width: int) -> str:
    """A template as a program writes it, in several strings one below the other where a line would be too long.

    Args:
        template: of an f-string as `template_of` has it, or a plain text.
        is_f_string: which of the two.
        column: where the string begins.
        width: columns of a line.
    """
    parts = _parts(template) if is_f_string else iter([_doubled(template)])
    words = [word for part in parts for word in ([part] if _is_filled(part) else re.findall(r"\S*\s+|\S+", part))]
    lines: list[list[str]] = [[]]
    for word in words:
        breaks = lines[-1] and lines[-1][-1][-1:].isspace()
        if breaks and column + columns("".join([*lines[-1], word])) > width - 3:
            lines.append([])
        lines[-1].append(word)
    return f"\n{' ' * column}".join(map(_quoted, lines))


def _doubled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _is_filled(part: str) -> bool:
    return part.startswith("{") and not part.startswith("{{")


def _quoted(parts: list[str]) -> str:
    is_f_string = any(map(_is_filled, parts))
    quote = "'" if any('"' in part for part in parts if _is_filled(part)) else '"'
    return ("f" if is_f_string else "") + quote + "".join(_written(part, quote, is_f_string) for part in parts) + quote


def _written(part: str, quote: str, is_f_string: bool) -> str:
    if _is_filled(part):
        return part
    text = part if is_f_string else part.replace("{{", "{").replace("}}", "}")
    return text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n").replace("\t", "\\t")


def _parts(template: str) -> Iterator[str]:
    """Texts and what is filled in between them, each with its braces."""
    start = place = 0
    while place < len(template):
        if template[place : place + 2] in ("{{", "}}"):
            place += 2
        elif template[place] == "{":
            if start < place:
                yield template[start:place]
            start, place = place, _end_of(template, place)
            yield template[start:place]
            start = place
        else:
            place += 1
    if start < len(template):
        yield template[start:]


def _end_of(template: str, start: int) -> int:
    """Where the braces that open at `start` have been closed."""
    depth = 0
    for place in range(start, len(template)):
        depth += {"{": 1, "}": -1}.get(template[place], 0)
        if not depth:
            return place + 1
    raise CourseError(f"a brace is never closed: {template}")
