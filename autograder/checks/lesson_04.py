"""Checks of lesson 04: teacher forcing, from one sentence and its coins to the same wrong word for every model."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.checks.framework.check import Check, Sign, stage
from autograder.checks.framework.compare import brief, difference, either_of, kind_of, of_shape, shape_in_words
from autograder.checks.framework.random_inputs import Draw, told_apart
from autograder.checks.framework.trial import Trial
from autograder.subjects.stand_ins import StepTable
from autograder.subjects.subject import CallbackRefused
from lessons.toolkit.batches import END, PAD, START
from lessons.toolkit.text import t


class DecodeSentence(Check):
    """The loop for one sentence, to be mended."""

    slug = defines = "decode_sentence"
    is_repair = True
    causes = {
        "unrepaired": "At some steps the decoder reads the very word that it has to write. Which word comes just "
        "before the word of step t?",
        "two-back": "The decoder reads a right word that is too old. Which step comes just before step t?",
        "first-word-given": "Step 0 reads the first right word. What does the docstring say about step 0?",
        "last-word-first": "Step 0 reads the last right word, END. Which element is `right[-1]`, and what should step "
        "0 read?",
        "own-words-read": "All coins are True, yet the decoder reads its own words. Whose word is read where a coin is "
        "True?",
        "start-fed-again": "Every step reads START. Which word should step 1 read?",
        "state-lost": "Every step starts from the first state. Which state does step 1 need?",
        "always-forced": "The coins change nothing. Where do they enter?",
        "start-unread": "Step 0 reads another word than START where its coin is False. What does the docstring say "
        "about step 0?",
        "coins-late": "The coins come a step late. Which coin is for step t?",
        "wrong-scores": "The scores differ. Which word and which state does each step read?",
    }
    hints = (
        "Take three words and all coins True. For t = 0, 1 and 2 write down: which word is read, which is to be "
        "written?",
        "A decoder that reads what it has to write needs no source. At step t it may know the right words before t "
        "only.",
        "`right[t]` is the word to be written at step t. Which element of `right` has the decoder just seen?",
    )

    @stage("all coins True: each step reads the right word of the step before")
    def forced(self, trial: Trial) -> None:
        """Right words that differ."""
        run = _SentenceRun(trial, [True] * 3)
        right = run.right
        suspects = {
            "unrepaired": run.simulate([START, *right[1:]]),
            "two-back": run.simulate([START, START, *right[:-2]]),
            "first-word-given": run.simulate([right[0], *right[:-1]]),
            "last-word-first": run.simulate([right[-1], *right[:-1]]),
            "own-words-read": run.simulate([START, *right[:-1]], [False] * len(right)),
            "start-fed-again": run.simulate([START] * len(right)),
            "state-lost": run.simulate([START, *right[:-1]], keep_state=False),
        }
        trial.equal(*run.both(), "T V", suspects, otherwise="wrong-scores")

    @stage("all coins False: each step reads what the step before wrote")
    def free(self, trial: Trial) -> None:
        """The first coin is False, too."""
        run = _SentenceRun(trial, [False] * 3)
        suspects = {
            "always-forced": run.simulate([START, *run.right[:-1]]),
            "start-unread": run.simulate([PAD, *run.right[:-1]], run.coins),
        }
        trial.equal(*run.both(), "T V", suspects, otherwise="wrong-scores")

    @stage("each coin decides for its own step")
    def mixed(self, trial: Trial) -> None:
        """Coins of both kinds."""
        run = _SentenceRun(trial, trial.draw.shuffled([True, False, True, False, False, True]))
        late = run.simulate([START, *run.right[:-1]], [run.coins[0], *run.coins[:-1]])
        trial.equal(*run.both(), "T V", {"coins-late": late}, otherwise="wrong-scores")

    @stage("gradients flow back through all steps")
    def gradient(self, trial: Trial) -> None:
        """From the scores to the first state."""
        run = _SentenceRun(trial, trial.draw.shuffled([True, False, True, False, False]))
        shape = run.both()[0].shape
        trial.same_gradients(run.arguments, [trial.draw.normal(*shape)])


_TABLE = {"words": (23, 5), "state": (5, 5), "output": (5, 23)}  # of a decoder with V = 23 words and H = 5 numbers


def _weights(draw: Draw) -> dict[str, Tensor]:
    return {name: draw.normal(*shape) for name, shape in _TABLE.items()}


class _SentenceRun:
    """One call of the loop for one sentence, with a table in place of a decoder."""

    def __init__(self, trial: Trial, coins: list[bool]):
        self.coins = coins * 2 if len(coins) < 5 else coins
        self.right = [4 + number for number in trial.draw.permutation(19)[: len(self.coins) - 1]] + [END]
        self._weights, self._state = _weights(trial.draw), trial.draw.normal(5)
        self._trial = trial
        self.arguments = [trial.stand_in("step", "step_table", self._weights), self._state, self.right, self.coins]

    def both(self) -> tuple[Tensor, object]:
        """The scores of reference and answer."""
        return self._trial.both(*self.arguments)

    @torch.no_grad()
    def simulate(self, read: list[int], coins: list[bool] | None = None, keep_state: bool = True) -> Tensor:
        """The scores of a loop that reads other words where the coin is True, by default everywhere."""
        step, state = StepTable(self._weights), self._state
        scores: list[Tensor] = []
        for at, word in enumerate(read):
            own = at > 0 and coins is not None and not coins[at]
            logits, new_state = step(int(scores[-1].argmax()) if own else word, state)
            state = new_state if keep_state else state
            scores.append(logits)
        return torch.stack(scores)


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
        "rows-shifted": "Each sentence has the words of the one above it. Along which dimension do the steps of a "
        "sentence run?",
        "end-fed": "END is read in short sentences. Is anything written after END?",
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
            "rows-shifted": torch.cat([torch.full_like(target[:1], START), target[:-1]]),
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

    @stage("a batch of one sentence")
    def single(self, trial: Trial) -> None:
        """The batch dimension stays."""
        trial.equal(*trial.both(_targets(trial.draw, padded=False)[:1]), axes="B T")

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
    """(B, T) words, END after each sentence, then PAD."""
    rows, length = sorted(draw.sizes(2, 3, 7))
    mask = draw.mask(rows, length) if padded else torch.ones(rows, length, dtype=torch.bool)
    words = torch.where(mask, draw.integers(4, 30, rows, length), PAD)
    words[torch.arange(rows), mask.sum(1) - 1] = END
    return words


class DecodeWithForcing(Check):
    """A decoder's loop in which coins say who chooses the next word."""

    slug = defines = "decode_with_forcing"
    causes = {
        "raised": "Your code stopped with an error. Which shape has each part of your choice? At step t, how many "
        "coins and how many words are needed, and are there scores before the first step?",
        "state-lost": "Every step starts from the first state. Which state does step 1 need?",
        "start-fed-again": "Every step reads START. Which word should step 1 read?",
        "one-late": "The words come a step late, START twice. Which column of `previous` is for step t?",
        "own-words-read": "All coins are True, yet the decoder reads its own words. Whose word is read where a coin is "
        "True?",
        "steps-first": "The steps come before the sentences. Along which dimension are the scores stacked?",
        "one-step-short": "A step is missing. How many columns has `previous`?",
        "always-forced": "The coins change nothing. Where do they enter?",
        "start-unread": "Step 0 reads another word than START where its coin is False. What does the docstring say "
        "about step 0?",
        "coins-late": "The coins come a step late. Which column of `coins` is for step t?",
        "one-coin": "Each sentence keeps its first coin. Is there another coin for each step?",
        "coin-for-all": "Some sentences of a batch should read the right word and others their own at the same step. "
        "Does one coin decide for all of them?",
        "inverted": "The coins work the wrong way round. Whose word is read where a coin is True?",
        "other-sentence": "A sentence reads what another one wrote. Do rows stay in their places?",
        "wrong-scores": "The scores differ. Which word and which state does each step read?",
    }
    hints = (
        "Which three things does step t need, and which of them come from step t - 1?",
        "A loop over T: step 0 reads column 0. Every other step has two candidates for each sentence, column t of "
        "`previous` and the best word of the step before; column t of the coins picks. Keep the scores of each step.",
        "`torch.where` picks row by row, `argmax(-1)` gives the best word, `torch.stack` joins T tensors (B, V).",
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
            "own-words-read": run.simulate(coins=~run.coins),
        }
        trial.equal(expected, got, "B T V", suspects, otherwise="wrong-scores")

    @stage("never forced: each step reads what the step before wrote")
    def free(self, trial: Trial) -> None:
        """All coins False, that of step 0 as well."""
        run = _LoopRun(trial, lambda rows, length: torch.zeros(rows, length, dtype=torch.bool))
        suspects = {
            "always-forced": run.simulate(coins=~run.coins),
            "other-sentence": run.simulate(own=lambda words: words.roll(1)),
            "start-unread": run.simulate(previous=torch.full_like(run.previous, PAD)),
        }
        trial.equal(*run.both(), "B T V", suspects, otherwise="wrong-scores")

    @stage("each coin decides for one sentence and one step")
    def mixed(self, trial: Trial) -> None:
        """Coins of both kinds in every sentence and every step."""
        run = _LoopRun(trial, lambda rows, length: trial.draw.integers(0, 2, rows, length).bool())
        coins = run.coins
        expected, got = run.both()
        shared = (coins.all(0), coins.any(0), coins[0])
        suspects = {
            "inverted": run.simulate(coins=~coins),
            "coins-late": run.simulate(coins=coins.roll(1, 1)),
            "one-coin": run.simulate(coins=coins[:, :1].expand_as(coins)),
            "coin-for-all": either_of(got, *(run.simulate(coins=each.expand_as(coins)) for each in shared)),
        }
        trial.equal(expected, got, "B T V", suspects, otherwise="wrong-scores")

    @stage("a batch of one sentence")
    def single(self, trial: Trial) -> None:
        """The batch dimension stays; two coins are False."""
        run = _LoopRun(trial, lambda rows, length: torch.arange(rows * length).view(rows, length) % 3 == 0, rows=1)
        trial.equal(*run.both(), "B T V", otherwise="wrong-scores")

    @stage("gradients flow back through all steps")
    def gradient(self, trial: Trial) -> None:
        """From the scores to the first state."""
        run = _LoopRun(trial, lambda rows, length: trial.draw.integers(0, 2, rows, length).bool())
        shape = run.both()[0].shape
        trial.same_gradients(run.arguments, [trial.draw.normal(*shape)])


