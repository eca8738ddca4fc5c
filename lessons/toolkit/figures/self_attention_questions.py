"""What lesson 07 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Sequence
from typing import Any

from lessons.toolkit.figures.attention_questions import Options, Run, ask
from lessons.toolkit.predictions import option_for
from lessons.toolkit.text import Text, said

SHUFFLED_WORDS = ask(
    question=Text(
        "The words of a sentence are shuffled. What happens to the new states that self-attention gives them?"
    ),
    a=Text("each word gets a different state, because it has different neighbours"),
    b=Text("each word gets the same state as before, only at another place"),
    c=Text("all words get the same state"),
)
BEYOND_SIX = ask(
    question=Text("Attention alone, trained on up to six clauses: what will exact match do at eight?"),
    a=Text("hold better than the GRU with attention, since no state is handed on"),
    b=Text("fall about as far as the GRU with attention, within 10 points"),
    c=Text("fall further than the GRU with attention"),
)
NO_POSITIONS = ask(
    question=Text("Without positions on either side: how many sentences of three clauses will be right?"),
    a=Text("nearly all: the causal mask tells places apart"),
    b=Text("about half"),
    c=Text("less than a quarter"),
)
LAYER_MISSED = ask(
    question=Text("All heads of one layer are silent. Which layer is missed most?"),
    a=Text("a layer of the encoder's self-attention"),
    b=Text("a layer of the decoder's self-attention"),
    c=Text("a layer of the attention to the source"),
)


KINDS = {
    "encoder": Text("encoder's self-attention"),
    "decoder": Text("decoder's self-attention"),
    "cross": Text("attention to the source"),
}


def shuffled_words(same: bool) -> Options:
    """Answer from whether the states were the same."""
    return {
        "right": "b" if same else "a",
        "measured": said("Every word keeps its state; only its place has changed."),
        "a": said("Neighbours mean nothing here: every word looks at all words, and a sum has no order."),
        "c": said("Each word asks with a query of its own, so each gets its own mix."),
    }


def beyond_six(models: dict[str, Sequence[Run]]) -> Options:
    """Answer from the worst and the best seed at eight clauses."""
    recurrent, alone = (
        [run["exact_match"][7] for run in models[name]] for name in ("GRU with attention", "attention alone")
    )
    lost = sum(recurrent) / len(recurrent) - sum(alone) / len(alone)
    return {
        "right": option_for(100 * lost, -10, 10),
        "measured": said(
            "At eight clauses, worst to best seed: GRU with attention {least} to {most}, "
            "attention alone {least_2} to {most_2}.",
            least=f"{min(recurrent):.0%}",
            most=f"{max(recurrent):.0%}",
            least_2=f"{min(alone):.0%}",
            most_2=f"{max(alone):.0%}",
        ),
        "a": said("No state has to be carried along, but every place beyond those of training is new to the model."),
        "b": said("Both look back in the same way. Why one of them falls further, this run does not say."),
        "c": said("It would be so if places that were never seen in training were of no use to it."),
    }


def no_positions(runs: Sequence[Run]) -> Options:
    """Answer from the best seed without positions, at three clauses."""
    best = max(run["exact_match"][2] for run in runs)
    return {
        "right": option_for(-best, -0.7, -0.25),
        "measured": said("The best seed without positions has {best} right at three clauses.", best=f"{best:.0%}"),
        "a": said("The mask may tell the decoder how far it is. It tells nobody in which order the source stood."),
        "b": said("Short sentences can be put in order by their words alone; three clauses hardly."),
    }


def layer_missed(heads: dict[str, Any]) -> Options:
    """Answer from the layer that costs most, seed by seed."""
    kinds = {"encoder": "a", "decoder": "b", "cross": "c"}
    worst = [max(kinds, key=lambda kind: max(run["knock_out"][kind]["layers"])) for run in heads["runs"]]
    most = max(kinds, key=worst.count)
    return {
        "right": kinds[most],
        "measured": said(
            "In {count} of {count_2} seeds it is a layer of the {kinds}.",
            count=worst.count(most),
            count_2=len(worst),
            kinds=KINDS[most],
        ),
        "a": said("Without it each source word stands alone, but it still stands there."),
        "b": said("Without it the decoder no longer knows what it has written, but it still sees the source."),
        "c": said("It is the only way from the source to the target, but there are two such layers."),
    }
