"""Checks of lesson 05: alignments read from weights, their error rate, and what a hidden word changes."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from autograder.checks.framework.check import Check, stage
from autograder.checks.framework.compare import kind_of
from autograder.checks.framework.random_inputs import Draw
from autograder.checks.framework.trial import Trial
from autograder.subjects.subject import CallbackRefused
from lessons.toolkit.text import t

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


def _swapped(links: Links) -> Links:
    return [(j, i) for i, j in links]


class PrecisionRecall(Check):
    """Precision against sure and possible links, recall against sure ones."""

    slug = defines = "precision_recall"
    causes = {
        "sure-forgotten": "Precision counts possible links only. Does a sure link count as possible?",
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


def _gold(draw: Draw, sizes: tuple[int, ...] = (7, 3, 6, 2, 5)) -> Example:
    """Found, sure and possible links; no two of the counts that can be confused are equal.

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
        """A long sentence weighs more than a short one; in one of them no link was found."""
        sizes = ((7, 3, 6, 2, 5), (1, 0, 4, 2, 1), (9, 3, 1, 1, 2), (0, 0, 0, 2, 1))
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
        weights, sure = _looks_and_links(trial.draw)
        expected, got = trial.both([weights], [sure])
        trial.equal(expected, _plain(got), suspects=_mistaken_distances(weights, sure))

    @stage("all sentences together")
    def corpus(self, trial: Trial) -> None:
        """Two sentences of different shapes."""
        examples = [_looks_and_links(trial.draw, more) for more in (0, 1)]
        weights, sure = [each[0] for each in examples], [each[1] for each in examples]
        expected, got = trial.both(weights, sure)
        trial.equal(expected, _plain(got), suspects={"last-sentence": _distances(*examples[-1])})


def _plain(counts: object) -> object:
    """A Counter, or another kind of dict, as a dict."""
    return dict(counts) if isinstance(counts, dict) else counts


#: Distances of the first sure link of each target word; with the second links no two are equally frequent.
_DISTANCES = (1, 1, 1, 1, 1, 1, 2, 2, 2, -1)


def _looks_and_links(draw: Draw, more: int = 0) -> tuple[Tensor, Links]:
    """Weights (T, S) and sure links: of ten target words with one link each, two have a second one.

    more: how many more target words, each one met.
    """
    wanted = draw.shuffled([*_DISTANCES, *(0 for _ in range(more))])
    words = len(wanted)
    source = words + 5
    gold = [2 + i for i in draw.permutation(words)]
    scores = draw.normal(words, source, scale=0.3)
    scores[torch.arange(words), torch.tensor([i + away for i, away in zip(gold, wanted, strict=True)])] += 4
    links = [(i, j) for j, i in enumerate(gold)]
    twice = [wanted.index(1), wanted.index(2)]
    return scores.softmax(1), draw.shuffled(links + [(gold[j] + 2, j) for j in twice])


def _distances(weights: Tensor, sure: Links) -> dict[int, int]:
    darkest = weights.argmax(1).tolist()
    return _counted([darkest[j] - i for i, j in sure])


def _counted(values: list[int]) -> dict[int, int]:
    return {value: values.count(value) for value in set(values)}


def _mistaken_distances(weights: Tensor, sure: Links) -> dict[str, dict]:
    """What known mistakes give."""
    right, darkest = _distances(weights, sure), weights.argmax(1).tolist()
    along = weights.argmax(0).tolist()
    once = {j: darkest[j] - i for i, j in sure}
    return {
        "sign-reversed": {-place: count for place, count in right.items()},
        "absolute": _counted([abs(darkest[j] - i) for i, j in sure]),
        "column-wise": _counted([along[j] - i for i, j in sure]),
        "from-the-diagonal": _counted([darkest[j] - j for _, j in sure]),
        "one-link-each": _counted(list(once.values())),
        "shares": {place: count / len(sure) for place, count in right.items()},
        "misses-only": {place: count for place, count in right.items() if place},
    }


class WordDecoderCheck(Check):
    """A decoder that looks with its new state, reads words, and lets them reach the output only."""

    slug, defines = "word_decoder", "WordDecoder"
    causes = {
        "raised": "Your code stopped with an error. `self.score` scores the states of one step, (B, H), and knows "
        "nothing of T: how do you get one step after another?",
        "states-read": "States were read. Which half of `source` is for choosing, which for reading?",
        "words-scored": "The embedded words were scored. Which half of `source` is for choosing, which for reading?",
        "mask-ignored": "Padding has weight. Which scores may the softmax not see?",
        "mask-inverted": "Only padding is looked at. What does True stand for in the mask?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
        "old-state": "Each step looks with the state before it has read its word. Which state is new?",
        "read-first": "What was read and the new state are joined in the other order. Which one comes first?",
        "not-mixed": "What was read never reaches the output. What does `mix` take?",
        "no-tanh": "The layer `mix` is not bent. What comes between it and `output`?",
        "probabilities": "The scores are probabilities. The loss of this course takes raw scores.",
        "first-state-returned": "The state is the one that came in. Where does the next call start?",
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
        trial.equal(expected[0], got[0], "B T V", {**suspects, "probabilities": expected[0].softmax(-1)})

    @stage("forward: the last state, and the weights of every step")
    def state_and_weights(self, trial: Trial) -> None:
        """The second and third result."""
        _, inputs, _ = _word_reader_case(trial)
        expected, got = trial.both(*inputs, method="forward")
        trial.equal(expected[1], got[1], "B H", {"first-state-returned": inputs[1]})
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
def _mistaken_scores(
    weights: dict[str, Tensor], words: Tensor, state: Tensor, source: _Source, mask: Tensor, mistake: str
) -> Tensor:
    """The logits that a known mistake in `forward` would give."""
    size = state.shape[-1]
    gru = nn.GRU(size, size, batch_first=True)
    gru.load_state_dict({name.removeprefix("gru."): each for name, each in weights.items() if name.startswith("gru.")})
    new, _ = gru(F.embedding(words, weights["embedding.weight"]), state.unsqueeze(0))
    asking = torch.cat([state.unsqueeze(1), new[:, :-1]], 1) if mistake == "old-state" else new
    read = _looked(_scores(asking, source[0], weights["score.scale"]), mask) @ source[1]
    if mistake == "not-mixed":
        read = torch.zeros_like(read)
    both = [read, new] if mistake == "read-first" else [new, read]
    mixed = F.linear(torch.cat(both, -1), weights["mix.weight"], weights["mix.bias"])
    bent = mixed if mistake == "no-tanh" else mixed.tanh()
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
        "all-places": "The losses of all target words are summed up. Which one is asked about?",
        "raw-scores": "These are differences of scores. What makes log-probabilities of scores?",
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
            "all-places": {name: sum(_costs(scores, target, j, groups)[name] for j in range(len(target)))},
            "raw-scores": _costs(scores, target, place, {name: hidden}, lambda x: x),
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
