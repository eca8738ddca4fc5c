"""Damages to notebooks: each takes a source of randomness and a notebook's content, and spoils something of it.

Those of CONTENT change the JSON's values in place, those of TEXT its text or bytes. A failing case is named by the
damages and a number, by which `damaged` makes it again.
"""

import copy
import gzip
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

Content = dict[str, Any]
JUNK = (
    *(None, True, 0, -1, 2**70, 1.5, float("nan"), float("inf"), "", " ", "x", "\0", "\ud800", "\ud83d", "한", "a,b"),
    *([], {}, [[]], [None], {"": None}, ["exercise", 7], {"nbgrader": None}, {"grade_id": ["x"]}, "code", "markdown"),
    *("import os\nos._exit(3)\n", "def f(:\n", "  x = 1", "(" * 300, "-" * 3000 + "1", "%%bash\nls", "'''", "\\"),
)
WORDS = ("cells", "source", "metadata", "nbgrader", "grade_id", "cell_type", "id", "tags", "outputs", "name", "text")


def damaged(content: Content, damages: Sequence[Callable], seed: int) -> bytes:
    """A copy of the content after these damages, in order, as a file's bytes."""
    random, content = Random(seed), copy.deepcopy(content)
    for damage in damages:
        if damage in CONTENT:
            damage(random, content)
    data = json.dumps(content).encode()
    for damage in damages:
        if damage in TEXT:
            data = damage(random, data)
    return data


