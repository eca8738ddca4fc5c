"""Checks of lesson 04: teacher forcing, from the words that a decoder reads to accuracy after a first error."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from autograder.checks.framework.check import Check, stage
from autograder.checks.framework.compare import brief, difference, kind_of, of_shape, shape_in_words
from autograder.checks.framework.random_inputs import Draw
from autograder.checks.framework.trial import Trial
from autograder.subjects.codec import Handle
from autograder.subjects.stand_ins import StepTable
from autograder.subjects.subject import CallbackRefused
from lessons.toolkit.batches import END, PAD, START
from lessons.toolkit.text import t


class PreviousWords(Check):
    """The right words one step later, START before them, END never read."""

    slug = defines = "previous_words"
    causes = {
        "not-shifted": "Each step reads the very word that it has to write. What has the decoder seen before?",
        "shifted-left": "The words move the wrong way: step 0 reads the second word. Which word precedes a word?",
        "start-missing": "The first word is not START. What begins what the decoder reads?",
        "last-word-kept": "There is a column too many. Which word does the decoder never read?",
        "other-sentence": "Words come from another sentence. What happens at the end of a row when all rows are one "
        "long list?",
        "end-fed": "END is read in short sentences. Is anything written behind END?",
        "input-changed": "The target itself has changed. Is something written into it in place?",
    }
    hints = (
        "Write the right words in one line, and below each the word that the decoder has just read. What is first?",
        "A column of START, then all columns of the target but the last. Then look for END.",
        "`torch.full_like` makes START, slices such as `[:, 1:]` pick columns, `masked_fill` replaces END by PAD.",
    )

    @stage("START, then each right word one step later")
    def shifted(self, trial: Trial) -> None:
        """Sentences of one length."""
        target = _targets(trial.draw, padded=False)
        expected, got = trial.both(target)
        rows, length = target.shape
        if isinstance(got, Tensor) and got.shape == (rows, length + 1):
            trial.require(
                False,
                "last-word-kept",
                of_shape(rows, length),
                of_shape(rows, length + 1),
            )
        flat = torch.cat([torch.tensor([START]), target.flatten()[:-1]]).view_as(target)
        suspects = {
            "not-shifted": target,
            "shifted-left": torch.cat([target[:, 1:], torch.full_like(target[:, :1], PAD)], 1),
            "start-missing": target.roll(1, 1),
            "other-sentence": flat,
        }
        trial.equal(
            expected, _without_end(got), "B T", {cause: _without_end(value) for cause, value in suspects.items()}
        )

    @stage("END is never read")
    def ends(self, trial: Trial) -> None:
        """Sentences of different lengths."""
        target = _targets(trial.draw, padded=True)
        fed = torch.cat([torch.full_like(target[:, :1], START), target[:, :-1]], 1)
        trial.equal(*trial.both(target), axes="B T", suspects={"end-fed": fed})

    @stage("the target stays as it is")
    def unchanged(self, trial: Trial) -> None:
        """It is what the loss needs afterwards."""
        target = _targets(trial.draw, padded=True)
        kept = trial.keep("target", target)
        trial.both(kept)
        after = trial.kept(kept)[1]
        trial.require(difference(target, after) is None, "input-changed", brief(target), brief(after))


def _without_end(words: object) -> object:
    """END replaced by PAD, so that a mistake is known whether or not END was seen to."""
    return words.masked_fill(words == END, PAD) if isinstance(words, Tensor) else words


def _targets(draw: Draw, padded: bool) -> Tensor:
    """(B, T) words, END behind each sentence, then PAD."""
    rows, length = 3, 5
    mask = draw.mask(rows, length) if padded else torch.ones(rows, length, dtype=torch.bool)
    words = torch.where(mask, draw.integers(4, 30, rows, length), PAD)
    words[torch.arange(rows), mask.sum(1) - 1] = END
    return words


class ChooseInput(Check):
    """The right word where the coin is True, else the model's own."""

    slug = defines = "choose_input"
    causes = {
        "raised": "Your code stopped with an error. Over which dimension do you look for the best word? It must leave "
        "one word a sentence.",
        "inverted": "The coin works the wrong way round. Who decides where it is True?",
        "always-right": "Every sentence reads the right word. Does each sentence look at its own coin?",
        "always-own": "Every sentence reads its own word. Does each sentence look at its own coin?",
        "worst": "The model's own word is the one with the lowest score. Which end of the scores do you want?",
        "other-sentence": "A sentence reads the word that another sentence wrote. Do rows stay in their places?",
        "soft": "There are V numbers a sentence. The decoder reads one word, not a mixture of all.",
        "input-changed": "The right words have changed: the next epoch would be trained on the model's own. Is "
        "something written in place?",
    }
    hints = (
        "There are two candidates for every sentence. Can you have both at hand before you choose?",
        "One tensor (B,) of right words, one of the model's own words, and a bool tensor that picks row by row.",
        "`logits.argmax(-1)` gives the model's words; `torch.where` takes a condition and two tensors.",
    )

    @stage("each sentence looks at its own coin")
    def coins(self, trial: Trial) -> None:
        """Coins of both kinds."""
        right, logits, coins = _choice(trial.draw)
        expected, got = trial.both(right, logits, coins)
        if isinstance(got, Tensor):
            trial.require(got.shape != logits.shape, "soft", shape_in_words(right), shape_in_words(got))
        own = logits.argmax(-1)
        if isinstance(got, Tensor) and got.shape == right.shape:
            strange = [int(word) for word, mine in zip(got, own, strict=True) if word != mine and word in own]
            trial.require(not strange, "other-sentence", brief(expected), brief(got))
        suspects = {
            "inverted": torch.where(coins, own, right),
            "always-right": right,
            "always-own": own,
            "worst": torch.where(coins, right, logits.argmin(-1)),
        }
        trial.equal(expected, got, "B", suspects)

    @stage("the right words stay as they are")
    def unchanged(self, trial: Trial) -> None:
        """They serve again in the next epoch."""
        right, logits, coins = _choice(trial.draw)
        kept = trial.keep("right", right)
        trial.both(kept, logits, coins)
        after = trial.kept(kept)[1]
        trial.require(difference(right, after) is None, "input-changed", brief(right), brief(after))


