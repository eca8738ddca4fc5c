"""Checks of lesson 06: beam search, BLEU, and the attention of the Transformer."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.framework.check import Check, stage
from autograder.checks.framework.compare import brief, difference, kind_of
from autograder.checks.framework.random_inputs import Draw
from autograder.checks.framework.trial import Trial
from autograder.subjects.subject import AnswerError, CallbackRefused
from lessons.toolkit.batches import END, SPECIAL_TOKENS, START
from lessons.toolkit.text import t

Beam = tuple[Tensor, Tensor, Tensor]
Hypotheses = list[tuple[list[int], float]]


class ExtendBeams(Check):
    """The best continuations of all hypotheses together."""

    slug = defines = "extend_beams"
    causes = {
        "raised": "Your code stopped with an error. The scores have shape (K,), the log-probabilities (K, V): what "
        "must become of the scores before you add?",
        "each-its-best": "Each hypothesis goes on with its own best word. May a good one have two continuations, and a "
        "poor one none?",
        "old-score-forgotten": "The new word alone decides. What has the hypothesis cost so far?",
        "word-scores-returned": "The right continuations, but with the log-probability of the last word only. What is "
        "that of the whole hypothesis?",
        "probabilities-added": "Probabilities are added. Which of the two may be added: probabilities or their "
        "logarithms?",
        "multiplied": "The scores are multiplied. What does a product of probabilities become in logarithms?",
        "worst": "These are the worst continuations. Which end of the scores do you want?",
        "worst-first": "The right continuations in the wrong order. Which one does the docstring put first?",
        "swapped": "Rows and words have changed places. Which counts hypotheses?",
        "places-not-split": "One number stands for hypothesis and word at once. How many words has a row?",
        "wrong-divisor": "The place is divided by another number than the words in a row. How long is a row?",
        "beam-size-ignored": "As many hypotheses come out as went in. How many are to be kept?",
    }
    hints = (
        "There are K hypotheses and V words. How many continuations have they, and how probable is each?",
        "Add the score of each hypothesis to its row. Look for the best in the whole table, not row by row; then find "
        "out from the place in which row and column it stands.",
        "`unsqueeze(1)` makes a column, `flatten()` one row of K · V numbers, `topk` finds the greatest and their "
        "places; `//` and `%` split a place.",
    )

    @stage("one hypothesis: its best words")
    def first_step(self, trial: Trial) -> None:
        """As at START."""
        score, row = torch.tensor([-1.5]), -0.4 - 0.5 * torch.tensor([trial.draw.permutation(9)]).float()
        expected, got = trial.both(score, row, 3)
        suspects = {
            "worst": _beam(score, row, 3, largest=False),
            "word-scores-returned": (row.topk(3).values[0], *expected[1:]),
            "worst-first": tuple(part.flip(0) for part in expected),
            "swapped": (expected[0], expected[2], expected[1]),
            "probabilities-added": _beam(score.exp(), row.exp(), 3),
            "multiplied": _split(score.unsqueeze(1) * row, 3),
            "beam-size-ignored": _beam(score, row, 1),
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("several hypotheses: the best of all continuations")
    def several(self, trial: Trial) -> None:
        """A good hypothesis goes on twice, a poor one with probable words not at all."""
        scores, table = _continuations(trial.draw)
        expected, got = trial.both(scores, table, 4)
        suspects = {
            "each-its-best": _each_its_best(scores, table),
            "old-score-forgotten": _beam(torch.zeros_like(scores), table, 4),
            "places-not-split": (*expected[:2], expected[1] * table.shape[1] + expected[2]),
            "wrong-divisor": _split(scores.unsqueeze(1) + table, 4, divisor=len(scores)),
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("fewer hypotheses than before")
    def shrinking(self, trial: Trial) -> None:
        """Some places of the beam have been taken by sentences that ended."""
        scores, table = _continuations(trial.draw)
        trial.equal(*trial.both(scores, table, 2), suspects={"beam-size-ignored": _beam(scores, table, len(scores))})


def _continuations(draw: Draw) -> tuple[Tensor, Tensor]:
    """Scores (3,) and log-probabilities (3, 8): the best four are two each of two hypotheses, clearly in order."""
    good, fair, poor = draw.permutation(3)
    words = draw.permutation(8)
    scores = torch.empty(3)
    scores[[good, fair, poor]] = torch.tensor([-0.5, -1.5, -9.0])
    table = -6 - 0.3 * torch.tensor(draw.permutation(24)).view(3, 8).float()
    wanted = ((good, -0.5), (good, -1.9), (fair, -0.3), (fair, -1.6), (poor, -0.1), (poor, -0.2))
    for word, (row, value) in zip(words, wanted, strict=False):
        table[row, word] = value
    return scores, table + draw.normal(3, 8, scale=0.01)


def _beam(scores: Tensor, table: Tensor, size: int, largest: bool = True) -> Beam:
    return _split(scores.unsqueeze(1) + table, size, largest=largest)


def _split(totals: Tensor, size: int, divisor: int | None = None, largest: bool = True) -> Beam:
    best, places = totals.flatten().topk(size, largest=largest)
    divisor = divisor or totals.shape[1]
    return best, places // divisor, places % divisor


def _each_its_best(scores: Tensor, table: Tensor) -> Beam:
    best, words = table.max(1)
    return scores + best, torch.arange(len(scores)), words


class BeamSearch(Check):
    """The loop: extend, grow, set aside what has ended."""

    slug = defines = "beam_search"
    causes = {
        "raised": "Your code stopped with an error. How many hypotheses has this step, and are there as many words, "
        "scores, sentences and states?",
        "state-lost": "Every step starts from the first state. Which state does step 1 need?",
        "start-fed-again": "Every step reads START. Which words should step 1 read?",
        "start-kept": "START stands in the sentence. Did the model write it?",
        "end-dropped": "END is missing. The docstring wants it kept: it was predicted, and its probability counts.",
        "pair-reversed": "Words and score have changed places. Which comes first?",
        "last-score-only": "The score is that of the last word. Does each step get the scores of the one before?",
        "runs-past-end": "A hypothesis goes on behind END. What becomes of one that has ended?",
        "words-mixed": "A hypothesis has taken over the words of another. Which old sentence does row r go on from?",
        "state-mixed": "The words are right, but a decoder state belongs to another hypothesis. Which states does the "
        "next step need, and in which order?",
        "cut-off-lost": "What had not ended at max_length is missing. The docstring wants it behind the others.",
        "ended-lost": "What has ended is missing. Where do you keep it?",
        "stops-with-the-first": "All stop when the first hypothesis ends. Which ones may go on?",
        "beam-not-shrunk": "More hypotheses come back than the beam holds. How many places are left when one has "
        "ended?",
        "sorted": "The hypotheses are sorted by score. Which order does the docstring ask for?",
        "cut-off-first": "What was cut off stands in front. Which does the docstring put first?",
        "decodes-on": "All had ended, and `step` was called again. What can you test after each step?",
        "never-stops": "`step` is called again and again without end. Which two things end the loop?",
        "length-off": "The number of steps is not `max_length`. Is the loop one step too long or too short?",
        "wrong-hypotheses": "The hypotheses differ. Which word, state and score does each one bring to the next step?",
    }
    hints = (
        "What must you know of each hypothesis to go on with it? Four things; which of them are rows of tensors?",
        "In a loop: step; extend, with as many places as have not ended; build the new sentences from `rows` and "
        "`words`; set aside those that end in END; keep scores, words, states and sentences of the others. Behind the "
        "loop, add those that are left.",
        "`going = words != END` picks rows: `scores[going]`, `words[going]`, `state[rows[going]]`. `tolist()` turns "
        "tensors into numbers.",
    )

    @stage("a beam of one: the best word at each step")
    def greedy(self, trial: Trial) -> None:
        """As greedy decoding."""
        script = _Script(trial.draw, {"": "a-0.5 b-1.2", "a": "c-0.4 b-2", "ac": ".-0.3", "b": ".-0.1"})
        expected, got = _search(trial, script, 1, 9)
        words, score = expected[0]
        last = script.score("ac.") - script.score("ac")
        suspects = {
            "start-kept": [([START, *words], score)],
            "end-dropped": [(words[:-1], score)],
            "pair-reversed": [(score, words)],
            "last-score-only": [(words, last)],
            "runs-past-end": script.search(1, 9, end=False),
            "state-lost": script.search(1, 9, keep_state=False),
            "start-fed-again": script.search(1, 9, feed=lambda words: torch.full_like(words, START)),
            "ended-lost": [],
        }
        trial.equal(expected, got, suspects=suspects, otherwise="wrong-hypotheses")

    @stage("each hypothesis goes on from its own words and its own state")
    def several(self, trial: Trial) -> None:
        """Nothing ends; in each step one hypothesis goes on twice and one not at all."""
        script = _Script(trial.draw, _CROSSING)
        expected, got = _search(trial, script, 3, 3)
        suspects = {
            "words-mixed": script.search(3, 3, keep_words=False),
            "state-mixed": script.search(3, 3, keep_order=False),
            "cut-off-lost": [],
            "last-score-only": [(words, script.last_score(words)) for words, _ in expected],
            "length-off": script.search(3, 2),
        }
        trial.equal(expected, got, suspects=suspects, otherwise="wrong-hypotheses")

    @stage("a hypothesis that has ended is set aside, and its place with it")
    def ends(self, trial: Trial) -> None:
        """Three hypotheses that end at three different steps."""
        script = _Script(trial.draw, _ENDING)
        expected, got = _search(trial, script, 3, 9)
        suspects = {
            "stops-with-the-first": script.search(3, 2),
            "beam-not-shrunk": script.search(3, 9, shrink=False),
            "sorted": sorted(expected, key=lambda found: -found[1]),
            "runs-past-end": script.search(3, 9, end=False),
        }
        trial.equal(expected, got, suspects=suspects, otherwise="wrong-hypotheses")
        calls = trial.heard("step").calls
        trial.require(calls == 5, "decodes-on", t("5 calls of step"), t("{calls} calls", calls=calls))

    @stage("what has not ended at max_length comes last")
    def limit(self, trial: Trial) -> None:
        """Two have ended by then, one has not."""
        script = _Script(trial.draw, _ENDING)
        expected, got = _search(trial, script, 3, 3)
        suspects = {
            "cut-off-lost": expected[:2],
            "cut-off-first": [expected[2], *expected[:2]],
            "never-stops": script.search(3, 9),
            "length-off": script.search(3, 4),
        }
        trial.equal(expected, got, suspects=suspects, otherwise="wrong-hypotheses")


# What a scripted decoder finds probable behind each prefix; "." is END. Letters become words that are drawn.
_CROSSING = {
    "": "a-0.6 b-1.1 c-1.7",
    "a": "d-2.5",
    "b": "d-0.4 e-1.2",
    "c": "a-0.3",
    "bd": "e-2.0",
    "ca": "b-0.2 d-1.2",
    "be": "c-0.5",
}
_ENDING = {
    "": "a-0.5 b-1.0 c-1.8",
    "a": ".-0.3 d-1.9",
    "b": "c-0.4",
    "c": "b-0.2",
    "bc": "e-0.5 .-2.5",
    "cb": ".-0.6 a-0.9",
    "bce": "d-0.2 .-1.5",
    "cba": ".-0.1",
    "bced": ".-0.2",
}
_LETTERS = "abcdejk"  # j is written off every known path, k where the first state meets another word than START
_VOCABULARY = len(SPECIAL_TOKENS) + len(_LETTERS)
_PATIENCE = 40


class _Script:
    """A decoder that finds given words probable behind given prefixes, and the search on it, mistakes included.

    Its state (K, 2) holds the number of the prefix that was read, so that a state in a wrong row leads astray.
    """

    def __init__(self, draw: Draw, probable: Mapping[str, str]):
        words = [len(SPECIAL_TOKENS) + n for n in draw.permutation(len(_LETTERS))]
        self._number = {**dict(zip(_LETTERS, words, strict=True)), ".": END}
        letters = [f"{prefix}{item[0]}" for prefix, items in probable.items() for item in items.split()]
        self._prefixes = ["before", "lost", "astray", "", *letters]
        self.first = torch.tensor([[0.0, 0.5]])
        self._table = -30 - draw.normal(len(self._prefixes), _VOCABULARY).abs()
        self._table[1, self._number["j"]] = self._table[2, self._number["k"]] = -0.1
        for prefix, items in probable.items():
            row = self._prefixes.index(prefix)
            for item in items.split():
                self._table[row, self._number[item[0]]] = float(item[1:])
        self._table += draw.normal(*self._table.shape, scale=0.005)

    def step(self, words: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """What the decoder answers."""
        letters = {number: letter for letter, number in self._number.items()}
        rows = []
        for word, known in zip(words.tolist(), state[:, 0].long().tolist(), strict=True):
            prefix = self._prefixes[known] + letters.get(word, "?")
            if known == 0:
                prefix = "" if word == START else "astray"
            rows.append(self._prefixes.index(prefix) if prefix in self._prefixes else 1)
        return self._table[rows], torch.tensor([[row, row + 0.5] for row in rows])

    def score(self, text: str) -> float:
        """The log-probability of a text, such as `ac.`."""
        return sum(self._row(text[:n])[self._number[letter]].item() for n, letter in enumerate(text))

    def last_score(self, words: list[int]) -> float:
        """That of the last word alone."""
        letters = {number: letter for letter, number in self._number.items()}
        text = "".join(letters[word] for word in words)
        return self.score(text) - self.score(text[:-1])

    def _row(self, prefix: str) -> Tensor:
        return self._table[self._prefixes.index(prefix)]

    def search(
        self,
        beam_size: int,
        max_length: int,
        keep_state: bool = True,
        keep_words: bool = True,
        keep_order: bool = True,
        end: bool = True,
        shrink: bool = True,
        feed: Callable[[Tensor], Tensor] = lambda words: words,
    ) -> Hypotheses:
        """What comes of a search when something is left out."""
        scores, words, state = torch.zeros(1), torch.tensor([START]), self.first
        sentences: list[list[int]] = [[]]
        ended: Hypotheses = []
        for _ in range(max_length):
            table, new = self.step(feed(words), state if keep_state else self.first.expand(len(words), -1))
            scores, rows, words = _beam(scores, table, beam_size - (len(ended) if shrink else 0))
            places = [row if keep_words else n % len(sentences) for n, row in enumerate(rows.tolist())]
            sentences = [[*sentences[n], word] for n, word in zip(places, words.tolist(), strict=True)]
            found = list(zip(sentences, scores.tolist(), strict=True))
            over = (words == END) & end
            ended += [each for each, done in zip(found, over.tolist(), strict=True) if done]
            order = rows if keep_order else torch.arange(len(rows)) % len(new)
            scores, words, state = scores[~over], words[~over], new[order[~over]]
            sentences = [each for each, done in zip(sentences, over.tolist(), strict=True) if not done]
            if not sentences:
                break
        return ended + list(zip(sentences, scores.tolist(), strict=True))


class _CheckedStep:
    """Answers for a script, counts its calls, and says what is wrong with what it is given."""

    def __init__(self, script: _Script):
        self._script = script
        self.calls, self.empty = 0, False

    def __call__(self, words: object, state: object) -> tuple[Tensor, Tensor]:
        self.calls += 1
        if self.calls > _PATIENCE:
            raise CallbackRefused("step was called far more often than max_length allows")
        if not isinstance(words, Tensor) or words.dim() != 1 or words.is_floating_point():
            raise CallbackRefused(f"step(words, state): words must be int64 of shape (K,), got {kind_of(words)}")
        if not isinstance(state, Tensor) or state.shape != (len(words), 2):
            wanted = f"shape (K, H) = ({len(words)}, 2)"
            raise CallbackRefused(f"step(words, state): the state must have {wanted}, got {kind_of(state)}")
        self.empty = self.empty or len(words) == 0
        if len(words) == 0:
            raise CallbackRefused("step was called without any hypothesis: all had ended")
        return self._script.step(words, state)


def _extend_checked(scores: object, log_probabilities: object, beam_size: object) -> Beam:
    """What `extend` answers, after a look at what it was given; its arguments have the names of `extend_beams`."""
    table, size = log_probabilities, _as_number(beam_size)
    if not isinstance(table, Tensor) or table.dim() != 2 or table.shape[1] != _VOCABULARY:
        raise CallbackRefused(f"extend(scores, log_probabilities, beam_size): a table (K, V), got {kind_of(table)}")
    if not isinstance(scores, Tensor) or scores.shape != table.shape[:1]:
        wanted = f"scores of shape (K,) = ({len(table)},)"
        raise CallbackRefused(f"extend(scores, log_probabilities, beam_size): {wanted}, got {kind_of(scores)}")
    if isinstance(size, bool) or not isinstance(size, int) or not 0 < size <= _VOCABULARY:
        raise CallbackRefused(f"extend(scores, log_probabilities, beam_size): a number above 0, got {brief(size)}")
    return _beam(scores, table, size)


def _as_number(value: object) -> object:
    """The number in a tensor that holds one integer, as Python and torch take it for a size; else the value."""
    if isinstance(value, Tensor) and value.dim() == 0 and not value.is_floating_point():
        return value.item()
    return value


def _search(trial: Trial, script: _Script, beam_size: int, max_length: int) -> tuple[Hypotheses, object]:
    """Let reference and answer search on a script."""
    step = trial.callback("step", lambda: _CheckedStep(script))
    extend = trial.callback("extend", lambda: _extend_checked)
    try:
        return trial.both(step, extend, script.first, beam_size, max_length)
    except AnswerError:
        heard = trial.heard("step")
        wanted = t("at most {calls} calls of step", calls=max_length)
        trial.require(heard.calls <= _PATIENCE, "never-stops", wanted, t("{calls} calls", calls=heard.calls))
        trial.require(not heard.empty, "decodes-on", t("no call of step when all have ended"), t("one more call"))
        raise


class NormalisedScore(Check):
    """The log-probability divided by a power of the length."""

    slug = defines = "normalised_score"
    causes = {
        "raised": "Your code stopped with an error. How do you raise a number to a power in Python?",
        "not-normalised": "The length changes nothing. Which hypotheses then win, long or short ones?",
        "multiplied": "The score is multiplied by the length. Is a longer hypothesis to gain or to lose by that?",
        "end-not-counted": "END is not counted. Was it predicted, and does its probability count?",
        "one-too-many": "The length is one too great. Is END in the list already?",
        "alpha-multiplies": "alpha is multiplied with the length. What does the docstring do with it?",
        "alpha-ignored": "alpha changes nothing. What should alpha = 0 give?",
        "whole-to-the-power": "The quotient was raised to alpha. Which part does the docstring raise?",
        "length-logarithm": "The score is divided by the logarithm of the length. What does the docstring name?",
    }
    hints = (
        "Every word costs probability. By what would you divide to compare the cost of a word?",
        "One division: the log-probability by a power of the number of words.",
        "`len` counts, `**` raises to a power.",
    )

    @stage("alpha = 1: the mean of a word")
    def mean(self, trial: Trial) -> None:
        """A hypothesis that has ended."""
        words, score = _hypothesis(trial.draw, 6)
        suspects = {
            "not-normalised": score,
            "multiplied": score * 7,
            "end-not-counted": score / 6,
            "one-too-many": score / 8,
            "length-logarithm": score / math.log(7),
        }
        trial.equal(*trial.both(words, score, 1.0), suspects=suspects)

    @stage("alpha says how much the length counts")
    def alphas(self, trial: Trial) -> None:
        """Between 0 and 1, and 0 itself; the hypothesis was cut off in one case."""
        words, score = _hypothesis(trial.draw, 8)
        results = [trial.both(*each) for each in ((words, score, 0.6), (words[:-1], score, 0.3), (words, score, 0.0))]
        expected, got = ([pair[side] for pair in results] for side in (0, 1))
        suspects = {
            "alpha-multiplies": [score / (0.6 * 9), score / (0.3 * 8), got[2]],
            "alpha-ignored": [score / 9, score / 8, score / 9],
            "whole-to-the-power": [-((-score / 9) ** 0.6), -((-score / 8) ** 0.3), -1.0],
        }
        trial.equal(expected, got, suspects=suspects)


def _hypothesis(draw: Draw, length: int) -> tuple[list[int], float]:
    """Words with END behind them, and a log-probability from -9 to -5."""
    words = draw.integers(len(SPECIAL_TOKENS), 40, length).tolist()
    return [*words, END], -5 - draw.permutation(9)[0] / 2


class NgramMatches(Check):
    """The n-grams of a translation that its reference has, each no more often than there."""

    slug = defines = "ngram_matches"
    causes = {
        "raised": "Your code stopped with an error. Can the type that holds your n-grams be counted and compared?",
        "ratio": "A single share came back. The docstring asks for two counts; dividing comes later.",
        "swapped": "The two counts have changed places. Which one comes first?",
        "reference-counted": "The total is that of the reference. A precision is a share of which n-grams?",
        "same-place": "An n-gram matches only where it stands at the same place. Does the docstring speak of places?",
        "unclipped": "A word that the translation repeats counts each time. How often does the reference have it?",
        "distinct": "Each n-gram counts once, however often it occurs. What if both sentences have it twice?",
        "n-ignored": "Single words are counted. How many neighbouring words make an n-gram?",
        "last-missed": "The last n-gram is missing. At how many places can n words begin?",
        "order-ignored": "The order inside an n-gram does not matter. Is `a b` the same as `b a`?",
        "up-to-n": "Shorter n-grams are counted as well. Which n does the docstring ask for?",
        "negative-total": "The total falls below 0. How many n-grams has a sentence that is shorter than n?",
    }
    hints = (
        "Write the pairs of neighbours of both sentences in two columns. Which of the left column can you cross out "
        "against one of the right, each only once?",
        "Count the n-grams of both sentences. For each n-gram take the smaller count; then add.",
        "`Counter` counts tuples; `&` of two counters takes the smaller counts, `total()` adds them. "
        "`tuple(words[i : i + n])` is the n-gram at place i.",
    )

    @stage("single words, none of them twice")
    def words(self, trial: Trial) -> None:
        """Matches at the same place and at others."""
        translation, reference = _sentences(trial.draw, "abcdefg", "bahdxcyzw")
        expected, got = trial.both(translation, reference, 1)
        pairs = zip(translation, reference, strict=False)
        suspects = {
            "ratio": expected[0] / expected[1],
            "swapped": expected[::-1],
            "reference-counted": (expected[0], len(reference)),
            "same-place": (sum(a == b for a, b in pairs), expected[1]),
            "last-missed": _matches(translation[:-1], reference[:-1], 1),
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("a repeated word matches no more often than the reference has it")
    def clipped(self, trial: Trial) -> None:
        """One is repeated too often, one as often as in the reference."""
        translation, reference = _sentences(trial.draw, "aaaabbcad", "abbbxcy")
        expected, got = trial.both(translation, reference, 1)
        suspects = {
            "unclipped": (sum(word in reference for word in translation), expected[1]),
            "distinct": (len(set(translation) & set(reference)), len(set(translation))),
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("n neighbouring words")
    def neighbours(self, trial: Trial) -> None:
        """Two and three words."""
        translation, reference = _sentences(trial.draw, "abcdbaefgabab", "xabcyefgbaab")
        results = [trial.both(translation, reference, n) for n in (2, 3)]
        expected, got = ([pair[side] for pair in results] for side in (0, 1))
        suspects = {
            "n-ignored": [_matches(translation, reference, 1)] * 2,
            "order-ignored": [_matches(translation, reference, n, key=sorted) for n in (2, 3)],
            "up-to-n": [_up_to(translation, reference, n) for n in (2, 3)],
            "unclipped": [_unclipped(translation, reference, n) for n in (2, 3)],
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("a sentence that is shorter than n has no n-gram")
    def short(self, trial: Trial) -> None:
        """Two words, and four are asked for."""
        translation, reference = _sentences(trial.draw, "ab", "abcde")
        trial.equal(*trial.both(translation, reference, 4), suspects={"negative-total": (0, -1)})


def _sentences(draw: Draw, translation: str, reference: str) -> tuple[list[str], list[str]]:
    """Two sentences with a made-up word for each letter."""
    letters = sorted({*translation, *reference})
    word = dict(zip(letters, draw.words(len(letters)), strict=True))
    return [word[letter] for letter in translation], [word[letter] for letter in reference]


def _ngrams(words: Sequence[str], n: int, key: Callable[[Sequence[str]], Sequence[str]] = tuple) -> Counter:
    return Counter(tuple(key(words[i : i + n])) for i in range(len(words) - n + 1))


def _matches(translation: list[str], reference: list[str], n: int, key: Callable = tuple) -> tuple[int, int]:
    found, wanted = _ngrams(translation, n, key), _ngrams(reference, n, key)
    return (found & wanted).total(), found.total()


def _up_to(translation: list[str], reference: list[str], n: int) -> tuple[int, ...]:
    counts = [_matches(translation, reference, size) for size in range(1, n + 1)]
    return tuple(map(sum, zip(*counts, strict=True)))


def _unclipped(translation: list[str], reference: list[str], n: int) -> tuple[int, int]:
    found, wanted = _ngrams(translation, n), _ngrams(reference, n)
    return sum(count for ngram, count in found.items() if ngram in wanted), found.total()


class BrevityPenalty(Check):
    """1, or exp(1 - r/c) for a corpus of translations that is too short."""

    slug = defines = "brevity_penalty"
    causes = {
        "inverted": "The shorter the translation, the more it gains. Which length stands above, which below?",
        "ratio": "This is the ratio of the lengths. What does the docstring do with it?",
        "exponential-forgotten": "This is 1 - r/c itself. It can fall below 0; what keeps a penalty above 0?",
        "not-capped": "A corpus that is too long gains. What is the penalty at most?",
        "long-penalised": "A corpus that is too long loses. Which one is to lose?",
        "reversed": "The cases are the wrong way round: which one is to lose, the corpus that is too short?",
        "mean-of-sentences": "This is the mean of the sentences' penalties. Lengths are added first, compared once.",
        "short-ones-only": "Only the sentences that are too short count. May a long one make up for a short one?",
        "first-sentence": "The first sentence alone decides. How many are there?",
    }
    hints = (
        "Who leaves words out has few wrong ones. What keeps a system from writing only the words it is sure of?",
        "Two sums, one comparison, one formula: at least as long as the references gives 1, else exp(1 - r/c).",
        "`sum` adds, `math.exp` is the exponential function.",
    )

    @stage("a translation that is too short")
    def short(self, trial: Trial) -> None:
        """One sentence."""
        c, r = _short_and_long(trial.draw)
        suspects = {
            "inverted": math.exp(1 - c / r),
            "ratio": c / r,
            "exponential-forgotten": 1 - r / c,
            "reversed": 1.0,
        }
        trial.equal(*trial.both([c], [r]), suspects=suspects)

    @stage("a translation that is long enough")
    def long(self, trial: Trial) -> None:
        """One sentence, longer than its reference."""
        r, c = _short_and_long(trial.draw)
        expected, got = trial.both([c], [r])
        trial.equal(expected, got, suspects={"not-capped": math.exp(1 - r / c), "long-penalised": math.exp(1 - c / r)})

    @stage("a corpus: all lengths together")
    def corpus(self, trial: Trial) -> None:
        """Some sentences are too short, some are long enough."""
        more = trial.draw.permutation(4)[0]
        lengths = trial.draw.shuffled([(30, 24), (6, 12), (9, 8), (7, 12)])
        translations, references = ([pair[side] + more for pair in lengths] for side in (0, 1))
        expected, got = trial.both(translations, references)
        pairs = list(zip(translations, references, strict=True))
        short = [pair for pair in pairs if pair[0] < pair[1]]
        suspects = {
            "mean-of-sentences": sum(min(1.0, math.exp(1 - r / c)) for c, r in pairs) / len(pairs),
            "short-ones-only": math.exp(1 - sum(r for _, r in short) / sum(c for c, _ in short)),
            "first-sentence": min(1.0, math.exp(1 - references[0] / translations[0])),
        }
        trial.equal(expected, got, suspects=suspects)


def _short_and_long(draw: Draw) -> tuple[int, int]:
    """A length from 7 to 11, and one that is greater by 3 to 5."""
    short = 7 + draw.permutation(5)[0]
    return short, short + 3 + draw.permutation(3)[0]


class CorpusBleu(Check):
    """The geometric mean of four precisions over a corpus, times the brevity penalty."""

    slug = defines = "corpus_bleu"
    causes = {
        "raised": "Your code stopped with an error. Does `matches` get a translation, its reference and n? Has 0 a "
        "logarithm?",
        "fraction": "The score lies between 0 and 1. Which unit does the docstring ask for?",
        "arithmetic-mean": "This is the arithmetic mean of the precisions. What is a geometric mean?",
        "no-root": "This is the product of the precisions. What is missing to a geometric mean of four numbers?",
        "three-grams": "The 4-grams are missing. Where does `range` stop?",
        "single-words": "Single words alone are counted. Which n-grams does the docstring ask for?",
        "mean-of-sentences": "This is the mean of the sentences' scores. Counts are summed over all sentences first, "
        "divided once.",
        "mean-of-precisions": "For each n this is the mean of the sentences' precisions. Should four words weigh as "
        "much as forty?",
        "penalty-forgotten": "A corpus that is too short loses nothing. Where does the penalty come in?",
        "penalty-divides": "The penalty raises the score. Does it divide or multiply?",
        "lengths-swapped": "The penalty gets the lengths in the wrong order. Which come first, those of the "
        "translations?",
        "penalty-in-the-mean": "The penalty stands under the root. Is it one of the precisions?",
        "zero-skipped": "A precision of 0 was left out. What is a product with a factor of 0?",
        "smoothed": "Something was added to counts of 0. What does the docstring ask for?",
    }
    hints = (
        "Four numbers between 0 and 1, and one more. Is each of them a mean over sentences, or one division over "
        "the whole corpus?",
        "For each n from 1 to 4: add the matches of all sentences, add the totals, divide. Then the fourth root of the "
        "product, times the penalty, times 100.",
        "`math.prod` multiplies, `** (1 / 4)` is the fourth root; `range(1, 5)` ends at 4.",
    )

    @stage("one sentence, long enough: the geometric mean of four precisions")
    def one(self, trial: Trial) -> None:
        """The penalty is 1."""
        corpus = _Corpus(trial.draw, [9])
        precisions = [corpus.precision(n) for n in range(1, 5)]
        product = math.prod(precisions)
        suspects = {
            "fraction": product**0.25,
            "arithmetic-mean": 25 * sum(precisions),
            "no-root": 100 * product,
            "three-grams": 100 * math.prod(precisions[:3]) ** (1 / 3),
            "single-words": 100 * precisions[0],
        }
        trial.equal(*corpus.both(trial, 1.0), suspects=suspects)

    @stage("a corpus: counts are summed first, divided once")
    def several(self, trial: Trial) -> None:
        """Short and long sentences."""
        corpus = _Corpus(trial.draw, [6, 19, 11])
        sentences = [corpus.only(i) for i in range(3)]
        means = [sum(one.precision(n) for one in sentences) / 3 for n in range(1, 5)]
        suspects = {
            "mean-of-sentences": sum(one.score() for one in sentences) / 3,
            "mean-of-precisions": 100 * math.prod(means) ** 0.25,
        }
        trial.equal(*corpus.both(trial, 1.0), suspects=suspects)

    @stage("the penalty")
    def penalised(self, trial: Trial) -> None:
        """It gets the lengths of all sentences."""
        corpus = _Corpus(trial.draw, [7, 12])
        penalty = 0.5 + trial.draw.permutation(4)[0] / 20
        score = corpus.score()
        suspects = {
            "penalty-forgotten": score,
            "penalty-divides": score / penalty,
            "lengths-swapped": score * _SWAPPED_PENALTY,
            "penalty-in-the-mean": score * penalty**0.25,
        }
        trial.equal(*corpus.both(trial, penalty), suspects=suspects)

    @stage("no match of some length: 0")
    def zero(self, trial: Trial) -> None:
        """No 4-gram matches."""
        corpus = _Corpus(trial.draw, [8, 10], no_match_of=4)
        expected, got = corpus.both(trial, 1.0)
        skipped = 100 * math.prod(corpus.precision(n) for n in range(1, 4)) ** (1 / 3)
        trial.equal(expected, got, suspects={"zero-skipped": skipped}, otherwise="smoothed")


_SWAPPED_PENALTY = 0.93


class _Corpus:
    """Sentences of made-up words, and made-up counts of matches for each of them; nothing is really counted."""

    def __init__(self, draw: Draw, lengths: Sequence[int], no_match_of: int | None = None):
        words = draw.words(2 * len(lengths) + 4)
        self._sides = [
            [[words[2 * i + side], *words[-4:]] * length for i, length in enumerate(lengths)] for side in (0, 1)
        ]
        self._sides = [
            [sentence[: length + side] for sentence, length in zip(made, lengths, strict=True)]
            for side, made in enumerate(self._sides)
        ]
        shares = [0.7] if len(lengths) == 1 else draw.shuffled([0.95, 0.75, 0.5])
        self._counts = {}
        for i, length in enumerate(lengths):
            for n in range(1, 5):
                total = 10 * (length - n + 1)
                hits = 0 if n == no_match_of else round(total * shares[i] ** n)
                self._counts[i, n] = (hits, total)

    def only(self, i: int) -> "_Corpus":
        """The corpus of sentence i alone."""
        one = object.__new__(_Corpus)
        one._sides = [[side[i]] for side in self._sides]
        one._counts = {(0, n): self._counts[i, n] for n in range(1, 5)}
        return one

    def precision(self, n: int) -> float:
        """The precision of n-grams over all sentences."""
        counts = [self._counts[i, n] for i in range(len(self._sides[0]))]
        return sum(hits for hits, _ in counts) / sum(total for _, total in counts)

    def score(self) -> float:
        """BLEU without a penalty."""
        return 100 * math.prod(self.precision(n) for n in range(1, 5)) ** 0.25

    def both(self, trial: Trial, penalty: float) -> tuple[Any, Any]:
        """What reference and answer give."""
        matches = trial.callback("matches", lambda: self._match)
        lengths = [[len(sentence) for sentence in side] for side in self._sides]

        def penalise(translation_lengths: object, reference_lengths: object) -> float:
            given = [translation_lengths, reference_lengths]
            if difference(lengths[::-1], given) is None:
                return _SWAPPED_PENALTY
            if difference(lengths, given):
                had = " and ".join(str(brief(each)) for each in given)
                raise CallbackRefused(
                    f"penalty(translation_lengths, reference_lengths): two lists of numbers, got {had}"
                )
            return penalty

        return trial.both(*self._sides, matches, trial.callback("penalty", lambda: penalise))

    def _match(self, translation: object, reference: object, n: object) -> tuple[int, int]:
        for i, pair in enumerate(zip(*self._sides, strict=True)):
            if difference(pair, (translation, reference)) is None and type(n) is int and 1 <= n <= 4:
                return self._counts[i, n]
        had = f"{brief(translation, 60)}, {brief(reference, 60)}, {brief(n)}"
        raise CallbackRefused(
            f"matches(translation, reference, n): one pair of the corpus and n from 1 to 4, got {had}"
        )


class ScaledDotProduct(Check):
    """Attention of all target positions at once, as in the Transformer."""

    slug = defines = "scaled_dot_product"
    causes = {
        "raised": "Your code stopped with an error. In which order must the dimensions of the keys stand for a product "
        "with (B, T, A), and which dimension does the mask lack?",
        "not-scaled": "The scores are not divided by the root of A. What happens to softmax when scores grow?",
        "divided-by-size": "The scores are divided by A itself. Which function of it does the docstring name?",
        "root-of-another-size": "The scores are divided by the root of another size. Over which dimension does the dot "
        "product add up?",
        "softmax-over-queries": "The weights of each source word sum to 1 over the target positions. Who shares out a "
        "weight of 1: a source word or a target position?",
        "keys-read": "The keys are mixed. Which of the three holds what is read?",
        "swapped": "Contexts and weights have changed places. Which comes first?",
        "padding-read": "Padding has weight. What does the mask say?",
        "mask-after-softmax": "Weights at padding are 0, but the others no longer sum to 1. Which comes first, mask or "
        "softmax?",
        "score-zero": "Padding has a score of 0, which is no low score. Which score becomes a weight of 0?",
        "mask-inverted": "The real words are hidden. What does True stand for?",
    }
    hints = (
        "Take one target position: it is one row of T. Which steps of lesson 3 does it go through?",
        "Scores are all dot products of queries and keys, (B, T, S), divided by the root of A. Mask, softmax over S, "
        "then mix the values.",
        "`keys.transpose(1, 2)` and `@` give all dot products; `mask.unsqueeze(1)` has shape (B, 1, S).",
    )

    @stage("scores, softmax over the source words, contexts")
    def unmasked(self, trial: Trial) -> None:
        """No padding."""
        queries, keys, values, mask = _attention_inputs(trial.draw, padded=False)
        scores = queries @ keys.transpose(1, 2)
        size, other = queries.shape[-1], values.shape[-1]
        expected, got = trial.both(queries, keys, values, mask)
        over_queries = (scores / math.sqrt(size)).softmax(1)
        suspects = {
            "not-scaled": _read(scores, values),
            "divided-by-size": _read(scores / size, values),
            "root-of-another-size": _read(scores / math.sqrt(other), values),
            "softmax-over-queries": (over_queries @ values, over_queries),
            "keys-read": _read(scores / math.sqrt(size), keys),
            "swapped": expected[::-1],
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("no weight on padding")
    def masked(self, trial: Trial) -> None:
        """Sentences of different lengths."""
        queries, keys, values, mask = _attention_inputs(trial.draw, padded=True)
        scores = queries @ keys.transpose(1, 2) / math.sqrt(queries.shape[-1])
        rows = mask.unsqueeze(1)
        after = scores.softmax(-1) * rows
        inverted = scores.masked_fill(rows, -torch.inf).softmax(-1)
        suspects = {
            "padding-read": _read(scores, values),
            "mask-after-softmax": (after @ values, after),
            "score-zero": _read(scores * rows, values),
            "mask-inverted": (inverted @ values, inverted),
        }
        trial.equal(*trial.both(queries, keys, values, mask), suspects=suspects)

    @stage("the contexts of torch.nn.functional.scaled_dot_product_attention")
    def as_torch(self, trial: Trial) -> None:
        """PyTorch's own function as judge."""
        queries, keys, values, mask = _attention_inputs(trial.draw, padded=True)
        _, got = trial.both(queries, keys, values, mask)
        wanted = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask.unsqueeze(1))
        trial.equal(wanted, got[0] if isinstance(got, list | tuple) and got else got, "B T H")

    @stage("gradients reach queries, keys and values")
    def gradient(self, trial: Trial) -> None:
        """Of contexts and weights."""
        inputs = _attention_inputs(trial.draw, padded=True)
        contexts = trial.draw.normal(*inputs[0].shape[:2], inputs[2].shape[-1])
        weights = trial.draw.normal(*inputs[0].shape[:2], inputs[1].shape[1])
        trial.same_gradients(list(inputs), [contexts, weights])


def _read(scores: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    weights = scores.softmax(-1)
    return weights @ values, weights


def _attention_inputs(draw: Draw, padded: bool) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Queries (3, 4, 6), keys (3, 5, 6), values (3, 5, 9) and a mask (3, 5)."""
    mask = draw.mask(3, 5) if padded else torch.ones(3, 5, dtype=torch.bool)
    return draw.normal(3, 4, 6), draw.normal(3, 5, 6), draw.normal(3, 5, 9), mask
