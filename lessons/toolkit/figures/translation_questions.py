"""What lesson 06 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Mapping, Sequence

from lessons.toolkit.predictions import option_for

Options = dict[str, str]


def ask(question: str, **options: str) -> Options:
    """A question and its options by letter."""
    return {"question": question, **options}


ORDER_TURNS = ask(
    question="From which step on is the hypothesis that took 기다려서 at step 4 in the lead?",
    a="step 5",
    b="step 6",
    c="step 7: when END is written",
)
GAIN = ask(
    question="At four clauses, what does a beam of five add to BLEU, on average over five seeds?",
    a="more than 2 points to attention, less to the baseline",
    b="more than 2 points to the baseline, less to attention",
    c="more than 2 points to both",
    d="less to either",
)
SEARCH_ERRORS = ask(
    question="Of the baseline's wrong greedy translations, what share are search errors?",
    a="less than a quarter",
    b="a quarter to a half",
    c="half to three quarters",
    d="three quarters or more",
)
REAL_GAP = ask(
    question="On real sentences, how far is attention ahead of the baseline, on average over five seeds?",
    a="it is not ahead",
    b="less than 5 BLEU points",
    c="5 to 20 points",
    d="more than 20 points, as on the course's corpus at six clauses",
)
WITHOUT_ROOT = ask(
    question="A = 1,024 and no root: how large is the greatest of ten weights, on average?",
    a="about 0.1: all are nearly equal",
    b="about 0.3",
    c="about 0.6",
    d="0.9 or more: one word gets nearly all",
)


def order_turns(places: Sequence[int]) -> Options:
    """Answer from the row, from 0, in which the best hypothesis was at each step."""
    turned = 2 + max((step for step, place in enumerate(places) if place > 0), default=-1)
    return {
        "right": option_for(turned, 6, 7),
        "measured": f"From step {turned} on it is in the first row.",
        "a": "At step 5 it still pays for having been the less probable choice.",
        "c": "END costs little in either sentence; the difference was made before.",
    }


def gain(gains: Mapping[str, Sequence[float]]) -> Options:
    """Answer from the mean gain of each model, by number of clauses from one on."""
    attention, baseline = gains["attention"][3], gains["baseline"][3]
    letters = {(True, False): "a", (False, True): "b", (True, True): "c", (False, False): "d"}
    return {
        "right": letters[attention > 2, baseline > 2],
        "measured": f"At four clauses the beam adds {attention:z.1f} to attention, {baseline:z.1f} to the baseline.",
        "a": "The better model is hardly ever in doubt at this length, so there is little to choose from.",
        "c": "A search can only help where the model is in doubt, and attention hardly is.",
        "d": "The baseline is in doubt about many of these sentences, and it often prefers the right one.",
    }


def search_errors(share: float) -> Options:
    """Answer from the share of wrong translations for which the search is to blame."""
    chosen = "Our example was one, but it was chosen because it is."
    return {
        "right": option_for(share, 0.25, 0.5, 0.75),
        "measured": f"{share:.0%} of the baseline's greedy errors are search errors; the rest are the model's.",
        "b": chosen,
        "c": chosen,
        "d": "If the search were at fault so often, a beam would mend far more than it does.",
    }


def real_gap(points: float) -> Options:
    """Answer from the BLEU points that attention is ahead."""
    return {
        "right": option_for(points, 0, 5, 20),
        "measured": f"Attention is {points:.1f} points ahead.",
        "c": "That would be a large gap. It is smaller, and the text below says what is known about why.",
        "d": "The course's corpus has such a gap, but for long sentences, and these are short.",
    }


def without_root(plain: float, rooted: float) -> Options:
    """Answer from the greatest weight without the root and with it."""
    return {
        "right": option_for(plain, 0.2, 0.45, 0.85),
        "measured": f"It is {plain:.1f} without the root, {rooted:.1f} with it.",
        "a": "So it would be if the scores were nearly equal, but they grow with the root of A.",
        "b": "About so large it is with the root.",
    }