def _choice(draw: Draw) -> tuple[Tensor, Tensor, Tensor]:
    """Right words, scores and coins; best, worst and right words of all sentences are different."""
    rows, classes = 5, 17
    words = torch.tensor(draw.permutation(classes))
    right, best, worst = words[:rows], words[rows : 2 * rows], words[2 * rows : 3 * rows]
    logits, places = draw.normal(rows, classes, scale=0.1), torch.arange(rows)
    logits[places, best], logits[places, worst] = 2.0, -2.0
    return right, logits, torch.tensor(draw.shuffled([True, False, False, True, False]))


class DecodeWithForcing(Check):
    """A decoder's loop in which coins say who chooses the next word."""

    slug = defines = "decode_with_forcing"
    causes = {
        "raised": "Your code stopped with an error. Which shape does each argument of `step` and `choose` have? Is "
        "there a score to choose from before the first step?",
        "state-lost": "Every step starts from the first state. Which state does step 1 need?",
        "start-fed-again": "Every step reads START. Which word should step 1 read?",
        "one-late": "The words come a step late, START twice. Which column of `previous` is for step t?",
        "steps-first": "The steps stand in front of the sentences. Along which dimension are the scores stacked?",
        "one-step-short": "A step is missing. How many columns has `previous`?",
        "always-forced": "The coins change nothing. Where do they enter?",
        "coins-late": "The coins come a step late. Which column of `coins` is for step t?",
        "one-coin": "Each sentence keeps its first coin. Is there another coin for each step?",
        "inverted": "The coins work the wrong way round. Do they reach `choose` as they are?",
        "other-sentence": "A sentence reads what another one wrote. Do rows stay in their places?",
        "wrong-scores": "The scores differ. Which word and which state does each step read?",
    }
    hints = (
        "Which three things does step t need, and which of them come from step t - 1?",
        "A loop over T: step 0 reads column 0; every other step reads what `choose` makes of column t of `previous`, "
        "the scores of the step before, and column t of the coins. Keep the scores of each step.",
        "`scores[-1]` is the last item of a list; `torch.stack(scores, dim=1)` puts T tensors (B, V) side by side.",
    )

    @stage("always forced: each step reads the right word")
    def forced(self, trial: Trial) -> None:
        """All coins True."""
        run = _LoopRun(trial, lambda rows, length: torch.ones(rows, length, dtype=torch.bool))
        expected, got = run.both()
        rows, length, classes = expected.shape
        if isinstance(got, Tensor) and got.shape == (length, rows, classes):
            trial.require(False, "steps-first", of_shape(rows, length, classes), shape_in_words(got))
        if isinstance(got, Tensor) and got.shape == (rows, length - 1, classes):
            trial.require(False, "one-step-short", of_shape(rows, length, classes), shape_in_words(got))
        previous = run.previous
        suspects = {
            "state-lost": run.simulate(keep_state=False),
            "start-fed-again": run.simulate(previous=previous[:, :1].expand_as(previous)),
            "one-late": run.simulate(previous=torch.cat([previous[:, :1], previous[:, :-1]], 1)),
        }
        trial.equal(expected, got, "B T V", suspects, otherwise="wrong-scores")

    @stage("never forced: each step reads what the step before wrote")
    def free(self, trial: Trial) -> None:
        """All coins False, that of step 0 as well."""
        run = _LoopRun(trial, lambda rows, length: torch.zeros(rows, length, dtype=torch.bool))
        suspects = {
            "always-forced": run.simulate(coins=~run.coins),
            "other-sentence": run.simulate(own=lambda words: words.roll(1)),
        }
        trial.equal(*run.both(), "B T V", suspects, otherwise="wrong-scores")

    @stage("each coin decides for one sentence and one step")
    def mixed(self, trial: Trial) -> None:
        """Coins of both kinds in every sentence and every step."""
        run = _LoopRun(trial, lambda rows, length: trial.draw.integers(0, 2, rows, length).bool())
        coins = run.coins
        suspects = {
            "inverted": run.simulate(coins=~coins),
            "coins-late": run.simulate(coins=coins.roll(1, 1)),
            "one-coin": run.simulate(coins=coins[:, :1].expand_as(coins)),
        }
        trial.equal(*run.both(), "B T V", suspects, otherwise="wrong-scores")

    @stage("gradients flow back through all steps")
    def gradient(self, trial: Trial) -> None:
        """From the scores to the first state."""
        run = _LoopRun(trial, lambda rows, length: trial.draw.integers(0, 2, rows, length).bool())
        shape = run.both()[0].shape
        trial.same_gradients(run.arguments, [trial.draw.normal(*shape)])


