"""What lesson 04 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from torch import Tensor

from lessons.toolkit.predictions import option_for
from lessons.toolkit.text import Text, Words, named, said, t

Options = dict[str, Words]
Runs = Mapping[str, Sequence[dict[str, Any]]]  # way to train → its runs, one per seed


def ask(question: Words, **options: Words) -> Options:
    """A question and its options by letter."""
    return {"question": question, **options}


FORCED_EXACT_MATCH = ask(
    question=Text("How will exact match with forcing compare with free-running?"),
    a=Text("lower"),
    b=Text("the same"),
    c=Text("higher by a few points"),
    d=Text("higher by ten points or more"),
)
RECOVERS = ask(
    question=Text("Eight words after its first error, alone: how many of its words will be right?"),
    a=Text("fewer than directly after the error, by 15 points or more"),
    b=Text("about as many as directly after it"),
    c=Text("more, by 15 points or more: it recovers"),
)
BEST_WAY = ask(
    question=Text("Which way to train gives most exact translations, in the mean over five seeds?"),
    a=Text("always forced"),
    b=Text("forced half of the time"),
    c=Text("never forced"),
    d=Text("inverse sigmoid: forced at first, then less and less"),
)
_SHARES = ask(
    question=Text(
        "Take the sentences whose rest it gets right after the right word. In how many is the rest still right?"
    ),
    a=Text("fewer than half"),
    b=Text("50 to 79 %"),
    c=Text("80 to 94 %"),
    d=Text("95 % or more"),
)
SAME_KIND = _SHARES | {
    "question": t("It reads a wrong word of the same kind. {question}", question=_SHARES["question"])
}
STRUCTURE = _SHARES | {
    "question": t("It reads a word that changes the structure. {question}", question=_SHARES["question"])
}


def forced_exact_match(scores: Tensor) -> Options:
    """Answer from scores (2, 2): forced and free-running; right words and right sentences."""
    forced, free = scores[:, 1].tolist()
    return {
        "right": option_for(100 * (forced - free), -0.3, 0.3, 10),
        "measured": said(
            "Exact match is {forced} forced and {free} free-running.", forced=f"{forced:.1%}", free=f"{free:.1%}"
        ),
        "a": said("The teacher never makes a right sentence wrong: it reads the same words as alone."),
        "c": said("That holds for right words. A sentence without an error has read right words in any case."),
        "d": said("That holds for right words. A sentence without an error has read right words in any case."),
    }


def recovers(shares: Sequence[float]) -> Options:
    """Answer from the right words, free-running, by distance from the first error."""
    first, last = shares[0], shares[-1]
    return {
        "right": option_for(100 * (last - first), -15, 15),
        "measured": said(
            "Right words, free-running: {first} directly after the error, {last} eight words after it.",
            first=f"{first:.0%}",
            last=f"{last:.0%}",
        ),
        "a": said("It gets no worse either: what is lost is lost at once."),
        "c": said("Nothing tells it that it has gone wrong: what it reads looks to it like any beginning."),
    }


def best_way(runs: Runs) -> Options:
    """Answer from exact match, by way to train."""
    exact = {way: mean(run["exact_match"] for run in found) for way, found in runs.items()}
    told = ", ".join(f"{named(way)} {share:.1%}" for way, share in exact.items())
    return {
        "right": "abcd"[list(exact).index(max(exact, key=lambda way: exact[way]))],
        "measured": said("Exact translations, mean over seeds: {told}.", told=told),
        "b": said(
            "A fair mixture of both sounds best. Exact match counts first errors, and those come after right words."
        ),
        "c": said("It practises what it will do, and still loses by far. Why is open: see section 10."),
        "d": said("This is what the paper recommends, for larger tasks. Here it does not pay."),
    }


def rest_kept(runs: Runs, kind: str) -> Options:
    """Answer from the rests kept after a wrong word of a kind by the model that was always forced."""
    share = mean(100 * run["injected_errors"][kind]["rest_kept"] for run in runs["ratio 1.0"])
    why = {
        "same_kind": {
            "a": said(
                "It has never read a wrong word, so this seems likely. But what follows does not "
                "depend on which noun it was."
            ),
            "b": said("Some harm seems likely. But after another noun with the same particle the rest is the same."),
        },
        "structure": {
            "c": said("The source still says what should follow. But the word read before weighs more."),
            "d": said("So it was for a noun. This word changes which words can come next."),
        },
    }
    return {
        "right": option_for(share, 50, 80, 95),
        "measured": said("{share} % of them, mean over seeds.", share=f"{share:.0f}"),
        **why[kind],
    }
