"""What lesson 06 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Mapping, Sequence

from lessons.toolkit.predictions import option_for
from lessons.toolkit.text import Text, Words, said

Options = dict[str, Words]


def ask(question: Words, **options: Words) -> Options:
    """A question and its options by letter."""
    return {"question": question, **options}


ORDER_TURNS = ask(
    question=Text("From which step on is the hypothesis that took 기다려서 at step 4 in the lead?"),
    a=Text("step 5"),
    b=Text("step 6"),
    c=Text("step 7: when END is written"),
)
GAIN = ask(
    question=Text("At four clauses, what does a beam of five add to BLEU, on average over five seeds?"),
    a=Text("more than 2 points to attention, less to the baseline"),
    b=Text("more than 2 points to the baseline, less to attention"),
    c=Text("more than 2 points to both"),
    d=Text("less to either"),
)
SEARCH_ERRORS = ask(
    question=Text("Of the baseline's wrong greedy translations, what share are search errors?"),
    a=Text("less than a quarter"),
    b=Text("a quarter to a half"),
    c=Text("half to three quarters"),
    d=Text("three quarters or more"),
)
REAL_GAP = ask(
    question=Text("On real sentences, how far is attention ahead of the baseline, on average over five seeds?"),
    a=Text("it is not ahead"),
    b=Text("less than 5 BLEU points"),
    c=Text("5 to 20 points"),
    d=Text("more than 20 points, as on the course's corpus at six clauses"),
)
WITHOUT_ROOT = ask(
    question=Text("A = 1,024 and no root: how large is the greatest of ten weights, on average?"),
    a=Text("about 0.1: all are nearly equal"),
    b=Text("about 0.3"),
    c=Text("about 0.6"),
    d=Text("0.9 or more: one word gets nearly all"),
)


def order_turns(places: Sequence[int]) -> Options:
    """Answer from the row, from 0, in which the best hypothesis was at each step."""
    turned = 2 + max((step for step, place in enumerate(places) if place > 0), default=-1)
    return {
        "right": option_for(turned, 6, 7),
        "measured": said("From step {turned} on it is in the first row.", turned=turned),
        "a": said("At step 5 it still pays for having been the less probable choice."),
        "c": said("END costs little in either sentence; the difference was made before."),
    }


def gain(gains: Mapping[str, Sequence[float]]) -> Options:
    """Answer from the mean gain of each model, by number of clauses from one on."""
    attention, baseline = gains["attention"][3], gains["baseline"][3]
    letters = {(True, False): "a", (False, True): "b", (True, True): "c", (False, False): "d"}
    return {
        "right": letters[attention > 2, baseline > 2],
        "measured": said(
            "At four clauses the beam adds {attention} to attention, {baseline} to the baseline.",
            attention=f"{attention:z.1f}",
            baseline=f"{baseline:z.1f}",
        ),
        "a": said("The better model is hardly ever in doubt at this length, so there is little to choose from."),
        "c": said("A search can only help where the model is in doubt, and attention hardly is."),
        "d": said("The baseline is in doubt about many of these sentences, and it often prefers the right one."),
    }


def search_errors(share: float) -> Options:
    """Answer from the share of wrong translations for which the search is to blame."""
    chosen = said("Our example was one, but it was chosen because it is.")
    return {
        "right": option_for(share, 0.25, 0.5, 0.75),
        "measured": said(
            "{share} of the baseline's greedy errors are search errors; the rest are the model's.", share=f"{share:.0%}"
        ),
        "b": chosen,
        "c": chosen,
        "d": said("If the search were at fault so often, a beam would mend far more than it does."),
    }


def real_gap(points: float) -> Options:
    """Answer from the BLEU points that attention is ahead."""
    return {
        "right": option_for(points, 0, 5, 20),
        "measured": said("Attention is {points} points ahead.", points=f"{points:.1f}"),
        "c": said("That would be a large gap. It is smaller, and the text below says what is known about why."),
        "d": said("The course's corpus has such a gap, but for long sentences, and these are short."),
    }


def without_root(plain: float, rooted: float) -> Options:
    """Answer from the greatest weight without the root and with it."""
    return {
        "right": option_for(plain, 0.2, 0.45, 0.85),
        "measured": said(
            "It is {plain} without the root, {rooted} with it.", plain=f"{plain:.1f}", rooted=f"{rooted:.1f}"
        ),
        "a": said("So it would be if the scores were nearly equal, but they grow with the root of A."),
        "b": said("About so large it is with the root."),
    }