class _LoopRun:
    """One call of the loop, on random data, with a table in place of a decoder."""

    def __init__(self, trial: Trial, toss: Callable[[int, int], Tensor]):
        draw = trial.draw
        rows, length, hidden, classes = 4, 6, 5, 23
        shapes = {"words": (classes, hidden), "state": (hidden, hidden), "output": (hidden, classes)}
        self._weights = {name: draw.normal(*shape) for name, shape in shapes.items()}
        self._state = draw.normal(rows, hidden)
        self.previous = torch.cat([torch.full((rows, 1), START), draw.integers(4, classes, rows, length - 1)], 1)
        self.coins = toss(rows, length)
        self._trial = trial
        step = trial.stand_in("step", "step_table", self._weights)
        choose = trial.callback("choose", lambda: partial(_choose_checked, rows, classes))
        self.arguments: list = [step, choose, self._state, self.previous, self.coins]

    def both(self) -> tuple[Tensor, object]:
        """The scores of reference and answer."""
        return self._trial.both(*self.arguments)

    @torch.no_grad()
    def simulate(
        self,
        previous: Tensor | None = None,
        coins: Tensor | None = None,
        keep_state: bool = True,
        own: Callable[[Tensor], Tensor] = lambda words: words,
    ) -> Tensor:
        """The scores of a mistaken loop: other words, other coins, no state handed on, or own words changed."""
        previous, coins = (given if given is not None else usual for given, usual in self._or_usual(previous, coins))
        step, state = StepTable(self._weights), self._state
        scores: list[Tensor] = []
        for at in range(previous.shape[1]):
            words = torch.where(coins[:, at], previous[:, at], own(scores[-1].argmax(-1))) if at else previous[:, 0]
            logits, new_state = step(words, state)
            state = new_state if keep_state else state
            scores.append(logits)
        return torch.stack(scores, 1)

    def _or_usual(self, previous: Tensor | None, coins: Tensor | None) -> list[tuple[Tensor | None, Tensor]]:
        return [(previous, self.previous), (coins, self.coins)]


