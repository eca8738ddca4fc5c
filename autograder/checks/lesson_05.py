"""Checks of lesson 05: alignments read from weights, their error rate, and what a hidden word changes."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from autograder.checks.framework.check import Check, Sign, stage
from autograder.checks.framework.compare import brief, difference, either_of, kind_of
from autograder.checks.framework.random_inputs import Draw, told_apart
from autograder.checks.framework.trial import Trial
from autograder.subjects.codec import Opaque
from autograder.subjects.subject import CallbackRefused
from lessons.toolkit.playground_tasks import CAUSES, HIDE, TOLERANCES, judge
from lessons.toolkit.shipped_models import shipped
from lessons.toolkit.text import Words, t

Links = list[tuple[int, int]]
Example = tuple[Links, Links, Links]


class WordWeights(Check):
    """The weights between real words, sentence by sentence."""

    slug = defines = "word_weights"
    causes = {
        "raised": "Your code stopped with an error. Which index of `weights` counts target words, which source words?",
        "end-kept": "The rows and columns of END are still there. It closes every sentence; is it a word?",
        "padding-kept": "The padding of shorter sentences is still there. Who knows where a sentence ends?",
        "start-dropped": "The first row and column are gone. END stands at the other end of a sentence.",
        "transposed": "Rows and columns are swapped. Does a row belong to a target word or to a source word?",
        "first-word-lost": "The first word has lost its row, its column or both. Which index has the first word, and "
        "at which end of a sentence does END stand?",
        "last-word-lost": "A real word has gone with END. By how much is the sum of a mask more than the words are?",
        "end-on-one-side": "END still has a row, or a column. It closes the sentence on either side: did you cut both?",
        "lengths-swapped": "Rows are cut to the source's length, columns to the target's. Which mask belongs to which?",
        "renormalised": "The rows were made to sum to 1 again. The docstring asks for the weights as they are.",
    }
    hints = (
        "How many real words has each sentence, on either side, when END is not counted?",
        "A mask is True at real words and at END, so its sum is one more than the number of words. Cut each matrix "
        "to the numbers of its own sentence.",
        "`mask.sum(1)` counts; `weights[b, :rows, :columns]` cuts.",
    )

    @stage("one matrix per sentence, without END and without padding")
    def cut(self, trial: Trial) -> None:
        """Four sentences, no two alike in either length."""
        weights, source_mask, target_mask = _weights_and_masks(trial.draw)
        rows, columns = _lengths(target_mask), _lengths(source_mask)
        expected, got = trial.both(weights, source_mask, target_mask)
        got = list(got) if isinstance(got, tuple) else got
        suspects = {
            "end-kept": _cut(weights, rows, columns),
            "padding-kept": [matrix[:-1, :-1] for matrix in weights],
            "start-dropped": [matrix[1:t, 1:s] for matrix, t, s in zip(weights, rows, columns, strict=True)],
            "transposed": [matrix.T for matrix in expected],
            "lengths-swapped": _cut(weights, [s - 1 for s in columns], [t - 1 for t in rows]),
            "renormalised": [matrix / matrix.sum(1, keepdim=True) for matrix in expected],
            **_off_by_one(weights, rows, columns, got),
        }
        trial.equal(expected, got, "T S", suspects)


def _weights_and_masks(draw: Draw) -> tuple[Tensor, Tensor, Tensor]:
    """Weights (4, 6, 8) and masks with four different numbers of words on either side, END included."""
    source_mask, target_mask = draw.mask(4, 8), draw.mask(4, 6)
    weights = draw.normal(4, 6, 8).masked_fill(~source_mask.unsqueeze(1), -torch.inf).softmax(-1)
    return weights, source_mask, target_mask


def _lengths(mask: Tensor) -> list[int]:
    """Real tokens of each sentence, END among them."""
    return mask.sum(1).tolist()


def _cut(weights: Tensor, rows: list[int], columns: list[int]) -> list[Tensor]:
    return [matrix[:t, :s] for matrix, t, s in zip(weights, rows, columns, strict=True)]


def _off_by_one(weights: Tensor, rows: list[int], columns: list[int], got: object) -> dict[str, list[Tensor]]:
    """What slices give that begin or end one place off, in one dimension or in both: the one that fits, of each kind.

    A slice takes off so many places at the start, and adds so many to the number of words at the end.
    """
    right, end_kept, start_dropped, first_lost, last_lost = (0, 0), (0, 1), (1, 1), (1, 0), (0, -1)
    kinds = {
        "first-word-lost": (
            (right, start_dropped),
            (right, first_lost),
            (first_lost, start_dropped),
            (first_lost,) * 2,
        ),
        "last-word-lost": ((right, last_lost), (last_lost,) * 2),
        "end-on-one-side": ((right, end_kept),),
    }

    def sliced(row: tuple[int, int], column: tuple[int, int]) -> list[Tensor]:
        ends = zip(weights, rows, columns, strict=True)
        return [w[row[0] : t - 1 + row[1], column[0] : s - 1 + column[1]] for w, t, s in ends]

    return {
        cause: either_of(got, *(form for one, other in pairs for form in (sliced(one, other), sliced(other, one))))
        for cause, pairs in kinds.items()
    }


class PrecisionRecall(Check):
    """Precision against sure and possible links, recall against sure ones."""

    slug = defines = "precision_recall"
    causes = {
        "sure-forgotten": "Precision counts possible links only. Does a sure link count as possible?",
        "possible-recalled": "Recall asks for possible links as well. Which links must an alignment have?",
        "recall-of-all": "Recall is a share of the sure and the possible links. Which gold links must be found?",
        "recall-counts-possible": "Recall counts possible links that were found, too. Which links does it ask for?",
        "strict-precision": "Precision counts sure links only. Is a possible link wrong?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
        "denominators-swapped": "Each share is of the other whole. Precision is a share of which links?",
        "counts-returned": "These are counts. Of how many links are they a share?",
        "gold-counted": "The first share counts all sure links, whether they were found or not. Which of them can "
        "precision know of?",
    }
    hints = (
        "Precision: of the links found, how many are right? Recall: of the links that must be there, how many are?",
        "Three sets: found, sure, and all that count as right. Two intersections, two divisions.",
        "`set(a) & set(b)` are the links in both, `set(a) | set(b)` those in either.",
    )

    @stage("shares of the links found and of the sure links")
    def shares(self, trial: Trial) -> None:
        """Found links that are sure, possible and wrong."""
        case = told_apart(lambda: _Shares(trial.draw))
        case.require(trial)

    @stage("no link is only possible")
    def sure_only(self, trial: Trial) -> None:
        """The third list is empty."""
        case = told_apart(lambda: _Shares(trial.draw, sure_only=True))
        case.require(trial)


class _Gold:
    """Found, sure and possible links of a sentence; no two of the counts that can be confused are equal.

    Args:
        draw: draws how many links are found and sure, found and possible, found and wrong, sure and missed, possible
            and missed.
        sure_only: no link is only possible.
        found_none: no link is found.
        sure_none: no link is sure; more of those found are possible, so that the sentence weighs something.
    """

    def __init__(self, draw: Draw, sure_only: bool = False, found_none: bool = False, sure_none: bool = False):
        (right, fine, bad, unneeded), (lost,) = draw.sizes(4, 2, 12), draw.sizes(1, 13, 24)
        fine, unneeded = (0, 0) if sure_only else (fine, unneeded)
        right, fine, bad = (0, 0, 0) if found_none else (right, fine, bad)
        right, lost, fine = (0, 0, fine + 12) if sure_none else (right, lost, fine)
        links = [(n % 12, n // 12) for n in draw.permutation(144)]
        parts = iter(links)
        a, b, c, d, e = ([next(parts) for _ in range(size)] for size in (right, fine, bad, lost, unneeded))
        self.given: Example = draw.shuffled(a + b + c), draw.shuffled(a + d), draw.shuffled(b + e)

    @property
    def sets(self) -> tuple[set, set, set]:
        """A, S, and P, which holds S."""
        found, sure, possible = map(set, self.given)
        return found, sure, sure | possible


class _Shares(_Gold):
    """Such links for `precision_recall`."""

    def __init__(self, draw: Draw, sure_only: bool = False):
        super().__init__(draw, sure_only)
        self._sure_only = sure_only

    def require(self, trial: Trial) -> None:
        """Call reference and answer, and compare."""
        suspects = {cause: value for cause, value in self.found().items() if cause != "right"}
        trial.equal(*trial.both(*self.given), suspects=suspects)

    def found(self) -> dict[str, tuple[float, float]]:
        """What the right answer and known mistakes give."""
        a, s, p = self.sets
        precision, recall = len(a & p) / len(a), len(a & s) / len(s)
        found = {
            "right": (precision, recall),
            "swapped": (recall, precision),
            "counts-returned": (len(a & p), len(a & s)),
            "gold-counted": (len(s) / len(a), recall),
            "sure-forgotten": (len(a & (p - s)) / len(a), recall),
        }
        if self._sure_only:
            return found
        return found | {
            "denominators-swapped": (len(a & p) / len(s), len(a & s) / len(a)),
            "possible-recalled": (precision, len(a & p) / len(p)),
            "recall-of-all": (precision, len(a & s) / len(p)),
            "recall-counts-possible": (precision, len(a & p) / len(s)),
            "strict-precision": (len(a & s) / len(a), recall),
        }


class AlignmentErrorRate(Check):
    """AER over a corpus: Och and Ney 2003, equation 23."""

    slug = defines = "alignment_error_rate"
    causes = {
        "one-minus-forgotten": "The better the alignment, the greater your number. An error rate goes the other way.",
        "sure-forgotten": "Sure links do not count as possible ones. What becomes of |A ∩ P| when P holds S?",
        "strict": "Possible links count as wrong. Where does |A ∩ P| come in, and which of the three lists is A?",
        "f-measure": "This is 1 minus the F-measure of precision and recall, which is close. The formula adds counts.",
        "wrong-denominator": "The counts above are right, what they are divided by is not. Is it |A| + |S|?",
        "gold-counted": "All sure links count as right, whether they were found or not. What does |A ∩ P| stand for?",
        "mean-of-sentences": "This is the mean of the sentences' error rates. Counts are summed over all sentences "
        "first, divided once.",
        "sentences-skipped": "Sentences are left out that have no links of one kind. Do their other links count?",
        "one-set": "The links of all sentences stand in one set. Is link (0, 0) of two sentences the same link?",
        "one-sentence": "Only one sentence is in your number. Are the counts summed over all of them?",
    }
    hints = (
        "Which links count twice in the numerator, which once, and which not at all?",
        "Sum |A ∩ S| + |A ∩ P| over all sentences, and |A| + |S| as well; one division at the end.",
        "`len(set(a) & set(b))` counts the links in both. P is the union of sure and possible links.",
    )

    @stage("the error rate of one sentence")
    def sentence(self, trial: Trial) -> None:
        """The formula, for two sentences, each by itself."""
        for _ in range(2):
            case = told_apart(lambda: _ErrorRate([_Gold(trial.draw)]))
            case.require(trial)

    @stage("the error rate of a corpus")
    def corpus(self, trial: Trial) -> None:
        """Sentences of different lengths; in one nothing was found, another has no sure link, a third none but sure."""
        case = told_apart(lambda: _ErrorRate(_sentences(trial.draw)))
        case.require(trial)

    @stage("no error, and nothing right")
    def best_and_worst(self, trial: Trial) -> None:
        """The ends of the scale."""
        _, sure, possible = _Gold(trial.draw, found_none=True).given
        trial.equal(*trial.both([(sure, sure, possible)]))
        wrong = [(i + 12, j) for i, j in sure]
        trial.equal(*trial.both([(wrong, sure, possible), (wrong[:1], sure[1:], [])]))


def _sentences(draw: Draw) -> list[_Gold]:
    """Five sentences; what three of them lack stands in the middle, in any order."""
    kinds = draw.shuffled(["sure_only", "found_none", "sure_none"])
    return [_Gold(draw), *(_Gold(draw, **{kind: True}) for kind in kinds), _Gold(draw)]


class _ErrorRate:
    """The error rate of sentences, and what known mistakes make of it."""

    def __init__(self, sentences: list[_Gold]):
        self._sentences = sentences

    def require(self, trial: Trial) -> None:
        """Call reference and answer, and compare."""
        suspects = {cause: value for cause, value in self.found().items() if cause != "right"}
        expected, got = trial.both([sentence.given for sentence in self._sentences])
        if len(self._sentences) > 1:
            suspects["sentences-skipped"] = either_of(got, *self._with_some_skipped())
            suspects["one-sentence"] = either_of(got, *self._of_one_sentence())
        trial.equal(expected, got, suspects=suspects)

    def found(self) -> dict[str, float]:
        """What the right answer and known mistakes give."""
        right = self._rate()
        found = {
            "right": right,
            "one-minus-forgotten": 1 - right,
            "sure-forgotten": self._rate(lambda a, s, p: len(a & s) + len(a & (p - s))),
            "strict": self._rate(lambda a, s, _: 2 * len(a & s)),
            "gold-counted": self._rate(lambda a, s, _: len(a & s) + len(s)),
            "f-measure": self._one_minus_f(),
            "wrong-denominator": self._rate(whole=lambda a, _, p: len(a) + len(p)),
        }
        if len(self._sentences) > 1:
            rates = [_ErrorRate([sentence])._rate() for sentence in self._sentences]
            found["mean-of-sentences"] = sum(rates) / len(rates)
            found["one-set"] = self._in_one_set()
            # of the forms that are usual the one that is hardest to tell from the right answer
            found["sentences-skipped"] = min(self._with_some_skipped()[:2], key=lambda rate: abs(rate - right))
            found["one-sentence"] = min(self._of_one_sentence(), key=lambda rate: abs(rate - right))
        return found

    def _with_some_skipped(self) -> list[float]:
        """Without the sentences that have none of a kind: found, sure or possible links, or any of these."""
        kinds = ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2))
        kept = [[each for each in self._sentences if all(each.given[k] for k in kind)] for kind in kinds]
        return [_ErrorRate(sentences)._rate() for sentences in kept]

    def _of_one_sentence(self) -> list[float]:
        """Of the first sentence, and of the last."""
        return [_ErrorRate(each)._rate() for each in (self._sentences[:1], self._sentences[-1:])]

    def _in_one_set(self) -> float:
        """Links that several sentences have count once."""
        a, s, p = (set().union(*links) for links in zip(*(each.sets for each in self._sentences), strict=True))
        return 1 - (len(a & s) + len(a & p)) / (len(a) + len(s))

    def _rate(
        self,
        hits: Callable[[set, set, set], int] = lambda a, s, p: len(a & s) + len(a & p),
        whole: Callable[[set, set, set], int] = lambda a, s, _: len(a) + len(s),
    ) -> float:
        counts = [(hits(*each.sets), whole(*each.sets)) for each in self._sentences]
        return 1 - sum(hit for hit, _ in counts) / sum(total for _, total in counts)

    def _one_minus_f(self) -> float:
        """1 minus the F-measure of precision and recall."""
        sets = [each.sets for each in self._sentences]
        precision = sum(len(a & p) for a, _, p in sets) / sum(len(a) for a, _, _ in sets)
        recall = sum(len(a & s) for a, s, _ in sets) / sum(len(s) for _, s, _ in sets)
        return 1 - 2 * precision * recall / (precision + recall)


class BestOffset(Check):
    """By how many words the weights and the words written are out of step."""

    slug = defines = "best_offset"
    causes = {
        "reversed": "The size is right, the sign is not. Is the link moved, or the gold?",
        "source-moved": "The source words were moved. Which side of a link belongs to the words that are written?",
        "hits-returned": "This is how many links agree. At which offset?",
        "index-returned": "This is the place of the offset in the list. Which offset stands there?",
        "fewest": "This is the offset at which the fewest links agree.",
        "first-sentence": "The first sentence alone decides. Are the hits summed over all of them?",
        "crossed": "At this offset hardly a link agrees. Which number of a link is the source word, in links and in "
        "gold?",
        "mean-of-shares": "This offset has the best mean of the sentences' shares. Does a link of a long sentence "
        "count less than another one?",
        "offsets-ignored": "This offset was not among those to try. Where do yours come from?",
        "last-sentence": "The last sentence alone decides. Is a count lost when the next sentence begins?",
        "tally-kept": "The hits of one offset are added to those of the ones before. Where does counting begin anew?",
        "targets-alone": "Target words alone are compared. What else must be the same for a link to be gold?",
        "gold-of-all": "Links are compared with the gold of all sentences. Which gold belongs to a sentence's links?",
        "paired-by-place": "Each link is compared with the gold link at its own place in the list. Do both lists have "
        "the same order?",
        "left-out": "At another offset one link more agrees. Does every sentence count, and every link of it, the "
        "first and the last as well?",
    }
    hints = (
        "If every row of a heat map belonged to the word one further down, how would you notice?",
        "For each offset, move every link to (i, j + offset) and count how many are gold then. Keep the best offset.",
        "`max` takes a `key`: a function that counts the hits of an offset.",
    )

    @stage("the offset at which most links agree with the gold")
    def most(self, trial: Trial) -> None:
        """Five sentences; the short ones, alone, say something else than the long ones. Three times over."""
        three = told_apart(lambda: _ThreeOutOfStep(trial.draw))
        mistakes = {cause: values for cause, values in three.found().items() if cause != "right"}
        _require_offsets(trial, [(case.examples, case.offsets) for case in three.cases], mistakes)

    @stage("of the offsets given, and no other")
    def given(self, trial: Trial) -> None:
        """The one at which most links agree is not among them. Twice over."""
        cases = [told_apart(lambda: _OutOfStep(trial.draw)) for _ in range(2)]
        calls = [(case.examples, [offset for offset in case.offsets if offset != case.true]) for case in cases]
        _require_offsets(trial, calls, {"offsets-ignored": [case.true for case in cases]})


Sentences = list[tuple[Links, Links]]


def _require_offsets(trial: Trial, calls: list[tuple[Sentences, list[int]]], mistakes: dict[str, list[int]]) -> None:
    """Call reference and answer each time, then compare; a mistake is told only if it explains every number.

    One number says little. An offset that was not to be tried tells of itself.
    """
    results = [trial.both(*call) for call in calls]
    answers = [got for _, got in results]
    fitting = {cause: values for cause, values in mistakes.items() if difference(values, answers) is None}
    foreign = [isinstance(got, int) and got not in call[1] for got, call in zip(answers, calls, strict=True)]
    for n, (expected, got) in enumerate(results):
        trial.arguments = calls[n]
        suspects = {cause: values[n] for cause, values in fitting.items()}
        if fitting or not any(foreign):
            trial.equal(expected, got, suspects=suspects)
        elif foreign[n]:
            trial.equal(expected, got, suspects={"offsets-ignored": got})


def _swapped(links: Links) -> Links:
    return [(j, i) for i, j in links]


def _hits(examples: list[tuple[Links, Links]], offset: int) -> int:
    return sum((i, j + offset) in gold for links, gold in examples for i, j in links)


class _OutOfStep:
    """(links, gold) of five sentences; more links are out of step by `true` words than by any other number.

    In the first sentence alone another number fits best, in two short ones a third, in the last one alone a fourth.
    None is less than 3, so that offsets of one's own are found out. A fifth, `near`, has only one hit less than the
    right one, none of them in the first or the last sentence, or at the first or last link of one: who leaves out any
    of these finds `near`. Links of the long sentences agree with some gold link too when the source word is moved, by a
    sixth. The right offset is neither first nor last in the list, nor is the next best; the first one has a hit, too.
    """

    def __init__(self, draw: Draw):
        signs = draw.integers(0, 2, 9).tolist()
        numbers = [-size if sign else size for size, sign in zip(draw.sizes(9, 3, 16), signs, strict=True)]
        self.true, self.near, first, short, last, side, at_front, at_end, without = numbers
        middle = draw.shuffled([self.true, self.near, first, short, last, side, -self.true])
        self.offsets = [at_front, without, *middle, at_end]
        fits: list[list[int | None]] = [
            [self.true, first, first, first, self.true],
            [short] * 2,
            [short] * 3,
            [self.true, *[self.near] * 7, None, self.true],
            [self.true, self.true, *[last] * 5, *[None] * 8, self.true, self.true],
        ]
        self.examples = [_agreeing(draw, offsets, side) for offsets in fits]
        (i, j), *_ = self.examples[0][0]
        self.examples[0][1].append((i, j + at_front))

    def found(self) -> dict[str, int]:
        """What the right answer and known mistakes give."""
        turned = [(_swapped(links), _swapped(gold)) for links, gold in self.examples]
        crossed = [(_swapped(links), gold) for links, gold in self.examples]
        hits = {offset: _hits(self.examples, offset) for offset in self.offsets}
        best = max(self.offsets, key=lambda offset: hits[offset])
        return {
            "right": best,
            "reversed": -best,
            "source-moved": max(self.offsets, key=lambda offset: _hits(turned, offset)),
            "crossed": max(self.offsets, key=lambda offset: _hits(crossed, offset)),
            "hits-returned": max(hits.values()),
            "index-returned": self.offsets.index(best),
            "fewest": min(self.offsets, key=lambda offset: hits[offset]),
            "first-sentence": max(self.offsets, key=lambda offset: _hits(self.examples[:1], offset)),
            "mean-of-shares": max(self.offsets, key=self._mean_share),
            "last-sentence": max(self.offsets, key=lambda offset: _hits(self.examples[-1:], offset)),
            "left-out": self.near,
        }

    def compared_otherwise(self) -> dict[str, int]:
        """What comes of hits that are counted in another way; by chance that may be the right offset."""
        of_all = [link for _, gold in self.examples for link in gold]
        against_all = [(links, of_all) for links, _ in self.examples]
        one_source = [([(0, j) for _, j in links], [(0, j) for _, j in gold]) for links, gold in self.examples]
        side_by_side = [([link], [other]) for each in self.examples for link, other in zip(*each, strict=False)]
        return {
            "tally-kept": [offset for offset in self.offsets if _hits(self.examples, offset)][-1],
            "targets-alone": max(self.offsets, key=lambda offset: _hits(one_source, offset)),
            "gold-of-all": max(self.offsets, key=lambda offset: _hits(against_all, offset)),
            "paired-by-place": max(self.offsets, key=lambda offset: _hits(side_by_side, offset)),
        }

    def _mean_share(self, offset: int) -> float:
        return sum(_hits([example], offset) / len(example[0]) for example in self.examples)


class _ThreeOutOfStep:
    """Three such cases, by which mistakes can be told that may come to the same in one of them."""

    def __init__(self, draw: Draw):
        self.cases = [told_apart(lambda: _OutOfStep(draw)) for _ in range(3)]

    def found(self) -> dict[str, list[int]]:
        """What the right answer and known mistakes give."""
        found = [case.found() | case.compared_otherwise() for case in self.cases]
        return {cause: [each[cause] for each in found] for cause in found[0]}


def _agreeing(draw: Draw, offsets: list[int | None], side: int) -> tuple[Links, Links]:
    """A link for each offset, and gold that agrees with it once it is moved by that; for None, its source by `side`.

    Source words are so far apart that no other offset and no moved source word fits by chance.
    """
    links = [(30 * i, j + 3) for j, i in enumerate(draw.permutation(len(offsets)))]
    moves = [(side, 0) if offset is None else (0, offset) for offset in offsets]
    return links, draw.shuffled([(i + by, j + of) for (i, j), (by, of) in zip(links, moves, strict=True)])


class Distances(Check):
    """How far from the gold source word the greatest weight is."""

    slug = defines = "distances"
    causes = {
        "raised": "Your code stopped with an error. The rows of a matrix belong to target words: which number of a "
        "link is one?",
        "sign-reversed": "The sizes are right, the signs are not. The docstring says what a positive distance means.",
        "absolute": "The sides are lost: a miss to the left counts like one to the right.",
        "column-wise": "The greatest weight was taken along the other dimension. Does a row belong to a target word or "
        "to a source word?",
        "column-searched": "The greatest weight was searched in column i. Which weights does the target word choose "
        "between: those of a column, or those of its own row?",
        "whole-matrix": "The greatest weight of the whole matrix was searched. Which weights does one target word "
        "choose between?",
        "keys-no-numbers": "The keys are no plain numbers. Two tensors are never the same key, even where they hold "
        "the same number: what makes an int of one?",
        "from-the-diagonal": "This is the distance from the target word's own number. Which is the gold source word?",
        "one-link-each": "A target word with several sure links counts once only. How often does the docstring count?",
        "last-sentence": "Only one sentence is in your counts. Are they summed over all of them?",
        "shares": "These are shares. The docstring asks for numbers of links.",
        "misses-only": "Links that are met are left out. Which distance do they have?",
    }
    hints = (
        "Take one sure link (i, j) and put a finger on the darkest cell of row j. How many columns is it from i?",
        "For each sentence, find the darkest column of every row once. Then go through its sure links and count column "
        "less i.",
        "`matrix.argmax(dim=1)` finds the columns; `dict.get` with 0, or `collections.Counter`, counts.",
    )

    @stage("the distance of every sure link, in one sentence")
    def sentence(self, trial: Trial) -> None:
        """Distances to both sides, no two equally frequent."""
        case = told_apart(lambda: _Looks(trial.draw))
        expected, got = trial.both([case.weights], [case.sure])
        plain_keys = not (isinstance(got, Opaque) and "keys" in got.type_name)
        trial.require(plain_keys, "keys-no-numbers", t("plain numbers"), kind_of(got))
        suspects = {cause: value for cause, value in case.found().items() if cause != "right"}
        if _plain(got) == case.column_less_source:
            suspects["column-searched"] = case.column_less_source
        suspects["whole-matrix"] = either_of(_plain(got), *case.of_whole_matrix)
        trial.equal(expected, _plain(got), suspects=suspects)

    @stage("all sentences together")
    def corpus(self, trial: Trial) -> None:
        """Three sentences of different shapes."""
        cases = [_Looks(trial.draw) for _ in range(3)]
        expected, got = trial.both([case.weights for case in cases], [case.sure for case in cases])
        trial.equal(expected, _plain(got), suspects={"last-sentence": cases[-1].found()["right"]})


def _plain(counts: object) -> object:
    """A Counter, or another kind of dict, as a dict."""
    return dict(counts) if isinstance(counts, dict) else counts


class _Looks:
    """Weights (T, S) of one sentence, and its sure links; how far from them the weights look, and how often.

    One distance is 0, and of the other three one is negative and one positive. Two target words have a second link.
    """

    def __init__(self, draw: Draw):
        left, right, more = -draw.sizes(1, 1, 5)[0], *draw.sizes(2, 1, 5)
        times = draw.sizes(4, 1, 7)
        apart = [(left, right, more, 0)[n] for n in range(4) for _ in range(times[n])]
        wanted, words = draw.shuffled(apart), len(apart)
        gold = [6 + i for i in draw.permutation(words)]
        scores = draw.normal(words, words + 12, scale=0.3)
        scores[torch.arange(words), torch.tensor([i + away for i, away in zip(gold, wanted, strict=True)])] += 4
        self.weights = scores.softmax(1)
        links = [(i, j) for j, i in enumerate(gold)]
        twice = [wanted.index(right), wanted.index(left)]
        self.sure = draw.shuffled(links + [(gold[j] + 2, j) for j in twice])

    @property
    def column_less_source(self) -> dict[int, int]:
        """What comes of searching column i, and taking i from what is found there."""
        along = self.weights.argmax(0).tolist()
        return _counted([along[i] - i for i, _ in self.sure])

    @property
    def of_whole_matrix(self) -> list[dict[int, int]]:
        """What comes of the place of the greatest weight among all, counted through, or of its column."""
        place, columns = int(self.weights.argmax()), self.weights.shape[1]
        return [_counted([at - i for i, _ in self.sure]) for at in (place, place % columns)]

    def found(self) -> dict[str, dict]:
        """What the right answer and known mistakes give."""
        darkest, along = self.weights.argmax(1).tolist(), self.weights.argmax(0).tolist()
        right = _counted([darkest[j] - i for i, j in self.sure])
        once = {j: darkest[j] - i for i, j in self.sure}
        return {
            "right": right,
            "sign-reversed": {-place: count for place, count in right.items()},
            "absolute": _counted([abs(darkest[j] - i) for i, j in self.sure]),
            "column-wise": _counted([along[j] - i for i, j in self.sure]),
            "column-searched": _counted([along[i] - j for i, j in self.sure]),
            "from-the-diagonal": _counted([darkest[j] - j for _, j in self.sure]),
            "one-link-each": _counted(list(once.values())),
            "shares": {place: count / len(self.sure) for place, count in right.items()},
            "misses-only": {place: count for place, count in right.items() if place},
        }


def _counted(values: list[int]) -> dict[int, int]:
    return {value: values.count(value) for value in set(values)}


class WordDecoderCheck(Check):
    """A decoder that looks with its new state, reads words, and lets them reach the output only."""

    slug, defines = "word_decoder", "WordDecoder"
    causes = {
        "steps-at-once": "`self.score` scores the states of one step, (B, H), and knows nothing of T: how do you get "
        "one step after another?",
        "not-embedded": "The GRU was given the numbers of the words. What does it read of a word?",
        "state-not-unsqueezed": "`nn.GRU` wants its first state with one dimension more, in front of B. How long is it "
        "here, and how do you add it?",
        "states-read": "States were read. Which half of `source` is for choosing, which for reading?",
        "words-scored": "The embedded words were scored. Which half of `source` is for choosing, which for reading?",
        "mask-ignored": "Padding has weight. Which scores may the softmax not see?",
        "mask-inverted": "Only padding is looked at. What does True stand for in the mask?",
        "masked-late": "Padding was taken away after the softmax, so the other weights no longer sum to 1. Which "
        "scores should it not have seen?",
        "masked-with-0": "The scores of padding are 0, and that is a score like any other. Which score gets no weight?",
        "softmax-over-steps": "The softmax runs over the steps. Which dimension holds the words that one step chooses "
        "between?",
        "keys-not-prepared": "The states were scored as they are. What makes keys of them, once a sentence?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
        "old-state": "Each step looks with the state before it has read its word. Which state is new?",
        "read-first": "What was read and the new state are joined in the other order. Which one comes first?",
        "not-mixed": "What was read never reaches the output. What does `mix` take?",
        "mix-left-out": "The new state and what was read go to `output` as they are. Which layer comes between?",
        "no-tanh": "The layer `mix` is not bent. What comes between it and `output`?",
        "probabilities": "The scores are probabilities. The loss of this course takes raw scores.",
        "log-probabilities": "The scores are log-probabilities. The loss of this course takes raw scores.",
        "first-step-returned": "This is the state after the first word. After which word does the next call start?",
        "first-state-returned": "The state is the one that came in. Where does the next call start?",
    }
    signs = {
        "steps-at-once": Sign("RuntimeError", "must match the size", r"^(?!.*(?:mask|softmax)).*\bscore\("),
        "not-embedded": Sign("RuntimeError", "unbatched 2-D input", r"gru\(words\b(?!\[)"),
        "state-not-unsqueezed": Sign("RuntimeError", r"For batched 3-D input, hx|Expected hidden"),
    }
    hints = (
        "Two questions for every step: by what does it choose, and what does it take from the chosen place? And where "
        "does that go: into the next state, or only into the output?",
        "look: prepare keys of the states once, score them with the new state of each step, mask, softmax over the "
        "source words, weighted sum of the embedded words. forward: run the GRU over all words, look, mix, output.",
        "`new.unbind(1)` gives one step after another, `torch.stack(…, dim=1)` puts them together; `masked_fill` with "
        "-inf, `softmax(dim=-1)`, `@`; `torch.cat([…, …], dim=-1)`.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        _word_reader_case(trial)

    @stage("look: choose by the states")
    def choice(self, trial: Trial) -> None:
        """The weights of every step."""
        weights, (_, _, source, mask), new = _word_reader_case(trial)
        expected, got = trial.both(new, source, mask, method="look")
        trial.require(isinstance(got, tuple | list) and len(got) == 2, "wrong-type", t("read, weights"), kind_of(got))
        turned = _shape(got[0]) == expected[1].shape and _shape(got[1]) == expected[0].shape
        trial.require(not turned, "swapped", t("read, weights"), t("weights, read"))
        scores = _scores(new, source[0], weights["score.scale"])
        suspects = {
            "mask-ignored": scores.softmax(-1),
            "mask-inverted": scores.masked_fill(mask.unsqueeze(1), -torch.inf).softmax(-1),
            "words-scored": _looked(_scores(new, source[1], weights["score.scale"]), mask),
            "masked-late": scores.softmax(-1) * mask.unsqueeze(1),
            "masked-with-0": scores.masked_fill(~mask.unsqueeze(1), 0).softmax(-1),
            "softmax-over-steps": scores.masked_fill(~mask.unsqueeze(1), -torch.inf).softmax(1),
            "keys-not-prepared": _looked(_scores(new, source[0], torch.ones_like(weights["score.scale"])), mask),
        }
        trial.equal(expected[1], got[1], "B T S", suspects)

    @stage("look: read the words")
    def reading(self, trial: Trial) -> None:
        """The weighted sum of every step."""
        _, (_, _, source, mask), new = _word_reader_case(trial)
        expected, got = trial.both(new, source, mask, method="look")
        trial.equal(expected[0], got[0], "B T E", {"states-read": expected[1] @ source[0]})

    @stage("forward: logits of the new state and what was read")
    def logits(self, trial: Trial) -> None:
        """All steps of a sentence."""
        weights, inputs, _ = _word_reader_case(trial)
        expected, got = trial.both(*inputs, method="forward")
        three = isinstance(got, tuple | list) and len(got) == 3
        trial.require(three, "wrong-type", t("logits, state, weights"), kind_of(got))
        mistakes = ("old-state", "read-first", "not-mixed", "no-tanh")
        suspects = {mistake: _mistaken_scores(weights, *inputs, mistake) for mistake in mistakes}
        left_out = (_mistaken_scores(weights, *inputs, mistake) for mistake in ("mix-left-out", "tanh-alone"))
        suspects |= {
            "mix-left-out": either_of(got[0], *left_out),
            "probabilities": expected[0].softmax(-1),
            "log-probabilities": expected[0].log_softmax(-1),
        }
        trial.equal(expected[0], got[0], "B T V", suspects)

    @stage("forward: the last state, and the weights of every step")
    def state_and_weights(self, trial: Trial) -> None:
        """The second and third result."""
        weights, inputs, _ = _word_reader_case(trial)
        expected, got = trial.both(*inputs, method="forward")
        turned = (_shape(got[1]), _shape(got[2])) == (expected[2].shape, expected[1].shape)
        trial.require(not turned, "swapped", t("logits, state, weights"), t("logits, weights, state"))
        first = _new_states(weights, *inputs[:2])[:, 0]
        suspects = {"first-step-returned": first, "first-state-returned": inputs[1]}
        trial.equal(expected[1], got[1], "B H", suspects)
        trial.equal(expected[2], got[2], "B T S")

    @stage("one word at a time")
    def one_word(self, trial: Trial) -> None:
        """As in decoding: T = 1, and a batch of one."""
        _, (words, state, source, mask), _ = _word_reader_case(trial)
        one = (source[0][:1], source[1][:1])
        trial.equal(*trial.both(words[:1, :1], state[:1], one, mask[:1], method="forward"))

    @stage("gradients reach the state and every parameter")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        _, inputs, _ = _word_reader_case(trial)
        shape = trial.both(*inputs, method="forward")[0][0].shape
        trial.same_gradients(list(inputs), [trial.draw.normal(*shape), None, None], "forward")


_Source = tuple[Tensor, Tensor]


def _word_reader_case(trial: Trial) -> tuple[dict[str, Tensor], tuple[Tensor, Tensor, _Source, Tensor], Tensor]:
    """Build both decoders around a score that is none; return weights, what `forward` takes, and new states for `look`.

    E and H are equal, so that states and words can be confused.
    """
    size, rows, length, steps = trial.draw.sizes(4, 3, 7)
    score = trial.stand_in("score", "distance_score", size, 1000)
    weights = trial.build(vocabulary_size=13, embedding_size=size, hidden_size=size, score=score)
    words, mask = trial.draw.integers(4, 13, rows, steps), trial.draw.mask(rows, length)
    # distances that differ much from word to word make weights that do
    source = (trial.draw.normal(rows, length, size, scale=2.0), trial.draw.normal(rows, length, size, scale=2.0))
    return weights, (words, trial.draw.normal(rows, size), source, mask), trial.draw.normal(rows, steps, size)


def _shape(value: object) -> object:
    return value.shape if isinstance(value, Tensor) else None


def _scores(new: Tensor, states: Tensor, scale: Tensor) -> Tensor:
    """Scores (B, T, S) as the stand-in makes them."""
    return -((states.unsqueeze(1) * scale - new.unsqueeze(2)) ** 2).mean(-1)


def _looked(scores: Tensor, mask: Tensor) -> Tensor:
    return scores.masked_fill(~mask.unsqueeze(1), -torch.inf).softmax(-1)


@torch.no_grad()
def _new_states(weights: dict[str, Tensor], words: Tensor, state: Tensor) -> Tensor:
    """The states (B, T, H) after each word."""
    size = state.shape[-1]
    gru = nn.GRU(size, size, batch_first=True)
    gru.load_state_dict({name.removeprefix("gru."): each for name, each in weights.items() if name.startswith("gru.")})
    new: Tensor = gru(F.embedding(words, weights["embedding.weight"]), state.unsqueeze(0))[0]
    return new


@torch.no_grad()
def _mistaken_scores(
    weights: dict[str, Tensor], words: Tensor, state: Tensor, source: _Source, mask: Tensor, mistake: str
) -> Tensor:
    """The logits that a known mistake in `forward` would give."""
    new = _new_states(weights, words, state)
    asking = torch.cat([state.unsqueeze(1), new[:, :-1]], 1) if mistake == "old-state" else new
    read = _looked(_scores(asking, source[0], weights["score.scale"]), mask) @ source[1]
    if mistake == "not-mixed":
        read = torch.zeros_like(read)
    both = torch.cat([read, new] if mistake == "read-first" else [new, read], -1)
    unmixed = mistake in ("mix-left-out", "tanh-alone")
    mixed = both if unmixed else F.linear(both, weights["mix.weight"], weights["mix.bias"])
    bent = mixed if mistake in ("no-tanh", "mix-left-out") else mixed.tanh()
    return F.linear(bent, weights["output.weight"], weights["output.bias"])


class KnockOut(Check):
    """How much each target word suffers when one source word is hidden."""

    slug = defines = "knock_out"
    causes = {
        "raised": "Your code stopped with an error. `predict` takes one mask, bool of shape (S,).",
        "sign-reversed": "The signs are reversed. A word that needs the hidden one should get a positive number.",
        "transposed": "Rows and columns are swapped. Does a row belong to a target word or to a source word?",
        "masks-pile-up": "From the second word on, several words are hidden at once. Does each mask begin afresh?",
        "mask-inverted": "All words but one are hidden. What does True stand for in a mask?",
        "probabilities": "These are differences of probabilities. The docstring asks for log-probabilities.",
        "raw-scores": "These are differences of scores. What makes probabilities of scores?",
        "not-compared": "These are log-probabilities with a word hidden. Compared with what are they low?",
        "best-word": "This follows the word that the model likes best. Which word is the right one?",
        "nothing-seen": "The comparison is with a mask that hides every word. What does the right word have when "
        "everything can be seen?",
        "softmax-over-words": "The softmax runs over the target words. Which dimension holds the vocabulary?",
        "target-shifted": "Each row is measured by the right word of its neighbour. Which row of the scores belongs to "
        "target word j?",
        "gains-lost": "Some words become more probable without the hidden one, and yours shows no such gain. Which "
        "sign has it?",
        "one-missing": "One row or one column is missing, the others are right. Does each target word have its row, "
        "and is each source word hidden once?",
    }
    hints = (
        "What does the decoder give for the right words when it sees everything, and what when word i is hidden?",
        "One call with a mask that is all True; then for each source word one call with a fresh mask that is False "
        "there. The effect is the difference of the two log-probabilities of each target word.",
        "`log_softmax(-1)` turns scores into log-probabilities; two index tensors pick one a row; "
        "`torch.stack(…, dim=1)` sets columns side by side.",
    )

    @stage("how much log-probability each target word loses")
    def effects(self, trial: Trial) -> None:
        """A stand-in decoder whose scores depend on the mask."""
        (source, words), vocabulary = trial.draw.sizes(2, 4, 6), 7
        scores = trial.draw.normal(source, words, vocabulary)
        target = trial.draw.integers(0, vocabulary, words)
        predict = trial.callback("predict", lambda: _MaskedScores(scores))
        expected, got = trial.both(predict, source, target)
        trial.equal(expected, got, "T S", _mistaken_effects(scores, target, got))


class _MaskedScores:
    """Logits (T, V): the sum of one table for each word that is seen, so that every mask gives others."""

    def __init__(self, scores: Tensor):
        self._scores = scores

    def __call__(self, mask: object) -> Tensor:
        if not isinstance(mask, Tensor) or mask.shape != self._scores.shape[:1]:
            raise CallbackRefused(f"predict(mask): the mask must have shape (S,) = ({len(self._scores)},)")
        if mask.dtype is not torch.bool:
            raise CallbackRefused("predict(mask): the mask must be a bool tensor, True at words that are seen")
        return (self._scores * mask[:, None, None]).sum(0)


def _mistaken_effects(scores: Tensor, target: Tensor, got: object) -> dict[str, Tensor]:
    """What known mistakes give; of several forms of one, that which came back."""
    size, predict = len(scores), _MaskedScores(scores)
    everything = torch.ones(size, dtype=torch.bool)
    hiding = [torch.arange(size) != i for i in range(size)]
    right = _losses(predict, everything, hiding, target)
    best, whole = predict(everything).argmax(-1), _of_right_words(predict(everything).log_softmax(-1), target)
    hidden = whole.unsqueeze(1) - right
    unseen = _of_right_words(predict(~everything).log_softmax(-1), target).unsqueeze(1)
    most = [predict(mask).log_softmax(-1).amax(-1) for mask in (everything, *hiding)]
    falls = torch.stack([most[0] - each for each in most[1:]], 1)
    shifted = [_losses(predict, everything, hiding, target.roll(by)) for by in (1, -1)]
    return {
        "sign-reversed": -right,
        "transposed": right.T,
        "masks-pile-up": _losses(predict, everything, [torch.arange(size) > i for i in range(size)], target),
        "mask-inverted": _losses(predict, everything, [~mask for mask in hiding], target),
        "probabilities": _losses(predict, everything, hiding, target, lambda x: x.softmax(-1)),
        "raw-scores": _losses(predict, everything, hiding, target, lambda x: x),
        "not-compared": either_of(got, hidden, -hidden),
        "best-word": either_of(got, _losses(predict, everything, hiding, best), falls),
        "nothing-seen": unseen - hidden,
        "softmax-over-words": _losses(predict, everything, hiding, target, lambda x: x.log_softmax(0)),
        "target-shifted": either_of(got, *shifted),
        "gains-lost": either_of(got, right.clamp(min=0), right.abs()),
        "one-missing": either_of(got, right[1:], right[:-1], right[:, 1:], right[:, :-1]),
    }


def _of_right_words(scores: Tensor, target: Tensor) -> Tensor:
    """(T,): what each row of (T, V) has for its right word."""
    return scores[torch.arange(len(target)), target]


def _losses(
    predict: _MaskedScores,
    everything: Tensor,
    masks: list[Tensor],
    target: Tensor,
    measure: Callable[[Tensor], Tensor] = lambda x: x.log_softmax(-1),
) -> Tensor:
    """By how much (T, S) the measure of each target word falls with each mask."""
    whole = _of_right_words(measure(predict(everything)), target)
    return torch.stack([whole - _of_right_words(measure(predict(mask)), target) for mask in masks], 1)


class CostsOfHiding(Check):
    """What one target word loses when groups of source words are hidden: faulty code to mend."""

    slug = defines = "costs_of_hiding"
    is_repair = True
    causes = {
        "unrepaired": "From the second group on, the groups before it are hidden, too. Does each one begin with all "
        "words to be seen?",
        "whole-moves": "The comparison is with a mask that already hides something. What does the right word have when "
        "everything can be seen?",
        "sign-reversed": "The signs are reversed. A word that needs what is hidden should get a positive number.",
        "kept-instead": "Only the group is seen, all else is hidden. What does True stand for in a mask?",
        "first-word-only": "Of each group one word is hidden only. How many words has `both`?",
        "one-by-one": "The words of a group were hidden one at a time, and their costs added. What does it mean to "
        "hide them together?",
        "place-before": "The place before the one asked about has come in. Is the first target word number 0 or 1?",
        "all-places": "The losses of all target words are summed up. Which one is asked about?",
        "raw-scores": "These are differences of scores. What makes log-probabilities of scores?",
        "probabilities": "These are differences of probabilities. The docstring asks for log-probabilities.",
        "tensors-returned": "The costs are tensors. The docstring asks for plain numbers.",
    }
    hints = (
        "Write down, for each of the four groups, which words are False in the mask when `predict` is called. Where "
        "do they come from?",
        "A tensor that is changed in place stays changed. Each group needs a mask of its own that is all True at "
        "first; only the comparison, with nothing hidden, is made once.",
        "`torch.ones(…, dtype=torch.bool)` makes a new mask, `clone()` a copy.",
    )

    @stage("one group")
    def single(self, trial: Trial) -> None:
        """Two words hidden together; the code as given can do that."""
        scores, target, place, groups = _hidden_groups(trial.draw)
        name, hidden = next(iter(groups.items()))
        predict = trial.callback("predict", lambda: _SquaredScores(scores))
        expected, got = trial.both(predict, len(scores), target, place, {name: hidden})
        suspects = {
            "sign-reversed": {name: -expected[name]},
            "kept-instead": _costs(scores, target, place, {name: [i for i in range(len(scores)) if i not in hidden]}),
            "first-word-only": _costs(scores, target, place, {name: hidden[:1]}),
            "one-by-one": {name: sum(_costs(scores, target, place, {name: [i]})[name] for i in hidden)},
            "place-before": either_of(got, *_place_before(scores, target, place, {name: hidden})),
            "all-places": {name: sum(_costs(scores, target, j, groups)[name] for j in range(len(target)))},
            "raw-scores": _costs(scores, target, place, {name: hidden}, lambda x: x),
            "probabilities": _costs(scores, target, place, {name: hidden}, lambda x: x.softmax(-1)),
        }
        trial.require(not _tensors(got), "tensors-returned", t("plain numbers"), t("tensors"))
        trial.equal(expected, got, suspects=suspects)

    @stage("several groups, each for itself")
    def several(self, trial: Trial) -> None:
        """Groups that share no word, so that the order in which they come must not matter."""
        scores, target, place, groups = _hidden_groups(trial.draw)
        predict = trial.callback("predict", lambda: _SquaredScores(scores))
        expected, got = trial.both(predict, len(scores), target, place, groups)
        names, piled = list(groups), {}
        for number, name in enumerate(names):
            piled[name] = [i for earlier in names[: number + 1] for i in groups[earlier]]
        before = {name: [i for i in piled[name] if i not in groups[name]] for name in names}
        of_piled, of_before = (_costs(scores, target, place, hidden) for hidden in (piled, before))
        suspects = {
            "unrepaired": of_piled,
            "whole-moves": {name: of_piled[name] - of_before[name] for name in names},
        }
        trial.equal(expected, got, suspects=suspects)


class _SquaredScores(_MaskedScores):
    """Squares of such sums: what a word costs depends on what else is hidden."""

    def __call__(self, mask: object) -> Tensor:
        return super().__call__(mask) ** 2


def _tensors(costs: object) -> bool:
    return isinstance(costs, dict) and any(isinstance(cost, Tensor) for cost in costs.values())


def _hidden_groups(draw: Draw) -> tuple[Tensor, Tensor, int, dict[str, list[int]]]:
    """Scores for `_SquaredScores`, right words, one place, and three groups of two, one and two source words."""
    source, words, vocabulary = 8, 5, 7
    scores = draw.normal(source, words, vocabulary, scale=0.7)
    target, place = draw.integers(0, vocabulary, words), 1 + draw.permutation(words - 1)[0]
    order, names = draw.permutation(source), draw.words(3)
    return scores, target, place, dict(zip(names, (order[:2], order[2:3], order[3:5]), strict=True))


def _costs(
    scores: Tensor,
    target: Tensor,
    place: int,
    groups: dict[str, list[int]],
    measure: Callable[[Tensor], Tensor] = lambda x: x.log_softmax(-1),
) -> dict[str, float]:
    """What hiding each group costs the target word."""
    predict, every = _SquaredScores(scores), torch.arange(len(scores))

    def right(hidden: list[int]) -> float:
        mask = ~torch.isin(every, torch.tensor(hidden, dtype=torch.int64))
        return measure(predict(mask))[place, target[place]].item()

    return {name: right([]) - right(hidden) for name, hidden in groups.items()}


def _place_before(scores: Tensor, target: Tensor, place: int, groups: dict[str, list[int]]) -> list[dict[str, float]]:
    """What comes of the row and the word at the place before, of that row alone, and of that word alone."""
    word_at_row_before, word_before = target.clone(), target.clone()
    word_at_row_before[place - 1], word_before[place] = target[place], target[place - 1]
    pairs = ((target, place - 1), (word_at_row_before, place - 1), (word_before, place))
    return [_costs(scores, words, row, groups) for words, row in pairs]


class HideAndReadOff(Check):
    """What is left of a word's probability, read off in the playground."""

    slug = defines = "hide_and_read_off"
    causes = {
        **CAUSES["hide"],
        "nothing-hidden": "The word is as probable three times as it is with nothing hidden. Which states may the "
        "decoder not look at, each time?",
        "weights-read": "These are weights: how much is looked at each word. Where does the playground show how "
        "probable the next word is?",
    }
    hints = (
        "Which button says that no step may look at a state, and which that the encoder does not read the word?",
        "Hide the state after `Sora` and look for 소라를 among the bars of lesson 3's model; show it again before you "
        "hide the one after `and`, then hide both.",
        "A bar of 62 % is written 0.62; one below 1 % may be written 0.",
    )

    @stage("three numbers, by their names")
    def numbers(self, trial: Trial) -> None:
        """Each from 0 to 1."""
        self._require(trial, ("wrong-names", "not-numbers"), kind_of)

    @stage("how probable the word still is")
    def shares(self, trial: Trial) -> None:
        """As the playground shows it, up to the rounding of its bars."""
        self._require(trial, tuple(self.causes), brief)

    @staticmethod
    def _require(trial: Trial, causes: tuple[str, ...], shown: Callable[[object], Words]) -> None:
        answer = trial.subject.call("__call__")
        cause = judge(HIDE, answer)
        cause = _what_was_read(answer) if cause == "misread" else cause
        trial.require(cause not in causes, cause, t("gold, dark and both, each from 0 to 1"), shown(answer))


def _what_was_read(answer: dict[str, float]) -> str:
    """What three numbers show that are not those asked for: a cause."""
    now = shipped(HIDE.model)(HIDE.source, HIDE.prefix)
    seen, weights = now.logits[-1].softmax(0)[HIDE.target[0]].item(), now.weights[-1].tolist()
    if all(abs(share - seen) <= TOLERANCES["share"] for share in answer.values()):
        return "nothing-hidden"
    looked = {name: sum(weights[place] for place in places) for name, places in (HIDE.places or {}).items()}
    read = all(abs(answer[name] - share) <= TOLERANCES["share"] for name, share in looked.items())
    return "weights-read" if read else "misread"
