"""What to look at when the learner's code stopped with an error: a question for each kind that learners meet."""

import re
from dataclasses import dataclass

from autograder.subjects.subject import AnswerError
from lessons.toolkit.text import Text


@dataclass(frozen=True)
class Advice:
    """A question for errors whose type and message fit.

    Attributes:
        kinds: the types, as a regular expression.
        message: what is found in the message, as a regular expression; its groups may stand in the question.
        question: what to look at.
    """

    kinds: str
    message: str
    question: str

    def about(self, error: AnswerError) -> Text | None:
        """The question, or None where the error is another one."""
        found = re.search(self.message, error.message) if re.fullmatch(self.kinds, error.type_name) else None
        return Text(self.question, {"name": "".join(found.groups())}) if found else None


# Slips of Python's, whatever the exercise is.
SLIPS = (
    Advice(
        "NameError",
        r"name ('[^']+')",
        "Nothing is called {name} there. Is it spelt as where it was defined, and has that cell been run since the "
        "kernel started?",
    ),
    Advice(
        "UnboundLocalError",
        r"variable ('[^']+')",
        "{name} is read before it has a value. Does every way to that line give it one?",
    ),
    Advice(
        "AttributeError|TypeError",
        "NoneType",
        "A value on that line is None. Which call gave nothing back: a method that changes its object in place, or a "
        "function without a return statement?",
    ),
    Advice(
        "AttributeError",
        r"attribute ('[^']+')",
        "There is no {name} on that object. Is it spelt as where it was defined, and is the object of the kind you "
        "think it is?",
    ),
    Advice(
        "TypeError",
        r"missing \d+ required|positional arguments? but|unexpected keyword|multiple values for",
        "A call and a definition do not agree on the arguments. Is the first line of your function still as it was "
        "given? And do your own calls pass what the definition asks for?",
    ),
    Advice(
        "TypeError",
        "not callable",
        "Something is called that is no function. Do round brackets stand where square ones belong, or has a variable "
        "taken the name of a function?",
    ),
    Advice(
        "RecursionError",
        "",
        "The function calls itself without end. Was the call meant for another function, or is the case missing in "
        "which it stops?",
    ),
    Advice(
        "ModuleNotFoundError|ImportError",
        "",
        "That cannot be imported. The setup cell at the top imports all that the exercise needs.",
    ),
    Advice(
        "RuntimeError",
        "view size is not compatible",
        "After `transpose` or `permute` the numbers of a row no longer lie side by side in memory, and `view` needs "
        "that. `reshape` and `flatten` do not.",
    ),
    Advice(
        "RuntimeError",
        "leaf Variable that requires grad",
        "An input or a weight is changed in place while its gradient is recorded. Can the line make a new tensor: "
        "`x = x + 1` in place of `x += 1`, `torch.where` or `masked_fill` in place of `x[...] = 1`?",
    ),
    Advice(
        "RuntimeError",
        "modified by an inplace operation",
        "A tensor that the gradient needs was changed after its use. Which line writes into a tensor: `+=`, "
        "`x[...] = `, or a method whose name ends in `_`?",
    ),
)

# Errors of tensors, lists and dicts. A check that has a question of its own for its errors knows more.
USUAL = (
    Advice(
        "RuntimeError",
        "mat1 and mat2|batch1|batch2|input tensors must have the same size",
        "In a matrix product the last dimension of the left side must be as long as the first of the right. Which "
        "dimension of which tensor should stand there?",
    ),
    Advice(
        "RuntimeError",
        "must be equal to input_size",
        "The layer reads another number of values a word than its input has. Which tensors must stand side by side in "
        "the last dimension?",
    ),
    Advice(
        "ValueError",
        r"\): \w+ must have shape",
        "A function that you were given was called with a value of another shape than it takes. Which of the values "
        "listed here has that shape, and where would you get one that has?",
    ),
    Advice(
        "RuntimeError|ValueError",
        r"[1-4]-?D\b|Expected hidden size",
        "The layer wants another number of dimensions, or another order of them. Which shape does its documentation "
        "name?",
    ),
    Advice(
        "RuntimeError",
        "must match except in dimension|same number of dimensions|to be equal size",
        "Tensors can be joined only where all other sizes agree. Along which dimension do you join, and does each "
        "tensor have as many dimensions as the others?",
    ),
    Advice(
        "RuntimeError|IndexError|ValueError",
        "must match the|does not match the shape|does not broadcast|shape mismatch|Expected target size|batch_size",
        "Two shapes do not fit together. Write one below the other, aligned on the right: sizes must be equal, or one "
        "of them 1. Is an `unsqueeze` or a `transpose` missing?",
    ),
    Advice(
        "RuntimeError",
        "is invalid for input of size",
        "The new shape holds another number of values. Multiply its sizes: which one is wrong?",
    ),
    Advice(
        "RuntimeError|IndexError|TypeError|NotImplementedError",
        "scalar type|dtype|used as indices|boolean mask|boolean tensor|integer and Boolean|Boolean-type|floating point"
        "|not implemented for",
        "The kind of number does not fit. Which tensor should hold whole numbers, which floats, which bools?",
    ),
    Advice(
        "IndexError",
        "Dimension out of range|too many indices",
        "There are fewer dimensions than the line asks for. Which shape has the tensor, and which one did you expect?",
    ),
    Advice(
        "IndexError",
        "out of (?:range|bounds)",
        "An index points past the end. How long is what you index, and does counting begin at 0?",
    ),
    Advice("KeyError", "", "The dict has no such key. What should become of one that is missing?"),
    Advice(
        "RuntimeError",
        "ambiguous",
        "A whole tensor stands where one yes or no is needed. Do you mean all of its entries, any of them, or a choice "
        "for each (`torch.where`)?",
    ),
    Advice(
        "RuntimeError|ValueError|TypeError",
        "only one element tensors|cannot be converted to Scalar|only be created for scalar|for scalar outputs",
        "A tensor with several numbers stands where one is needed. Should it be summed, averaged or indexed first?",
    ),
    Advice(
        "ValueError",
        "to unpack",
        "There are more or fewer names on the left than values on the right. What does the right side give, and in "
        "which order?",
    ),
    Advice(
        "RuntimeError",
        "does not require grad|requires grad",
        "Gradients cannot follow. Is there a `detach`, `item`, `numpy` or `no_grad` on the way, or a new tensor made "
        "of numbers?",
    ),
    Advice(
        "RuntimeError",
        "through the graph a second time",
        "`backward` runs twice over one computation. Is the loss computed anew for each step?",
    ),
    Advice(
        "ValueError",
        "expected sequence of length",
        "`torch.tensor` wants rows of equal length. What has to happen to the short ones first?",
    ),
    Advice(
        "TypeError",
        "unsupported operand|argument '|must be|can only concatenate|not supported between|expected Tensor",
        "A value is of another kind than the line needs: a list for a tensor, a tensor for a number, text for either. "
        "Which one is it?",
    ),
)


def advice_on(error: AnswerError, knows_more: bool) -> Text | None:
    """The question that leads on, None where there is none better than the check's own.

    Args:
        error: what the answer raised.
        knows_more: whether the check has a question for errors in its exercise; it goes before `USUAL`.
    """
    known = SLIPS if knows_more else SLIPS + USUAL
    return next(filter(None, (advice.about(error) for advice in known)), None)