def _choose_checked(rows: int, classes: int, right: Any, logits: Any, coins: Any) -> Tensor:
    """What `choose` answers, after a look at what it was given."""
    wanted = {"right": (right, (rows,)), "logits": (logits, (rows, classes)), "coins": (coins, (rows,))}
    for name, (value, shape) in wanted.items():
        if not isinstance(value, Tensor) or value.shape != shape:
            had = shape_in_words(value) if isinstance(value, Tensor) else kind_of(value)
            raise CallbackRefused(f"choose(right, logits, coins): {name} must have shape {shape}, got {had}")
    if coins.dtype is not torch.bool:
        raise CallbackRefused("choose(right, logits, coins): coins must be bool")
    return torch.where(coins, right, logits.argmax(-1))


class FreeRunning(Check):
    """What a model writes when it reads its own words only."""

    slug = defines = "free_running"
    causes = {
        "raised": "Your code stopped with an error. Which two tensors does `decode` take, and in which order?",
        "forced": "Forcing was left on: the model was told every word before. Will it be told when it translates?",
        "half-forced": "Some words were still forced. How many coins are True when nobody corrects it?",
        "scores-returned": "These are scores. Which word does each step write?",
        "worst": "These are the words with the lowest scores. Which end do you want?",
    }
    hints = (
        "When the model translates in earnest, who knows the right words?",
        "A coin for each word, all of one kind; then the best word of each step.",
        "`torch.zeros_like(previous, dtype=torch.bool)` makes coins that are all False; `argmax(-1)` gives words.",
    )

    @stage("the model's own words, with no coin True")
    def own(self, trial: Trial) -> None:
        """A stand-in decoder writes other words when it is forced."""
        draw = trial.draw
        rows, length, classes = 3, 5, 19
        previous = draw.integers(4, classes, rows, length)
        logits = {name: draw.normal(rows, length, classes) for name in ("free", "forced", "mixed")}
        decode = trial.callback("decode", lambda: partial(_decode_checked, previous, logits))
        expected, got = trial.both(decode, previous)
        if isinstance(got, Tensor):
            trial.require(got.dim() != 3, "scores-returned", t("shape (B, T)"), shape_in_words(got))
        suspects = {
            "forced": logits["forced"].argmax(-1),
            "half-forced": logits["mixed"].argmax(-1),
            "worst": logits["free"].argmin(-1),
        }
        trial.equal(expected, got, "B T", suspects)


def _decode_checked(given: Tensor, logits: dict[str, Tensor], previous: object, coins: object) -> Tensor:
    """The scores for all coins False, all True, or both kinds."""
    if difference(given, previous):
        raise CallbackRefused("decode(previous, coins): another `previous` than was given")
    if not isinstance(coins, Tensor) or coins.dtype is not torch.bool or coins.shape != given.shape:
        had = f"{coins.dtype}, {tuple(coins.shape)}" if isinstance(coins, Tensor) else kind_of(coins)
        raise CallbackRefused(f"decode(previous, coins): coins must be bool of shape {tuple(given.shape)}, got {had}")
    kind = "mixed" if coins.any() else "free"
    return logits["forced" if coins.all() else kind]


