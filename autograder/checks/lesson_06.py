"""Checks of lesson 06: beam search, BLEU, and the attention of the Transformer."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.framework.check import Check, Sign, stage
from autograder.checks.framework.compare import brief, difference, either_of, kind_of
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
        "split-by-the-beam": "The place is split by how many are to be kept. How many words has a row of the table?",
        "too-few-to-choose": "There are fewer to choose from than are to be kept. One hypothesis has V continuations, "
        "K have K · V: may one hypothesis have two children?",
        "beam-size-ignored": "As many hypotheses come out as went in. How many are to be kept?",
        "some-left-out": "Some continuations never come. May more of them be kept than one hypothesis has?",
    }
    signs = {"too-few-to-choose": Sign("RuntimeError", "index k out of range")}
    hints = (
        "There are K hypotheses and V words. How many continuations have they, and how probable is each?",
        "Add the score of each hypothesis to its row. Look for the best in the whole table, not row by row; then find "
        "out from the place in which row and column it is.",
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
            "split-by-the-beam": _split_by(3, got, score.unsqueeze(1) + row, 3),
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
            "wrong-divisor": _split_by(len(scores), got, scores.unsqueeze(1) + table, 4),
            "split-by-the-beam": _split_by(4, got, scores.unsqueeze(1) + table, 4),
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("fewer hypotheses than before")
    def shrinking(self, trial: Trial) -> None:
        """Some places of the beam have been taken by sentences that ended."""
        scores, table = _continuations(trial.draw)
        trial.equal(*trial.both(scores, table, 2), suspects={"beam-size-ignored": _beam(scores, table, len(scores))})

    @stage("all continuations there are")
    def all_there_are(self, trial: Trial) -> None:
        """As many as hypotheses times words, which is more than there are words."""
        scores, table = _continuations(trial.draw)
        expected, got = trial.both(scores, table, table.numel())
        trial.equal(expected, got, suspects={"some-left-out": _beam(scores, table, table.shape[1])})


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


def _split(
    totals: Tensor, size: int, divisor: int | None = None, rest_of: int | None = None, largest: bool = True
) -> Beam:
    best, places = totals.flatten().topk(size, largest=largest)
    return best, places // (divisor or totals.shape[1]), places % (rest_of or totals.shape[1])


def _split_by(number: int, got: object, totals: Tensor, size: int) -> Beam:
    """Places split by a wrong number: for rows and words, for rows alone, or for words alone."""
    row = totals.shape[1]
    ways = ((number, number), (number, row), (row, number))
    return cast("Beam", either_of(got, *(_split(totals, size, *way) for way in ways)))


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
        "first-state": "The first state is not the one that was given. What does the decoder know of the source then?",
        "start-fed-again": "Every step reads START. Which words should step 1 read?",
        "start-kept": "START is in the sentence. Did the model write it?",
        "end-dropped": "END is missing. The docstring wants it kept: it was predicted, and its probability counts.",
        "pair-reversed": "Words and score have changed places. Which comes first?",
        "last-score-only": "The score is that of the last word. Does each step get the scores of the one before?",
        "runs-past-end": "A hypothesis goes on after END. What becomes of one that has ended?",
        "words-mixed": "A hypothesis has taken over the words of another. Which old sentence does row r go on from?",
        "state-mixed": "The words are right, but a decoder state belongs to another hypothesis. Which states does the "
        "next step need, and in which order?",
        "cut-off-lost": "What had not ended at max_length is missing. The docstring wants it after the others.",
        "ended-lost": "What has ended is missing. Where do you keep it?",
        "stops-with-the-first": "All stop when the first hypothesis ends. Which ones may go on?",
        "beam-not-shrunk": "More hypotheses come back than the beam holds. How many places are left when one has "
        "ended?",
        "sorted": "The hypotheses are sorted by score. Which order does the docstring ask for?",
        "cut-off-first": "What was cut off comes first. Which does the docstring put first?",
        "decodes-on": "All had ended, and `step` was called again. What can you test after each step?",
        "never-stops": "`step` is called again and again without end. Which two things end the loop?",
        "length-off": "The number of steps is not `max_length`. Is the loop one step too long or too short?",
        "wrong-hypotheses": "The hypotheses differ. Which word, state and score does each one bring to the next step?",
        "another-end": "A hypothesis is set aside at START, which is among its words. Which word alone ends one?",
    }
    hints = (
        "What must you know of each hypothesis to go on with it? Four things; which of them are rows of tensors?",
        "In a loop: step; extend, with as many places as have not ended; build the new sentences from `rows` and "
        "`words`; set aside those that end in END; keep scores, words, states and sentences of the others. After the "
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
            "runs-past-end": script.search(1, 9, ends=()),
            "state-lost": script.search(1, 9, keep_state=False),
            "first-state": script.search(1, 9, first=torch.zeros_like(script.first)),
            "start-fed-again": script.search(1, 9, feed=lambda words: torch.full_like(words, START)),
            "ended-lost": [],
        }
        trial.equal(expected, got, suspects=suspects, otherwise="wrong-hypotheses")
        trial.require_plain(expected[0][0], got[0][0])

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
        """Three hypotheses that end at three different steps; one has START among its words, whose number is small."""
        script = _Script(trial.draw, _ENDING, with_start=True)
        expected, got = _search(trial, script, 3, 9)
        suspects = {
            "stops-with-the-first": script.search(3, 2),
            "beam-not-shrunk": script.search(3, 9, shrink=False),
            "sorted": sorted(expected, key=lambda found: -found[1]),
            "runs-past-end": script.search(3, 9, ends=()),
            "another-end": script.search(3, 9, ends=(START, END)),
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


# What a scripted decoder finds probable after each prefix; "." is END. Letters become words that are drawn.
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
    """A decoder that finds given words probable after given prefixes, and the search on it, mistakes included.

    Its state (K, 2) holds the number of the prefix that was read, so that a state in a wrong row leads astray.
    """

    def __init__(self, draw: Draw, probable: Mapping[str, str], with_start: bool = False):
        words = [len(SPECIAL_TOKENS) + n for n in draw.permutation(len(_LETTERS))]
        self._number = {**dict(zip(_LETTERS, words, strict=True)), ".": END}
        if with_start:
            self._number["d"] = START
        letters = [f"{prefix}{item[0]}" for prefix, items in probable.items() for item in items.split()]
        self._prefixes = ["before", "lost", "astray", "", *letters]
        (self._begin,) = draw.sizes(1, 2, 40)  # the numbers in states begin here, so that zeros are no first state
        self.first = torch.tensor([[self._begin, self._begin + 0.5]])
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
        for word, known in zip(words.tolist(), (state[:, 0].long() - self._begin).tolist(), strict=True):
            before = self._prefixes[known] if 0 <= known < len(self._prefixes) else "lost"
            prefix = before + letters.get(word, "?")
            if known == 0:
                prefix = "" if word == START else "astray"
            rows.append(self._prefixes.index(prefix) if prefix in self._prefixes else 1)
        return self._table[rows], self._begin + torch.tensor([[row, row + 0.5] for row in rows])

    def score(self, text: str) -> float:
        """The log-probability of a text, such as `ac.`."""
        return sum(self._row(text[:n])[self._number[letter]].item() for n, letter in enumerate(text))

    def last_score(self, words: list[int]) -> float:
        """That of the last word alone."""
        letters = {number: letter for letter, number in self._number.items()}
        text = "".join(letters[word] for word in words)
        return self.score(text) - self.score(text[:-1])

    def numbers(self, text: str) -> list[int]:
        """The word numbers of a text."""
        return [self._number[letter] for letter in text]

    def best_after(self, prefix: str) -> float:
        """The log-probability of the likeliest word after a prefix."""
        return self._row(prefix).max().item()

    def walk(
        self,
        text: str,
        own_words: bool = False,
        keep_state: bool = True,
        feed_start: bool = False,
        early: bool = False,
        first: Tensor | None = None,
    ) -> float:
        """The score of a text when something is mistaken."""
        words, state, total = self.numbers(text), self.first if first is None else first, 0.0
        last = words[0] if early else START
        for place, word in enumerate(words):
            row, new = self.step(torch.tensor([last]), state)
            total += row[0, word].item()
            state = new if keep_state else state
            following = words[min(place + 1, len(words) - 1)] if early else word
            last = START if feed_start else int(row.argmax()) if own_words else following
        return total

    def _row(self, prefix: str) -> Tensor:
        return self._table[self._prefixes.index(prefix)]

    def search(
        self,
        beam_size: int,
        max_length: int,
        keep_state: bool = True,
        keep_words: bool = True,
        keep_order: bool = True,
        ends: tuple[int, ...] = (END,),
        shrink: bool = True,
        feed: Callable[[Tensor], Tensor] = lambda words: words,
        first: Tensor | None = None,
    ) -> Hypotheses:
        """What comes of a search when something is left out."""
        scores, words, state = torch.zeros(1), torch.tensor([START]), self.first if first is None else first
        sentences: list[list[int]] = [[]]
        ended: Hypotheses = []
        for _ in range(max_length):
            table, new = self.step(feed(words), state if keep_state else self.first.expand(len(words), -1))
            scores, rows, words = _beam(scores, table, beam_size - (len(ended) if shrink else 0))
            places = [row if keep_words else n % len(sentences) for n, row in enumerate(rows.tolist())]
            sentences = [[*sentences[n], word] for n, word in zip(places, words.tolist(), strict=True)]
            found = list(zip(sentences, scores.tolist(), strict=True))
            over = torch.tensor([word in ends for word in words.tolist()])
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


def _search(trial: Trial, script: _Script, beam_size: int, max_length: int) -> tuple[Any, Any]:
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


class GrowTogether(Check):
    """One step of the beams of several sentences at once."""

    slug = defines = "grow_together"
    is_repair = True
    causes = {
        "raised": "Your code stopped with an error. The rows of `written` and `state` count through the whole batch: "
        "which numbers can they have?",
        "unrepaired": "The first sentence is right, the others go on from its hypotheses. Which rows of `written` and "
        "`state` belong to the second sentence?",
        "state-left": "The words are right, but the states are in their old order. Whose state does row r need?",
        "words-left": "The states are right, but a hypothesis grows from the words of another one. Which old sentence "
        "does row r go on from?",
        "old-score-forgotten": "The new word alone decides. What has the hypothesis cost so far?",
        "one-beam": "The sentences compete for one beam. How many hypotheses has each sentence a right to?",
        "wrong-offset": "The second sentence looks into the wrong rows. How many rows does the first one fill?",
        "one-row-each": "The second sentence begins one row further down. How many rows does each sentence fill?",
        "interleaved": "You count as if the first rows held one hypothesis of each sentence. In which order does the "
        "docstring put them?",
        "word-in-front": "The new word is before the others. Where was it written?",
    }
    hints = (
        "Compare the second translation with the first source sentence. Where do its words come from?",
        "`places` counts inside a sentence, `written` and `state` have a row for each hypothesis of the whole batch. "
        "Which rows belong to sentence b?",
        "`torch.arange(size).unsqueeze(1)` numbers the sentences in a column (B, 1). In which row does sentence 1 "
        "begin, and in which one sentence 2?",
    )

    @stage("one sentence")
    def alone(self, trial: Trial) -> None:
        """Its first hypothesis goes on twice, another one not at all."""
        case = _beams(trial.draw, 1)
        suspects = {
            "state-left": _grown(*case, move_state=False),
            "words-left": _grown(*case, move_words=False),
            "old-score-forgotten": _grown(torch.zeros_like(case[0]), *case[1:]),
            "word-in-front": _grown(*case, in_front=True),
        }
        trial.equal(*trial.both(*case), suspects=suspects)

    @stage("two sentences, each with its own hypotheses")
    def together(self, trial: Trial) -> None:
        """The second sentence is the less probable one."""
        case = _beams(trial.draw, 2)
        suspects = {
            "unrepaired": _grown(*case, first_rows=torch.tensor([0, 0])),
            "wrong-offset": _grown(*case, first_rows=torch.tensor([0, 2])),
            "one-row-each": _grown(*case, first_rows=torch.tensor([0, 1])),
            "interleaved": _grown(*case, first_rows=torch.tensor([0, 1]), apart=2),
            "one-beam": _one_beam(*case),
        }
        trial.equal(*trial.both(*case), suspects=suspects)

    @stage("many sentences")
    def many(self, trial: Trial) -> None:
        """More sentences than hypotheses of each."""
        case = _beams(trial.draw, 5)
        trial.equal(*trial.both(*case), suspects={"unrepaired": _grown(*case, first_rows=torch.zeros(5).long())})


def _beams(draw: Draw, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Scores (B, 3), log-probabilities (3B, 8), words (3B, 4) and states (3B, 6) of B sentences."""
    made = [_continuations(draw) for _ in range(size)]
    scores = torch.stack([each - 4 * b for b, (each, _) in enumerate(made)])
    written = draw.integers(len(SPECIAL_TOKENS), 99, 3 * size, 4)
    return scores, torch.cat([table for _, table in made]), written, draw.normal(3 * size, 6)


