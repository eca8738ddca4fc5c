"""Checks of lesson 02: accuracy by length, its knee, an experiment, its control, and where the wrong words are."""

from collections.abc import Callable, Iterator
from statistics import mean
from typing import Any

import torch
from torch import Tensor

from autograder.checks.framework.check import Check, stage
from autograder.checks.framework.compare import brief, difference, kind_of
from autograder.checks.framework.random_inputs import Draw
from autograder.checks.framework.trial import Trial
from autograder.subjects.codec import Handle
from autograder.subjects.stand_ins import TracedModel, score_traced, score_traced_by_length, train_traced
from lessons.toolkit.batches import END, PAD
from lessons.toolkit.text import t

Sentences = list[list[str]]
Links = list[list[tuple[int, int]]]


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
        rights, totals = _counts(trial.draw)
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
        rights, totals = _counts(trial.draw)
        case = _graded_sentences(trial.draw, rights, totals, (_reversed,))
        trial.equal(*trial.both(*case), suspects={"order-ignored": dict.fromkeys(totals, 1.0)})

    @stage("no word too few, none too many")
    def ends(self, trial: Trial) -> None:
        """Translations that stop early or go on are wrong."""
        rights, totals = _counts(trial.draw)
        case = _graded_sentences(trial.draw, rights, totals, (_cut, _longer))
        trial.equal(*trial.both(*case), suspects={"beginning-only": dict.fromkeys(totals, 1.0)})

    @stage("short lengths first")
    def order(self, trial: Trial) -> None:
        """The longest sentences come first, and one length has a single sentence, which is right."""
        first, second, third = sorted(trial.draw.sizes(3, 1, 30))
        rights, totals = {third: 1, first: 1, second: 2}, {third: 3, first: 1, second: 5}
        expected, got = trial.both(*_graded_sentences(trial.draw, rights, totals))
        trial.equal(expected, got)
        trial.require(list(got) == list(expected), "unsorted", str(list(expected)), str(list(got)))


def _counts(draw: Draw) -> tuple[dict[int, int], dict[int, int]]:
    """For three lengths in order: how many sentences are right, and how many there are; no two shares are equal."""
    lengths, totals = sorted(draw.sizes(3, 1, 30)), draw.shuffled([5, 7, 11])
    rights = [1 + int(draw.integers(0, total - 1, 1)) for total in totals]
    return dict(zip(lengths, rights, strict=True)), dict(zip(lengths, totals, strict=True))


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
        "only-after-the-best": "A shorter length is below half as well. Does the docstring say that the knee comes "
        "after the best length?",
        "half-counted": "At this length exactly half is left. Does the docstring say less, or at most?",
        "untrained-counted": "This length was never trained on. What can it say about the size of the vector?",
        "untrained-best": "The best accuracy was taken from a length that was never trained on. Which ones count?",
        "last-trained-left-out": "The longest trained length is missing. Does it still count?",
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
        accuracy = _curve(trial.draw, 0.84, 0.53, 0.47, 0.45, 0.37, 0.30)
        lengths = list(accuracy)
        suspects = {
            "steepest": lengths[1],
            "below-one-half": lengths[2],
            "last-above": lengths[3],
            "last-below": lengths[5],
            "accuracy-returned": accuracy[lengths[4]],
        }
        trial.equal(*trial.both(accuracy, lengths[-1]), suspects=suspects)

    @stage("lengths in any order, the best not always the shortest")
    def best(self, trial: Trial) -> None:
        """The second length is best; then the first is less than half as good."""
        curve = _curve(trial.draw, 0.8, 0.94, 0.43, 0.36, 0.15)
        lengths = list(curve)
        shuffled = {lengths[at]: curve[lengths[at]] for at in (4, 1, 3, 0, 2)}
        suspects = {"order-of-dict": lengths[4], "half-of-first": lengths[3]}
        trial.equal(*trial.both(shuffled, lengths[-1]), suspects=suspects)
        rising = _curve(trial.draw, 0.3, 0.9, 0.8, 0.4)
        trial.equal(*trial.both(rising, max(rising)), suspects={"only-after-the-best": list(rising)[3]})

    @stage("exactly half is not less than half")
    def half(self, trial: Trial) -> None:
        """Half of the best is left at one length."""
        best = 0.5 + int(trial.draw.integers(0, 16, 1)) / 64  # a number whose half is exact
        lengths = sorted(trial.draw.sizes(4, 1, 99))
        accuracy = dict(zip(lengths, (best, best / 2, best / 2 - 1 / 16, best / 4), strict=True))
        trial.equal(*trial.both(accuracy, lengths[-1]), suspects={"half-counted": lengths[1]})

    @stage("lengths beyond training do not count")
    def trained(self, trial: Trial) -> None:
        """The curve falls only right of the line, also just right of it; then it is best there.

        Then it falls at the last trained length, with longer ones to come and without.
        """
        falling = _curve(trial.draw, 0.9, 0.8, 0.7, 0.2)
        trial.equal(*trial.both(falling, list(falling)[2]), suspects={"untrained-counted": list(falling)[3]})
        trial.equal(*trial.both(falling, list(falling)[3] - 1), suspects={"untrained-counted": list(falling)[3]})
        rising = _curve(trial.draw, 0.60, 0.55, 0.41, 0.99)
        trial.equal(*trial.both(rising, list(rising)[2]), suspects={"untrained-best": list(rising)[2]})
        at_last = _curve(trial.draw, 0.9, 0.8, 0.2, 0.1)
        trial.equal(*trial.both(at_last, list(at_last)[2]), suspects={"last-trained-left-out": None})
        at_end = _curve(trial.draw, 0.9, 0.8, 0.7, 0.2)
        trial.equal(*trial.both(at_end, list(at_end)[3]), suspects={"last-trained-left-out": None})