class AccuracyAfterError(Check):
    """The share of right words by distance from the first error of their sentence."""

    slug = defines = "accuracy_after_error"
    causes = {
        "error-counted": "The first item is 0: it is the wrong word itself. How far behind the error does item 0 look?",
        "errors-counted": "This is the share of wrong words. Which share does the docstring ask for?",
        "last-error": "The distance is from the last error. Which error comes first?",
        "by-position": "The shares go by place in the sentence. From which word is the distance measured?",
        "all-up-to": "Each item takes in all words up to that distance. Which words stand exactly d steps behind?",
        "faultless-counted": "Sentences without an error count too, as if their first word were wrong. What does "
        "`argmax` give for a row that is all False?",
        "padding-counted": "Padding behind a short sentence counts. Which words are real?",
        "not-nan": "Where no sentence has a word there is no share, so nan. Is it 0 / 0, or was something added?",
    }
    hints = (
        "For one sentence with pencil: mark the wrong words. Where is the first? Which word is one step behind it?",
        "Number the places, subtract from each the place of the first error in its row. Each distance picks words from "
        "all rows; take the share of right ones.",
        "`argmax(1)` of 0s and 1s gives the first 1 of a row, and 0 where there is none: `any(1)` tells these rows "
        "apart. The mean of an empty tensor is nan.",
    )

    @stage("distances from the first error")
    def distances(self, trial: Trial) -> None:
        """Sentences of one length, each with several errors."""
        case = _Written(trial.draw, ["rrwrwrrr", "wrrwrwrw", "rwwwrrrw"])
        trial.equal(*trial.both(*case.given, 4), axes="D", suspects=case.suspects(4))

    @stage("sentences without an error do not count")
    def faultless(self, trial: Trial) -> None:
        """Two of five have none."""
        case = _Written(trial.draw, ["rrwrw", "rrrrr", "wrwwr", "rrrrr", "rwwrr"])
        trial.equal(*trial.both(*case.given, 3), axes="D", suspects=case.suspects(3))

    @stage("padding does not count")
    def padding(self, trial: Trial) -> None:
        """Sentences of different lengths; what is written at padding is right by chance, or not."""
        case = _Written(trial.draw, ["rwrwrrr", "wr     ", "rrwr   ", "wrwr   "])
        trial.equal(*trial.both(*case.given, 4), axes="D", suspects=case.suspects(4))

    @stage("nan where there is no word")
    def empty(self, trial: Trial) -> None:
        """The reach goes beyond the longest sentence."""
        case = _Written(trial.draw, ["rrwrw", "rwrr "])
        expected, got = trial.both(*case.given, 7)
        trial.equal(expected, got, "D", {"not-nan": expected.nan_to_num(0.0)}, otherwise="not-nan")


class _Written:
    """Words written and right words, from rows of `r` (right), `w` (wrong) and blanks (padding), shuffled."""

    def __init__(self, draw: Draw, patterns: list[str]):
        marks = [list(pattern) for pattern in draw.shuffled(patterns)]
        self._mask = torch.tensor([[mark != " " for mark in row] for row in marks])
        self._right = torch.tensor([[mark == "r" for mark in row] for row in marks])
        words = draw.integers(4, 30, *self._mask.shape)
        target = torch.where(self._mask, words, PAD)
        self.given = (torch.where(self._right, target, words + 1), target, self._mask)

    def suspects(self, reach: int) -> dict[str, Tensor]:
        """What known mistakes would give."""
        wrong = ~self._right & self._mask
        places, none = torch.arange(wrong.shape[1]), wrong.shape[1]
        first = torch.where(wrong, places, none).amin(1, keepdim=True)
        last = torch.where(wrong, places, -1).amax(1, keepdim=True)
        last = torch.where(last < 0, none, last)
        found = self._shares(places - first, self._mask, reach)
        return {
            "error-counted": torch.cat([torch.zeros(1), found[:-1]]),
            "errors-counted": 1 - found,
            "last-error": self._shares(places - last, self._mask, reach),
            "by-position": self._shares((places + 1).expand_as(wrong), self._mask, reach),
            "all-up-to": self._shares(places - first, self._mask, reach, torch.le),
            "faultless-counted": self._shares(places - first % none, self._mask, reach),
            "padding-counted": self._shares(places - first, torch.ones_like(wrong), reach),
        }

    def _shares(
        self, distance: Tensor, counted: Tensor, reach: int, within: Callable[[Tensor, int], Tensor] = torch.eq
    ) -> Tensor:
        picked = [within(distance, d) & (distance > 0) & counted for d in range(1, reach + 1)]
        return torch.stack([self._right[place].float().mean() for place in picked])