class _LoopRun:
    """One call of the loop, on random data, with a table in place of a decoder."""

    def __init__(self, trial: Trial, toss: Callable[[int, int], Tensor], rows: int | None = None):
        draw = trial.draw
        fewer, length = sorted(draw.sizes(2, 3, 8))
        rows = rows or fewer
        classes, hidden = _TABLE["words"]
        self._weights = _weights(draw)
        self._state = draw.normal(rows, hidden)
        self.previous = torch.cat([torch.full((rows, 1), START), draw.integers(4, classes, rows, length - 1)], 1)
        self.coins = toss(rows, length)
        self._trial = trial
        step = trial.stand_in("step", "step_table", self._weights)
        self.arguments: list = [step, self._state, self.previous, self.coins]

    def both(self) -> tuple[Tensor, object]:
        """The scores of reference and answer."""
        return self._trial.both(*self.arguments)

    def simulate(
        self,
        previous: Tensor | None = None,
        coins: Tensor | None = None,
        keep_state: bool = True,
        own: Callable[[Tensor], Tensor] = lambda words: words,
    ) -> Tensor:
        """The scores of a mistaken loop: other words, other coins, no state handed on, or own words changed."""
        previous, coins = (given if given is not None else usual for given, usual in self._or_usual(previous, coins))
        return _decoded(self._weights, self._state, previous, coins, keep_state, own)

    def _or_usual(self, previous: Tensor | None, coins: Tensor | None) -> list[tuple[Tensor | None, Tensor]]:
        return [(previous, self.previous), (coins, self.coins)]


