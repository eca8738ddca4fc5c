"""What lesson 07 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Sequence
from typing import Any

from lessons.toolkit.figures.attention_questions import Options, Run, ask
from lessons.toolkit.predictions import option_for

SHUFFLED_WORDS = ask(
    question="The words of a sentence are shuffled. What happens to the new states that self-attention gives them?",
    a="each word gets a different state, because it has different neighbours",
    b="each word gets the same state as before, only at another place",
    c="all words get the same state",
)
BEYOND_SIX = ask(
    question="Attention alone, trained on up to six clauses: what will exact match do at eight?",
    a="hold better than the GRU with attention, since no state is handed on",
    b="fall about as far as the GRU with attention, within 10 points",
    c="fall further than the GRU with attention",
)
NO_POSITIONS = ask(
    question="Without positions on either side: how many sentences of three clauses will be right?",
    a="nearly all: the causal mask tells places apart",
    b="about half",
    c="less than a quarter",
)
LAYER_MISSED = ask(
    question="All heads of one layer are silent. Which layer is missed most?",
    a="a layer of the encoder's self-attention",
    b="a layer of the decoder's self-attention",
    c="a layer of the attention to the source",
)


KINDS = {
    "encoder": "encoder's self-attention",
    "decoder": "decoder's self-attention",
    "cross": "attention to the source",
}


def shuffled_words(same: bool) -> Options:
    """Answer from whether the states were the same."""
    return {
        "right": "b" if same else "a",
        "measured": "Every word keeps its state; only its place has changed.",
        "a": "Neighbours mean nothing here: every word looks at all words, and a sum has no order.",
        "c": "Each word asks with a query of its own, so each gets its own mix.",
    }


def beyond_six(models: dict[str, Sequence[Run]]) -> Options:
    """Answer from the worst and the best seed at eight clauses."""
    recurrent, alone = (
        [run["exact_match"][7] for run in models[name]] for name in ("GRU with attention", "attention alone")
    )
    lost = sum(recurrent) / len(recurrent) - sum(alone) / len(alone)
    return {
        "right": option_for(100 * lost, -10, 10),
        "measured": f"At eight clauses, worst to best seed: GRU with attention {min(recurrent):.0%} to "
        f"{max(recurrent):.0%}, attention alone {min(alone):.0%} to {max(alone):.0%}.",
        "a": "No state has to be carried along, but every place beyond those of training is new to the model.",
        "b": "Both look back in the same way. Why one of them falls further, this run does not say.",
        "c": "It would be so if places that were never seen in training were of no use to it.",
    }


def no_positions(runs: Sequence[Run]) -> Options:
    """Answer from the best seed without positions, at three clauses."""
    best = max(run["exact_match"][2] for run in runs)
    return {
        "right": option_for(-best, -0.7, -0.25),
        "measured": f"The best seed without positions has {best:.0%} right at three clauses.",
        "a": "The mask may tell the decoder how far it is. It tells nobody in which order the source stood.",
        "b": "Short sentences can be put in order by their words alone; three clauses hardly.",
    }


def layer_missed(heads: dict[str, Any]) -> Options:
    """Answer from the layer that costs most, seed by seed."""
    kinds = {"encoder": "a", "decoder": "b", "cross": "c"}
    worst = [max(kinds, key=lambda kind: max(run["knock_out"][kind]["layers"])) for run in heads["runs"]]
    most = max(kinds, key=worst.count)
    return {
        "right": kinds[most],
        "measured": f"In {worst.count(most)} of {len(worst)} seeds it is a layer of the {KINDS[most]}.",
        "a": "Without it each source word stands alone, but it still stands there.",
        "b": "Without it the decoder no longer knows what it has written, but it still sees the source.",
        "c": "It is the only way from the source to the target, but there are two such layers.",
    }