class ForcingCoins(Check):
    """Independent coins, one for each sentence and step, from a given source of randomness."""

    slug = defines = "forcing_coins"
    causes = {
        "one-for-all": "All sentences and steps share one coin. How many are to be tossed?",
        "one-per-sentence": "All steps of a sentence share a coin. How many are to be tossed?",
        "one-per-step": "All sentences share the coin of a step. How many are to be tossed?",
        "transposed": "Steps and sentences have changed places. Which dimension does the docstring name first?",
        "numbers": "The coins are numbers. Which comparison turns a random number into True or False?",
        "inverted": "The coins fall the wrong way round. At which ratio does the teacher always decide?",
        "not-certain": "At ratio 0 no coin may be True, at ratio 1 every one is. Which numbers does your source give?",
        "wrong-share": "The share of True is not the ratio. Which comparison holds with probability `ratio`?",
        "dependent": "The share is right, but neighbours know of one another. Is each coin tossed by itself?",
        "generator-ignored": "The same generator state gives other coins. Does the randomness come from `generator`?",
        "generator-reseeded": "Every call gives the same coins. Who has set the generator back?",
    }
    hints = (
        "A coin falls True three times in ten. How could you decide that with a random number from 0 to 1?",
        "B · T random numbers, evenly spread from 0 to 1, each compared with the ratio. Which way round?",
        "`torch.rand(…, generator=generator)` gives such numbers, from 0 to just below 1.",
    )

    @stage("one bool for each sentence and step")
    def shape(self, trial: Trial) -> None:
        """Shape and kind."""
        got = _toss(trial, 3, 5, 0.5)
        trial.require(isinstance(got, Tensor), "numbers", t("a bool tensor"), kind_of(got))
        shapes: dict[str, list[tuple[int, ...]]] = {
            "one-for-all": [(), (1,), (1, 1)],
            "one-per-sentence": [(3,), (3, 1)],
            "one-per-step": [(5,), (1, 5)],
            "transposed": [(5, 3)],
        }
        for cause, known in shapes.items():
            trial.require(tuple(got.shape) not in known, cause, t("shape (B=3, T=5)"), shape_in_words(got))
        trial.require(
            got.dtype is torch.bool, "numbers", t("a bool tensor"), t("a tensor of {kind}", kind=str(got.dtype))
        )
        trial.equal(torch.zeros(3, 5, dtype=torch.bool), torch.zeros_like(got), "B T")

    @stage("ratio 1 is always, ratio 0 is never")
    def certain(self, trial: Trial) -> None:
        """No chance involved."""
        never, always = (_toss(trial, *_SIZE, ratio) for ratio in (0.0, 1.0))
        inverted = bool(never.all()) and not bool(always.any())
        trial.require(not inverted, "inverted", t("ratio 1: all True"), t("ratio 1: all False"))
        trial.require(not never.any(), "not-certain", t("ratio 0: all False"), t("some are True"))
        trial.require(bool(always.all()), "not-certain", t("ratio 1: all True"), t("some are False"))

    @stage("independent coins, True as often as the ratio says")
    def shares(self, trial: Trial) -> None:
        """Six statistics; by Hoeffding's inequality a right answer fails with probability below 1e-9."""
        for ratio in (0.3, 0.8):
            coins = _toss(trial, *_SIZE, ratio)
            _require_no_sharing(trial, coins)
            _require_share(trial, coins, ratio, "wrong-share", inverted=1 - ratio)
            alike = ratio**2 + (1 - ratio) ** 2
            for left, right in ((coins[:, ::2], coins[:, 1::2]), (coins[::2], coins[1::2])):
                _require_share(trial, left == right, alike, "dependent")

    @stage("all randomness comes from the generator")
    def generator(self, trial: Trial) -> None:
        """The same state gives the same coins, the next call others."""
        seed = int(trial.draw.integers(0, 10**6, 1))
        first, second = (trial.stand_in(name, "generator", seed) for name in ("first", "second"))
        one, other = (_toss(trial, *_SIZE, 0.5, handle) for handle in (first, second))
        trial.require(torch.equal(one, other), "generator-ignored", t("the same coins"), t("other coins"))
        after = _toss(trial, *_SIZE, 0.5, first)
        trial.require(not torch.equal(one, after), "generator-reseeded", t("new coins"), t("the same coins again"))


_SIZE = (50, 40)
_FALSE_ALARM = 1e-10  # for each of six statistics


def _toss(trial: Trial, rows: int, length: int, ratio: float, generator: Handle | None = None) -> Any:
    """The answer's coins; no expected value exists."""
    if generator is None:
        generator = trial.stand_in("generator", "generator", int(trial.draw.integers(0, 10**6, 1)))
    return trial.subject.call("__call__", rows, length, ratio, generator)