@torch.no_grad()
def _decoded(
    weights: dict[str, Tensor],
    state: Tensor,
    previous: Tensor,
    coins: Tensor,
    keep_state: bool = True,
    own: Callable[[Tensor], Tensor] = lambda words: words,
) -> Tensor:
    """The scores (B, T, V) of a table in place of a decoder."""
    step, scores = StepTable(weights), list[Tensor]()
    for at in range(previous.shape[1]):
        words = torch.where(coins[:, at], previous[:, at], own(scores[-1].argmax(-1))) if at else previous[:, 0]
        logits, new_state = step(words, state)
        state = new_state if keep_state else state
        scores.append(logits)
    return torch.stack(scores, 1)


def _require_coins(given: Tensor, previous: object, coins: object) -> None:
    """Refuse what no decoder takes."""
    if not isinstance(previous, Tensor) or previous.shape != given.shape:
        had = shape_in_words(previous) if isinstance(previous, Tensor) else kind_of(previous)
        raise CallbackRefused(f"decode(previous, coins): previous must have shape {tuple(given.shape)}, got {had}")
    if not isinstance(coins, Tensor) or coins.dtype is not torch.bool or coins.shape != given.shape:
        had = f"{coins.dtype}, {tuple(coins.shape)}" if isinstance(coins, Tensor) else kind_of(coins)
        raise CallbackRefused(f"decode(previous, coins): coins must be bool of shape {tuple(given.shape)}, got {had}")


def _suspects(found: dict[str, Tensor], got: object) -> dict[str, Tensor]:
    """Cause → what a known mistake gives; of its forms, named `cause/form`, the one that the answer's value is."""
    forms: dict[str, list[Tensor]] = {}
    for name, value in found.items():
        forms.setdefault(name.split("/")[0], []).append(value)
    return {cause: either_of(got, *values) for cause, values in forms.items() if cause not in {"right", "nothing"}}


def _number_for_nan(expected: Tensor, got: object) -> dict[str, Tensor]:
    """The cause of an answer that is right but where nan is expected."""
    if not isinstance(got, Tensor) or got.shape != expected.shape or not got.is_floating_point():
        return {}
    return {"not-nan": torch.where(expected.isnan(), got.to(expected.dtype), expected)}


class ForcedAndFree(Check):
    """Right words and right sentences, forced and free-running."""

    slug = defines = "forced_and_free"
    causes = {
        "raised": "Your code stopped with an error. Which two tensors does `decode` take, and which shape and which "
        "kind of values has each?",
        "other-words": "`decode` was given other words than `previous`. Which of its two arguments differs between the "
        "rows?",
        "forced-twice": "Forcing was left on in the second row: the model was told every word. Which coins fall when "
        "it translates?",
        "rows-swapped": "The rows have changed places. Which way does the docstring want first?",
        "columns-swapped": "The columns have changed places. Which share does the docstring want first?",
        "errors-counted": "These are shares of errors. Which shares does the docstring ask for?",
        "padding-counted": "Padding counts among the words. Which words are real?",
        "padding-spoils": "A sentence counts as wrong for what is written at its padding. Which words must be right?",
        "padding-as-wrong": "Every sentence with padding counts as wrong. Must anything be right where there is no "
        "word?",
        "padding-in-both": "Padding counts in both columns. Which argument tells which words are real?",
        "previous-compared": "The words are compared with `previous`, which is what is read. Which argument holds the "
        "right words?",
        "mean-of-sentences": "The first column is a mean of one share per sentence, so a word in a short sentence "
        "weighs more. How many words are there in all?",
        "order-compared": "A wrong word counts as right where its number is the smaller one. Which sign asks whether "
        "two words are the same?",
    }
    signs = {"other-words": Sign("ValueError", "another `previous`")}
    hints = (
        "What is the only thing that differs between the two rows?",
        "Coins of one kind for each row, the best word of each step, a comparison with the target. Then one share over "
        "real words, and one over sentences whose words are all right or padding.",
        "`torch.full_like` with a bool makes coins from the mask, `argmax(-1)` gives words, `all(1)` looks at a "
        "sentence.",
    )

    @stage("sentences of one length")
    def whole(self, trial: Trial) -> None:
        """No padding."""
        for _ in range(2):
            told_apart(lambda: _BothWays(trial.draw, padded=False)).require(trial)

    @stage("padding does not count")
    def padding(self, trial: Trial) -> None:
        """Sentences of different lengths; what is written at padding is PAD or something else."""
        for _ in range(2):
            told_apart(lambda: _BothWays(trial.draw, padded=True)).require(trial)


