"""What lesson 04 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from torch import Tensor

from lessons.toolkit.predictions import option_for

Options = dict[str, str]
Runs = Mapping[str, Sequence[dict[str, Any]]]  # way to train → its runs, one per seed


def ask(question: str, **options: str) -> Options:
    """A question and its options by letter."""
    return {"question": question, **options}


FORCED_EXACT_MATCH = ask(
    question="How will exact match with forcing compare with free-running?",
    a="lower",
    b="the same",
    c="higher by a few points",
    d="higher by ten points or more",
)
RECOVERS = ask(
    question="Eight words after its first error, alone: how many of its words will be right?",
    a="fewer than directly after the error, by 15 points or more",
    b="about as many as directly after it",
    c="more, by 15 points or more: it recovers",
)
BEST_WAY = ask(
    question="Which way to train gives most exact translations, in the mean over five seeds?",
    a="always forced",
    b="forced half of the time",
    c="never forced",
    d="inverse sigmoid: forced at first, then less and less",
)
_SHARES = ask(
    question="Take the sentences whose rest it gets right after the *right* word. In how many is the rest still right?",
    a="fewer than half",
    b="50 to 79 %",
    c="80 to 94 %",
    d="95 % or more",
)
SAME_KIND = _SHARES | {"question": f"It reads a wrong word of the same kind. {_SHARES['question']}"}
STRUCTURE = _SHARES | {"question": f"It reads a word that changes the structure. {_SHARES['question']}"}


def forced_exact_match(scores: Tensor) -> Options:
    """Answer from scores (2, 2): forced and free-running; right words and right sentences."""
    forced, free = scores[:, 1].tolist()
    return {
        "right": option_for(100 * (forced - free), -0.3, 0.3, 10),
        "measured": f"Exact match is {forced:.1%} forced and {free:.1%} free-running.",
        "a": "The teacher never makes a right sentence wrong: it reads the same words as alone.",
        "c": "That holds for right words. A sentence without an error has read right words in any case.",
        "d": "That holds for right words. A sentence without an error has read right words in any case.",
    }


def recovers(shares: Sequence[float]) -> Options:
    """Answer from the right words, free-running, by distance from the first error."""
    first, last = shares[0], shares[-1]
    return {
        "right": option_for(100 * (last - first), -15, 15),
        "measured": f"Right words, free-running: {first:.0%} directly after the error, {last:.0%} eight words after "
        f"it.",
        "a": "It gets no worse either: what is lost is lost at once.",
        "c": "Nothing tells it that it has gone wrong: what it reads looks to it like any beginning.",
    }


def best_way(runs: Runs) -> Options:
    """Answer from exact match, by way to train."""
    exact = {way: mean(run["exact_match"] for run in found) for way, found in runs.items()}
    told = ", ".join(f"{way} {share:.1%}" for way, share in exact.items())
    return {
        "right": "abcd"[list(exact).index(max(exact, key=lambda way: exact[way]))],
        "measured": f"Exact translations, mean over seeds: {told}.",
        "b": "A fair mixture of both sounds best. Exact match counts first errors, and those come after right words.",
        "c": "It practises what it will do, and still loses by far. Why is open: see section 10.",
        "d": "This is what the paper recommends, for larger tasks. Here it does not pay.",
    }


def rest_kept(runs: Runs, kind: str) -> Options:
    """Answer from the rests kept after a wrong word of a kind by the model that was always forced."""
    share = mean(100 * run["injected_errors"][kind]["rest_kept"] for run in runs["ratio 1.0"])
    why = {
        "same_kind": {
            "a": "It has never read a wrong word, so this seems likely. But what follows does not depend on which "
            "noun it was.",
            "b": "Some harm seems likely. But after another noun with the same particle the rest is the same.",
        },
        "structure": {
            "c": "The source still says what should follow. But the word read before weighs more.",
            "d": "So it was for a noun. This word changes which words can come next.",
        },
    }
    return {
        "right": option_for(share, 50, 80, 95),
        "measured": f"{share:.0f} % of them, mean over seeds.",
        **why[kind],
    }
