"""The tasks of the playground, and how an answer is judged: the same here, in a check, and on a page in JavaScript.

They are about the models that the course ships, so that an answer found anywhere is an answer everywhere. Each judge
names what went wrong, by the cause that the check explains, or gives "" for a right answer. Where both sides draw the
line is said once, in `TOLERANCES`, which pages get with the tasks.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lessons.toolkit.shipped_models import shipped
from lessons.toolkit.text import named

Weights = dict[int, list[float]]  # step, from 0 → a weight for each source place, END among them

TOLERANCES = {
    "sum": 0.06,  # of weights that were rounded to two digits
    "moved": 0.3,  # by how much a weight has to be moved at least
    "share": 0.02,  # of a probability that was read off
}


@dataclass(frozen=True)
class Task:
    """What a learner is to find with a shipped model.

    Attributes:
        kind: `swap`, `free` or `hide`: which judge.
        model: its name in `datasets/models`.
        english: the sentence.
        source: its numbers, END among them.
        wanted: a Korean sentence or word.
        target: its numbers.
        prefix: the numbers of what is written before.
        places: group → source places that are hidden together.
        title, text, right: what a page says: of the task, and of a right answer.
    """

    kind: str
    model: str
    english: str
    source: tuple[int, ...]
    wanted: str
    target: tuple[int, ...]
    prefix: tuple[int, ...] = ()
    places: Mapping[str, tuple[int, ...]] | None = None
    title: str = ""
    text: str = ""
    right: str = ""

    def for_page(self) -> dict[str, Any]:
        """What JavaScript needs to know of it."""
        causes = {cause: named(question) for cause, question in CAUSES[self.kind].items()}
        said = {name: named(getattr(self, name)) for name in ("title", "text", "right")}
        plain = {name: value for name, value in asdict(self).items() if value}
        return {**plain, **said, "tolerances": TOLERANCES, "causes": causes}


_FORM = {
    "no-steps": "Steps are whole numbers from 0, and each has its weights. What does the playground give you to copy?",
    "wrong-length": "A step needs one weight for each place. Have you counted `<end>`?",
    "no-weights": "These are no weights: one is negative, or they do not sum to 1. What happens to the others when you "
    "move one?",
}

#: For each kind of task what a cause asks the learner; the checks say it, and so do the pages.
CAUSES = {
    "swap": {
        **_FORM,
        "unmoved": "With these weights the model writes what it writes anyway. Which source word should the first "
        "Korean word look at, if somebody else is to meet?",
        "counted-from-one": "The right weights are at the wrong steps. Which number has the first step?",
        "one-noun": "One word is still that of the model's own translation. Which other step has to look elsewhere, "
        "if the two people change places?",
        "another-sentence": "The model writes another sentence than the wanted one. Which step goes wrong first?",
    },
    "free": {
        **_FORM,
        "wrong-names": "Two answers are asked for, by the names `free` and `needed`. Which of them is missing, or has "
        "another name?",
        "several-steps": "Each answer moves the weights of one step. How would you know which of several matters?",
        "moved-too-little": "The weights are nearly the model's own. Does your finding hold when one moves by more "
        "than 0.3?",
        "exchanged": "The two answers are exchanged. Which of them changes the translation?",
        "free-changes": "With the weights called `free` the translation changes. At which step has the model nothing "
        "left to choose?",
        "needed-unchanged": "With the weights called `needed` the translation stays the same. Which step has to find "
        "out something that only the source can tell?",
    },
    "hide": {
        "wrong-names": "Three numbers are asked for, by the names `gold`, `dark` and `both`. Which is missing?",
        "not-numbers": "Each answer is one number from 0 to 1. What did you write instead?",
        "in-percent": "These are per cent. What is 50 % as a number from 0 to 1?",
        "what-is-lost": "This is how much is lost. How much is left?",
        "never-read": "The encoder has not read these words. Should it, if only the decoder may not look?",
        "other-model": "These are the numbers of the other model. Which of the two is that of lesson 3?",
        "exchanged": "Gold and dark are exchanged. Which word does the Korean word translate, and which is looked at "
        "most?",
        "misread": "At least one number is another one. Is the word before it written, and is only what you want to "
        "hide hidden?",
    },
}

# --- how an answer is judged ---------------------------------------------------------------------------------------


def judge(task: Task, answer: object) -> str:
    """Judge an answer by the kind of the task: the cause that fits a wrong one, or ""."""
    return {"swap": _judge_swap, "free": _judge_free, "hide": _judge_hide}[task.kind](task, answer)


def _judge_swap(task: Task, answer: object) -> str:
    """Weights at some steps have to make another translation."""
    if cause := form_of(task, answer):
        return cause
    written = _translate(task, answer)
    if written == list(task.target):
        return ""
    if written == _translate(task, {}):
        return "unmoved"
    if _translate(task, {step - 1: weights for step, weights in answer.items()}) == list(task.target):
        return "counted-from-one"
    agree = sum(a == b for a, b in zip(written, task.target, strict=False))
    return "one-noun" if len(written) == len(task.target) == agree + 1 else "another-sentence"


def _judge_free(task: Task, answer: object) -> str:
    """One set of moved weights has to leave the translation as it is, another has to change it."""
    if not isinstance(answer, dict) or set(answer) != {"free", "needed"}:
        return "wrong-names"
    own = _translate(task, {})
    for each in answer.values():
        if cause := form_of(task, each):
            return cause
        if len(each) != 1:
            return "several-steps"
        if _moved(task, own, each) < TOLERANCES["moved"]:
            return "moved-too-little"
    free, needed = (_translate(task, answer[name]) == own for name in ("free", "needed"))
    return {(True, False): "", (False, True): "exchanged", (False, False): "free-changes"}.get(
        (free, needed), "needed-unchanged"
    )


def _judge_hide(task: Task, answer: object) -> str:
    """The probability of a word has to be read off for each group of hidden states."""
    if not isinstance(answer, dict) or set(answer) != set(task.places):
        return "wrong-names"
    if not all(_is_number(share) for share in answer.values()):
        return "not-numbers"
    left = shares_left(task)
    if _agree(answer, left):
        return ""
    if _agree({name: share / 100 for name, share in answer.items()}, left):
        return "in-percent"
    if _agree({name: 1 - share for name, share in answer.items()}, left):
        return "what-is-lost"
    if _agree(answer, shares_left(task, never_read=True)):
        return "never-read"
    if _agree(answer, shares_left(task, model="05_word_reader")):
        return "other-model"
    exchanged = {"gold": answer["dark"], "dark": answer["gold"], "both": answer["both"]}
    return "exchanged" if _agree(exchanged, left) else "misread"


def shares_left(task: Task, *, never_read: bool = False, model: str = "") -> dict[str, float]:
    """The probability of the wanted word with each group hidden from attention, or from the encoder."""
    run = shipped(model or task.model)
    shares = {}
    for name, places in task.places.items():
        hidden = {"unread": places} if never_read else {"hidden": places}
        shares[name] = run(task.source, task.prefix, **hidden).logits[-1].softmax(0)[task.target[0]].item()
    return shares


def _agree(answer: Mapping[str, float], shares: Mapping[str, float]) -> bool:
    return all(abs(answer[name] - share) <= TOLERANCES["share"] for name, share in shares.items())


def form_of(task: Task, answer: object) -> str:
    """Say what keeps an answer from being weights at all: a cause, or ""."""
    if not isinstance(answer, dict) or not all(type(step) is int and 0 <= step < 40 for step in answer):
        return "no-steps"
    for weights in answer.values():
        if not isinstance(weights, list | tuple) or len(weights) != len(task.source):
            return "wrong-length"
        if not all(_is_number(weight) and weight >= 0 for weight in weights):
            return "no-weights"
        if abs(sum(weights) - 1) > TOLERANCES["sum"]:
            return "no-weights"
    return ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _moved(task: Task, written: Sequence[int], given: Weights) -> float:
    """By how much a weight was moved at most from the model's own, which writes `written`; 0 after its END."""
    ((step, weights),) = given.items()
    if step > len(written):
        return 0.0
    own = shipped(task.model)(task.source, written[:step]).weights[-1].tolist()
    return max(abs(a - b) for a, b in zip(own, _rescaled(weights), strict=True))