def _curve(draw: Draw, *accuracies: float) -> dict[int, float]:
    """Accuracies at drawn lengths, short ones first, with a little noise, far less than their steps."""
    lengths, noise = sorted(draw.sizes(len(accuracies), 1, 99)), draw.integers(-5, 6, len(accuracies)).tolist()
    return {length: value + by / 1000 for length, value, by in zip(lengths, accuracies, noise, strict=True)}


class Sweep(Check):
    """The same experiment for each setting and each seed, on models that remember what they went through."""

    slug = defines = "sweep"
    causes = {
        "untrained": "The model is scored as it was made. What has to happen between making and scoring?",
        "arguments-swapped": "`make_model` got the seed in place of the setting. In which order does the docstring "
        "name them?",
        "averaged": "The mean over the seeds came back. Can you see from it whether the seeds agree?",
        "axes-swapped": "The first dimension counts the settings. Which one does the docstring name first?",
        "one-model": "One model is trained on and on. What has the second setting learnt before its training begins?",
        "one-for-all-seeds": "All seeds train the same model of a setting. What are the runs to be independent of?",
        "one-seed": "Every run has the same seed. What would their spread be?",
        "order-never-changes": "Models differ from seed to seed, the order of their batches does not. Who else has to "
        "know the seed?",
        "weights-never-change": "The order of the batches differs from seed to seed, the first weights do not. Who "
        "else has to know the seed?",
        "last-seed-only": "Only the last seed is left. Where do the others get lost?",
    }
    hints = (
        "Write down by hand what happens for one setting and one seed. What may it use of the run before it?",
        "Two loops, one in the other. In the inner one make, train and score; what comes out is one row of lengths. "
        "Collect rows for a seed, and seeds for the whole.",
        "`score(model).values()` are the accuracies of a run; `torch.tensor` makes one tensor of nested lists.",
    )

    @stage("one run: made, trained, scored")
    def one_run(self, trial: Trial) -> None:
        """One setting, one seed."""
        settings, seeds = _settings(trial.draw, 1, 1)
        expected, got = _swept(trial, settings, seeds)
        untrained = [[score_traced_by_length(TracedModel(settings[0], seeds[0]))]]
        swapped = [[_run(TracedModel(seeds[0], settings[0]), seeds[0])]]
        suspects = {"untrained": _grid(untrained), "arguments-swapped": _grid(swapped), "averaged": expected[0]}
        trial.equal(expected, got, "R C L", suspects)

    @stage("a new model for each setting")
    def each_setting(self, trial: Trial) -> None:
        """One seed."""
        settings, seeds = _settings(trial.draw, 3, 1)
        expected, got = _swept(trial, settings, seeds)
        model = TracedModel(settings[0], seeds[0])
        suspects = {
            "one-model": _grid([[_run(model, seeds[0]) for _ in settings]]),
            "axes-swapped": expected.transpose(0, 1),
        }
        trial.equal(expected, got, "R C L", suspects)

    @stage("a new model for each seed, made and trained with it")
    def each_seed(self, trial: Trial) -> None:
        """Several settings and several seeds."""
        settings, seeds = _settings(trial.draw, 3, 4)
        expected, got = _swept(trial, settings, seeds)
        first = seeds[0]
        suspects = {
            "one-for-all-seeds": _of_each_setting(settings, seeds),
            "one-seed": expected[:1].expand(len(seeds), -1, -1),
            "order-never-changes": _grid([[_run(TracedModel(c, seed), first) for c in settings] for seed in seeds]),
            "weights-never-change": _grid([[_run(TracedModel(c, first), seed) for c in settings] for seed in seeds]),
            "last-seed-only": expected[-1:],
        }
        trial.equal(expected, got, "R C L", suspects)


