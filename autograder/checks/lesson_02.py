"""Checks of lesson 02: accuracy by length, a bottleneck, several runs, and what part of a sentence is lost."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.framework.check import Check, stage
from autograder.checks.framework.compare import kind_of
from autograder.checks.framework.random_inputs import Draw
from autograder.checks.framework.trial import Trial
from autograder.subjects.stand_ins import TableEncoder
from lessons.toolkit.batches import PAD
from lessons.toolkit.text import t

Sentences = list[list[str]]


class AccuracyByLength(Check):
    """Exact match, separately for each length."""

    slug = defines = "accuracy_by_length"
    causes = {
        "counts": "These are numbers of right sentences. By how many sentences of that length do you divide?",
        "all-sentences": "Each count is divided by all sentences. How many of them have this length?",
        "one-for-all": "Every length has the same score. Which sentences belong to which length?",
        "words-counted": "This is the share of right words. Is a sentence with one wrong word right?",
        "percent": "The scores are a hundred times too large. On which scale does the docstring want them?",
        "mistakes-counted": "This is the share of wrong sentences. Which way round is accuracy?",
        "order-ignored": "A sentence with its words in another order counts as right. Where does the order matter?",
        "beginning-only": "A translation that stops early, or goes on, counts as right. What if the lengths differ?",
        "unsorted": "The scores are right, their order is not. Which length does the docstring want first?",
    }
    hints = (
        "Imagine a sheet of paper with a column for each length. What do you write into it for each sentence?",
        "Walk through translations, references and lengths together; collect hits by length; then divide each by "
        "how many sentences that length has.",
        "`zip` walks through three lists at once, `collections.defaultdict(list)` collects, `sorted` puts the lengths "
        "in order. Two lists of words are equal if all their words are.",
    )

    @stage("a share for each length")
    def shares(self, trial: Trial) -> None:
        """Wrong sentences have one wrong word; lengths come in order."""
        rights, totals = {1: 3, 2: 1, 4: 2}, {1: 4, 2: 5, 4: 3}
        case = _graded_sentences(trial.draw, rights, totals)
        share = {length: rights[length] / totals[length] for length in totals}
        count = sum(totals.values())
        suspects = {
            "counts": rights,
            "all-sentences": {length: hits / count for length, hits in rights.items()},
            "one-for-all": dict.fromkeys(totals, sum(rights.values()) / count),
            "words-counted": {length: 1 - (1 - value) / 4 for length, value in share.items()},
            "percent": {length: 100 * value for length, value in share.items()},
            "mistakes-counted": {length: 1 - value for length, value in share.items()},
        }
        trial.equal(*trial.both(*case), suspects=suspects)

    @stage("every word in its place")
    def places(self, trial: Trial) -> None:
        """The right words in another order are wrong."""
        case = _graded_sentences(trial.draw, {2: 2, 3: 1}, {2: 3, 3: 4}, (_reversed,))
        trial.equal(*trial.both(*case), suspects={"order-ignored": {2: 1.0, 3: 1.0}})

    @stage("no word too few, none too many")
    def ends(self, trial: Trial) -> None:
        """Translations that stop early or go on are wrong."""
        case = _graded_sentences(trial.draw, {2: 2, 3: 1}, {2: 3, 3: 4}, (_cut, _longer))
        trial.equal(*trial.both(*case), suspects={"beginning-only": {2: 1.0, 3: 1.0}})

    @stage("short lengths first")
    def order(self, trial: Trial) -> None:
        """The sentences come in any order."""
        expected, got = trial.both(*_graded_sentences(trial.draw, {5: 1, 2: 1, 3: 1}, {5: 3, 2: 2, 3: 4}))
        trial.equal(expected, got)
        trial.require(list(got) == list(expected), "unsorted", str(list(expected)), str(list(got)))


def _one_wrong_word(words: list[str], other: str) -> list[str]:
    return [*words[:1], other, *words[2:]]


def _reversed(words: list[str], other: str) -> list[str]:
    return words[::-1]


def _cut(words: list[str], other: str) -> list[str]:
    return words[:-1]


def _longer(words: list[str], other: str) -> list[str]:
    return [*words, other]


def _graded_sentences(
    draw: Draw,
    rights: dict[int, int],
    totals: dict[int, int],
    spoils: tuple[Callable[[list[str], str], list[str]], ...] = (_one_wrong_word,),
) -> tuple[Sentences, Sentences, list[int]]:
    """Translations, references and lengths: so many are right of each length, the others spoilt in turn.

    Each reference has four words.
    """
    translations, references, lengths = [], [], []
    for length, total in totals.items():
        for number in range(total):
            *words, other = draw.words(5)
            spoil = spoils[number % len(spoils)]
            references.append(words)
            translations.append(list(words) if number < rights[length] else spoil(words, other))
            lengths.append(length)
    return translations, references, lengths


class FindKnee(Check):
    """The first trained length with less than half of the best accuracy."""

    slug = defines = "find_knee"
    causes = {
        "below-one-half": "This is the first length below 50 %. Half of what does the docstring ask for?",
        "last-above": "This is the last length before the fall. Is the knee on the left or on the right of it?",
        "last-below": "This is the longest one that is below half. Which one comes first?",
        "steepest": "This is the length of the greatest drop. The docstring compares with half of the best.",
        "accuracy-returned": "This is an accuracy. Does the docstring ask for it, or for its length?",
        "order-of-dict": "This is the first one in the order of the dict. In which order must you look?",
        "half-of-first": "This compares with the shortest length. Is it always the best?",
        "half-counted": "At this length exactly half is left. Does the docstring say less, or at most?",
        "untrained-counted": "This length was never trained on. What can it say about the size of the vector?",
        "untrained-best": "The best accuracy was taken from a length that was never trained on. Which ones count?",
        "raised": "Your code stopped with the error above. What does it do where no length falls below half?",
    }
    hints = (
        "With your finger on the curve: where do you draw the line, and from which side do you come?",
        "Leave out what lies beyond training. Find the best accuracy. Walk from short to long and stop at the first "
        "length below half of it; perhaps there is none.",
        "`sorted` gives the lengths in order, `max` the best accuracy. A `for` with `return` inside stops at the "
        "first; `next` with a default does too.",
    )

    @stage("the first length with less than half of the best accuracy")
    def first(self, trial: Trial) -> None:
        """The curve falls steadily."""
        accuracy = _jittered(trial.draw, {1: 0.84, 2: 0.53, 3: 0.47, 4: 0.45, 5: 0.37, 6: 0.30})
        suspects = {
            "steepest": 2,
            "below-one-half": 3,
            "last-above": 4,
            "last-below": 6,
            "accuracy-returned": accuracy[5],
        }
        trial.equal(*trial.both(accuracy, 6), suspects=suspects)

    @stage("lengths in any order, the best not always the shortest")
    def best(self, trial: Trial) -> None:
        """The second length is best."""
        shuffled = _jittered(trial.draw, {5: 0.15, 2: 0.94, 4: 0.36, 1: 0.8, 3: 0.43})
        trial.equal(*trial.both(shuffled, 5), suspects={"order-of-dict": 5, "half-of-first": 4})

    @stage("exactly half is not less than half")
    def half(self, trial: Trial) -> None:
        """Half of the best is left at one length."""
        best = 0.5 + int(trial.draw.integers(0, 16, 1)) / 64  # a number whose half is exact
        accuracy = {2: best, 3: best / 2, 4: best / 2 - 1 / 16, 5: best / 4}
        trial.equal(*trial.both(accuracy, 5), suspects={"half-counted": 3})

    @stage("lengths beyond training do not count")
    def trained(self, trial: Trial) -> None:
        """The curve falls only right of the line, then it is best there; the knee is None."""
        falling = _jittered(trial.draw, {1: 0.9, 2: 0.8, 3: 0.7, 4: 0.2})
        trial.equal(*trial.both(falling, 3), suspects={"untrained-counted": 4})
        rising = _jittered(trial.draw, {1: 0.60, 2: 0.55, 3: 0.41, 4: 0.99})
        trial.equal(*trial.both(rising, 3), suspects={"untrained-best": 3})


def _jittered(draw: Draw, accuracy: dict[int, float]) -> dict[int, float]:
    """The same curve with a little noise, far less than its steps."""
    noise = draw.integers(-5, 6, len(accuracy)).tolist()
    return {length: value + by / 1000 for (length, value), by in zip(accuracy.items(), noise, strict=True)}


class BottleneckCheck(Check):
    """An encoder whose context passes through C numbers."""

    slug, defines = "bottleneck", "Bottleneck"
    causes = {
        "swapped": "The results are in the other order. Which one does the docstring name first?",
        "states-narrowed": "The states were sent through the bottleneck. Which of the two results must pass it?",
        "mask-ignored": "The context counts padding. What did the encoder get besides the words?",
        "not-narrowed": "The context is the encoder's, as it is. Which two layers must it pass?",
        "left-narrow": "The context has C numbers. How many does the decoder want?",
        "shortcut": "The context passes beside the bottleneck as well. What would it limit then?",
        "squashed": "There is a tanh on the way. The text asks for two linear layers and nothing else.",
        "wrong-context": "The context differs. Does the encoder's context pass `narrow`, then `widen`, each once?",
    }
    hints = (
        "What does the decoder get from an encoder, and which part of it is to become smaller?",
        "Ask the encoder for states and context. Only the context goes through both layers, one after the other.",
        "`self.encoder(source, source_mask)` gives the pair; `self.narrow` and `self.widen` are called like functions.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        _bottleneck_case(trial)

    @stage("the states: the encoder's, as they are")
    def states(self, trial: Trial) -> None:
        """The first of the two results."""
        weights, inputs = _bottleneck_case(trial)
        expected, got = trial.both(*inputs, method="forward")
        is_pair = isinstance(got, tuple | list) and len(got) == 2
        trial.require(is_pair, "wrong-type", t("states, context"), kind_of(got))
        suspects = {"states-narrowed": _through(weights, expected[0]), "swapped": expected[1]}
        trial.equal(expected[0], got[0], "B S H", suspects)

    @stage("the context: narrowed to C numbers and widened again")
    def context(self, trial: Trial) -> None:
        """The second of the two results."""
        weights, (source, mask) = _bottleneck_case(trial)
        expected, got = trial.both(source, mask, method="forward")
        encoder = TableEncoder(weights["encoder.states"], weights["encoder.context"])
        with torch.no_grad():
            _, whole = encoder(source, mask)
            _, unmasked = encoder(source, torch.ones_like(mask))
        suspects = {
            "not-narrowed": whole,
            "left-narrow": _narrow(weights, whole),
            "shortcut": whole + _through(weights, whole),
            "squashed": _widen(weights, _narrow(weights, whole).tanh()),
            "mask-ignored": _through(weights, unmasked),
        }
        trial.equal(expected[1], got[1], "B H", suspects, otherwise="wrong-context")

    @stage("gradients reach every parameter, the encoder's too")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        _, inputs = _bottleneck_case(trial)
        (states, context), _ = trial.both(*inputs, method="forward")
        trial.same_gradients(
            list(inputs), [trial.draw.normal(*states.shape), trial.draw.normal(*context.shape)], "forward"
        )


def _bottleneck_case(trial: Trial) -> tuple[dict[str, Tensor], tuple[Tensor, Tensor]]:
    """Build both around a stand-in encoder; return all weights, and source (B, S) with its mask."""
    hidden, context, rows, length = trial.draw.sizes(4, 3, 8)
    tables = [trial.draw.normal(11, hidden) for _ in range(2)]
    encoder = trial.stand_in("encoder", "table_encoder", *tables)
    weights = trial.build(encoder=encoder, hidden_size=hidden, context_size=context)
    mask = trial.draw.mask(rows, length)
    return weights, (torch.where(mask, trial.draw.integers(4, 11, rows, length), PAD), mask)


def _narrow(weights: dict[str, Tensor], values: Tensor) -> Tensor:
    return F.linear(values, weights["narrow.weight"], weights["narrow.bias"])


def _widen(weights: dict[str, Tensor], values: Tensor) -> Tensor:
    return F.linear(values, weights["widen.weight"], weights["widen.bias"])


def _through(weights: dict[str, Tensor], values: Tensor) -> Tensor:
    return _widen(weights, _narrow(weights, values))


class MeanAndSpread(Check):
    """Mean and sample standard deviation over runs."""

    slug = defines = "mean_and_spread"
    causes = {
        "over-everything": "There is one number for the whole grid. Which dimension counts the runs?",
        "over-sizes": "The mean is over the context sizes. Which dimension counts the runs?",
        "median": "This is the middle run. What does the docstring ask for?",
        "summed": "The runs are added up. By how many do you divide?",
        "divides-by-runs": "The spread divides by R. The docstring asks for R - 1: with few runs that matters.",
        "variance": "This is the variance. Which step is missing to get back to the unit of the scores?",
        "range": "This is the distance from the lowest to the highest run. Which measure does the docstring name?",
        "standard-error": "This is the standard error of the mean. The docstring asks how far single runs lie apart.",
    }
    hints = (
        "Five runs give five grids. What is in the cell of the one grid that you show?",
        "Both results keep the dimensions C and L; the runs, dimension 0, disappear.",
        "Tensors have `mean` and `std`; both take `dim`. What does `correction` mean in the documentation of `std`?",
    )

    @stage("the mean over the runs")
    def mean(self, trial: Trial) -> None:
        """The first of the two results."""
        scores = _scores(trial.draw)
        expected, got = trial.both(scores)
        is_pair = isinstance(got, tuple | list) and len(got) == 2
        trial.require(is_pair, "wrong-type", t("two tensors: mean, spread"), kind_of(got))
        suspects = {
            "over-everything": scores.mean(),
            "over-sizes": scores.mean(1),
            "median": scores.median(0).values,
            "summed": scores.sum(0),
        }
        trial.equal(expected[0], got[0], "C L", suspects)

    @stage("the spread over the runs")
    def spread(self, trial: Trial) -> None:
        """The second of the two results."""
        scores = _scores(trial.draw)
        expected, got = trial.both(scores)
        suspects = {
            "divides-by-runs": scores.std(0, correction=0),
            "variance": scores.var(0),
            "range": scores.amax(0) - scores.amin(0),
            "standard-error": scores.std(0) / len(scores) ** 0.5,
        }
        trial.equal(expected[1], got[1], "C L", suspects)


def _scores(draw: Draw) -> Tensor:
    runs, sizes, lengths = draw.sizes(3, 3, 7)
    return draw.normal(runs, sizes, lengths)


class ClauseNumbers(Check):
    """The clause of each word, counted from 0."""

    slug = defines = "clause_numbers"
    causes = {
        "from-one": "The first clause has number 1. Where does the docstring begin to count?",
        "connective-before": "The connective belongs to the clause before it. To which one does the docstring put it?",
        "connectives-dropped": "The connectives have no number. How many numbers does the docstring want?",
        "one-connective": "All words behind the first connective are in clause 1. What does the second one begin?",
        "every-word": "Each word is a clause of its own. Which words begin a new one?",
        "connectives-marked": "Only the connectives are marked. What number have the words behind them?",
    }
    hints = (
        "Read a sentence aloud and count clauses on your fingers. At which words do you raise the next finger?",
        "Keep a number. At each word, first raise it if the word is a connective, then write it down.",
        "`word in connectives` is True or False; in a sum they count as 1 and 0. `itertools.accumulate` is "
        "another way.",
    )

    @stage("a new clause begins with its connective")
    def clauses(self, trial: Trial) -> None:
        """Three clauses of different lengths."""
        a, b, c, d, e, f, g, first, second = trial.draw.words(9)
        words = [a, b, first, c, d, e, second, f, g]
        marks = [word in (first, second) for word in words]
        right = [0, 0, 1, 1, 1, 1, 2, 2, 2]
        suspects = {
            "from-one": [number + 1 for number in right],
            "connective-before": [number - mark for number, mark in zip(right, marks, strict=True)],
            "connectives-dropped": [number for number, mark in zip(right, marks, strict=True) if not mark],
            "one-connective": [min(number, 1) for number in right],
            "every-word": list(range(len(words))),
            "connectives-marked": [int(mark) for mark in marks],
        }
        trial.equal(*trial.both(words, [second, first]), suspects=suspects)

    @stage("one clause, and the same connective twice")
    def repeated(self, trial: Trial) -> None:
        """The number of connectives in the sentence decides, not how many there are to choose from."""
        a, b, c, d, joining, unused = trial.draw.words(6)
        trial.equal(*trial.both([a, b, c], [unused, joining]))
        trial.equal(*trial.both([a, joining, b, joining, c, d], [unused, joining]))


class ErrorByPart(Check):
    """The share of wrong words among the words of each part."""

    slug = defines = "error_by_part"
    causes = {
        "share-right": "This is the share of right words. Which way round is an error?",
        "counts": "These are numbers of wrong words. By how many words of the part do you divide?",
        "all-words": "Each count is divided by all words of the batch. How many of them are in this part?",
        "mean-of-sentences": "Each sentence weighs the same. The text wants each word of a part to weigh the same.",
        "least-likely": "The least likely words were taken. Which score does the most likely word have?",
        "minus-one-counted": "Words of part -1 count in the last part. What does the docstring say of them?",
        "parts-mixed": "All parts have the same error. Which words belong to which part?",
    }
    hints = (
        "Forget the parts for a moment: what does the model say at each place, and where is that wrong?",
        "Compare the most likely words with the right ones, (B, T). Then choose the places of one part and take the "
        "mean there; do so for each part.",
        "`argmax` over the last dimension, `!=`, and indexing with a bool mask such as `part == i`; `torch.stack` "
        "puts the means side by side.",
    )

    @stage("the share of wrong words in each part")
    def shares(self, trial: Trial) -> None:
        """Every word belongs to a part."""
        logits, target, part = _part_case(trial.draw, outside=False)
        trial.equal(*trial.both(logits, target, part, 3), "", _part_suspects(logits, target, part))

    @stage("words of part -1 count nowhere")
    def outside(self, trial: Trial) -> None:
        """As END and padding."""
        logits, target, part = _part_case(trial.draw, outside=True)
        trial.equal(*trial.both(logits, target, part, 3), "", _part_suspects(logits, target, part))


def _part_case(draw: Draw, outside: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Four sentences of seven places; of 6, 9 and 13 words 1, 4 and 8 are wrong, of those outside all."""
    layout = ["aaabbcc", "abbbccc", "aBBCCCC", "ABBCCCC"]  # capitals are wrong; the last column may be outside
    part = torch.tensor([["abc".index(letter.lower()) for letter in row] for row in layout])
    wrong = torch.tensor([[letter.isupper() for letter in row] for row in layout])
    if outside:
        part, wrong = F.pad(part, (0, 2), value=-1), F.pad(wrong, (0, 2), value=True)
    rows, columns = draw.permutation(len(layout)), draw.permutation(part.shape[1])
    part, wrong = part[rows][:, columns], wrong[rows][:, columns]
    classes = 11
    target = draw.integers(0, classes, *part.shape)
    chosen = torch.where(wrong, (target + 1 + draw.integers(0, classes - 1, *part.shape)) % classes, target)
    return draw.normal(*part.shape, classes) + 9 * F.one_hot(chosen, classes), target, part


def _part_suspects(logits: Tensor, target: Tensor, part: Tensor) -> dict[str, Tensor]:
    wrong = logits.argmax(-1) != target
    chosen = [part == i for i in range(3)]
    right = torch.stack([wrong[places].float().mean() for places in chosen])
    counts = torch.stack([wrong[places].sum() for places in chosen])
    last = chosen[2] | (part == -1)
    return {
        "share-right": 1 - right,
        "counts": counts,
        "all-words": counts / (part >= 0).sum(),
        "mean-of-sentences": torch.stack([_mean_of_sentences(wrong, places) for places in chosen]),
        "least-likely": torch.stack([(logits.argmin(-1) != target)[places].float().mean() for places in chosen]),
        "minus-one-counted": torch.stack([right[0], right[1], wrong[last].float().mean()]),
        "parts-mixed": wrong.float().mean().expand(3),
    }


def _mean_of_sentences(wrong: Tensor, places: Tensor) -> Tensor:
    there = places.any(1)
    return ((wrong & places).sum(1) / places.sum(1).clamp(min=1))[there].mean()