def _translate(task: Task, given: Weights) -> list[int]:
    return shipped(task.model).translate(task.source, {step: _rescaled(weights) for step, weights in given.items()})


def _rescaled(weights: Sequence[float]) -> list[float]:
    """Rounded weights with sum 1."""
    total = sum(weights)
    return [weight / total for weight in weights]


# --- the tasks -----------------------------------------------------------------------------------------------------

_MEETING = ("03_attention", "Mina met Jihun yesterday", (16, 37, 17, 157, 2))

SWAP = Task(
    "swap",
    *_MEETING,
    "지훈이는 어제 미나를 만났어",
    (15, 210, 81, 204),
    title="Task: somebody else meets",
    text="Choose “Mina met Jihun yesterday”. Move weights, at as few steps as you can, so that the model writes "
    "지훈이는 어제 미나를 만났어 (Jihun.TOP yesterday Mina.OBJ meet.PST.INT): Jihun met Mina. Step on after each move; "
    "at the end, check.",
    right="The sentence that you wanted, from the same states and the same weights of the network: only where it looks "
    "is yours.",
)
FREE = Task(
    "free",
    *_MEETING,
    "미나는 어제 지훈이를 만났어",
    (11, 210, 87, 204),
    title="Task: a weight that does not matter, and one that does",
    text="The same sentence. Find a step at which you can move a weight by more than 0.3 and the whole translation "
    "stays as it is: keep it as free. Reset, and find one where such a move changes the translation: keep it as "
    "needed.",
    right="One step has to find out something that only the source can tell; at the other the words written so far, or "
    "any of the states, tell enough.",
)
HIDE = Task(
    "hide",
    "03_attention",
    "you met Sora and I was not sad",
    (18, 37, 19, 5, 24, 29, 23, 44, 2),
    "소라를",
    (93,),
    prefix=(13,),
    places={"gold": (2,), "dark": (3,), "both": (2, 3)},
    title="Task: which hiding hurts?",
    text="Choose “you met Sora and I was not sad”: 넌 (you.TOP) is written, and 소라를 (Sora.OBJ) comes next. The "
    "model of lesson 3 looks mostly at “and”, the dark word; the gold word is “Sora”. Guess first: will 소라를 suffer "
    "when the state after the gold word is hidden, after the dark word, after both? Then hide them, and write down how "
    "probable 소라를 still is.",
    right="Each of the two states knows the word, so hiding the gold one costs nothing and hiding the dark one only a "
    "part; without both it is lost.",
)