def _settings(draw: Draw, settings: int, seeds: int) -> tuple[list[int], list[int]]:
    """Settings and seeds, in no order, no number among both."""
    numbers = draw.sizes(settings + seeds, 2, 200)
    return numbers[:settings], numbers[settings:]


def _swept(trial: Trial, settings: list[int], seeds: list[int]) -> tuple[Any, Any]:
    score = trial.stand_in("score", "function", "score_traced_by_length")
    return trial.both(settings, seeds, *_makers(trial), score)


def _makers(trial: Trial) -> tuple[Handle, Handle]:
    """What makes a model, and what trains it."""
    return trial.stand_in("make_model", "function", "traced_model"), trial.stand_in("train", "function", "train_traced")


def _run(model: TracedModel, seed: int) -> dict[int, float]:
    train_traced(model, seed)
    return score_traced_by_length(model)


def _grid(runs: list[list[dict[int, float]]]) -> Tensor:
    return torch.tensor([[list(run.values()) for run in row] for row in runs])


def _of_each_setting(settings: list[int], seeds: list[int]) -> Tensor:
    """One model for each setting, made from the first seed, then trained on and on."""
    models = [TracedModel(setting, seeds[0]) for setting in settings]
    return _grid([[_run(model, seed) for model in models] for seed in seeds])