# The JSON's values


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key or index) in it."""
    found, waiting = [], [value]
    while waiting:
        inside = waiting.pop()
        keys = list(inside) if isinstance(inside, dict) else range(len(inside)) if isinstance(inside, list) else ()
        for key in keys:
            found.append((inside, key))
            waiting.append(inside[key])
    return found


def _junk(random: Random) -> Any:
    return copy.deepcopy(random.choice(JUNK))


def junk_anywhere(random: Random, content: Content) -> None:
    for container, key in random.sample(places := _places(content), min(len(places), random.randint(1, 12))):
        if not isinstance(container, list) or key < len(container):
            container[key] = _junk(random)


def parts_gone(random: Random, content: Content) -> None:
    for container, key in random.sample(places := _places(content), min(len(places), random.randint(1, 12))):
        if isinstance(container, dict):
            container.pop(key, None)
        elif key < len(container):
            del container[key]


def parts_swapped(random: Random, content: Content) -> None:
    (first, one), (second, other) = random.choices(_places(content) or [(content, "cells")] * 2, k=2)
    if not _holds(first.get(one) if isinstance(first, dict) else first[one], second):
        kept = copy.deepcopy(second[other]) if other in _keys(second) else None
        second[other] = copy.deepcopy(first[one]) if one in _keys(first) else None
        first[one] = kept


def _keys(container: Any) -> Any:
    return container if isinstance(container, dict) else range(len(container))


def _holds(outer: Any, inner: Any) -> bool:
    return outer is inner or any(container is inner for container, _ in _places(outer))


def keys_renamed(random: Random, content: Content) -> None:
    dicts = [container for container, _ in _places(content) if isinstance(container, dict) and container]
    for found in random.sample(dicts, min(len(dicts), random.randint(1, 6))):
        if found:
            found[random.choice(WORDS)] = found.pop(random.choice(list(found)))


def keys_added(random: Random, content: Content) -> None:
    dicts = [container for container, _ in _places(content) if isinstance(container, dict)]
    for found in random.sample(dicts, min(len(dicts), random.randint(1, 6))):
        found[random.choice(WORDS)] = _junk(random)


def strange_version(random: Random, content: Content) -> None:
    content["nbformat"] = random.choice([0, 1, 2, 3, 4, 5, 4.5, "4", None, -1, 10**9])
    content["nbformat_minor"] = random.choice([0, 2, 4, 5, 99, "5", None, []])


def deep(random: Random, content: Content) -> None:
    nested: Any = []
    for _ in range(random.choice([50, 400])):  # JSON of Python's own writes no deeper
        nested = [nested] if random.random() < 0.5 else {"source": nested}
    content[random.choice(["metadata", "cells", "more"])] = nested


# Cells


def _cells(content: Content) -> list[Any]:
    found = content.get("cells")
    return found if isinstance(found, list) else []


def _some(random: Random, content: Content, most: int = 4) -> list[dict]:
    found = [cell for cell in _cells(content) if isinstance(cell, dict)]
    return random.sample(found, min(len(found), random.randint(1, most)))


def cells_gone(random: Random, content: Content) -> None:
    for cell in _some(random, content, 8):
        content["cells"] = [one for one in _cells(content) if one is not cell]


def cells_copied(random: Random, content: Content) -> None:
    for cell in _some(random, content, 8):
        _cells(content).insert(random.randint(0, len(_cells(content))), copy.deepcopy(cell))


def cells_shuffled(random: Random, content: Content) -> None:
    random.shuffle(_cells(content))


def types_changed(random: Random, content: Content) -> None:
    for cell in _some(random, content):
        cell["cell_type"] = random.choice(["code", "markdown", "raw", "heading", "html", "", None, 3, ["code"]])


def sources_changed(random: Random, content: Content) -> None:
    for cell in _some(random, content):
        text = cell.get("source")
        cell["source"] = _spoilt(random, text if isinstance(text, str) else "".join(map(str, text or ())))


def _spoilt(random: Random, text: str) -> Any:
    at, to = sorted(random.randint(0, len(text)) for _ in range(2))
    return random.choice(
        [
            *(text[:at], text[at:], text[:at] + text[to:], text + text, text[::-1], text.replace("\n", "\r\n")),
            *(text.replace("    ", "\t"), text.replace(" ", "\xa0"), text[:at] + "\0" + text[at:], text.upper()),
            *(text.splitlines(keepends=True), list(text), [text, None, 7], {"text": text}, "\ufeff" + text),
            *(text[:at] + "'''" + text[at:], text[:at] + str(_junk(random)) + text[to:], "(" * 99_999, "x" * 300_000),
        ]
    )


def cells_split(random: Random, content: Content) -> None:
    for cell in _some(random, content):
        if isinstance(text := cell.get("source"), str):
            at = random.randint(0, len(text))
            rest = {**copy.deepcopy(cell), "source": text[at:]}
            cell["source"] = text[:at]
            _cells(content).insert(random.randint(0, len(_cells(content))), rest)


def cells_joined(random: Random, content: Content) -> None:
    found = _some(random, content, 3)
    if found:
        found[0]["source"] = "\n".join(str(cell.get("source")) for cell in found)


def strange_cells(random: Random, content: Content) -> None:
    for _ in range(random.randint(1, 5)):
        _cells(content).insert(random.randint(0, len(_cells(content))), _junk(random))


def many_cells(random: Random, content: Content) -> None:
    cell = {"cell_type": "code", "metadata": {}, "source": "pass", "outputs": [], "execution_count": None}
    content["cells"] = [*_cells(content), *({**cell} for _ in range(random.choice([900, 1100])))]


# Metadata


def marks_mixed_up(random: Random, content: Content) -> None:
    found = [cell["metadata"]["nbgrader"] for cell in _cells(content) if _is_marked(cell)]
    names = [marks.get("grade_id") for marks in found]
    random.shuffle(names)
    for marks, name in zip(found, names, strict=True):
        marks["grade_id"] = name


def _is_marked(cell: Any) -> bool:
    metadata = cell.get("metadata") if isinstance(cell, dict) else None
    return isinstance(metadata, dict) and isinstance(metadata.get("nbgrader"), dict)


def marks_spoilt(random: Random, content: Content) -> None:
    for cell in _some(random, content, 12):
        marks = {"grade_id": _junk(random), "grade": _junk(random), "solution": _junk(random), "points": _junk(random)}
        cell["metadata"] = random.choice([{"nbgrader": marks}, {"nbgrader": _junk(random)}, {"tags": _junk(random)}])


def ids_spoilt(random: Random, content: Content) -> None:
    for cell in _some(random, content, 12):
        cell["id"] = random.choice(["same", "", "a b", "x" * 65, "check-pad_batch", "pad_batch", None, 3, ["x"]])


def outputs_spoilt(random: Random, content: Content) -> None:
    outputs = [
        {"output_type": "stream", "name": "stderr", "text": [1, None]},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": ["x"], "text/html": "<script>"}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": 7, "text/plain": {}}},
        {"output_type": "error", "ename": None, "evalue": "\ud800", "traceback": "x"},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * 9_000_000}},
    ]
    for cell in _some(random, content):
        cell["outputs"] = [copy.deepcopy(random.choice([*outputs, _junk(random)])) for _ in range(random.randint(1, 3))]
        cell["execution_count"] = _junk(random)


# Text and bytes


def bytes_changed(random: Random, data: bytes) -> bytes:
    found = bytearray(data)
    for _ in range(random.choice([1, 5, 50]) if found else 0):
        found[random.randrange(len(found))] = random.randrange(256)
    return bytes(found)


def bytes_gone(random: Random, data: bytes) -> bytes:
    at, to = sorted(random.randint(0, len(data)) for _ in range(2))
    return random.choice([data[:at], data[at:], data[:at] + data[to:], data[:at] + data[to : to + 1] + data[at:]])


def bytes_put_in(random: Random, data: bytes) -> bytes:
    at = random.randint(0, len(data))
    junk = random.choice(
        [b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b'"', b"{", b"]", b"\\u", b"\n", b"NaN", b"1e999"]
    )
    return data[:at] + junk * random.choice([1, 1, 1000]) + data[at:]


def part_twice(random: Random, data: bytes) -> bytes:
    at, to = sorted(random.randint(0, len(data)) for _ in range(2))
    return data[:to] + data[at:]


def other_encoding(random: Random, data: bytes) -> bytes:
    text = json.dumps(json.loads(data), ensure_ascii=False) if _is_json(data) else data.decode("utf-8", "replace")
    name = random.choice(["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp949", "latin-1", "utf-7"])
    return text.encode(name, "replace")


def _is_json(data: bytes) -> bool:
    try:
        return json.loads(data) is not None
    except (ValueError, RecursionError):
        return False


def other_file(random: Random, data: bytes) -> bytes:
    return random.choice(
        [b"", b"\n", b"null", b"[]", b"{}", b'"x"', b"7", b"NaN", gzip.compress(data), b"PK\x03\x04" + data]
    )


def nested_text(random: Random, data: bytes) -> bytes:
    depth = random.choice([500, 100_000])
    opening, closing = random.choice([(b"[", b"]"), (b'{"cells":', b"}"), (b'{"cells":[', b"]}")])
    return random.choice([opening * depth, opening * depth + closing * depth, data[:-1] + b', "x":' + opening * depth])


def long_number(random: Random, data: bytes) -> bytes:
    return data.replace(b"null", b"9" * random.choice([400, 5_000, 400_000]), random.randint(1, 3))


CONTENT = (
    *(junk_anywhere, parts_gone, parts_swapped, keys_renamed, keys_added, strange_version, deep),
    *(cells_gone, cells_copied, cells_shuffled, types_changed, sources_changed, cells_split, cells_joined),
    *(strange_cells, many_cells, marks_mixed_up, marks_spoilt, ids_spoilt, outputs_spoilt),
)
TEXT = (*(bytes_changed, bytes_gone, bytes_put_in, part_twice, other_encoding, other_file, nested_text, long_number),)


# Sizes: as large as is read at all


def large_files(content: Content, size: int) -> dict[str, Callable[[], bytes]]:
    """Files of about `size` bytes, each large in its own way, by name."""

    def with_outputs(outputs: list) -> bytes:
        grown = copy.deepcopy(content)
        next(cell for cell in grown["cells"] if cell["cell_type"] == "code")["outputs"] = outputs
        return json.dumps(grown).encode()

    def repeated(unit: Any) -> list:
        return [unit] * (size // (len(json.dumps(unit)) + 2))

    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * (size - 200_000)}}
    line = {"output_type": "stream", "name": "stdout", "text": "x"}
    return {
        "one picture": lambda: with_outputs([picture]),
        "many outputs": lambda: with_outputs(repeated(line)),
        "broken outputs": lambda: with_outputs(repeated({"output_type": "stream"})),
        "long text": lambda: with_outputs([{**line, "text": repeated("line\n")}]),
        "long markdown": lambda: json.dumps(_with_source(content, "markdown", "x " * (size // 2 - 100_000))).encode(),
        "long code": lambda: json.dumps(_with_source(content, "code", "x = 1\n" * (size // 7 - 20_000))).encode(),
        "much metadata": lambda: json.dumps({**content, "metadata": {"more": repeated({"x": 1})}}).encode(),
        "nested": lambda: b"[" * size,
        "blank": lambda: b" " * size,
        "wide": lambda: json.dumps(content).encode("utf-16")[: size // 2] + b" \0" * (size // 2 - 50_000),
        "halves of characters": lambda: with_outputs([{**line, "text": "\ud800" * (size // 6 - 20_000)}]),
        "one long number": lambda: b'{"cells": ' + b"9" * (size - 20) + b"}",
    }


def _with_source(content: Content, kind: str, source: str) -> Content:
    cell = {"cell_type": kind, "metadata": {}, "source": source}
    more = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {**content, "cells": [*content["cells"], {**cell, **more}]}