def _grown(
    scores: Tensor,
    table: Tensor,
    written: Tensor,
    state: Tensor,
    first_rows: Tensor | None = None,
    apart: int = 1,
    move_state: bool = True,
    move_words: bool = True,
    in_front: bool = False,
) -> Beam:
    """What comes of a step when something is mistaken."""
    size, beam_size = scores.shape
    totals = scores.unsqueeze(2) + table.view(size, beam_size, -1)
    best, places = totals.flatten(1).topk(beam_size)
    first = beam_size * torch.arange(size) if first_rows is None else first_rows
    rows = (first.unsqueeze(1) + apart * (places // totals.shape[2])).flatten()
    words = (places % totals.shape[2]).view(-1, 1)
    old = written[rows] if move_words else written
    parts = [words, old] if in_front else [old, words]
    return best, torch.cat(parts, dim=1), state[rows] if move_state else state


def _one_beam(scores: Tensor, table: Tensor, written: Tensor, state: Tensor) -> Beam:
    best, rows, words = _beam(scores.flatten(), table, scores.numel())
    return best.view_as(scores), torch.cat([written[rows], words.unsqueeze(1)], dim=1), state[rows]


class NgramMatches(Check):
    """The n-grams of a translation that its reference has, each no more often than there."""

    slug = defines = "ngram_matches"
    causes = {
        "raised": "Your code stopped with an error. Can the type that holds your n-grams be counted and compared?",
        "ratio": "A single share came back. The docstring asks for two counts; dividing comes later.",
        "swapped": "The two counts have changed places. Which one comes first?",
        "reference-counted": "The total is that of the reference. A precision is a share of which n-grams?",
        "same-place": "An n-gram matches only if it is at the same place. Does the docstring speak of places?",
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
        translation, reference = _sentences(trial.draw, "ab", "abcde", longer=False)
        trial.equal(*trial.both(translation, reference, 4), suspects={"negative-total": (0, -1)})


def _sentences(draw: Draw, translation: str, reference: str, longer: bool = True) -> tuple[list[str], list[str]]:
    """Two sentences with a made-up word for each letter; then, if longer, words of both and words of one of them.

    How many follow is drawn, so that the counts change with the draw; the reference is always the longer one.
    """
    letters = sorted({*translation, *reference})
    made = iter(draw.words(len(letters) + 110))
    word = {letter: next(made) for letter in letters}
    common, left, more = (size if longer else 0 for size in (*draw.sizes(2, 4, 30), *draw.sizes(1, 3, 20)))
    of_both = [next(made) for _ in range(common)]
    of_one = [next(made) for _ in range(left)]
    of_other = [next(made) for _ in range(left + more if longer else 0)]
    return (
        [*(word[letter] for letter in translation), *of_both, *of_one],
        [*(word[letter] for letter in reference), *of_other, *of_both],
    )


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
        "single-words": "Only single words are counted. Which n-grams does the docstring ask for?",
        "not-capped": "A corpus that is too long gains. What is the penalty at most?",
        "long-penalised": "A corpus that is too long loses. Which one is to lose?",
        "mean-of-sentences": "This is the mean of the sentences' scores. Counts are summed over all sentences first, "
        "then divided once.",
        "mean-of-precisions": "For each n this is the mean of the sentences' precisions. Should four words weigh as "
        "much as forty?",
        "penalty-forgotten": "A corpus that is too short loses nothing. Where does the penalty come in?",
        "penalty-divides": "The penalty raises the score. Does it divide or multiply?",
        "penalty-inverted": "The exponent is 1 - c/r. Which length is above, which below?",
        "ratio": "The penalty is c/r itself. What does the docstring do with the lengths?",
        "exponential-forgotten": "The penalty is 1 - r/c itself. It can fall below 0; what keeps it above 0?",
        "penalty-by-sentence": "Each sentence has its own penalty. Lengths are added first, then compared once.",
        "short-ones-only": "Only the sentences that are too short count. May a long one make up for a short one?",
        "penalty-in-the-mean": "The penalty is under the root. Is it one of the precisions?",
        "zero-skipped": "A precision of 0 was left out. What is a product with a factor of 0?",
        "smoothed": "Something was added to counts of 0. What does the docstring ask for?",
    }
    hints = (
        "Four numbers between 0 and 1, and one more. Is each of them a mean over sentences, or one division over "
        "the whole corpus?",
        "For each n from 1 to 4: add the matches of all sentences, add the totals, divide. Then the fourth root of the "
        "product, times 100. The penalty needs two sums of lengths and one comparison.",
        "`math.prod` multiplies, `** (1 / 4)` is the fourth root, `math.exp` the exponential function; `range(1, 5)` "
        "ends at 4.",
    )

    @stage("one sentence, long enough: the geometric mean of four precisions")
    def one(self, trial: Trial) -> None:
        """The translation is longer than its reference."""
        (length,) = trial.draw.sizes(1, 22, 30)
        corpus = _Corpus(trial.draw, [(length, length - 3, 4)])
        precisions = [corpus.precision(n) for n in range(1, 5)]
        product = math.prod(precisions)
        suspects = {
            "fraction": product**0.25,
            "arithmetic-mean": 25 * sum(precisions),
            "no-root": 100 * product,
            "three-grams": 100 * math.prod(precisions[:3]) ** (1 / 3),
            "single-words": 100 * precisions[0],
            "not-capped": corpus.mean() * math.exp(1 - corpus.ratio()),
            "long-penalised": corpus.mean() * math.exp(1 - 1 / corpus.ratio()),
        }
        trial.equal(*corpus.both(trial), suspects=suspects)

    @stage("a corpus: counts are summed first, divided once")
    def several(self, trial: Trial) -> None:
        """Short and long sentences, none of them too short."""
        short, middle, long = sorted(trial.draw.sizes(3, 0, 6))
        sizes = [(8 + short, 7 + short, 1), (22 + middle, 20 + middle, 4), (30 + long, 29 + long, 2)]
        corpus = _Corpus(trial.draw, trial.draw.shuffled(sizes))
        sentences = [corpus.only(i) for i in range(3)]
        means = [sum(one.precision(n) for one in sentences) / 3 for n in range(1, 5)]
        suspects = {
            "mean-of-sentences": sum(one.mean() for one in sentences) / 3,
            "mean-of-precisions": 100 * math.prod(means) ** 0.25,
        }
        trial.equal(*corpus.both(trial), suspects=suspects)

    @stage("the penalty")
    def penalised(self, trial: Trial) -> None:
        """Most translations are too short, one is long enough; then all lack a single word."""
        first, second, third = trial.draw.sizes(3, 0, 8)
        sizes = [(8 + first, 14 + first, 1), (10 + second, 15 + second, 2), (19 + third, 16 + third, 3)]
        corpus = _Corpus(trial.draw, trial.draw.shuffled(sizes))
        mean, ratio = corpus.mean(), corpus.ratio()
        single = [corpus.only(i).ratio() for i in range(3)]
        short_ones = corpus.only(*(i for i in range(3) if single[i] > 1))
        suspects = {
            "penalty-forgotten": mean,
            "penalty-divides": mean / math.exp(1 - ratio),
            "penalty-inverted": mean * math.exp(1 - 1 / ratio),
            "ratio": mean / ratio,
            "exponential-forgotten": mean * (1 - ratio),
            "penalty-by-sentence": mean * sum(min(1.0, math.exp(1 - each)) for each in single) / 3,
            "short-ones-only": mean * math.exp(1 - short_ones.ratio()),
            "penalty-in-the-mean": mean * math.exp(1 - ratio) ** 0.25,
        }
        trial.equal(*corpus.both(trial), suspects=suspects)
        nearly = _Corpus(trial.draw, [(12 + first, 13 + first, 1)])
        trial.equal(*nearly.both(trial), suspects={"penalty-forgotten": nearly.mean()})

    @stage("no match of some length: 0")
    def zero(self, trial: Trial) -> None:
        """No 4-gram matches."""
        first, second = trial.draw.sizes(2, 9, 20)
        corpus = _Corpus(trial.draw, [(first, first - 1, None), (second, second - 2, None)])
        expected, got = corpus.both(trial)
        skipped = 100 * math.prod(corpus.precision(n) for n in range(1, 4)) ** (1 / 3)
        trial.equal(expected, got, suspects={"zero-skipped": skipped}, otherwise="smoothed")


class _Corpus:
    """Sentences of made-up words, some of them wrong in the translation.

    Args:
        draw: draws the words and the places of the wrong ones.
        sizes: for each sentence the length of the translation and of the reference, and how many words of the
            translation are wrong, some four words apart; None for every fourth one, so that no 4-gram matches.
    """

    def __init__(self, draw: Draw, sizes: Sequence[tuple[int, int, int | None]]):
        made = iter(draw.words(sum(length for _, length, _ in sizes) + len(sizes)))
        self._pairs = []
        for length, reference_length, wrong in sizes:
            reference, other = [next(made) for _ in range(reference_length)], next(made)
            translation = [*[other] * (length - reference_length), *reference][-length:]
            every_fourth = range((length - 1) % 4, length, 4)
            jitter = draw.integers(0, 3, wrong or 1).tolist()
            apart = [max(length - reference_length, 0) + 4 * i + by for i, by in enumerate(jitter)]
            for place in every_fourth if wrong is None else apart:
                translation[place] = other
            self._pairs.append((translation, reference))

    def only(self, *places: int) -> "_Corpus":
        """The corpus of some sentences alone."""
        one = object.__new__(_Corpus)
        one._pairs = [self._pairs[i] for i in places]
        return one

    def precision(self, n: int) -> float:
        """The precision of n-grams over all sentences."""
        counts = [_matches(*pair, n) for pair in self._pairs]
        return sum(hits for hits, _ in counts) / sum(total for _, total in counts)

    def mean(self) -> float:
        """BLEU without a penalty."""
        return 100 * math.prod(self.precision(n) for n in range(1, 5)) ** 0.25

    def ratio(self) -> float:
        """The words of the references for each word of the translations."""
        return sum(len(right) for _, right in self._pairs) / sum(len(made) for made, _ in self._pairs)

    def both(self, trial: Trial) -> tuple[Any, Any]:
        """What reference and answer give."""
        sides = [[pair[side] for pair in self._pairs] for side in (0, 1)]
        return trial.both(*sides, trial.callback("matches", lambda: self._match))

    def _match(self, translation: object, reference: object, n: object) -> tuple[int, int]:
        for pair in self._pairs:
            if difference(pair, (translation, reference)) is None and type(n) is int and 1 <= n <= 4:
                return _matches(*pair, n)
        had = f"{brief(translation, 60)}, {brief(reference, 60)}, {brief(n)}"
        raise CallbackRefused(
            f"matches(translation, reference, n): one pair of the corpus and n from 1 to 4, got {had}"
        )


class SentenceScore(Check):
    """The log-probability that a model gives to a sentence."""

    slug = defines = "sentence_score"
    causes = {
        "raised": "Your code stopped with an error. Which shape has the tensor of words that `step` reads?",
        "own-words": "The model reads its own choice. Which word does it have to read, whatever it would have chosen?",
        "best-words": "These are the scores of the likeliest words. Whose probability does the docstring ask for?",
        "state-lost": "Every step starts from the first state. Which state does the second word need?",
        "first-state": "The first state is not the one that was given. What does the decoder know of the source then?",
        "start-fed-again": "Every step reads START. Which word comes before the second one?",
        "read-too-early": "The model reads the word that it is to predict. Which word comes before it?",
        "end-left-out": "END is missing. Was it predicted, and does its probability count?",
        "last-word-only": "This is the score of the last word. What is that of the whole sentence?",
        "mean": "This is the mean score per word. The docstring asks for the whole sentence.",
        "probabilities-added": "Probabilities are added. Which of the two may be added: probabilities or their "
        "logarithms?",
        "negative": "The sign is the other way round. Is the logarithm of a probability above or below 0?",
    }
    hints = (
        "Which word goes into each step, and of which word do you need the probability?",
        "Begin with START and the first state. In each step ask the model, add the log-probability of the given word, "
        "then let that word be the next one to read.",
        "`torch.tensor([word])` is a batch of one; `.item()` turns a tensor of one number into a Python float.",
    )

    @stage("one word")
    def one_word(self, trial: Trial) -> None:
        """It is not the likeliest one."""
        script = _Script(trial.draw, _judged(trial.draw))
        expected, got = _scored(trial, script, "b")
        suspects = {
            "best-words": script.score("a"),
            "negative": -expected,
            "probabilities-added": math.exp(expected),
            "read-too-early": script.walk("b", early=True),
            "first-state": script.walk("b", first=torch.zeros_like(script.first)),
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("a sentence, word by word")
    def sentence(self, trial: Trial) -> None:
        """At each step the model would rather write something else."""
        script = _Script(trial.draw, _judged(trial.draw))
        expected, got = _scored(trial, script, "bde.")
        steps = [script.score("bde."[:n]) - script.score("bde."[: n - 1]) for n in range(1, 5)]
        best = [script.best_after("bde"[:n]) for n in range(4)]
        suspects = {
            "own-words": script.walk("bde.", own_words=True),
            "first-state": script.walk("bde.", first=torch.zeros_like(script.first)),
            "state-lost": script.walk("bde.", keep_state=False),
            "start-fed-again": script.walk("bde.", feed_start=True),
            "end-left-out": sum(steps[:3]),
            "last-word-only": steps[3],
            "mean": expected / 4,
            "best-words": sum(best),
            "probabilities-added": sum(map(math.exp, steps)),
            "negative": -expected,
        }
        trial.equal(expected, got, suspects=suspects)


def _judged(draw: Draw) -> dict[str, str]:
    """A script in which "bde." is never the likeliest; its probabilities are drawn."""
    costs = [f"-{1.5 + place / 4 + cents / 100:.2f}" for place, cents in enumerate(draw.sizes(4, 1, 99))]
    return {
        "": f"a-0.3 b{costs[0]}",
        "a": "c-0.2 d-3.5",
        "b": f"c-0.4 d{costs[1]}",
        "bd": f"a-0.5 e{costs[2]}",
        "bde": f"c-0.6 .{costs[3]}",
    }


def _scored(trial: Trial, script: "_Script", text: str) -> tuple[float, Any]:
    step = trial.callback("step", lambda: _CheckedStep(script))
    expected, got = trial.both(step, script.first, script.numbers(text))
    return expected, got


class BleuByLength(Check):
    """The score of each group of sentences that are about equally long."""

    slug = defines = "bleu_by_length"
    causes = {
        "raised": "Your code stopped with an error. What does `score` get: lists of sentences, one for each side?",
        "not-grouped": "Every length has a group of its own. How many lengths share a group?",
        "next-group": "A sentence at the upper end of a group falls into the next one. To which group does a sentence "
        "of exactly `width` words belong?",
        "by-translation": "The groups follow the length of the translation. Whose length does the docstring name?",
        "by-reference": "The groups follow the length of the reference. Whose length does the docstring name?",
        "mean-of-sentences": "This is the mean of the scores of single sentences. `score` wants a whole group at once.",
        "sides-swapped": "`score` gets the references first. Which does the docstring put first?",
        "growing-groups": "Each group contains all shorter sentences, too. Which sentences are about equally long?",
        "shortest-named": "The groups are named by their shortest length. Which one does the docstring use?",
        "score-first": "The score and the number of sentences have changed places. Which one comes first?",
        "count-missing": "Only the score came back. How many sentences does it rest on?",
        "unsorted": "The groups are in the order in which they were met. Which order does the docstring ask for?",
    }
    hints = (
        "Sort the sentences of the example by hand into boxes, one for each group. What do you write on a box?",
        "Find the box of each source sentence, put translation and reference into it, and score box by box.",
        "`math.ceil` rounds up; `dict.setdefault` or `defaultdict(list)` makes a box when it is first needed; "
        "`zip(*box)` parts translations from references.",
    )

    @stage("one group: the score of all its sentences")
    def one_group(self, trial: Trial) -> None:
        """Sentences of different lengths that share a group."""
        (width,) = trial.draw.sizes(1, 8, 13)
        corpus = _Lengths(trial.draw, [width - 1, width - 5, width - 3])
        expected, got = corpus.both(trial, width)
        suspects = {
            "not-grouped": corpus.grouped(lambda source, *_: len(source)),
            "by-translation": corpus.grouped(lambda _, made, __: -(-len(made) // width) * width),
            "by-reference": corpus.grouped(lambda _, __, right: -(-len(right) // width) * width),
            "mean-of-sentences": {width: (3, sum(corpus.score_of(i) for i in range(3)) / 3)},
            "sides-swapped": {width: (3, corpus.score_of(0, 1, 2, swapped=True))},
            "shortest-named": {1: expected[width]},
            "score-first": {width: expected[width][::-1]},
            "count-missing": {width: expected[width][1]},
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("several groups, by the source sentence")
    def several(self, trial: Trial) -> None:
        """Translations and references are longer or shorter, and fall into other groups."""
        (width,) = trial.draw.sizes(1, 5, 9)
        corpus = _Lengths(trial.draw, trial.draw.shuffled([2, 4, width + 1, width + 3, 3 * width - 1, 3 * width - 3]))
        expected, got = corpus.both(trial, width)
        growing = {}
        for longest in expected:
            growing.update(corpus.grouped(lambda source, *_, most=longest: most if len(source) <= most else 0))
        suspects = {
            "growing-groups": {longest: found for longest, found in growing.items() if longest},
            "shortest-named": {longest - width + 1: found for longest, found in expected.items()},
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("the longest sentence of a group belongs to it")
    def borders(self, trial: Trial) -> None:
        """Lengths that `width` divides."""
        (width,) = trial.draw.sizes(1, 4, 9)
        corpus = _Lengths(trial.draw, [width, width - 1, 2 * width, 2 * width - 1])
        expected, got = corpus.both(trial, width)
        late = corpus.grouped(lambda source, *_: (len(source) // width + 1) * width)
        trial.equal(expected, got, suspects={"next-group": late})

    @stage("short sentences first")
    def order(self, trial: Trial) -> None:
        """The longest sentence comes first, and one group is empty."""
        (width,) = trial.draw.sizes(1, 4, 9)
        corpus = _Lengths(trial.draw, [4 * width - 1, 2, width + 2])
        expected, got = corpus.both(trial, width)
        trial.equal(expected, got)
        trial.require(list(got) == list(expected), "unsorted", str(list(expected)), str(list(got)))


class _Lengths:
    """Sentences of given source lengths, and a made-up score of a group: points over words, each summed first."""

    def __init__(self, draw: Draw, lengths: Sequence[int]):
        made = draw.words(3 * len(lengths))
        more = draw.shuffled([7 + 9 * i for i in range(len(lengths))])
        sizes = [(length, length + by, length + by + 14) for length, by in zip(lengths, more, strict=True)]
        self._triples = [[[made[3 * i + side]] * sizes[i][side] for side in range(3)] for i in range(len(sizes))]
        longest_first = sorted(range(len(sizes)), key=lambda i: -sizes[i][1])  # long ones have few points
        noise = draw.sizes(len(lengths), 0, 29)
        self._points = [10 + 30 * longest_first.index(i) + noise[i] for i in range(len(sizes))]

    def grouped(self, name_of: Callable[..., int]) -> dict[int, tuple[int, float]]:
        """The groups under other names."""
        groups: dict[int, list[int]] = {}
        for i, triple in enumerate(self._triples):
            groups.setdefault(name_of(*triple), []).append(i)
        return {name: (len(places), self.score_of(*places)) for name, places in sorted(groups.items())}

    def score_of(self, *places: int, swapped: bool = False) -> float:
        """The score of some sentences."""
        words = sum(len(self._triples[i][2 if swapped else 1]) for i in places)
        return sum(self._points[i] for i in places) / words

    def both(self, trial: Trial, width: int) -> tuple[Any, Any]:
        """What reference and answer give."""
        sides = [[triple[side] for triple in self._triples] for side in range(3)]
        return trial.both(*sides, trial.callback("score", lambda: self._score), width)

    def _score(self, translations: object, references: object) -> float:
        places = []
        if isinstance(translations, list | tuple) and isinstance(references, list | tuple):
            places = [self._place(made, right) for made, right in zip(translations, references, strict=False)]
        if not places or len(translations) != len(references):  # type: ignore[arg-type]
            had = f"{brief(translations, 60)} and {brief(references, 60)}"
            raise CallbackRefused(f"score(translations, references): two lists of sentences, got {had}")
        swapped = difference(self._triples[places[0]][2], translations[0]) is None  # type: ignore[index]
        return self.score_of(*places, swapped=swapped)

    def _place(self, made: object, right: object) -> int:
        for i, (_, translation, reference) in enumerate(self._triples):
            if difference((translation, reference), (made, right)) is None:
                return i
            if difference((reference, translation), (made, right)) is None:
                return i
        raise CallbackRefused(
            f"score(translations, references): sentence i of both must belong together, got {brief(made, 60)} "
            f"and {brief(right, 60)}"
        )


class ScaledDotProduct(Check):
    """Attention of all target positions at once, as in the Transformer."""

    slug = defines = "scaled_dot_product"
    causes = {
        "raised": "Your code stopped with an error. In which order must the dimensions of the keys be for a product "
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
        "mask-inverted": "The real words are hidden. What does True mean here?",
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