def _require_no_sharing(trial: Trial, coins: Tensor) -> None:
    """Rows and columns that are all alike have a cause of their own."""
    along = bool((coins == coins[:, :1]).all()), bool((coins == coins[:1]).all())
    cause = {(True, True): "one-for-all", (True, False): "one-per-sentence", (False, True): "one-per-step"}
    found = cause.get(along)
    trial.require(found is None, found or "", t("{count} coins", count=coins.numel()), t("one coin, many times over"))


def _require_share(trial: Trial, coins: Tensor, expected: float, cause: str, inverted: float | None = None) -> None:
    """Require a share of True that independent coins have; they stray further with probability _FALSE_ALARM at most.

    Source: Hoeffding 1963, theorem 2, for both sides.
    """
    share = coins.float().mean().item()
    room = math.sqrt(math.log(2 / _FALSE_ALARM) / (2 * coins.numel()))
    if inverted is not None and abs(share - inverted) <= room:
        cause = "inverted"
    wanted = t("{share} True", share=f"{expected:.0%}")
    if cause == "dependent":
        wanted = t("neighbours agree in {share}", share=f"{expected:.0%}")
    trial.require(abs(share - expected) <= room, cause, wanted, f"{share:.0%}")


class ForcingRatio(Check):
    """Three schedules of scheduled sampling."""

    slug = defines = "forcing_ratio"
    causes = {
        "raised": "Your code stopped with an error. Is the step so large that `exp` has no room for its value? What is "
        "the ratio there?",
        "always-one": "The ratio is 1. What does `setting` say for this schedule?",
        "rising": "The ratio rises. At which end of training does the teacher help most?",
        "rounded": "The ratio jumps from 1 to 0. Was a division rounded down?",
        "below-zero": "The ratio falls below 0. Where does it stay once it has arrived?",
        "plain-sigmoid": "It begins at a half, as a plain sigmoid does. What does k do in front of the fraction?",
        "exponential": "This is the exponential schedule, k to the power of i. Which one is asked for?",
        "too-steep": "The ratio is gone within a few steps. By what is i divided?",
    }
    hints = (
        "Draw the three curves over the steps of training. Where does each begin, where does it end?",
        "constant: the setting. linear: 1 minus the part of the way that is done, never below 0. inverse sigmoid: as "
        "in the docstring; for a large step the fraction is 0, though its denominator is too large for a float.",
        "`max(0.0, …)` keeps the line above 0. `math.exp(x)` fails from x = 710 on: `min` keeps x below.",
    )

    @stage("constant: the setting itself")
    def constant(self, trial: Trial) -> None:
        """At any step."""
        step, setting = int(trial.draw.integers(3, 40, 1)), int(trial.draw.integers(2, 15, 1)) / 16
        trial.equal(*trial.both("constant", step, setting), suspects={"always-one": 1.0})

    @stage("linear: from 1 down to 0")
    def linear(self, trial: Trial) -> None:
        """On the way."""
        for step in trial.draw.sizes(2, 3, 15):
            arrival = float(trial.draw.integers(33, 48, 1))
            suspects = {"rising": step / arrival, "rounded": 1.0}
            trial.equal(*trial.both("linear", step, arrival), suspects=suspects)

    @stage("linear: it stays at 0")
    def arrived(self, trial: Trial) -> None:
        """Later steps."""
        step, arrival = int(trial.draw.integers(50, 90, 1)), float(trial.draw.integers(33, 48, 1))
        trial.equal(*trial.both("linear", step, arrival), suspects={"below-zero": 1 - step / arrival})

    @stage("inverse sigmoid: k / (k + exp(i / k))")
    def inverse_sigmoid(self, trial: Trial) -> None:
        """At the beginning and on the way."""
        k = float(trial.draw.integers(10, 15, 1))
        for step in (0, int(trial.draw.integers(20, 50, 1))):
            right = k / (k + math.exp(step / k))
            suspects = {
                "plain-sigmoid": 1 / (1 + math.exp(step / k)),
                "rising": 1 - right,
                "exponential": k**step,
                "too-steep": k / (k + math.exp(step)),
            }
            trial.equal(*trial.both("inverse sigmoid", step, k), suspects=suspects)

    @stage("inverse sigmoid: 0 in the end")
    def far(self, trial: Trial) -> None:
        """A long training."""
        trial.equal(*trial.both("inverse sigmoid", int(trial.draw.integers(10**5, 10**6, 1)), 12.0))