class _BothWays:
    """Right words, and what a model writes forced and free-running.

    What it writes depends on what it has read, as with every decoder: up to a sentence's first error both ways agree.
    """

    def __init__(self, draw: Draw, padded: bool):
        rows, length = sorted(draw.sizes(2, 4, 9))
        self.padded = padded
        self.mask = draw.mask(rows, length) if padded else torch.ones(rows, length, dtype=torch.bool)
        self.target = torch.where(self.mask, draw.integers(4, 20, rows, length), PAD)
        self.previous = torch.cat([torch.full((rows, 1), START), self.target[:, :-1]], 1)
        on_track, astray = (draw.integers(0, most, rows, length) == 0 for most in (5, 2))  # which words are wrong
        on_track[0] = False  # one sentence is right
        other = self.target + draw.integers(0, 2, rows, length) * 4 - 2  # wrong words have smaller and greater numbers
        other = torch.where(self.mask, other, END)
        self._on_track, self._astray = (
            torch.nn.functional.one_hot(torch.where(wrong, other, self.target), 23) * 3.0
            + draw.normal(rows, length, 23, scale=0.1)
            for wrong in (on_track, astray)
        )
        coins = torch.ones_like(self.mask)
        self.written = {kind: self._scores(toss).argmax(-1) for kind, toss in (("forced", coins), ("free", ~coins))}

    def require(self, trial: Trial) -> None:
        """Call reference and answer, and compare."""
        decode = trial.callback("decode", lambda: self._decode)
        expected, got = trial.both(decode, self.previous, self.target, self.mask)
        trial.equal(expected, got, suspects=_suspects(self.found(), got))

    def found(self) -> dict[str, Tensor]:
        """What the right answer and known mistakes give."""
        right = self._shares(self._words, self._sentences)
        found = {
            "right": right,
            "nothing": torch.zeros(2, 2),
            "forced-twice": right[[0, 0]],
            "rows-swapped": right.flip(0),
            "columns-swapped": right.flip(1),
            "errors-counted": 1 - right,
            "order-compared": self._shares(self._words, self._sentences, same=torch.le),
            "previous-compared": self._shares(self._words, self._sentences, target=self.previous),
        }
        return found | self._padding_counted() if self.padded else found

    def _padding_counted(self) -> dict[str, Tensor]:
        """What mistakes with the mask give, in one column or in both."""
        words: dict[str, Callable[[Tensor], Tensor]] = {
            "": lambda same: same.float().mean(),
            "/as wrong": lambda same: (same & self.mask).float().mean(),
            "/as right": lambda same: (same | ~self.mask).float().mean(),
        }
        sentences: dict[str, Callable[[Tensor], Tensor]] = {
            "padding-spoils": lambda same: same.all(1).float().mean(),
            "padding-as-wrong": lambda same: (same & self.mask).all(1).float().mean(),
        }
        both = {
            f"padding-in-both{form}, {cause}": self._shares(share, whole)
            for form, share in (("/", words[""]), ("/as wrong", words["/as wrong"]))
            for cause, whole in sentences.items()
        }
        return {
            **{f"padding-counted{form}": self._shares(share, self._sentences) for form, share in words.items()},
            **{cause: self._shares(self._words, whole) for cause, whole in sentences.items()},
            **both,
            "mean-of-sentences": self._shares(
                lambda same: ((same & self.mask).sum(1) / self.mask.sum(1)).mean(), self._sentences
            ),
        }

    def _words(self, same: Tensor) -> Tensor:
        return same[self.mask].float().mean()

    def _sentences(self, same: Tensor) -> Tensor:
        return (same | ~self.mask).all(1).float().mean()

    def _shares(
        self,
        *columns: Callable[[Tensor], Tensor],
        same: Callable[[Tensor, Tensor], Tensor] = torch.eq,
        target: Tensor | None = None,
    ) -> Tensor:
        target = self.target if target is None else target
        rows = [same(self.written[kind], target) for kind in ("forced", "free")]
        return torch.stack([torch.stack([column(row) for column in columns]) for row in rows])

    def _decode(self, previous: Any, coins: Any) -> Tensor:
        """What the answer calls."""
        _require_coins(self.previous, previous, coins)
        if difference(self.previous, previous):
            raise CallbackRefused("decode(previous, coins): another `previous` than was given")
        return self._scores(coins)

    def _scores(self, coins: Tensor) -> Tensor:
        """The scores (B, T, V) of each step: of one kind while all words read are right, of another from then on."""
        scores, right = list[Tensor](), torch.ones(len(coins), dtype=torch.bool)
        for at in range(coins.shape[1]):
            if at:
                right = right & (coins[:, at] | (scores[-1].argmax(-1) == self.previous[:, at]))
            scores.append(torch.where(right.unsqueeze(1), self._on_track[:, at], self._astray[:, at]))
        return torch.stack(scores, 1)


