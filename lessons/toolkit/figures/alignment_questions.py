"""What lesson 05 asks before its experiments, and what these found: for `predictions.ask` and `predictions.answer`."""

from collections.abc import Mapping
from math import exp

from lessons.toolkit.predictions import option_for

Options = dict[str, str]


def ask(question: str, **options: str) -> Options:
    """A question and its options by letter."""
    return {"question": question, **options}


ERROR_OF_LESSON_3 = ask(
    question="How large is the alignment error rate of lesson 3's model, by its greatest weights?",
    a="below 0.1: who translates well aligns well",
    b="0.1 to 0.24",
    c="0.25 to 0.39",
    d="0.4 or more",
)
OFFSET = ask(
    question="Links paired with the words read, (i, j - 1) instead of (i, j): what does best_offset give?",
    a="-1",
    b="0",
    c="1",
)
WHICH_CHANGE = ask(
    question="How many of the three changes, alone, take half of lesson 3's error rate away or more? "
    "(median over seeds)",
    a="none: it takes two together",
    b="one",
    c="two",
    d="all three",
)
HIDDEN_WORD = ask(
    question="Hide a word that has more than 0.8 of the weight: in the median, the right word becomes",
    a="hardly less probable: the decoder knows it anyway",
    b="2 to 9 times less probable",
    c="10 to 49 times less probable",
    d="50 times less probable, or more",
)
DARKEST_IN_LESSON_3 = ask(
    question="Lesson 3's model, all target words: hide the word with the most weight. In the median the right word "
    "loses",
    a="less than 0.2 nats: hardly anything",
    b="0.2 to 0.9 nats",
    c="1 to 1.9 nats",
    d="2 nats or more, as the changed model does",
)


def error_of_lesson_3(error: float) -> Options:
    """Answer from the alignment error rate of the model."""
    return {
        "right": option_for(error, 0.1, 0.25, 0.4),
        "measured": f"The error rate of lesson 3's model is {error:.2f}.",
        "a": "The loss rewards right words. Where the model looked while it wrote them is nowhere in it.",
        "b": "So good would an alignment be that was almost trained; this model never saw a link.",
        "c": "The crossing looks right. But count the dark cells that have no frame.",
    }


def offset(found: int) -> Options:
    """Answer from what `best_offset` gave."""
    return {
        "right": option_for(found, 0, 1),
        "measured": f"It gives {found}.",
        "a": "That is the slip. Asked for is the offset that takes it back.",
        "b": "Zero would say that all is well, but every link has slipped by one.",
    }


def which_change(errors: Mapping[str, float]) -> Options:
    """Answer from the median error rates, by model."""
    before = errors["lesson 3's model"]
    alone = [name for name in errors if name not in ("lesson 3's model", "both changes")]
    halved = [name for name in alone if errors[name] <= before / 2]
    told = ", ".join(f"{name} {value:.2f}" for name, value in errors.items())
    return {
        "right": "abcd"[len(halved)],
        "measured": f"Median AER: {told}.",
        "a": "Together they do most, but look at each change alone, too.",
        "d": "An encoder that reads both ways has states that know even more of their neighbours.",
    }


def hidden_word(nats: float) -> Options:
    """Answer from the median loss of log-probability where the weight is great."""
    return {
        "right": option_for(exp(nats), 2, 10, 50),
        "measured": f"In the median the log-probability falls by {nats:.1f} nats: {exp(nats):.0f} times less probable.",
        "a": "That may happen, and would mean that the weights are not used. In this model they are.",
        "d": "Some words lose that much. But the words written so far often leave few choices.",
    }


def darkest_in_lesson_3(nats: float) -> Options:
    """Answer from the median loss, over target words and seeds."""
    return {
        "right": option_for(nats, 0.2, 1, 2),
        "measured": f"It loses {nats:.2f} nats, in the median over words and seeds.",
        "c": "That would be a model whose weights are used, but less so. This one reads the word elsewhere.",
        "d": "Both translate well, so they might be alike. But here other states know the same word.",
    }