class Practise(Check):
    """Trainings of several lengths, each from the start."""

    slug = defines = "practise"
    is_repair = True
    causes = {
        "unrepaired": "The second training does not begin where the first one began. Which object do the trainings "
        "share?",
        "new-model-once": "All seeds share one model. What does the second seed begin with?",
        "seed-lost": "Every run has the first seed. What do you pass on?",
        "one-length": "All trainings are equally long. Which number tells `train` how long?",
        "last-seed-only": "The row shows the last seed alone. The docstring wants means over all of them.",
        "ends-swapped": "The loss of the last epoch comes first. In which order does the docstring want the three?",
    }
    hints = (
        "Look at the second row of the table: what is strange about the loss with which it begins?",
        "A training that is twice as long is to be compared with one that began at the same place. Ask for each object "
        "in the function how long it lives.",
        "`make_model(seed)` gives the same first weights each time you call it with the same seed.",
    )

    @stage("each training begins anew")
    def anew(self, trial: Trial) -> None:
        """Several lengths of training, one seed."""
        epochs, seeds = sorted(trial.draw.sizes(3, 1, 9)), trial.draw.sizes(1, 2, 200)
        expected, got = _practised(trial, epochs, seeds)
        short = _practice([epochs[0]] * 3, seeds, fresh=True)
        suspects = {
            "unrepaired": dict(zip(epochs, _practice(epochs, seeds, fresh=False), strict=True)),
            "ends-swapped": {count: [row[1], row[0], row[2]] for count, row in expected.items()},
            "one-length": dict(zip(epochs, short, strict=True)),
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("each seed for itself, then the mean")
    def seeds(self, trial: Trial) -> None:
        """Several lengths of training, several seeds."""
        epochs, seeds = sorted(trial.draw.sizes(2, 1, 9)), trial.draw.sizes(3, 2, 200)
        expected, got = _practised(trial, epochs, seeds)
        shared = []
        for count in epochs:
            model = TracedModel(seeds[0])
            shared.append(_means([_practice_once(model, seed, count) for seed in seeds]))
        suspects = {
            "new-model-once": dict(zip(epochs, shared, strict=True)),
            "seed-lost": dict(zip(epochs, _practice(epochs, seeds[:1], fresh=True), strict=True)),
            "last-seed-only": dict(zip(epochs, _practice(epochs, seeds[-1:], fresh=True), strict=True)),
        }
        trial.equal(expected, got, suspects=suspects)


def _practised(trial: Trial, epochs: list[int], seeds: list[int]) -> tuple[Any, Any]:
    return trial.both(epochs, seeds, *_makers(trial), trial.stand_in("score", "function", "score_traced"))


def _practice(epochs: list[int], seeds: list[int], fresh: bool) -> Iterator[list[float]]:
    """The row of each number of epochs, with new models for each or with the same ones."""
    models = {seed: TracedModel(seed) for seed in seeds}
    for count in epochs:
        yield _means([_practice_once(TracedModel(seed) if fresh else models[seed], seed, count) for seed in seeds])


def _practice_once(model: TracedModel, seed: int, count: int) -> tuple[float, float, float]:
    losses = train_traced(model, seed, count)
    return losses[0], losses[-1], score_traced(model)


def _means(runs: list[tuple[float, float, float]]) -> list[float]:
    return [mean(column) for column in zip(*runs, strict=True)]


class ClauseNumbers(Check):
    """The clause of each word, counted from 0."""

    slug = defines = "clause_numbers"
    causes = {
        "from-one": "The first clause has number 1. Where does the docstring begin to count?",
        "connective-before": "The connective belongs to the clause before it. To which one does the docstring put it?",
        "connectives-dropped": "The connectives have no number. How many numbers does the docstring want?",
        "one-connective": "All words after the first connective are in clause 1. What does the second one begin?",
        "every-word": "Each word is a clause of its own. Which words begin a new one?",
        "connectives-marked": "Only the connectives are marked. What number do the words after them have?",
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
        lengths = trial.draw.sizes(3, 2, 17)
        words, right = _joined(trial.draw, lengths)
        marks = [at > 0 and number > right[at - 1] for at, number in enumerate(right)]
        connectives = [word for word, mark in zip(words, marks, strict=True) if mark]
        suspects = {
            "from-one": [number + 1 for number in right],
            "connective-before": [number - mark for number, mark in zip(right, marks, strict=True)],
            "connectives-dropped": [number for number, mark in zip(right, marks, strict=True) if not mark],
            "one-connective": [min(number, 1) for number in right],
            "every-word": list(range(len(words))),
            "connectives-marked": [int(mark) for mark in marks],
        }
        trial.equal(*trial.both(words, connectives[::-1]), suspects=suspects)

    @stage("one clause, and the same connective twice")
    def repeated(self, trial: Trial) -> None:
        """The number of connectives in the sentence decides, not how many there are to choose from."""
        joining, unused, *words = trial.draw.words(62)
        one, two, three = trial.draw.sizes(3, 2, 17)
        trial.equal(*trial.both(words[:one], [unused, joining]))
        twice = [*words[:two], joining, *words[20 : 20 + one], joining, *words[40 : 40 + three]]
        trial.equal(*trial.both(twice, [unused, joining]))


def _joined(draw: Draw, lengths: list[int]) -> tuple[list[str], list[int]]:
    """Words of clauses of these lengths, each but the first with its connective before it, and their numbers."""
    numbers = [number for number, length in enumerate(lengths) for _ in range(length + (number > 0))]
    return draw.words(len(numbers)), numbers


class ErrorsByClauseAndPlace(Check):
    """Words and wrong words by the clause that they come from and by their place in the target."""

    slug = defines = "errors_by_clause_and_place"
    causes = {
        "right-counted": "The second table counts right words. Which ones does the docstring want?",
        "shares": "The second table holds shares. The docstring wants numbers of words: why is that more useful for "
        "adding up?",
        "place-in-source": "The columns count places in the English sentence. In which sentence is place j?",
        "axes-swapped": "A row is a place here. What is a row in the docstring?",
        "every-sentence-anew": "Only the last sentence is in the tables. Where do the others get lost?",
        "unlinked-counted": "Words without a link are counted, too. To which clause do they belong?",
        "links-counted": "A word with two links counts twice. How often does the docstring want it?",
        "raised": "Your code stopped with the error above. Which sentence decides how many places the tables need?",
    }
    hints = (
        "Take a sheet with a row for each clause and a column for each place. For which words do you make a mark, "
        "and where?",
        "Go through the sentences, and in each through its linked Korean words: the link leads to an English word, "
        "that one to its clause. Two sheets: one for all words, one for the wrong ones.",
        "`dict` of links turns (i, j) into one i for each j; `torch.zeros(..., dtype=torch.int64)` is an empty sheet, "
        "and `words[clause, j] += 1` makes a mark.",
    )

    @stage("words and wrong words, each in its cell")
    def cells(self, trial: Trial) -> None:
        """Sentences of one length, with one clause to three; each target word has one link."""
        case = _aligned(trial.draw, [5, 5, 5, 5], [7, 7, 7, 7], [3, 2, 3, 1])
        written, targets, links, clauses = case
        expected, got = trial.both(*case)
        _require_pair(trial, got)
        words, wrong = expected
        suspects = {
            "right-counted": (words, words - wrong),
            "shares": (words, wrong / words),
            "axes-swapped": (words.T, wrong.T),
            "every-sentence-anew": _tables(written[-1:], targets[-1:], links[-1:], clauses[-1:]),
            "place-in-source": _tables(*case, column=0),
        }
        trial.equal(expected, got, "L T", suspects)

    @stage("sentences of different lengths")
    def lengths(self, trial: Trial) -> None:
        """The longest target comes neither first nor last, and another sentence has the most clauses."""
        expected, got = trial.both(*_aligned(trial.draw, [5, 7, 6], [5, 8, 6], [2, 3, 4]))
        trial.equal(expected, got, "L T")

    @stage("words with several links, and words without")
    def links(self, trial: Trial) -> None:
        """Each word counts once or not at all."""
        written, targets, links, clauses = _aligned(trial.draw, [7, 8, 6], [8, 6, 7], [2, 4, 3])
        one = [[link for link in each if link[1] != 3] for each in links]
        doubled = [
            [*each, *(_neighbour(link, numbers) for link in each[:2])]
            for each, numbers in zip(one, clauses, strict=True)
        ]
        expected, got = trial.both(written, targets, doubled, clauses)
        variants = [_with_unlinked(expected, written, targets, row) for row in (0, -1)]
        suspects = {
            "links-counted": _tables(written, targets, doubled, clauses),
            "unlinked-counted": next((v for v in variants if difference(v, got) is None), variants[0]),
        }
        _require_pair(trial, got)
        trial.equal(expected, got, "L T", suspects)


Aligned = tuple[Sentences, Sentences, Links, list[list[int]]]


def _aligned(draw: Draw, source_lengths: list[int], target_lengths: list[int], counts: list[int]) -> Aligned:
    """What the model wrote, targets, links and clauses; `counts` says how many clauses each sentence has.

    Each target word has one link. In each sentence two words are wrong, never the first; after its last
    word the model writes on.
    """
    written, targets, links, clauses = [], [], [], []
    for source, target, count in zip(source_lengths, target_lengths, counts, strict=True):
        *words, first, second = draw.words(target + 2)
        places = [1 + place for place in draw.permutation(target - 1)[:2]]
        changed = dict(zip(places, (first, second), strict=True))
        targets.append(words)
        written.append([*(changed.get(place, word) for place, word in enumerate(words)), "<end>"])
        order = draw.permutation(source)
        links.append([(order[place % source], place) for place in draw.permutation(target)])
        clauses.append([count * at // source for at in range(source)])
    return written, targets, links, clauses


def _with_unlinked(
    tables: tuple[Tensor, Tensor], written: Sentences, targets: Sentences, row: int
) -> tuple[Tensor, Tensor]:
    """Tables in which the words of place 3, which have no link, count in a row."""
    words, wrong = (table.clone() for table in tables)
    words[row, 3] += len(targets)
    wrong[row, 3] += sum(made[3] != wanted[3] for made, wanted in zip(written, targets, strict=True))
    return words, wrong


def _neighbour(link: tuple[int, int], numbers: list[int]) -> tuple[int, int]:
    """A second link of the same target word, to another English word of the same clause."""
    i, j = link
    return next(other for other in range(len(numbers)) if other != i and numbers[other] == numbers[i]), j


def _tables(
    written: Sentences, targets: Sentences, links: Links, clauses: list[list[int]], column: int = 1
) -> tuple[Tensor, Tensor]:
    """Words and wrong words, each link counted, in the column of its target word or, with 0, of its source word."""
    words = torch.zeros(1 + max(map(max, clauses)), max(map(len, targets)), dtype=torch.int64)
    wrong = torch.zeros_like(words)
    for made, wanted, each, numbers in zip(written, targets, links, clauses, strict=True):
        for i, j in each:
            words[numbers[i], (i, j)[column]] += 1
            wrong[numbers[i], (i, j)[column]] += made[j] != wanted[j]
    return words, wrong


def _require_pair(trial: Trial, got: Any) -> None:
    is_pair = isinstance(got, tuple | list) and len(got) == 2
    trial.require(is_pair, "wrong-type", t("two tensors: words, wrong"), kind_of(got))


class ReverseSource(Check):
    """The source backwards, padding where it was, and its links after it."""

    slug = defines = "reverse_source"
    causes = {
        "unchanged": "The words are in the order in which they came. Which word is to be read first?",
        "end-first": "END is read first. What does END tell the encoder, and where must it be?",
        "one-left": "The first word is not where END's neighbour should be. How many words move, if END does not?",
        "padding-first": "Shorter sentences begin with padding now. Which state is the context then?",
        "links-unchanged": "The words have moved, their links have not. Which word does a link from i lead to now?",
        "links-past-end": "The links lead one place too far, as if END had moved. How many words have moved?",
        "links-of-longest": "All links are moved as in the longest sentence. How long is each?",
        "targets-moved": "The links have moved on the Korean side, too. Which sentence was reversed?",
        "tensors-in-links": "The numbers of a link are no ints. Of two equal tensors Python does not see that they are "
        "the same number, in a set or as a key, and a float is no index. What turns one into an int?",
        "links-no-tuples": "A link is another kind of value than the one that came in. Only a tuple can be in a set, "
        "which is how links are compared. What is written between round brackets?",
        "input-changed": "The batch that came in has changed. Who else may still need it?",
    }
    hints = (
        "Write a sentence of three words, END and two paddings in a row, and below it what the encoder should read. "
        "For each place: from which place does its word come?",
        "With n words before END, place p < n gets the word of place n - 1 - p; every other place keeps its own. The "
        "same rule says where a word goes, so it serves links as well.",
        "`source_mask.sum(dim=1, keepdim=True)`, `torch.arange`, `torch.where` and `source.gather(1, places)`; "
        "`int` or `tolist` for the links.",
    )

    @stage("words backwards, END still last")
    def words(self, trial: Trial) -> None:
        """No padding."""
        rows, length = trial.draw.sizes(2, 4, 9)
        source = _padded(trial.draw, torch.ones(rows, length, dtype=torch.bool))
        mask = source != PAD
        expected, got = _reversed_words(trial, source, mask)
        suspects = {
            "unchanged": source,
            "end-first": source.flip(1),
            "one-left": torch.cat([source[:, :1], source[:, 1:-1].flip(1), source[:, -1:]], 1),
        }
        trial.equal(expected, got, "B S", suspects)

    @stage("padding stays on the right")
    def padding(self, trial: Trial) -> None:
        """Sentences of different lengths, and the batch that was given stays as it was."""
        rows, length = sorted(trial.draw.sizes(2, 4, 9))
        mask = trial.draw.mask(rows, length)
        source = _padded(trial.draw, mask)
        flipped = source.clone()
        flipped[:, :-1] = source[:, :-1].flip(1)
        expected, got = _reversed_words(trial, source, mask)
        variants = (source.flip(1), flipped)
        first = next((variant for variant in variants if difference(variant, got) is None), variants[0])
        trial.equal(expected, got, "B S", {"padding-first": first})
        kept = trial.keep("batch", source)
        trial.both(kept, mask, [[] for _ in range(rows)])
        _, after = trial.kept(kept)
        trial.require(difference(source, after) is None, "input-changed", brief(source), brief(after))

    @stage("links lead to the same words as before")
    def links(self, trial: Trial) -> None:
        """Sentences of different lengths, several links each."""
        rows, length = sorted(trial.draw.sizes(2, 4, 9))
        mask = trial.draw.mask(rows, length)
        lengths = (mask.sum(1) - 1).tolist()
        links = [_some_links(trial.draw, n) for n in lengths]
        (_, expected), (_, got) = trial.both(_padded(trial.draw, mask), mask, links)
        suspects = {
            "links-unchanged": links,
            "links-past-end": [[(n - i, j) for i, j in each] for n, each in zip(lengths, links, strict=True)],
            "links-of-longest": [[(max(lengths) - 1 - i, j) for i, j in each] for each in links],
            "targets-moved": [
                [(n - 1 - i, n - 1 - j) for i, j in each] for n, each in zip(lengths, links, strict=True)
            ],
        }
        trial.equal(expected, got, suspects=suspects)
        each_link = [link for each in got for link in each]
        odd = next((link for link in each_link if type(link) is not tuple), ())
        trial.require(type(odd) is tuple, "links-no-tuples", t("a tuple of {count}", count=2), kind_of(odd))
        numbers = [number for link in each_link for number in link]
        strange = next((number for number in numbers if type(number) is not int), 0)
        trial.require(type(strange) is int, "tensors-in-links", t("an int"), kind_of(strange))


def _padded(draw: Draw, mask: Tensor) -> Tensor:
    """Source words (B, S), no two alike in a sentence, END after each, then padding."""
    words = torch.tensor([[4 + number for number in draw.permutation(40)[: mask.shape[1]]] for _ in mask])
    at_end = mask & ~torch.cat([mask[:, 1:], torch.zeros_like(mask[:, :1])], 1)
    return torch.where(at_end, END, torch.where(mask, words, PAD))


def _reversed_words(trial: Trial, source: Tensor, mask: Tensor) -> tuple[Tensor, Any]:
    """The words that reference and answer give; no sentence has links."""
    (expected, _), got = trial.both(source, mask, [[] for _ in source])
    is_pair = isinstance(got, tuple | list) and len(got) == 2
    trial.require(is_pair, "wrong-type", t("source, links"), kind_of(got))
    return expected, got[0]


def _some_links(draw: Draw, words: int) -> list[tuple[int, int]]:
    """Three links; the places of the target differ."""
    sources, targets = draw.integers(0, words, 3).tolist(), draw.permutation(12)
    return list(zip(sources, targets, strict=False))