class AccuracyAfterError(Check):
    """The share of right words by distance from the first error of their sentence."""

    slug = defines = "accuracy_after_error"
    causes = {
        "error-counted": "The first item is 0: it is the wrong word itself. How far after the error does item 0 look?",
        "errors-counted": "This is the share of wrong words. Which share does the docstring ask for?",
        "last-error": "The distance is from the last error. Which error comes first?",
        "every-error": "Words after every error count. Which error of a sentence is the only one to measure from?",
        "last-word-again": "The last word of a sentence counts again where the distance leads beyond it. Is there a "
        "word so far after the error?",
        "by-position": "The shares go by place in the sentence. From which word is the distance measured?",
        "all-up-to": "Each item takes in all words up to that distance. Which words come exactly d steps after it?",
        "faultless-counted": "Sentences without an error count too, as if their first word were wrong. What does "
        "`argmax` give for a row that is all False?",
        "batch-for-length": "Sentences without an error count from some place on. Which number comes after all places "
        "of a sentence, B or T?",
        "padding-counted": "Padding after a short sentence counts. Which words are real?",
        "padding-in-numerator": "Right words at padding are counted, though padding is not among the words. Which "
        "words may the numerator count?",
        "not-nan": "Where no sentence has a word there is no share, so nan. Is it 0 / 0, or was something added?",
        "order-compared": "A wrong word counts as right where its number is the smaller one. Which sign asks whether "
        "two words are the same?",
    }
    hints = (
        "For one sentence with pencil: mark the wrong words. Where is the first? Which word comes one step after it?",
        "Number the places, subtract from each the place of the first error in its row. Each distance picks words from "
        "all rows; take the share of right ones.",
        "`argmax(1)` of 0s and 1s gives the first 1 of a row, and 0 where there is none: `any(1)` tells these rows "
        "apart. The mean of an empty tensor is nan.",
    )

    @stage("distances from the first error")
    def distances(self, trial: Trial) -> None:
        """Sentences of one length, each with several errors."""
        case = told_apart(lambda: _Written(trial.draw, reach=3))
        case.require(trial)

    @stage("sentences without an error do not count")
    def faultless(self, trial: Trial) -> None:
        """Some have none."""
        case = told_apart(lambda: _Written(trial.draw, reach=3, faultless=True))
        case.require(trial)

    @stage("padding does not count")
    def padding(self, trial: Trial) -> None:
        """Sentences of different lengths, one with its first error on its last word; at padding is PAD, or not."""
        case = told_apart(lambda: _Written(trial.draw, reach=3, padded=True))
        case.require(trial)

    @stage("nan where there is no word")
    def empty(self, trial: Trial) -> None:
        """The reach goes beyond the longest sentence."""
        case = _Written(trial.draw, reach=11, padded=True)
        expected, got = trial.both(*case.given)
        trial.equal(expected, got, "D", _number_for_nan(expected, got))


class _Written:
    """Words written and right words; B and T differ, and every row has an error unless some are to have none."""

    def __init__(self, draw: Draw, reach: int, faultless: bool = False, padded: bool = False):
        rows, length = sorted(draw.sizes(2, 5, 9))
        self._mask = draw.mask(rows, length) if padded else torch.ones(rows, length, dtype=torch.bool)
        self._kinds = [
            *["faultless-counted", "batch-for-length"] * faultless,
            *["padding-counted", "padding-in-numerator"] * padded,
            *["last-word-again"] * (not faultless and not padded),  # whoever counts it fails at the first stage
        ]
        wrong = draw.integers(0, 5, rows, length) < 2
        words, ends = draw.integers(4, 30, rows, length), self._mask.sum(1) - 1
        wrong[:, 1] |= ~(wrong & self._mask)[:, :rows].any(1)  # a first error comes before place B
        if faultless:
            wrong[:2] = False
        if padded:  # its only error is the last word: one step after it is padding
            short = int(ends.argmin())
            wrong[short] = torch.arange(length) >= ends[short]
        self._right, self._greater = ~wrong, wrong & (draw.integers(0, 2, rows, length) == 0)
        target = torch.where(self._mask, words, PAD)
        self._reach = reach
        other = torch.where(self._greater, words + 2, words - 2)
        self.given = (torch.where(self._right, target, other), target, self._mask, reach)

    def require(self, trial: Trial) -> None:
        """Call reference and answer, and compare."""
        expected, got = trial.both(*self.given)
        trial.equal(expected, got, "D", _suspects(self.found(), got))

    def found(self) -> dict[str, Tensor]:
        """What the right answer and known mistakes give."""
        wrong = ~self._right & self._mask
        places, none = torch.arange(wrong.shape[1]), wrong.shape[1]
        first = torch.where(wrong, places, none).amin(1, keepdim=True)
        last = torch.where(wrong, places, -1).amax(1, keepdim=True)
        last = torch.where(last < 0, none, last)
        found = self._shares(places - first, self._mask)
        special = {
            "faultless-counted": self._shares(places - first % none, self._mask),
            "batch-for-length": self._shares(places - first.clamp(max=len(wrong)), self._mask),
            "padding-counted": self._shares(places - first, torch.ones_like(wrong)),
            "padding-in-numerator": self._of_words(places - first),
            "last-word-again": self._last_again(first),
        }
        return {
            "right": found,
            "error-counted": torch.cat([torch.zeros(1), found[:-1]]),
            "errors-counted": 1 - found,
            "last-error": self._shares(places - last, self._mask),
            "every-error": self._after_every(wrong),
            "by-position": self._shares((places + 1).expand_as(wrong), self._mask),
            "all-up-to": self._shares(places - first, self._mask, torch.le),
            "order-compared": self._greater_alone(places, none),
        } | {cause: special[cause] for cause in self._kinds}

    def _of_words(self, distance: Tensor) -> Tensor:
        """Where right words at padding count, and the words of which they are a share do not."""
        picked = [distance == d for d in range(1, self._reach + 1)]
        return torch.stack([(self._right & place).sum() / (self._mask & place).sum() for place in picked])

    def _after_every(self, wrong: Tensor) -> Tensor:
        """Where each error is one to measure from."""
        found = []
        for d in range(1, self._reach + 1):
            after = torch.zeros_like(wrong)
            after[:, d:] = wrong[:, :-d]
            found.append(self._right[after & self._mask].float().mean())
        return torch.stack(found)

    def _last_again(self, first: Tensor) -> Tensor:
        """Where a place beyond the last one is held there."""
        some, length = first < self._mask.shape[1], self._mask.shape[1]
        found = []
        for d in range(1, self._reach + 1):
            place = (first + d).clamp(max=length - 1)
            counted = some & self._mask.gather(1, place)
            found.append(self._right.gather(1, place)[counted].float().mean())
        return torch.stack(found)

    def _greater_alone(self, places: Tensor, none: int) -> Tensor:
        """Where only words with greater numbers count as wrong."""
        wrong = self._greater & self._mask
        distance = places - torch.where(wrong, places, none).amin(1, keepdim=True)
        return self._shares(distance, self._mask, right=~self._greater)

    def _shares(
        self,
        distance: Tensor,
        counted: Tensor,
        within: Callable[[Tensor, int], Tensor] = torch.eq,
        right: Tensor | None = None,
    ) -> Tensor:
        right = self._right if right is None else right
        picked = [within(distance, d) & (distance > 0) & counted for d in range(1, self._reach + 1)]
        return torch.stack([right[place].float().mean() for place in picked])


