"""Checks of lesson 05: alignments read from weights, their error rate, and what a hidden word changes."""

from collections.abc import Callable

import torch
from torch import Tensor

from autograder.checks.framework.check import Check, stage
from autograder.checks.framework.random_inputs import Draw
from autograder.checks.framework.trial import Trial
from autograder.subjects.subject import CallbackRefused

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
        "lengths-swapped": "Rows are cut to the source's length, columns to the target's. Which mask belongs to which?",
        "renormalised": "The rows were made to sum to 1 again. The docstring asks for the weights as they are.",
    }
    hints = (
        "How many real words has each sentence, on either side, when END is not counted?",
        "A mask is True at real words and at END, so its sum is one more than the number of words. Cut each matrix "
        "to the numbers of its own sentence.",
        "`mask.sum(1)` counts; `weights[b, :rows, :columns]` cuts.",
    )

    @stage("one matrix a sentence, without END and without padding")
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


class ArgmaxLinks(Check):
    """Each target word linked to the source word with the greatest weight."""

    slug = defines = "argmax_links"
    causes = {
        "swapped": "The two numbers of each link are swapped. Which comes first, the source word or the target word?",
        "link-per-source-word": "There is one link for each source word. Along which dimension is the greatest weight?",
        "counted-from-one": "The words are counted from 1. What is the number of the first word in Python?",
        "least": "Each word is linked to the source word with the least weight. Which end did you want?",
        "best-of-all": "There is one link only, the greatest weight of all. How many links has a sentence of T words?",
        "source-only": "The source words are right, but alone. A link is a pair.",
    }
    hints = (
        "Put a finger on one row of the heat map. Which column is darkest?",
        "One link a row: the place of the row's greatest weight, then the row's number.",
        "`weights.argmax(1)` finds the columns; `enumerate` counts the rows.",
    )

    @stage("one link a target word, to the source word with the greatest weight")
    def greatest(self, trial: Trial) -> None:
        """More source words than target words."""
        weights = _distinct_weights(trial.draw, 5, 7)
        expected, got = trial.both(weights)
        best = int(weights.argmax())
        suspects = {
            "swapped": _swapped(expected),
            "link-per-source-word": [(i, j) for i, j in enumerate(weights.argmax(0).tolist())],
            "counted-from-one": [(i + 1, j + 1) for i, j in expected],
            "least": [(i, j) for j, i in enumerate(weights.argmin(1).tolist())],
            "best-of-all": [(best % 7, best // 7)],
            "source-only": [i for i, _ in expected],
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("more target words than source words")
    def longer_target(self, trial: Trial) -> None:
        """A source word then has several links."""
        trial.equal(*trial.both(_distinct_weights(trial.draw, 6, 3)))


class ThresholdLinks(Check):
    """All pairs of words whose weight reaches a threshold."""

    slug = defines = "threshold_links"
    causes = {
        "swapped": "The two numbers of each link are swapped. Which comes first, the source word or the target word?",
        "wrong-order": "The links are right, their order is not. Which word does the docstring sort by first?",
        "best-only": "Each target word has its best link only. How many links may it have here?",
        "below": "These are the pairs with a small weight. Which side of the threshold is wanted?",
        "limit-excluded": "A weight that equals the threshold gives no link. Is it > or >=?",
        "counted-from-one": "The words are counted from 1. What is the number of the first word in Python?",
    }
    hints = (
        "Some rows of a heat map have two dark cells, some have none. Which pairs should each row give?",
        "Go through all rows, and in each row through all columns; keep the pairs that reach the threshold.",
        "`(weights >= threshold).nonzero()` lists the places, row by row.",
    )

    @stage("all pairs that reach the threshold, target word by target word")
    def reached(self, trial: Trial) -> None:
        """Rows with two links, with one and with none."""
        weights, threshold = _several_links(trial.draw)
        expected, got = trial.both(weights, threshold)
        best = [(i, j) for j, i in enumerate(weights.argmax(1).tolist()) if weights[j, i] >= threshold]
        below = [(i, j) for j, i in (weights < threshold).nonzero().tolist()]
        suspects = {
            "swapped": _swapped(expected),
            "wrong-order": sorted(expected),
            "best-only": best,
            "below": below,
            "counted-from-one": [(i + 1, j + 1) for i, j in expected],
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("a weight that equals the threshold is enough")
    def limit(self, trial: Trial) -> None:
        """Weights that a float holds exactly."""
        weights = torch.tensor([[0.25, 0.5, 0.25], [0.125, 0.125, 0.75]])[:, trial.draw.permutation(3)]
        expected, got = trial.both(weights, 0.25)
        above = [(i, j) for j, i in (weights > 0.25).nonzero().tolist()]
        trial.equal(expected, got, suspects={"limit-excluded": above})


def _swapped(links: Links) -> Links:
    return [(j, i) for i, j in links]


def _distinct_weights(draw: Draw, rows: int, columns: int) -> Tensor:
    """Weights (rows, columns) whose rows sum to 1, in each row one that is clearly the greatest, row 0's not at 0."""
    best = [1 + i % (columns - 1) for i in draw.permutation(rows)]
    scores = draw.normal(rows, columns, scale=0.3)
    scores[torch.arange(rows), torch.tensor(best)] += 3
    return scores.softmax(1)


def _several_links(draw: Draw) -> tuple[Tensor, float]:
    """Weights (4, 5) of rows with two, no, one and two great weights, not along the diagonal; and a threshold."""
    x, y, z = draw.shuffled([1, 2, 3])
    weights = torch.full((4, 5), 0.05)
    for row, chosen in enumerate(((4, x), (), (0,), (y, z))):
        for rank, place in enumerate(chosen):
            weights[row, place] += 0.35 + 0.1 * rank
    return weights / weights.sum(1, keepdim=True), 0.3


class PrecisionRecall(Check):
    """Precision against sure and possible links, recall against sure ones."""

    slug = defines = "precision_recall"
    causes = {
        "sure-forgotten": "Precision counts possible links only. Is a link that is sure not possible, too?",
        "possible-recalled": "Recall asks for possible links as well. Which links must an alignment have?",
        "strict-precision": "Precision counts sure links only. Is a possible link wrong?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
        "denominators-swapped": "Each share is of the other whole. Precision is a share of which links?",
        "counts-returned": "These are counts. Of how many links are they a share?",
    }
    hints = (
        "Precision: of the links found, how many are right? Recall: of the links that must be there, how many are?",
        "Three sets: found, sure, and all that count as right. Two intersections, two divisions.",
        "`set(a) & set(b)` are the links in both, `set(a) | set(b)` those in either.",
    )

    @stage("shares of the links found and of the sure links")
    def shares(self, trial: Trial) -> None:
        """Found links that are sure, possible and wrong."""
        found, sure, possible = _gold(trial.draw)
        a, s, p = set(found), set(sure), set(possible)
        expected, got = trial.both(found, sure, possible)
        precision, recall = expected
        suspects = {
            "sure-forgotten": (len(a & p) / len(a), recall),
            "possible-recalled": (precision, len(a & (s | p)) / len(s | p)),
            "strict-precision": (len(a & s) / len(a), recall),
            "swapped": (recall, precision),
            "denominators-swapped": (len(a & (s | p)) / len(s), len(a & s) / len(a)),
            "counts-returned": (len(a & (s | p)), len(a & s)),
        }
        trial.equal(expected, got, suspects=suspects)


def _gold(draw: Draw, sizes: tuple[int, ...] = (5, 1, 6, 1, 4)) -> Example:
    """Found, sure and possible links; no two of the shares in question are equal.

    sizes: how many links are found and sure, found and possible, found and wrong, sure and missed, possible and
    missed.
    """
    links = [(n % 6, n // 6) for n in draw.permutation(36)]
    right, fine, bad, lost, unneeded = _parts(links, sizes)
    return draw.shuffled(right + fine + bad), draw.shuffled(right + lost), draw.shuffled(fine + unneeded)


def _parts(items: list, sizes: tuple[int, ...]) -> list[list]:
    starts = [sum(sizes[:n]) for n in range(len(sizes))]
    return [items[start : start + size] for start, size in zip(starts, sizes, strict=True)]


class AlignmentErrorRate(Check):
    """AER over a corpus: Och and Ney 2003, equation 23."""

    slug = defines = "alignment_error_rate"
    causes = {
        "one-minus-forgotten": "The better the alignment, the greater your number. An error rate goes the other way.",
        "sure-forgotten": "Sure links do not count as possible ones. What becomes of |A ∩ P| when P holds S?",
        "strict": "Possible links count as wrong. Where does |A ∩ P| come in?",
        "f-measure": "This is 1 minus the F-measure of precision and recall, which is close. The formula adds counts.",
        "wrong-denominator": "The counts above are right, what they are divided by is not. Is it |A| + |S|?",
        "mean-of-sentences": "This is the mean of the sentences' error rates. Counts are summed over all sentences "
        "first, divided once.",
    }
    hints = (
        "Which links count twice in the numerator, which once, and which not at all?",
        "Sum |A ∩ S| + |A ∩ P| over all sentences, and |A| + |S| as well; one division at the end.",
        "`len(set(a) & set(b))` counts the links in both. P is the union of sure and possible links.",
    )

    @stage("the error rate of one sentence")
    def sentence(self, trial: Trial) -> None:
        """The formula."""
        example = _gold(trial.draw)
        suspects = {
            "one-minus-forgotten": 1 - _rate([example]),
            "sure-forgotten": _rate([example], union=False),
            "strict": _rate([(example[0], example[1], [])]),
            "f-measure": _one_minus_f(example),
            "wrong-denominator": _rate([example], whole=lambda a, s, p: len(a) + len(p)),
        }
        trial.equal(*trial.both([example]), suspects=suspects)

    @stage("the error rate of a corpus")
    def corpus(self, trial: Trial) -> None:
        """A long sentence weighs more than a short one."""
        sizes = ((5, 1, 6, 1, 4), (1, 0, 4, 2, 1), (9, 3, 1, 1, 2))
        examples = [_gold(trial.draw, size) for size in sizes]
        mean = sum(_rate([example]) for example in examples) / len(examples)
        trial.equal(*trial.both(examples), suspects={"mean-of-sentences": mean})


def _rate(
    examples: list[Example],
    union: bool = True,
    whole: Callable[[set, set, set], int] = lambda found, sure, possible: len(found) + len(sure),
) -> float:
    """The error rate, or what known mistakes make of it."""
    hits = total = 0
    for found, sure, possible in ((set(a), set(s), set(p)) for a, s, p in examples):
        right = sure | possible if union else possible
        hits += len(found & sure) + len(found & right)
        total += whole(found, sure, sure | possible)
    return 1 - hits / total


def _one_minus_f(example: Example) -> float:
    found, sure, possible = map(set, example)
    precision, recall = len(found & (sure | possible)) / len(found), len(found & sure) / len(sure)
    return 1 - 2 * precision * recall / (precision + recall)


class DiagonalLinks(Check):
    """The baseline that reads no weights: same relative place."""

    slug = defines = "diagonal_links"
    causes = {
        "same-index": "Word j goes with word j. What if one sentence is longer than the other?",
        "left-edge": "It is the source word under the left edge of the target word. Where is its middle?",
        "swapped": "The two numbers of each link are swapped. Which comes first, the source word or the target word?",
        "link-per-source-word": "There is one link for each source word. How many target words are there?",
        "ratio-inverted": "The two lengths are the wrong way round. Which one stretches a target word's place?",
    }
    hints = (
        "Draw both sentences as bars of the same width, cut into words of equal width. What lies under the middle of "
        "target word j?",
        "The middle of target word j is at (j + 1/2) / T of the width. Times S and rounded down: a source word.",
        "`int` and `//` both round a positive number down.",
    )

    @stage("each target word goes with the source word under its middle")
    def middle(self, trial: Trial) -> None:
        """A longer source, then a longer target; no middle falls on an edge."""
        source, target = 11, trial.draw.shuffled([5, 6, 7])[0]
        suspects = {
            "same-index": [(j, j) for j in range(target)],
            "left-edge": [(j * source // target, j) for j in range(target)],
            "swapped": _swapped(_diagonal(source, target)),
            "link-per-source-word": _swapped(_diagonal(target, source)),
            "ratio-inverted": [(int((j + 0.5) * target / source), j) for j in range(target)],
        }
        trial.equal(*trial.both(source, target), suspects=suspects)

    @stage("a target that is longer than its source")
    def longer_target(self, trial: Trial) -> None:
        """Several target words then share a source word."""
        trial.equal(*trial.both(3, trial.draw.shuffled([7, 8, 10])[0]))


def _diagonal(source: int, target: int) -> Links:
    return [(int((j + 0.5) * source / target), j) for j in range(target)]


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
        "offsets-ignored": "This offset was not among those to try. Where do yours come from?",
    }
    hints = (
        "If every row of a heat map belonged to the word one further down, how would you notice?",
        "For each offset, move every link to (i, j + offset) and count how many are gold then. Keep the best offset.",
        "`max` takes a `key`: a function that counts the hits of an offset.",
    )

    @stage("the offset at which most links agree with the gold")
    def most(self, trial: Trial) -> None:
        """Three sentences; the first one, alone, says something else."""
        offsets = [-1, 1, 0, 2, -2]
        true = trial.draw.shuffled([-2, 2])[0]
        examples = _out_of_step(trial.draw, true)
        hits = {offset: _hits(examples, offset) for offset in offsets}
        moved = {offset: _hits([(_swapped(a), _swapped(g)) for a, g in examples], offset) for offset in offsets}
        suspects = {
            "reversed": -true,
            "source-moved": max(offsets, key=lambda offset: moved[offset]),
            "hits-returned": max(hits.values()),
            "index-returned": offsets.index(true),
            "fewest": min(offsets, key=lambda offset: hits[offset]),
            "first-sentence": max(offsets, key=lambda offset: _hits(examples[:1], offset)),
        }
        trial.equal(*trial.both(examples, offsets), suspects=suspects)

    @stage("of the offsets given, and no other")
    def given(self, trial: Trial) -> None:
        """The one at which most links agree is not among them."""
        true = trial.draw.shuffled([-2, 2])[0]
        offsets = trial.draw.shuffled([-1, 0, 1, -true])
        examples = _out_of_step(trial.draw, true)
        trial.equal(*trial.both(examples, offsets), suspects={"offsets-ignored": true})


def _hits(examples: list[tuple[Links, Links]], offset: int) -> int:
    return sum((i, j + offset) in gold for links, gold in examples for i, j in links)


def _out_of_step(draw: Draw, offset: int) -> list[tuple[Links, Links]]:
    """(links, gold) of three sentences: two out of step by `offset`, before them one that is in step.

    Links at a source offset of 1 agree with some gold links, too, so that moving the wrong side gives 1.
    """
    short = [(i, j + 3) for j, i in enumerate(draw.permutation(3))]
    examples = [(short, list(short))]
    for length in (7, 9):
        links = [(3 * i, j + 3) for j, i in enumerate(draw.permutation(length))]
        gold = [(i, j + offset) for i, j in links] + [(i + 1, j) for i, j in links[2:]]
        examples.append((links, draw.shuffled(gold)))
    return examples


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
        trial.equal(expected, got, "T S", _mistaken_effects(scores, target))


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


def _mistaken_effects(scores: Tensor, target: Tensor) -> dict[str, Tensor]:
    """What known mistakes give."""
    size, rows = len(scores), torch.arange(len(target))
    predict = _MaskedScores(scores)
    everything = torch.ones(size, dtype=torch.bool)
    one_hidden = [torch.arange(size) != i for i in range(size)]

    def loss_of(masks: list[Tensor], measure: Callable[[Tensor], Tensor] = lambda x: x.log_softmax(-1)) -> Tensor:
        whole = measure(predict(everything))[rows, target]
        return torch.stack([whole - measure(predict(mask))[rows, target] for mask in masks], 1)

    right = loss_of(one_hidden)
    best = predict(everything).argmax(-1)
    whole = predict(everything).log_softmax(-1)[rows, target]
    followed = [
        (predict(everything).log_softmax(-1) - predict(mask).log_softmax(-1))[rows, best] for mask in one_hidden
    ]
    return {
        "sign-reversed": -right,
        "transposed": right.T,
        "masks-pile-up": loss_of([torch.arange(size) > i for i in range(size)]),
        "mask-inverted": loss_of([~mask for mask in one_hidden]),
        "probabilities": loss_of(one_hidden, lambda x: x.softmax(-1)),
        "raw-scores": loss_of(one_hidden, lambda x: x),
        "not-compared": whole.unsqueeze(1) - right,
        "best-word": torch.stack(followed, 1),
    }
