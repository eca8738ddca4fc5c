"""The claims of the course: they stand where they are said to stand, they are true, and none is missing.

`claims.toml` holds them. Whoever changes a text or a result mends its claims there; the messages say which and how.
"""

import re
from fnmatch import fnmatch
from functools import cache

import claim_texts as texts
import claims
import pytest

ENTRIES = claims.load_entries()
CLAIMS = claims.load_claims()
FILES = claims.load_raw(claims.results_folder())
BY_WORDS = pytest.mark.parametrize("claim", CLAIMS, ids=[f"{c.place}: {c.words[:30]}" for c in CLAIMS])


@cache
def tried(claim):
    """A claim on the results as they are."""
    return claims.try_claim(claim, FILES)


@cache
def exceptions():
    """Place and pattern of each exception."""
    number = rf"(?:{texts.NUMBER.pattern})"
    return [
        (entry.get("place", "*"), re.compile(entry["pattern"].replace("{N}", number))) for entry in ENTRIES["exception"]
    ]


def lines(found):
    """What was found, one a line."""
    return "\n  ".join(found)


def covered(passage, *tables):
    """Where claims, and entries of these tables, stand in a passage."""
    entries = [entry for table in ("claim", *tables) for entry in ENTRIES[table]]
    at = [entry for entry in entries if texts.is_at(passage, entry["place"])]
    return [span for entry in at for span in texts.spans_of(entry["words"], passage.text)]


# --- each claim ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ENTRIES["claim"] + ENTRIES["comparison"], ids=lambda entry: entry["words"][:40])
def test_the_words_stand_at_their_place(entry):
    here = [passage for passage in texts.passages() if texts.is_at(passage, entry["place"])]
    assert here, f"no such place: {entry['place']!r}; say file, start of a heading and perhaps figure"
    if not any(texts.spans_of(entry["words"], passage.text) for passage in here):
        near = texts.nearest(entry["words"], here)
        anywhere = texts.nearest(entry["words"], texts.passages())
        pytest.fail(
            f"{entry['place']}: these words are not there:\n  {entry['words']}\n  nearest there: {near}\n  nearest of "
            f"all: {anywhere}\n  What to do: put words and place in tests/helpers/claims.toml right, or take the "
            "entry out."
        )


@BY_WORDS
def test_the_claim_is_true(claim):
    verdict = tried(claim)
    assert verdict.holds, claims.explain(claim, verdict)


@BY_WORDS
def test_a_claim_reads_a_result_or_the_corpus(claim):
    corpus = any(helper.__name__ in claim.holds for helper in claims.claim_corpus.HELPERS)
    assert tried(claim).read or corpus or "seeds(" in claim.holds, f"{claims.describe(claim)}\n  reads nothing"


# --- none is missing -------------------------------------------------------------------------------------------------


def test_every_number_is_claimed_or_excepted():
    missing = []
    for passage in texts.passages():
        spans = covered(passage) + [
            span
            for place, pattern in exceptions()
            if texts.is_at(passage, place)
            for span in texts.spans(pattern, passage.text)
        ]
        missing += [f"{passage.place}: {found}" for found in texts.uncovered(passage, texts.NUMBER, spans)]
    assert not missing, (
        f"{len(missing)} numbers that no claim states and no exception names:\n  "
        + "\n  ".join(missing)
        + "\n  What to "
        "do: was it measured, add a [[claim]] to tests/helpers/claims.toml; if not, an [[exception]] with the reason."
    )


def test_every_comparison_is_claimed_or_reviewed():
    missing = [
        f"{passage.place}: {found}"
        for passage in texts.passages()
        for found in texts.uncovered(passage, texts.COMPARISON, covered(passage, "comparison"))
    ]
    assert not missing, (
        f"{len(missing)} comparisons that nobody has reviewed:\n  {lines(missing)}\n  What to do: add a [[claim]] to "
        "tests/helpers/claims.toml, or a [[comparison]] with the reason why it needs no expression."
    )


def test_every_exception_is_needed():
    idle = [
        pattern.pattern
        for place, pattern in exceptions()
        if not any(pattern.search(p.text) for p in texts.passages() if texts.is_at(p, place))
    ]
    assert not idle, f"these exceptions match nothing; take them out of tests/helpers/claims.toml: {idle}"


# --- a changed score makes a claim false ------------------------------------------------------------------------------


@cache
def scores():
    """Every number of every results file, settings left out: path → value."""
    return dict(leaf for name, results in FILES.items() for leaf in claims.leaves(results, name))


def matches(path, pattern):
    """Whether a path has this pattern, in which * stands for one part of it, not for several."""
    parts, patterns = path.split("/"), pattern.split("/")
    return len(parts) == len(patterns) and all(map(fnmatch, parts, patterns))


def listed(path, table):
    """Whether a table of exceptions names this path."""
    return any(matches(path, entry["path"]) for entry in ENTRIES[table])


@cache
def readers():
    """path → the claims that read it."""
    found = {}
    for claim in CLAIMS:
        for path in tried(claim).read:
            found.setdefault(path, []).append(claim)
    return found


def is_felt(path):
    """Whether a claim becomes false when this number alone is halved; or doubled, for *at most* is true of the half."""
    return any(not still_holds(claim, (path, factor)) for claim in readers()[path] for factor in (0.5, 2))


def still_holds(claim, changed):
    """Whether a claim is true with one number changed; where it cannot even be tried, it is not."""
    try:
        return claims.try_claim(claim, FILES, changed).holds
    except claims.ClaimError:
        return False


def test_each_score_is_read_by_a_claim_or_only_drawn():
    missing = [path for path in scores() if path not in readers() and not listed(path, "drawn")]
    assert not missing, (
        f"{len(missing)} results that no claim reads, such as {missing[:5]}; claim what the texts say about them, or "
        "name them under [[drawn]] in tests/helpers/claims.toml with the reason"
    )


def test_each_score_that_is_read_makes_a_claim_false_when_it_changes():
    read = [path for path, value in scores().items() if path in readers() and value]
    unfelt = [path for path in read if not listed(path, "unfelt") and not is_felt(path)]
    told = lines(f"{path}, read by: {readers()[path][0].words[:80]}" for path in unfelt[:12])
    assert not unfelt, (
        f"{len(unfelt)} results may be half or twice what they are without making a claim false:\n  {told}\n  What to "
        "do: claim a range over all seeds, or name them under [[unfelt]] in tests/helpers/claims.toml with the reason."
    )


@pytest.mark.parametrize("table", ["drawn", "unfelt"])
def test_every_listed_score_exists(table):
    idle = [entry["path"] for entry in ENTRIES[table] if not any(matches(path, entry["path"]) for path in scores())]
    assert not idle, f"[[{table}]] names no result with {idle}; take it out of tests/helpers/claims.toml"