class ForcingRatio(Check):
    """Three schedules of scheduled sampling."""

    slug = defines = "forcing_ratio"
    causes = {
        "raised": "Your code stopped with an error. Is the step so large that `exp` has no room for its value? What is "
        "the ratio there?",
        "always-one": "The ratio is 1. What does `setting` say for this schedule?",
        "rising": "The ratio rises. At which end of training does the teacher help most?",
        "rounded": "The ratio jumps from 1 to 0. Was a division rounded down?",
        "step-ahead": "The line is one step ahead. How many steps were made before the first one?",
        "exponent-rounded": "The ratio falls in jumps, one every k steps. Was the exponent rounded down?",
        "below-zero": "The ratio falls below 0. Where does it stay once it has arrived?",
        "plain-sigmoid": "It begins at a half, as a plain sigmoid does. What does k do in the numerator?",
        "exponential": "This is the exponential schedule, k to the power of i. Which one is asked for?",
        "too-steep": "The ratio is gone within a few steps. By what is i divided?",
        "begins-at-one": "At i = 0 this ratio is exactly 1. What does the docstring's fraction give there?",
        "step-bounded": "The ratio no longer falls: the step itself is held down. Which number must not be too large "
        "for `exp`?",
        "gone-too-soon": "The ratio is 0 where the fraction is not yet. Which number is too large for `exp`, and from "
        "where on?",
        "exponent-bounded": "The ratio stops falling before it comes near 0. How large may the exponent become before "
        "`exp` fails?",
        "one-in-the-end": "The ratio is 1 at a very large step. What becomes of a fraction when its denominator grows?",
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
        step, setting = int(trial.draw.integers(3, 40, 1)), int(trial.draw.integers(26, 45, 1)) / 100
        trial.equal(*trial.both("constant", step, setting), suspects={"always-one": 1.0})

    @stage("linear: from 1 down to 0")
    def linear(self, trial: Trial) -> None:
        """On the way."""
        for step in trial.draw.sizes(2, 3, 15):
            arrival = float(trial.draw.integers(33, 48, 1))
            suspects = {"rising": step / arrival, "rounded": 1.0, "step-ahead": 1 - (step + 1) / arrival}
            trial.equal(*trial.both("linear", step, arrival), suspects=suspects)

    @stage("linear: it stays at 0")
    def arrived(self, trial: Trial) -> None:
        """Later steps."""
        step, arrival = int(trial.draw.integers(50, 90, 1)), float(trial.draw.integers(33, 48, 1))
        trial.equal(*trial.both("linear", step, arrival), suspects={"below-zero": 1 - step / arrival})

    @stage("inverse sigmoid: k / (k + exp(i / k))")
    def inverse_sigmoid(self, trial: Trial) -> None:
        """On the way, where each mistake shows, and at the beginning."""
        k, more = float(trial.draw.integers(10, 15, 1)), int(trial.draw.integers(3, 8, 1))
        for step in (int(k) * int(trial.draw.integers(2, 4, 1)) + more, 0):  # k does not divide it
            expected, got = trial.both("inverse sigmoid", step, k)
            right = k / (k + math.exp(step / k))
            suspects = {
                "exponent-rounded": k / (k + math.exp(step // k)),
                "plain-sigmoid": 1 / (1 + math.exp(step / k)),
                "rising": 1 - right,
                "exponential": k**step,
                "begins-at-one": (1 + k) / (k + math.exp(step / k)),
            }
            steep = k / (k + math.exp(step))
            if isinstance(got, float) and math.isclose(got, steep, rel_tol=1e-3):  # as good as 0, but not just any 0
                suspects["too-steep"] = steep
            trial.equal(expected, got, suspects=suspects)

    @stage("inverse sigmoid: many steps, and k is large, too")
    def slow(self, trial: Trial) -> None:
        """The step is large, its exponent is not."""
        k, more = float(trial.draw.integers(3000, 5000, 1)), int(trial.draw.integers(100, 2900, 1))
        step = int(k) * int(trial.draw.integers(11, 13, 1)) + more
        expected, got = trial.both("inverse sigmoid", step, k)
        bounds = (100, 300, 500, 700, 1000)  # 709 and 710 give what 700 gives
        suspects = {
            "step-bounded": either_of(got, *(k / (k + math.exp(bound / k)) for bound in bounds)),
            "gone-too-soon": 0.0,
            "exponent-bounded": either_of(got, *(k / (k + math.exp(bound)) for bound in range(2, 11))),
        }
        trial.equal(expected, got, suspects=suspects)

    @stage("inverse sigmoid: 0 in the end")
    def far(self, trial: Trial) -> None:
        """A long training, and a longer one."""
        for step in (int(trial.draw.integers(low, 10 * low, 1)) for low in (9 * 10**3, 10**5)):
            trial.equal(*trial.both("inverse sigmoid", step, 12.0), suspects={"one-in-the-end": 1.0})


class InjectError(Check):
    """A right beginning, one wrong word, and then the model's own words."""

    slug = defines = "inject_error"
    causes = {
        "raised": "Your code stopped with an error. Which shape have `places` and `wrong`, and which shape and "
        "which kind of values have the coins?",
        "two-early": "The wrong word is read two steps early. Is what is written at step t read before that step or "
        "after it?",
        "one-early": "The wrong word is read a step early, in place of the word before it. When is read what is "
        "written at step t?",
        "no-error": "The model goes on after the right word. Does the wrong word get into what is read?",
        "own-word-read": "At the step after the place the model reads its own word. Does a coin force the wrong word?",
        "where-written": "The wrong word is put where it is written. In which column is it read?",
        "one-more-forced": "The model is told one right word after the wrong one. From which step on is it alone?",
        "always-forced": "The model is told every word after the wrong one. Where do the coins become False?",
        "never-forced": "The model is alone from the start. Who gives it the words before the place?",
        "inverted": "The coins work the wrong way round. Whose word is read where a coin is True?",
        "one-place": "All sentences have the place of the first one. Does each use its own?",
        "all-places": "Each sentence reads wrong words at the places of all sentences. How is one column picked in "
        "each row?",
        "put-into-result": "The wrong words stand in the result. Whose words does the docstring ask for at these "
        "places?",
        "scores-returned": "These are scores. Which word does each step write?",
        "input-changed": "`previous` itself has changed: the next model would get the error of this one. Is something "
        "written into it in place?",
    }
    hints = (
        "Write what is read and what is written in two rows. The wrong word is written at place p: in which column is "
        "it read?",
        "A copy of `previous` with one word changed in each row; coins True up to the step that reads it, that one "
        "included, and False after it.",
        "`torch.arange` gives row numbers to index with and step numbers to compare; `unsqueeze(1)` makes places (B, "
        "1).",
    )

    @stage("the right beginning, the wrong word, then its own words")
    def injected(self, trial: Trial) -> None:
        """Places that differ from sentence to sentence."""
        case = told_apart(lambda: _Injection(trial.draw))
        expected, got = trial.both(trial.callback("decode", lambda: case.decode), *case.given)
        if isinstance(got, Tensor):
            trial.require(got.dim() != 3, "scores-returned", t("shape (B, T)"), shape_in_words(got))
        suspects = {cause: value for cause, value in case.found().items() if cause != "right"}
        trial.equal(expected, got, "B T", suspects)

    @stage("`previous` stays as it is")
    def unchanged(self, trial: Trial) -> None:
        """The next model gets it, too."""
        case = told_apart(lambda: _Injection(trial.draw))
        previous, *others = case.given
        kept = trial.keep("previous", previous)
        trial.both(trial.callback("decode", lambda: case.decode), kept, *others)
        after = trial.kept(kept)[1]
        trial.require(difference(previous, after) is None, "input-changed", brief(previous), brief(after))


class _Injection:
    """A wrong word for each sentence, and a table in place of a model."""

    def __init__(self, draw: Draw):
        self._weights, classes = _weights(draw), _TABLE["words"][0]
        rows, length = sorted(draw.sizes(2, 4, 8))
        self._state = draw.normal(rows, _TABLE["words"][1])
        previous = torch.cat([torch.full((rows, 1), START), draw.integers(4, classes, rows, length - 1)], 1)
        places = torch.tensor(draw.permutation(length - 2)[:1] * rows)
        places = (places + torch.arange(rows)) % (length - 2)  # they differ, and none is one of the last two
        self.given = (previous, places, draw.integers(4, classes, rows))

    def decode(self, previous: Any, coins: Any) -> Tensor:
        """What the answer calls."""
        _require_coins(self.given[0], previous, coins)
        return _decoded(self._weights, self._state, previous, coins)

    def found(self) -> dict[str, Tensor]:
        """What the right answer and known mistakes give."""
        previous, places, wrong = self.given
        rows, steps = torch.arange(len(previous)), torch.arange(previous.shape[1])

        def words(
            shift: int = 1, until: Tensor = places + 1, where: Tensor = places, rows: Any = rows, flip: bool = False
        ) -> Tensor:
            read = previous.clone()
            if rows is not None:
                read[rows, where + shift] = wrong
            coins = (steps <= until.unsqueeze(1)) ^ flip
            return _decoded(self._weights, self._state, read, coins).argmax(-1)

        return {
            "right": words(),
            "two-early": words(shift=-1),
            "one-early": words(shift=0),
            "where-written": words(shift=0, until=places),
            "no-error": words(rows=None),
            "own-word-read": words(until=places),
            "one-more-forced": words(until=places + 2),
            "always-forced": words(until=places + len(steps)),
            "never-forced": words(until=places * 0),
            "inverted": words(flip=True),
            "all-places": words(rows=slice(None)),
            "put-into-result": words().index_put((rows, places), wrong),
            "one-place": words(until=places[:1].expand_as(places) + 1, where=places[:1].expand_as(places)),
        }


class RestsAfter(Check):
    """Next right, rest right and rest kept."""

    slug = defines = "rests_after"
    causes = {
        "place-as-next": "The first share looks at the place of the wrong word itself. Where is the next word?",
        "places-crossed": "The first share looks in each sentence at the places of all sentences. How is one word "
        "picked in each row?",
        "place-counted": "What was written at the place counts as part of the rest. Where does the rest begin?",
        "before-counted": "Errors before the place count. Which words are the rest?",
        "padding-counted": "Padding counts as part of the rest. Which words are real?",
        "padding-as-wrong": "No rest with padding after it counts as right. Must anything be right where there is no "
        "word?",
        "words-counted": "The second share is one of words. What must a sentence be like to count?",
        "kept-of-all": "The third share is one of all sentences. How many rests could have been kept?",
        "kept-the-other-way": "The third share is one of sentences whose rest is right after the wrong word. Whose "
        "rest decides which sentences count?",
        "control-before-counted": "A sentence is left out because the control has an error before the place. Which "
        "part of the control has to be right?",
        "errors-counted": "These are shares of errors. Which shares does the docstring ask for?",
        "not-nan": "Where the control has no rest right, nothing could be kept: 0 / 0 is nan. Was something added?",
    }
    hints = (
        "Take one sentence with the wrong word at place 2. Which places are *next*, which are the *rest*?",
        "Mark the real words after the place. A rest is right if no marked word is wrong. Do the same with the "
        "control, and let it choose the sentences of the third share.",
        "`gather(1, …)` takes one word of each row; `any(1)` asks whether a row has an error; a bool tensor picks "
        "rows; the mean of an empty tensor is nan.",
    )

    @stage("shares of next words, rests, and rests kept")
    def shares(self, trial: Trial) -> None:
        """Sentences of one length, places that differ, errors before the place as well."""
        case = told_apart(lambda: _Rests(trial.draw))
        case.require(trial)

    @stage("padding does not count")
    def padding(self, trial: Trial) -> None:
        """Sentences of different lengths."""
        case = told_apart(lambda: _Rests(trial.draw, padded=True))
        case.require(trial)

    @stage("nan where no rest could be kept")
    def empty(self, trial: Trial) -> None:
        """The control has an error in every rest."""
        case = _Rests(trial.draw, hopeless=True)
        expected, got = trial.both(*case.given)
        trial.equal(expected, got, suspects=_number_for_nan(expected, got))


class _Rests:
    """What a model wrote after a wrong word and after the right one."""

    def __init__(self, draw: Draw, padded: bool = False, hopeless: bool = False):
        rows, length = draw.sizes(2, 6, 12)
        self._padded = padded
        ends = draw.integers(4, length + 1, rows) if padded else torch.full((rows,), length)
        self._mask = torch.arange(length) < ends.unsqueeze(1)
        self._places = draw.integers(0, 97, rows) % (ends - 2) if padded else draw.integers(0, length - 2, rows)
        words = draw.integers(4, 30, rows, length)
        target = torch.where(self._mask, words, PAD)
        self._same, self._control = (draw.integers(0, 7, rows, length) > 0 for _ in range(2))
        if hopeless:
            self._control[torch.arange(rows), self._places + 1] = False
        written, control = (torch.where(same, target, words + 1) for same in (self._same, self._control))
        self.given = (written, control, target, self._mask, self._places)

    def require(self, trial: Trial) -> None:
        """Call reference and answer, and compare."""
        expected, got = trial.both(*self.given)
        trial.equal(expected, got, suspects=_suspects({**self.found(), **self._forms()}, got))

    def found(self) -> dict[str, Tensor]:
        """What the right answer and known mistakes give."""
        steps, places = torch.arange(self._mask.shape[1]), self._places.unsqueeze(1)
        after = self._mask & (steps > places)
        right = self._shares(1, after, after)
        rest, control = ((same | ~after).all(1) for same in (self._same, self._control))
        found = {
            "right": right,
            "place-as-next": self._shares(0, after, after),
            "place-counted": self._shares(1, self._mask & (steps >= places), self._mask & (steps >= places)),
            "before-counted": self._shares(1, self._mask, self._mask),
            "control-before-counted": self._shares(1, after, self._mask),
            "words-counted": torch.stack([right[0], self._same[after].float().mean(), right[2]]),
            "words-counted/both": torch.stack([right[0], *self._of_words(after, control)]),
            "places-crossed": torch.stack([self._same[:, self._places + 1].float().mean(), *right[1:]]),
            "kept-of-all": torch.stack([*right[:2], (rest & control).float().mean()]),
            "kept-the-other-way": torch.stack([*right[:2], control[rest].float().mean()]),
            "errors-counted": 1 - right,
        }
        if self._padded:
            found["padding-counted"] = self._shares(1, steps > places, steps > places)
            found["padding-as-wrong"] = self._padding_as_wrong(rest, control)
        return found

    def _of_words(self, after: Tensor, control: Tensor) -> tuple[Tensor, Tensor]:
        """Where both shares of rests are shares of words."""
        return self._same[after].float().mean(), self._same[after & control.unsqueeze(1)].float().mean()

    def _forms(self) -> dict[str, Tensor]:
        """Other forms of known mistakes: a mean of one share of words for each sentence, or one share without mask."""
        steps, places = torch.arange(self._mask.shape[1]), self._places.unsqueeze(1)
        after, full = self._mask & (steps > places), self._mask.all(1)
        rest, control = ((same | ~after).all(1) for same in (self._same, self._control))
        following = self._same.gather(1, places + 1)
        shares = (self._same & after).sum(1) / after.sum(1)
        forms = {
            "words-counted/each": (following, shares, rest[control]),
            "words-counted/each, both": (following, shares, shares[control]),
            "padding-as-wrong/rest": (following, rest & full, (rest & full)[control]),
        }
        return {name: torch.stack([one.float().mean() for one in form]) for name, form in forms.items()}

    def _padding_as_wrong(self, rest: Tensor, control: Tensor) -> Tensor:
        """Where a rest with padding after it cannot be right."""
        full = self._mask.all(1)
        following = self._same.gather(1, self._places.unsqueeze(1) + 1)
        return torch.stack([one.float().mean() for one in (following, rest & full, (rest & full)[control & full])])

    def _shares(self, next_at: int, counted: Tensor, in_control: Tensor) -> Tensor:
        following = self._same.gather(1, self._places.unsqueeze(1) + next_at)
        rest = (self._same | ~counted).all(1)
        control = (self._control | ~in_control).all(1)
        return torch.stack([found.float().mean() for found in (following, rest, rest[control])])
