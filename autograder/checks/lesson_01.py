"""Checks of lesson 01: the seq2seq baseline, from a word list to greedy decoding."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from autograder.checks.framework.check import Check, Sign, stage
from autograder.checks.framework.compare import brief, difference, kind_of, shape_in_words
from autograder.checks.framework.random_inputs import Draw
from autograder.checks.framework.trial import Trial
from autograder.subjects.stand_ins import LinearTranslator, PlainDescent, squared_loss
from autograder.subjects.subject import AnswerError, CallbackRefused
from lessons.toolkit.batches import END, PAD, SPECIAL_TOKENS, START, UNKNOWN, Batch
from lessons.toolkit.text import Words, t

Example = tuple[list[str], list[str], list[tuple[int, int]]]


class MakeDictionary(Check):
    """The most frequent counterpart of every word, out of aligned sentences."""

    slug = defines = "make_dictionary"
    causes = {
        "raised": "Your code stopped with an error. Which of the two numbers in a link belongs to the source?",
        "first-seen": "Each word has its first counterpart. Which one should win when later sentences disagree?",
        "last-seen": "Each word has its last counterpart. Does a later sentence overwrite earlier ones?",
        "alphabetical": "Each word has the last counterpart in the alphabet. Where do the counts decide?",
        "by-position": "Word 1 went to word 1, word 2 to word 2. What are the links in the third item for?",
        "counts-returned": "Each word has all its counts. Which of the counterparts is the translation?",
        "reversed": "The dictionary leads from target to source. Which language do you look words up in?",
        "lower-case": "The entries are in small letters. Is *Us* the same word as *us*, for whoever looks it up?",
        "unlinked-words": "A word that has no link is in the dictionary. Where would its translation come from?",
        "empty-tally": "A word without a link has no counterpart, so its tally is empty. Should it be in the result?",
    }
    signs = {
        "empty-tally": Sign("IndexError|ValueError", "out of range|empty", r"most_common|max\(|sorted\("),
    }
    hints = (
        "How would you find the usual translation of *love* with paper and pencil, from a hundred sentence pairs?",
        "Keep one tally of counterparts for each source word. Every link (i, j) adds one mark to one tally.",
        "`collections.Counter` keeps such a tally; its method `most_common` puts the largest count first.",
    )

    @stage("the most frequent counterpart wins")
    def most_frequent(self, trial: Trial) -> None:
        """Counts decide, not order or position."""
        examples, mistaken = _aligned_examples(trial.draw)
        trial.equal(*trial.both(examples), suspects=mistaken)

    @stage("words without a link stay out")
    def unlinked(self, trial: Trial) -> None:
        """The dictionary has exactly the linked words."""
        article, noun, verb, first, second = trial.draw.words(5)
        examples = [([article, noun, verb], [first, second], [(1, 0), (2, 1)])]
        expected, got = trial.both(examples)
        extra = sorted(set(got) - set(expected)) if isinstance(got, dict) else []
        trial.require(
            not extra,
            "unlinked-words",
            t("no entry for {word}", word=repr(article)),
            t("an entry for {word}", word=str(extra)),
        )
        trial.equal(expected, got)


def _aligned_examples(draw: Draw) -> tuple[list[Example], dict]:
    """Sentences in which the second counterpart of two words is the most frequent, and known mistakes."""
    a, b, c, c1, filler, *others = draw.words(11)
    a, c = a.capitalize(), c.capitalize()
    # the right counterpart is in the middle of the alphabet, and neither first nor last in time
    (a1, a2, a3), (b1, b2, b3) = sorted(others[:3]), sorted(others[3:], reverse=True)
    tables = [{a: a1, b: b1, c: c1}, {a: a2, b: b2}, {a: a2, b: b2, c: c1}, {a: a3, b: b3}]
    examples = [_reversed_sentence(table, filler) for table in tables]
    links = [(source[i], target[j]) for source, target, pairs in examples for i, j in pairs]
    positions = [pair for source, target, _ in examples for pair in zip(source, target, strict=False)]
    return examples, {
        "first-seen": dict(reversed(links)),
        "alphabetical": {word: max(counts) for word, counts in _tallies(links).items()},
        "last-seen": dict(links),
        "by-position": _most_frequent(positions),
        "counts-returned": {word: dict(counts) for word, counts in _tallies(links).items()},
        "reversed": _most_frequent([(target, source) for source, target in links]),
        "lower-case": _most_frequent([(source.lower(), target) for source, target in links]),
    }


def _reversed_sentence(table: dict[str, str], filler: str) -> Example:
    """Source words in order, their counterparts in reverse order after a word that has no link."""
    source = list(table)
    target = [filler, *reversed(table.values())]
    return source, target, [(i, len(source) - i) for i in range(len(source))]


def _tallies(pairs: list[tuple[str, str]]) -> dict[str, Counter]:
    tallies: dict[str, Counter] = defaultdict(Counter)
    for word, counterpart in pairs:
        tallies[word][counterpart] += 1
    return tallies


def _most_frequent(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {word: counts.most_common(1)[0][0] for word, counts in _tallies(pairs).items()}


class BuildVocabulary(Check):
    """Special tokens, then words by falling count, ties in alphabetical order."""

    slug = defines = "build_vocabulary"
    causes = {
        "no-special-tokens": "The special tokens are missing. Which numbers would padding and the end token get?",
        "special-tokens-last": "The special tokens come last. Which numbers do PAD, START and END have?",
        "alphabetical": "The words are in alphabetical order. What decides first, the count or the letters?",
        "rarest-first": "The rarest words come first. Which way does a sort run unless you turn it?",
        "order-of-appearance": "The words are in the order in which they appear. Where do the counts come in?",
        "ties-unsorted": "Words with equal counts are not in alphabetical order. What decides a tie, which way round?",
        "rare-words-kept": "Words that appear too seldom are kept. Where is `minimum_count` used?",
        "by-sentence": "A word that comes twice in a sentence counts once. What is counted, words or sentences?",
        "lower-case": "Capitals are gone. Is *Us* the same word as *us*? The docstring says nothing of the kind.",
        "minimum-excluded": "Words that appear exactly `minimum_count` times are gone. Is it > or >=? And does the "
        "tally go on from one sentence to the next?",
    }
    hints = (
        "You need every word's count before you can put any word in its place. What holds the counts?",
        "Sort by two things at once: falling count, then the word itself. A tuple sorts by its parts in turn.",
        "`sorted` takes a `key`; a negative count in the tuple turns the order of that part around.",
    )

    @stage("special tokens first, then words by falling count, ties in alphabetical order")
    def order(self, trial: Trial) -> None:
        """Two words share each count, so that ties show."""
        sentences, words = _counted_sentences(trial.draw)
        ranked = _ranked(words)
        special = list(SPECIAL_TOKENS)
        first_seen = list(dict.fromkeys(word for sentence in sentences for word in sentence))
        suspects = {
            "no-special-tokens": ranked,
            "special-tokens-last": ranked + special,
            "alphabetical": special + sorted(ranked),
            "rarest-first": special + sorted(ranked, key=lambda word: (words[word], word)),
            "order-of-appearance": special + first_seen,
            "ties-unsorted": special + sorted(first_seen, key=lambda word: -words[word]),
            "by-sentence": special + _ranked({word: sum(word in each for each in sentences) for word in words}),
            "lower-case": special + _ranked({word.lower(): count for word, count in words.items()}),
            "minimum-excluded": special + [word for word in ranked if words[word] > 1],
        }
        expected, got = trial.both(sentences, 1)
        otherwise = "ties-unsorted" if _same_words(expected, got) else "differs"
        trial.equal(expected, got, suspects=suspects, otherwise=otherwise)

    @stage("rare words are left out")
    def minimum(self, trial: Trial) -> None:
        """A word needs `minimum_count` appearances."""
        sentences, words = _counted_sentences(trial.draw)
        special, ranked = list(SPECIAL_TOKENS), _ranked(words)
        trial.equal(*trial.both(sentences, 2), suspects={"rare-words-kept": special + ranked})


def _same_words(expected: list[str], got: object) -> bool:
    """Whether the same words are there, in whatever order."""
    return isinstance(got, list | tuple) and Counter(map(str, got)) == Counter(expected)


def _ranked(counts: dict[str, int]) -> list[str]:
    return sorted(counts, key=lambda word: (-counts[word], word))


def _counted_sentences(draw: Draw) -> tuple[list[list[str]], dict[str, int]]:
    """Two sentences with counts 1, 1, 1, 2, 2, 2, 3, 3, 3, the tied words not in alphabetical order.

    The last word of each count is capitalised, so that it comes first only where capitals come before small letters.
    """
    words = draw.words(9)
    for start in (0, 3, 6):
        *others, last = sorted(words[start : start + 3])
        words[start : start + 3] = [*others[::-1], last.capitalize()]
    sentences = [words, [*words[3:], *words[6:]]]
    return sentences, Counter(word for sentence in sentences for word in sentence)


class EncodeWords(Check):
    """Words as numbers, unknown ones as UNKNOWN, END after the last."""

    slug = defines = "encode_words"
    causes = {
        "no-end": "The end token is missing. How will the decoder know when a sentence is over?",
        "start-added": "The start token comes first. The toolkit adds it later, where the decoder reads.",
        "unknown-dropped": "A word that is not in the vocabulary vanished. Which number stands for it?",
        "unknown-as-pad": "A word that is not in the vocabulary became PAD. That number says: nothing is here.",
        "end-as-pad": "The sentence ends with PAD. Which special number marks its end?",
        "lower-case": "A word with a capital was not found. Is it in the vocabulary as it is written?",
        "number-looked-up": "A number was looked up in `numbers`, whose keys are words. Special tokens such as END are "
        "numbers already: which of the values on that line need looking up?",
        "token-as-text": "There is text in the result where a number should be. What are UNKNOWN and END: words, or "
        "the names of two numbers?",
    }
    signs = {"number-looked-up": Sign("KeyError", r"^\d+$")}
    hints = (
        "What should happen to a word that the vocabulary has never seen, and how long is the result?",
        "One number per word, in order; a default for what is missing; one more number to close the sentence.",
        "A dict's method `get` takes a default.",
    )

    @stage("known words become their numbers, END closes the sentence")
    def known(self, trial: Trial) -> None:
        """Nothing is unknown yet."""
        first, *others = trial.draw.words(5)
        words = [first.capitalize(), *others]
        numbers = _numbered(trial.draw, words)
        plain = [numbers[word] for word in words]
        suspects = {
            "no-end": plain,
            "start-added": [START, *plain, END],
            "end-as-pad": [*plain, PAD],
            "lower-case": [UNKNOWN, *plain[1:], END],
        }
        _compare_numbers(trial, words, numbers, suspects)

    @stage("unknown words become UNKNOWN")
    def unknown(self, trial: Trial) -> None:
        """Two of six words are not in the vocabulary."""
        words = trial.draw.words(6)
        numbers = _numbered(trial.draw, words[:2] + words[3:5])
        suspects = {
            "unknown-dropped": [*(numbers[word] for word in words if word in numbers), END],
            "unknown-as-pad": [*(numbers.get(word, PAD) for word in words), END],
        }
        _compare_numbers(trial, words, numbers, suspects)


def _compare_numbers(trial: Trial, words: list[str], numbers: dict[str, int], suspects: dict[str, list[int]]) -> None:
    """Call reference and answer, and compare; the name of a token is no number."""
    expected, got = trial.both(words, numbers)
    names = ("PAD", "START", "END", "UNKNOWN", *SPECIAL_TOKENS)
    has_name = isinstance(got, list | tuple) and any(isinstance(item, str) and item in names for item in got)
    trial.require(not has_name, "token-as-text", brief(expected), brief(got))
    trial.equal(expected, got, suspects=suspects)


def _numbered(draw: Draw, words: list[str]) -> dict[str, int]:
    places = draw.shuffled(range(len(SPECIAL_TOKENS), len(SPECIAL_TOKENS) + 12))
    return {token: i for i, token in enumerate(SPECIAL_TOKENS)} | dict(zip(words, places, strict=False))


class PadBatch(Check):
    """Sentences of unequal length as one tensor and its mask."""

    slug = defines = "pad_batch"
    causes = {
        "padded-left": "The padding comes first. On which side does the docstring want it?",
        "cut-to-shortest": "Words are gone. To which length must all sentences be brought?",
        "mask-inverted": "The mask is True at padding. What does True stand for in this course?",
        "mask-as-numbers": "The mask holds numbers. Which dtype lets `x[mask]` choose elements?",
        "ids-as-floats": "The word numbers are floats. An embedding looks rows up by whole numbers.",
        "other-integers": "The word numbers are integers of another size. The loss takes one kind only: which one does "
        "the docstring name?",
        "end-as-padding": "The gaps are filled with END. Which number says that nothing is here?",
        "transposed": "Rows and columns are swapped. Is it one row per sentence, or one per position?",
        "input-changed": "The lists that were given have grown. Do you add to them, or to a copy?",
        "one-too-long": "There is a column that no sentence needs. How long is the longest sentence?",
    }
    hints = (
        "A tensor is a rectangle, sentences are not. What fills the gap, and how does a reader know it is a gap?",
        "Find the greatest length, start from a rectangle full of PAD, write each sentence into the left of its row.",
        "`torch.full` makes the rectangle; `torch.arange` compared with the lengths gives the mask. "
        "`torch.nn.utils.rnn.pad_sequence` is another way.",
    )

    @stage("word numbers, padded on the right")
    def ids(self, trial: Trial) -> None:
        """The first of the two results."""
        sequences = _sequences(trial.draw)
        expected, got = trial.both(sequences)
        trial.require(isinstance(got, tuple | list), "wrong-type", t("two tensors: ids and mask"), kind_of(got))
        trial.equal(len(expected), len(got))
        left = _padded(sequences, PAD).flip(1)
        suspects = {
            "padded-left": _padded([s[::-1] for s in sequences], PAD).flip(1),
            "cut-to-shortest": torch.tensor([s[: min(map(len, sequences))] for s in sequences]),
            "ids-as-floats": expected[0].float(),
            "end-as-padding": _padded(sequences, END),
            "transposed": expected[0].T,
            "one-too-long": torch.cat([expected[0], torch.full_like(left[:, :1], PAD)], 1),
        }
        trial.equal(expected[0], got[0], "B S", suspects)
        trial.require(got[0].dtype == expected[0].dtype, "other-integers", *map(_dtype, (expected[0], got[0])))

    @stage("the mask is True at real words")
    def mask(self, trial: Trial) -> None:
        """The second of the two results."""
        expected, got = trial.both(_sequences(trial.draw))
        if isinstance(got[1], Tensor):
            trial.require(got[1].dtype is torch.bool, "mask-as-numbers", *map(_dtype, (expected[1], got[1])))
        trial.equal(expected[1], got[1], "B S", {"mask-inverted": ~expected[1]})

    @stage("the given lists stay as they are")
    def unchanged(self, trial: Trial) -> None:
        """The same sentences serve again in the next epoch."""
        sequences = _sequences(trial.draw)
        kept = trial.keep("sequences", sequences)
        trial.both(kept)
        after = trial.kept(kept)[1]
        trial.require(after == sequences, "input-changed", brief(sequences), brief(after))

    @stage("a batch of one sentence")
    def single(self, trial: Trial) -> None:
        """No padding at all."""
        trial.equal(*trial.both([trial.draw.integers(4, 30, 5).tolist()]), axes="B S")


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _sequences(draw: Draw) -> list[list[int]]:
    """Four sentences of different lengths, the longest neither first nor last."""
    shortest, short, long, longest = sorted(draw.sizes(4, 2, 9))
    lengths = (short, longest, *draw.shuffled([shortest, long]))
    return [[*draw.integers(4, 30, length - 1).tolist(), END] for length in lengths]


def _padded(sequences: list[list[int]], filler: int) -> Tensor:
    longest = max(map(len, sequences))
    return torch.tensor([sequence + [filler] * (longest - len(sequence)) for sequence in sequences])


class ReadByHand(Check):
    """The states of a plain recurrent cell, word by word."""

    slug = defines = "read_by_hand"
    causes = {
        "no-tanh": "The sum is right, but it is the state already. Which function keeps a state between −1 and 1?",
        "sigmoid": "The states are all positive. Which function does the formula squeeze the sum with?",
        "bias-left-out": "The b of the formula is missing. When is it added?",
        "only-the-last": "This is the state after the last word alone. How many rows does the docstring want?",
        "start-kept": "There is a row of zeros in front. Does the state before the first word belong to the result?",
        "state-forgotten": "Each state knows its own word only. What else does the formula make a state from?",
        "starts-from-b": "The states of later words are right for another beginning. What is the state before word 1?",
        "tanh-too-early": "The old state is added after tanh. What does the formula put into the brackets?",
        "state-transposed": "Rows and columns of U are swapped. On which side of the state does the matrix stand?",
        "no-tanh-carried": "The states come out squeezed, but the sum is what is carried on. Which of them does the "
        "next step read?",
        "backwards": "The last word was read first. From which end does the cell read?",
    }
    hints = (
        "What did you need for the second row of the table, besides the second word?",
        "Begin with zeros. For each word, make the new state of the word and the old state, keep it for the result, "
        "and carry it on.",
        "`@` multiplies a matrix by a vector, `torch.tanh` squeezes, and `torch.stack` makes rows of a list of states.",
    )

    @stage("the state after the first word")
    def first(self, trial: Trial) -> None:
        """A sentence of one word: nothing to remember yet."""
        words, word_weights, state_weights, bias = _cell_case(trial.draw)
        words = words[:1]
        expected, got = trial.both(words, word_weights, state_weights, bias)
        summed = words @ word_weights.T + bias
        suspects = {
            "no-tanh": summed,
            "sigmoid": summed.sigmoid(),
            "bias-left-out": (words @ word_weights.T).tanh(),
            "only-the-last": expected[0],
            "start-kept": torch.cat([torch.zeros_like(expected), expected]),
            "starts-from-b": torch.tanh(summed + state_weights @ bias),
        }
        trial.equal(expected, got, "S H", suspects)

    @stage("the state after each word, made from the word and the state before")
    def all_words(self, trial: Trial) -> None:
        """A sentence of several words."""
        case = _cell_case(trial.draw)
        expected, got = trial.both(*case)
        trial.equal(expected, got, "S H", _mistaken_states(*case))

    @stage("gradients reach words and weights")
    def gradient(self, trial: Trial) -> None:
        """What training needs, through all the words."""
        case = _cell_case(trial.draw)
        trial.same_gradients(list(case), [trial.draw.normal(len(case[0]), len(case[3]))])


def _cell_case(draw: Draw) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Words (S, E), W (H, E), U (H, H) and b (H,): S, E and H differ."""
    length, embedding, hidden = draw.sizes(3, 3, 6)
    words, word_weights = draw.normal(length, embedding), draw.normal(hidden, embedding, scale=0.5)
    return words, word_weights, draw.normal(hidden, hidden, scale=0.6), draw.normal(hidden, scale=0.6)


def _mistaken_states(words: Tensor, word_weights: Tensor, state_weights: Tensor, bias: Tensor) -> dict[str, Tensor]:
    """What known mistakes in reading several words would give."""

    def states(step: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]], order: Tensor = words) -> Tensor:
        """The results of a step that makes a result and what is carried on of what W and U give."""
        carried, found = torch.zeros(len(bias)), []
        for embedding in order:
            result, carried = step(word_weights @ embedding + bias, carried)
            found.append(result)
        return torch.stack(found)

    right = states(lambda given, old: (torch.tanh(given + state_weights @ old),) * 2)
    return {
        "only-the-last": right[-1],
        "state-forgotten": states(lambda given, old: (given.tanh(), old)),
        "tanh-too-early": states(lambda given, old: (given.tanh() + state_weights @ old,) * 2),
        "state-transposed": states(lambda given, old: (torch.tanh(given + state_weights.T @ old),) * 2),
        "no-tanh-carried": states(
            lambda given, old: (torch.tanh(given + state_weights @ old), given + state_weights @ old)
        ),
        "backwards": states(lambda given, old: (torch.tanh(given + state_weights @ old),) * 2, words.flip(0)),
    }


class GatedStep(Check):
    """One step of a recurrent cell with an update gate."""

    slug = defines = "gated_step"
    causes = {
        "gate-turned-round": "Your code takes the candidate where a gate is near 1. What does the docstring put there?",
        "no-sigmoid": "The gate is no number between 0 and 1. Which function makes one of it?",
        "candidate-added": "All of the candidate is added to what is kept. How much of it may come in?",
        "gate-by-tanh": "A gate can be negative here. Which function has its values between 0 and 1?",
        "no-tanh": "The candidate can be greater than 1. Which function squeezes it?",
        "state-first": "Word and state are joined in the other order. Which one does the docstring name first?",
        "one-gate": "There is one gate for all numbers of the state. How many rows does the matrix of the gate have?",
        "matrices-swapped": "The matrix of the gate has made the candidate, and the other way round. Which is which?",
        "state-gated-twice": "The candidate has seen only what the gate keeps of the state. What is it made of?",
    }
    hints = (
        "Of a number that the gate says to keep by nine tenths, how much comes from the candidate?",
        "Join word and state; make the gate from them, and the candidate from them; mix the old state and the "
        "candidate, number by number.",
        "`torch.cat` joins two vectors, `torch.sigmoid` makes the gate, `torch.tanh` the candidate.",
    )

    @stage("a gate of 1 keeps the old state")
    def closed(self, trial: Trial) -> None:
        """Weights so large that the gate is 1."""
        case = _gate_case(trial.draw, 40.0)
        word, state, gate_weights, candidate_weights = case
        both = torch.cat([word, state])
        gate, candidate = gate_weights @ both, torch.tanh(candidate_weights @ both)
        suspects = {
            "gate-turned-round": candidate,
            "no-sigmoid": gate * state + (1 - gate) * candidate,
            "candidate-added": state + candidate,
            "matrices-swapped": _gated(word, state, candidate_weights, gate_weights),
        }
        trial.equal(*trial.both(*case), "H", suspects)

    @stage("a gate of 0 takes the candidate")
    def open(self, trial: Trial) -> None:
        """Weights so large, and negative, that the gate is 0."""
        case = _gate_case(trial.draw, -40.0)
        word, state, _, candidate_weights = case
        both, turned = torch.cat([word, state]), torch.cat([state, word])
        candidate = torch.tanh(candidate_weights @ both)
        suspects = {
            "no-tanh": candidate_weights @ both,
            "gate-by-tanh": 2 * candidate - state,
            "state-first": torch.tanh(candidate_weights @ turned),
            "state-gated-twice": torch.tanh(candidate_weights @ torch.cat([word, 0 * state])),
        }
        trial.equal(*trial.both(*case), "H", suspects)

    @stage("in between, each number has a gate of its own")
    def mixed(self, trial: Trial) -> None:
        """Gates between 0 and 1, no two alike."""
        word, state, gate_weights, candidate_weights = case = _gate_case(trial.draw, None)
        both = torch.cat([word, state])
        candidate = torch.tanh(candidate_weights @ both)
        gate = torch.sigmoid(gate_weights @ both).mean()
        trial.equal(*trial.both(*case), "H", {"one-gate": gate * state + (1 - gate) * candidate})

    @stage("gradients reach word, state and weights")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        case = _gate_case(trial.draw, None)
        trial.same_gradients(list(case), [trial.draw.normal(len(case[1]))])


def _gated(word: Tensor, state: Tensor, gate_weights: Tensor, candidate_weights: Tensor) -> Tensor:
    both = torch.cat([word, state])
    gate = torch.sigmoid(gate_weights @ both)
    return gate * state + (1 - gate) * torch.tanh(candidate_weights @ both)


def _gate_case(draw: Draw, pull: float | None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Word (E,), state (H,), gate weights and candidate weights (H, E + H); `pull` drives all gates to one side.

    Word and state have positive numbers, so that a matrix of numbers of one sign drives all gates the same way.
    """
    embedding, hidden = draw.sizes(2, 3, 6)
    word = draw.normal(embedding).abs() + 0.3
    state = draw.normal(hidden).abs().clamp(max=0.6) + 0.3
    gate_weights = draw.normal(hidden, embedding + hidden)
    if pull is not None:
        gate_weights = pull * (gate_weights.abs() + 0.3)
    return word, state, gate_weights, draw.normal(hidden, embedding + hidden, scale=0.6)


class EncoderCheck(Check):
    """GRU states of all source words, and the state after the last real one."""

    slug, defines = "encoder", "Encoder"
    causes = {
        "read-padding": "The context is the state of the last column. In which sentences is that a padding position?",
        "first-state": "The context is the state after the first word. Which state has read the whole sentence?",
        "one-short": "The context is the state one word before the last. Where does counting begin?",
        "mean-state": "The context is the mean of the states. The docstring asks for one of them.",
        "wrong-states": "The states differ. Do the embedded words, and nothing else, go through the GRU in one call?",
        "swapped": "The results are in the other order. Which one does the docstring name first?",
        "extra-dimension": "The context has a dimension too many. What does the GRU put in front of B?",
        "every-length": "In every row you chose as many states as there are rows. How do you pair row b with the "
        "length of sentence b, and with no other?",
        "batch-squeezed": "With one sentence in the batch, the batch dimension vanished. Which dimension do you want "
        "to squeeze?",
        "wrong-context": "The context belongs to no state of its sentence. Is each state taken from its own row?",
    }
    hints = (
        "Sentences in a padded batch end in different columns. Where does each one end, and who knows it?",
        "The states of all columns come from one call of the GRU. Row b ends at column lengths[b] - 1: choose one "
        "state from each row.",
        "`source_mask.sum(1)` gives the lengths. Index `states` with two index tensors: `torch.arange` for the rows, "
        "the last positions for the columns.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        _encoder_case(trial)

    @stage("the states: one for each word")
    def states(self, trial: Trial) -> None:
        """States at real words; padding positions are not looked at."""
        source, mask = _encoder_case(trial)
        expected, got = trial.both(source, mask, method="forward")
        trial.require(isinstance(got, tuple | list) and len(got) == 2, "wrong-type", t("states, context"), kind_of(got))
        if _shaped_like(got[0], expected[1]) and _shaped_like(got[1], expected[0]):
            trial.require(False, "swapped", t("states, context"), t("context, states"))
        shown = _hide_padding(got[0], mask)
        trial.equal(_hide_padding(expected[0], mask), shown, "B S H", otherwise="wrong-states")

    @stage("the context: the state after the last real word")
    def context(self, trial: Trial) -> None:
        """Sentences of different lengths in one batch."""
        source, mask = _encoder_case(trial)
        (states, context), got = trial.both(source, mask, method="forward")
        last, rows = mask.sum(1) - 1, torch.arange(len(mask))
        real = mask.unsqueeze(-1)
        if isinstance(got[1], Tensor) and got[1].shape == (1, *context.shape):
            trial.require(False, "extra-dimension", _shape(context), _shape(got[1]))
        suspects = {
            "read-padding": _recovered(got, lambda found: found[:, -1], states),
            "first-state": states[:, 0],
            "one-short": states[rows, last - 1],
            "every-length": states[:, last],
            "mean-state": (states * real).sum(1) / real.sum(1),
        }
        trial.equal(context, got[1], "B H", suspects, otherwise="wrong-context")

    @stage("a batch of one sentence")
    def single(self, trial: Trial) -> None:
        """The batch dimension stays."""
        source, mask = _encoder_case(trial)
        expected, got = trial.both(source[:1], mask[:1], method="forward")
        trial.equal(expected[1], got[1], "B H", {"batch-squeezed": expected[1].squeeze(0)}, otherwise="wrong-context")

    @stage("gradients reach every parameter through the context")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        source, mask = _encoder_case(trial)
        shape = trial.both(source, mask, method="forward")[0][1].shape
        trial.same_gradients([source, mask], [None, trial.draw.normal(*shape)], "forward")


def _built(trial: Trial) -> tuple[list[int], dict[str, Tensor]]:
    """Build both modules: E, H and two sizes more, all different, and the weights."""
    sizes = trial.draw.sizes(4, 3, 7)
    return sizes, trial.build(vocabulary_size=13, embedding_size=sizes[0], hidden_size=sizes[1])


def _encoder_case(trial: Trial) -> tuple[Tensor, Tensor]:
    """Have both encoders; draw a padded batch whose rows have different lengths of two words or more."""
    (_, _, rows, extra), _ = trial.once(_built)
    length = rows + extra
    mask = torch.arange(length) < torch.tensor(trial.draw.permutation(rows)).unsqueeze(1) + extra + 1
    return torch.where(mask, trial.draw.integers(4, 13, rows, length), PAD), mask


def _hide_padding(states: object, mask: Tensor) -> object:
    if not isinstance(states, Tensor) or states.shape[:2] != mask.shape:
        return states
    return torch.where(mask.unsqueeze(-1), states, 0.0)


def _shaped_like(value: object, model: Tensor) -> bool:
    return isinstance(value, Tensor) and value.shape == model.shape


def _recovered(got: list | tuple, choose, states: Tensor) -> Tensor | None:
    """What a mistake would choose from the answer's own states, whose padding positions are its own affair."""
    return choose(got[0]) if _shaped_like(got[0], states) else None


class DecoderCheck(Check):
    """Scores of the next word at every position, and the state after the last."""

    slug, defines = "decoder", "Decoder"
    causes = {
        "raised": "Your code stopped with an error. Which shape does `nn.GRU` want for its first state? "
        "How many numbers does it read per word?",
        "context-not-fed": "The scores do not depend on the context. What is joined to each embedded word?",
        "context-once": "Only the first word is joined to the context. How should the tenth word know of the source?",
        "context-not-repeated": "The embedded words are (B, T, E), the context is (B, H). Which dimension does it "
        "lack, and how long must that be before they can be joined?",
        "state-for-context": "The state is joined to the words. Which of the two should be read along with every word?",
        "starts-from-context": "The GRU starts from the context at every call. Which argument says where this call "
        "starts?",
        "context-first": "Context and embedding are joined in the other order. Which one does the text name first?",
        "state-ignored": "The scores do not depend on the state. What tells the decoder which sentence to write?",
        "probabilities": "The scores are probabilities. The loss of this course takes raw scores.",
        "log-probabilities": "The scores are log-probabilities. The loss of this course takes raw scores.",
        "wrong-scores": "The scores differ. Do they come from the states of the GRU, one for each word?",
        "old-state": "The state that came in goes out again. Which state must the next call start from?",
        "state-shape": "The state has another shape than the one that came in. Could it be handed to the next call?",
        "wrong-state": "The state is not the one after the last word. What else does the GRU return?",
    }
    signs = {"context-not-repeated": Sign("RuntimeError", "same number of dimensions|dimension 2.*got size 1\\b")}
    hints = (
        "How does the decoder know, at its very first word and at its tenth, which sentence it has to write?",
        "Embed the words, join a copy of the context to each, run the GRU from the given state, turn each of its "
        "states into one score for each word.",
        "`unsqueeze(1)` and `expand` copy the context along T, `torch.cat` with `dim=-1` joins tensors along their "
        "last dimension. `nn.GRU` takes the first state as (1, B, H). `self.output` turns H numbers into V.",
    )

    @stage("the constructor is as given")
    def constructor(self, trial: Trial) -> None:
        """Same parameters as the reference."""
        _decoder_case(trial)

    @stage("the scores of every next word")
    def scores(self, trial: Trial) -> None:
        """Several words at once, from a state that is neither zero nor the context."""
        weights, inputs = _decoder_case(trial)
        expected, got = trial.both(*inputs, method="forward")
        trial.require(isinstance(got, tuple | list) and len(got) == 2, "wrong-type", t("logits, state"), kind_of(got))
        suspects = {
            **_mistaken_scores(weights, *inputs),
            "probabilities": expected[0].softmax(-1),
            "log-probabilities": expected[0].log_softmax(-1),
        }
        trial.equal(expected[0], got[0], "B T V", suspects, otherwise="wrong-scores")

    @stage("the state after the last word")
    def state(self, trial: Trial) -> None:
        """It starts the next call."""
        _, inputs = _decoder_case(trial)
        expected, got = trial.both(*inputs, method="forward")
        state = inputs[1]
        trial.require(_shaped_like(got[1], state), "state-shape", shape_in_words(state), _shape(got[1]))
        trial.equal(expected[1], got[1], "B H", {"old-state": state}, otherwise="wrong-state")

    @stage("one word at a time")
    def one_word(self, trial: Trial) -> None:
        """As in decoding: T = 1, and a batch of one."""
        _, (words, state, context) = _decoder_case(trial)
        trial.equal(*trial.both(words[:1, :1], state[:1], context[:1], method="forward"))

    @stage("gradients reach the state, the context and every parameter")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        _, inputs = _decoder_case(trial)
        shape = trial.both(*inputs, method="forward")[0][0].shape
        trial.same_gradients(list(inputs), [trial.draw.normal(*shape), None], "forward")


def _decoder_case(trial: Trial) -> tuple[dict[str, Tensor], tuple[Tensor, Tensor, Tensor]]:
    """Have both decoders; return their weights, and words (B, T), state (B, H) and context (B, H)."""
    (_, hidden, rows, length), weights = trial.once(_built)
    words = trial.draw.integers(4, 13, rows, length)
    return weights, (words, trial.draw.normal(rows, hidden), trial.draw.normal(rows, hidden))


def _mistaken_scores(weights: dict[str, Tensor], words: Tensor, state: Tensor, context: Tensor) -> dict[str, Tensor]:
    """What known mistakes in the decoder's input would give."""
    embedded = F.embedding(words, weights["embedding.weight"])  # (B, T, E)
    fed = context.unsqueeze(1).expand(-1, words.shape[1], -1)  # (B, T, H)

    def scores(first: Tensor, second: Tensor, start: Tensor) -> Tensor:
        gru = nn.GRU(first.shape[-1] + second.shape[-1], state.shape[-1], batch_first=True)
        gru.load_state_dict({name.removeprefix("gru."): weights[name] for name in weights if name.startswith("gru.")})
        with torch.no_grad():
            states, _ = gru(torch.cat([first, second], -1), start.unsqueeze(0))
        return F.linear(states, weights["output.weight"], weights["output.bias"])

    return {
        "context-not-fed": scores(embedded, torch.zeros_like(fed), state),
        "context-once": scores(embedded, torch.cat([fed[:, :1], torch.zeros_like(fed[:, 1:])], 1), state),
        "state-for-context": scores(embedded, state.unsqueeze(1).expand_as(fed), state),
        "starts-from-context": scores(embedded, fed, context),
        "context-first": scores(fed, embedded, state),
        "state-ignored": scores(embedded, fed, torch.zeros_like(state)),
    }


def _shape(value: object) -> Words:
    return shape_in_words(value) if isinstance(value, Tensor) else kind_of(value)


class MaskedLoss(Check):
    """Cross-entropy, the mean over real words only; the code that is given takes it over padding too."""

    slug = defines = "masked_loss"
    is_repair = True
    causes = {
        "raised": "Your code stopped with an error. In which dimension does `cross_entropy` want the V scores? "
        "Where are they?",
        "unrepaired": "Padding still counts. Of the three things that the function is given, which one is not used?",
        "padding-in-the-mean": "The sum leaves padding out, the mean does not. By how many words do you divide?",
        "mask-inverted": "Only the padding counts. What does True stand for in the mask?",
        "summed": "This is the sum. Should a batch of twice the size have twice the loss?",
        "mean-of-means": "Every sentence weighs the same, however short. The docstring wants every word "
        "to weigh the same.",
        "probabilities": "The scores went through a softmax first. What does cross-entropy do to its input by itself?",
        "axes-mixed": "Scores and words are paired wrongly. Which dimension holds the V classes? Does a reshape keep "
        "pairs together?",
        "one-per-word": "There is one loss for each word. Which single number is to become smaller?",
    }
    hints = (
        "The long sentence made every other row of the batch longer. What stands in these new places, and what does "
        "the code do with it?",
        "The code has one loss for each place of the rectangle. Only real words may count, each of them the same, so "
        "the mean has to be over them, not over rows.",
        "A bool tensor as an index keeps the places where it is True; `torch.masked_select` does the same.",
    )

    @stage("without padding: the mean over all words")
    def unpadded(self, trial: Trial) -> None:
        """Every position is real."""
        _compare_losses(trial, *_loss_case(trial.draw, padded=False))

    @stage("with padding: real words only")
    def padded(self, trial: Trial) -> None:
        """Rows of different lengths."""
        _compare_losses(trial, *_loss_case(trial.draw))

    @stage("gradients reach the scores of real words, and no others")
    def gradient(self, trial: Trial) -> None:
        """What training needs."""
        trial.same_gradients(list(_loss_case(trial.draw)), [torch.tensor(1.0)])


def _compare_losses(trial: Trial, logits: Tensor, target: Tensor, mask: Tensor) -> None:
    """Call reference and answer, and compare; a loss of shape (1,) trains as well as one of shape ()."""
    expected, got = trial.both(logits, target, mask)
    got = got.squeeze(0) if isinstance(got, Tensor) and got.shape == (1,) else got
    trial.equal(expected, got, suspects=_loss_suspects(logits, target, mask))


def _loss_case(draw: Draw, padded: bool = True) -> tuple[Tensor, Tensor, Tensor]:
    """Scores that are worse in some rows, the short ones, and worst at padding, so that each word's weight shows.

    The mask agrees with the words: what it leaves out is PAD, and nothing else is.
    """
    rows, length, classes = draw.sizes(3, 4, 9)
    short = draw.mask(rows, length)
    mask = short if padded else torch.ones_like(short)
    target = torch.where(mask, draw.integers(1, classes, rows, length), PAD)
    penalty = 2.0 * (length - short.sum(1, keepdim=True)) + 9.0 * ~mask
    right = F.one_hot(target, classes) * penalty.unsqueeze(-1)
    return draw.normal(rows, length, classes) - right, target, mask


def _loss_suspects(logits: Tensor, target: Tensor, mask: Tensor) -> dict[str, Tensor]:
    each = F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none").view(mask.shape)
    rows, length, classes = logits.shape
    mixed = F.cross_entropy(logits.reshape(rows, classes, length), target, reduction="none")
    return {
        "unrepaired": each.mean(),
        "padding-in-the-mean": (each * mask).sum() / mask.numel(),
        "mask-inverted": each[~mask].mean(),
        "summed": each[mask].sum(),
        "mean-of-means": ((each * mask).sum(1) / mask.sum(1)).mean(),
        "probabilities": F.cross_entropy(logits.softmax(-1)[mask], target[mask]),
        "axes-mixed": mixed[mask].mean(),
        "one-per-word": each if mask.all() else each * mask,
    }


class TrainingStep(Check):
    """One step of training: gradients from one batch only, one step, the loss as a number."""

    slug = defines = "training_step"
    causes = {
        "loss-as-tensor": "The loss is a tensor, not a plain number. Which method turns one into the other?",
        "loss-after-step": "The loss is the one after the step. When does the docstring want it measured?",
        "padding-counts": "The loss counts padding too. What in the batch says which target words are real?",
        "wrong-loss": "The loss differs. Is it just what the loss function gives for scores, target and mask?",
        "weights-unchanged": "The weights stay as they were. Which call computes gradients, which one uses them, and "
        "are they cleared in between?",
        "wrong-direction": "The weights move the wrong way, so the loss grows. Is there a minus sign too many?",
        "gradients-doubled": "The step is twice as long as it should be. Is `backward` called twice?",
        "wrong-weights": "The loss is right, the weights after it are not. Is each of the four calls made once?",
        "gradients-pile-up": "The second step still holds the first batch's gradients. Who clears them, and when?",
    }
    hints = (
        "PyTorch adds new gradients to those that are still there. What follows for the second batch?",
        "Four calls, always in this order: clear, loss, gradients, step. The loss comes from the model's scores.",
        "`optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()`, and `loss.item()` for the number.",
    )

    @stage("the loss of one batch")
    def loss(self, trial: Trial) -> None:
        """A stand-in model and a stand-in loss."""
        run = _TrainingRun(trial, steps=1)
        late, _ = run.simulate(["clear", "loss", "backward", "step", "loss"])
        padded, _ = run.simulate(["loss of all"])
        (expected,), (got,) = run.losses
        trial.require(not isinstance(got, Tensor), "loss-as-tensor", t("a number"), kind_of(got))
        suspects = {"loss-after-step": late[0], "padding-counts": padded[0]}
        trial.equal(expected, got, suspects=suspects, otherwise="wrong-loss")

    @stage("the weights after one step")
    def one_step(self, trial: Trial) -> None:
        """All weights of the stand-in model."""
        run = _TrainingRun(trial, steps=1)
        recipes = {
            "weights-unchanged": ["clear", "loss", "backward"],
            "wrong-direction": ["clear", "loss", "negate", "backward", "step"],
            "gradients-doubled": ["clear", "loss", "backward", "backward", "step"],
        }
        suspects = {cause: run.simulate(recipe)[1] for cause, recipe in recipes.items()}
        trial.equal(*run.weights, suspects=suspects, otherwise="wrong-weights")

    @stage("three steps, each from its own batch")
    def three_steps(self, trial: Trial) -> None:
        """Losses and weights after three different batches."""
        run = _TrainingRun(trial, steps=3)
        _, piled = run.simulate(["loss", "backward", "step"])
        trial.equal(*run.weights, suspects={"gradients-pile-up": piled}, otherwise="wrong-weights")
        trial.equal(*run.losses, otherwise="wrong-loss")


class _TrainingRun:
    """Some steps of the reference and the answer on the same batches, from the same weights."""

    def __init__(self, trial: Trial, steps: int):
        draw, size = trial.draw, 9
        self._start = {name: draw.normal(size, size) for name in ("previous", "source")}
        self._batches = [_draw_batch(draw, size) for _ in range(steps)]
        model = trial.stand_in("model", "linear_translator", self._start)
        optimizer = trial.stand_in("optimizer", "plain_descent", model, 0.5)
        loss = trial.stand_in("loss", "function", "squared_loss")
        pairs = [trial.both(model, loss, optimizer, batch) for batch in self._batches]
        expected, got = zip(*pairs, strict=True)
        self.losses = list(expected), list(got)
        wanted, had = trial.weights(model)
        self.weights = _of_model(wanted), _of_model(had)

    def simulate(self, recipe: list[str]) -> tuple[list[float], dict[str, Tensor]]:
        """The losses and weights that a sequence of calls would give in place of the right one."""
        model = LinearTranslator(self._start)
        optimizer = PlainDescent(model, 0.5)
        losses = [_follow(recipe, model, optimizer, batch) for batch in self._batches]
        return losses, _of_model({name: weight.detach() for name, weight in model.named_parameters()})


def _of_model(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Parameters under names that say whose they are."""
    return {f"model.{name}": weight for name, weight in weights.items()}


def _follow(recipe: list[str], model: LinearTranslator, optimizer: PlainDescent, batch: Batch) -> float:
    loss = torch.zeros(())
    for call in recipe:
        match call:
            case "clear":
                optimizer.zero_grad()
            case "loss":
                loss = squared_loss(model(batch), batch.target, batch.target_mask)
            case "loss of all":
                loss = squared_loss(model(batch), batch.target, torch.ones_like(batch.target_mask))
            case "negate":
                loss = -loss
            case "backward":
                loss.backward(retain_graph=True)
            case "step":
                optimizer.step()
    return loss.item()


def _draw_batch(draw: Draw, size: int) -> Batch:
    rows, source_length, target_length = draw.sizes(3, 3, 6)
    masks = draw.mask(rows, source_length), draw.mask(rows, target_length)
    source, target = (torch.where(mask, draw.integers(1, size, *mask.shape), PAD) for mask in masks)
    return Batch(source, masks[0], target, masks[1])


class GreedyOne(Check):
    """The most likely word at each step of one sentence, until it has ended."""

    slug = defines = "greedy_one"
    causes = {
        "start-kept": "Your translation begins with START. Did the model write it?",
        "end-kept": "Your translation contains END. Is that a word, or the sign that the words are over?",
        "runs-past-end": "Words follow after END. What ends the loop early?",
        "start-fed-again": "Every step reads START. Which word should step 2 read?",
        "state-lost": "Every step starts from the context. Which state does step 2 need?",
        "first-state": "The first state is not the context. What does the decoder know of the source before it has "
        "written a word?",
        "start-missing": "The first word that the decoder reads is not START. What does it read in training, before "
        "the first word is written?",
        "context-replaced": "The context changes from step to step. Which of the decoder's inputs stays the same?",
        "least-likely": "The least likely word is chosen each time. Which end of the scores do you want?",
        "wrong-words": "The words differ. Does each step read the word and the state of the step before?",
        "decodes-on": "The sentence had ended, and the decoder was called again. What can you test after each step?",
        "never-stops": "The decoder is called again and again without end. Which two things end the loop?",
        "length-off": "The number of words is not `max_length`. Is the loop one step too long or too short?",
        "another-end": "The sentence stops at START, which the decoder has written in the middle. Which word alone "
        "ends a sentence?",
    }
    hints = (
        "What does the decoder read at its first step, and what at its second, when nobody tells it the right word?",
        "Loop at most max_length times: score, take the best word, stop if it is END, else keep it and feed it back.",
        "`argmax` finds the best word, `item` makes a plain number of it. `break` leaves a loop.",
    )

    @stage("each step reads the word and the state of the step before")
    def words(self, trial: Trial) -> None:
        """A sentence that ends well before max_length."""
        (script,) = _scripts(trial.draw, [4])
        suspects = {
            "start-kept": [START, *script],
            "end-kept": [*script, END],
            "runs-past-end": [*script, END, *[_JUNK] * 7],
            "start-fed-again": _written(script, 12, feed=lambda _: START),
            "state-lost": _written(script, 12, count=lambda _: 0),
            "context-replaced": [script[0], *[_STRAY] * 11],
            "least-likely": [_WORST] * 12,
            "start-missing": _written(script, 12, start=END),
        }
        expected, got = _decode_one(trial, script, 12)
        trial.equal(expected, got, suspects=suspects, otherwise="wrong-words")
        trial.require_plain(expected, got)

    @stage("END alone ends a sentence")
    def other_words(self, trial: Trial) -> None:
        """The decoder writes START in the middle, which may be kept or left out."""
        (script,) = _interrupted(trial.draw, [2])
        expected, got = map(_without_start, _decode_one(trial, script, 12))
        trial.equal(expected, got, suspects={"another-end": expected[:2]}, otherwise="wrong-words")

    @stage("decoding stops at END")
    def stops(self, trial: Trial) -> None:
        """No call of the decoder more than needed."""
        (script,) = _scripts(trial.draw, [3])
        trial.equal(*_decode_one(trial, script, 12), otherwise="wrong-words")
        _require_four_calls(trial, "decodes-on")

    @stage("decoding stops at max_length")
    def limit(self, trial: Trial) -> None:
        """A sentence that is longer than that."""
        (script,) = _scripts(trial.draw, [30])
        expected, got = _decode_one(trial, script, 5)
        suspects = {"never-stops": script, "length-off": script[:6]}
        trial.equal(expected, got, suspects=suspects, otherwise="length-off")


class GreedyDecode(Check):
    """The most likely word at each step, until every sentence has ended."""

    slug = defines = "greedy_decode"
    causes = {
        "start-kept": "Your translation begins with START. Did the model write it?",
        "end-kept": "Your translation contains END. Is that a word, or the sign that the words are over?",
        "runs-past-end": "Words follow where a sentence had already ended. What becomes of a row after its END?",
        "stops-with-the-first": "All sentences stop when the first one ends. Does every row end at the same step?",
        "start-fed-again": "Every step reads START. Which word should step 2 read?",
        "state-lost": "Every step starts from the context. Which state does step 2 need?",
        "first-state": "The first state is not the context. What does the decoder know of the source before it has "
        "written a word?",
        "start-missing": "The first word that the decoder reads is not START. What does it read in training, before "
        "the first word is written?",
        "context-replaced": "The context changes from step to step. Which of the decoder's inputs stays the same?",
        "least-likely": "The least likely word is chosen each time. Which end of the scores do you want?",
        "never-stops": "The decoder is called again and again without end. Which two things end the loop?",
        "decodes-on": "Every sentence had ended, and the decoder was called again. What can you test after each step?",
        "ends-forgotten": "Every sentence had ended, and the decoder was called again. A row may write other words "
        "after its END: what remembers, from step to step, which rows have ended?",
        "length-off": "The number of steps is not `max_length`. Is the loop one step too long or too short?",
        "rows-mixed": "A sentence is written from the state of another one. Does each row keep its own state?",
        "wrong-words": "The words differ. Does each step read the word and the state of the step before?",
        "another-end": "A sentence stops at START, which the decoder has written in the middle. Which word alone ends "
        "a sentence?",
        "words-no-integers": "The decoder was given words that are no whole numbers. It looks them up in a table: "
        "which kind of number counts rows, and which of your tensors holds that kind?",
    }
    signs = {"words-no-integers": Sign("ValueError", "words must be whole numbers")}
    hints = (
        "What does the decoder read at its first step, and what at its second, when nobody tells it the right word?",
        "Loop at most max_length times: score, take the best word of each row, note which rows have ended, feed the "
        "words back.",
        "`logits.argmax(-1)` gives the next words, (B, 1). A bool tensor `ended`, updated with `|=`, remembers rows; "
        "`ended.all()` ends the loop.",
    )

    @stage("each step reads the word and the state of the step before")
    def words(self, trial: Trial) -> None:
        """Sentences that all end at the same step."""
        scripts = _scripts(trial.draw, [4, 4, 4])
        suspects = {
            "start-kept": [[START, *script] for script in scripts],
            "end-kept": [[*script, END] for script in scripts],
            "start-fed-again": [_written(script, 12, feed=lambda _: START) for script in scripts],
            "state-lost": [_written(script, 12, count=lambda _: 0) for script in scripts],
            "context-replaced": [[script[0], *[_STRAY] * 11] for script in scripts],
            "least-likely": [[_WORST] * 12 for _ in scripts],
            "start-missing": [_written(script, 12, start=END) for script in scripts],
        }
        expected, got = _decode(trial, scripts, 12)
        trial.equal(expected, got, suspects=suspects, otherwise="wrong-words")
        trial.require_plain(expected, got)

    @stage("each sentence stops at its own end token")
    def ends(self, trial: Trial) -> None:
        """Sentences of different lengths; after END the scripted decoder writes on."""
        scripts = _scripts(trial.draw, [3, 6, 1])
        expected, got = _decode(trial, scripts, 12)
        trial.require(not _runs_past(expected, got), "runs-past-end", brief(expected), brief(got))
        suspects = {"stops-with-the-first": [script[:1] for script in scripts]}
        trial.equal(expected, got, suspects=suspects, otherwise="wrong-words")

    @stage("END alone ends a sentence")
    def other_words(self, trial: Trial) -> None:
        """The decoder writes START in the middle, which may be kept or left out."""
        expected, got = map(_without_start, _decode(trial, _interrupted(trial.draw, [3, 1]), 12))
        suspects = {"another-end": [expected[0][:3], expected[1][:1]]}
        trial.equal(expected, got, suspects=suspects, otherwise="wrong-words")

    @stage("decoding stops when all sentences end at one step")
    def stops_at_once(self, trial: Trial) -> None:
        """No call of the decoder more than needed."""
        trial.equal(*_decode(trial, _scripts(trial.draw, [3, 3]), 12), otherwise="wrong-words")
        _require_four_calls(trial, "decodes-on")

    @stage("decoding stops when every sentence has ended")
    def stops(self, trial: Trial) -> None:
        """One has ended a step before, and the scripted decoder writes on in its row."""
        trial.equal(*_decode(trial, _scripts(trial.draw, [2, 3]), 12), otherwise="wrong-words")
        _require_four_calls(trial, "ends-forgotten")

    @stage("decoding stops at max_length")
    def limit(self, trial: Trial) -> None:
        """One sentence is longer than that."""
        scripts = _scripts(trial.draw, [2, 30])
        expected, got = _decode(trial, scripts, 5)
        one_more = [scripts[0], scripts[1][:6]]
        trial.equal(expected, got, suspects={"never-stops": scripts, "length-off": one_more}, otherwise="length-off")

    @stage("a batch of one sentence")
    def single(self, trial: Trial) -> None:
        """The batch dimension stays."""
        trial.equal(*_decode(trial, _scripts(trial.draw, [5]), 12), otherwise="wrong-words")


_VOCABULARY = 40
_CONFUSED, _LOST, _WORST, _STRAY, _MIXED, _BLANK, _JUNK = range(39, 32, -1)
_PATIENCE = 60


def _require_four_calls(trial: Trial, cause: str) -> None:
    """Require that the decoder was called for three words and END."""
    calls = trial.heard("decoder").calls
    trial.require(calls == 4, cause, t("4 calls of the decoder"), t("{calls} calls", calls=calls))


def _decode(trial: Trial, scripts: list[list[int]], max_length: int) -> tuple[list, object]:
    """Let reference and answer decode with a scripted encoder and decoder."""
    rows, length = len(scripts), 7
    source, mask = trial.draw.integers(4, 20, rows, length), trial.draw.mask(rows, length)
    noise = trial.draw.normal(rows, _VOCABULARY, scale=0.1)
    contexts = _contexts(trial.draw, rows)
    encoder = trial.callback("encoder", lambda: _ScriptedEncoder(source, mask, contexts))
    decoder = trial.callback("decoder", lambda: _ScriptedDecoder(scripts, noise, contexts))
    expected, got = _patiently(trial, max_length, encoder, decoder, source, mask)
    for cause, word in (("first-state", _BLANK), ("rows-mixed", _MIXED)):
        is_there = isinstance(got, list | tuple) and any(isinstance(row, list) and word in row for row in got)
        trial.require(not is_there, cause, brief(expected), brief(got))
    return expected, got


def _decode_one(trial: Trial, script: list[int], max_length: int) -> tuple[list, object]:
    """Let reference and answer write one sentence with a scripted decoder."""
    noise = trial.draw.normal(1, _VOCABULARY, scale=0.1)
    context = _contexts(trial.draw, 1)
    decoder = trial.callback("decoder", lambda: _ScriptedDecoder([script], noise, context))
    expected, got = _patiently(trial, max_length, decoder, context)
    trial.require(not isinstance(got, list) or _BLANK not in got, "first-state", brief(expected), brief(got))
    return expected, got


def _contexts(draw: Draw, rows: int) -> Tensor:
    """Contexts (B, 3), which are first states, too: each names its row, and where the steps begin to count."""
    (first,) = draw.sizes(1, 3, 9)
    return torch.stack([1.0 + torch.arange(rows), torch.full((rows,), float(first)), torch.ones(rows)], 1)


def _patiently(trial: Trial, max_length: int, *data: Any) -> tuple[list, object]:
    """What reference and answer give, unless the answer calls the decoder without end."""
    try:
        return trial.both(*data, max_length)
    except AnswerError:
        calls = trial.heard("decoder").calls
        wanted, had = t("at most {calls} calls of the decoder", calls=max_length), t("{calls} calls", calls=calls)
        trial.require(calls < _PATIENCE, "never-stops", wanted, had)
        raise


def _scripts(draw: Draw, lengths: list[int]) -> list[list[int]]:
    """What the scripted decoder writes for each row, without END."""
    return [draw.integers(4, _JUNK, length).tolist() for length in lengths]


def _interrupted(draw: Draw, lengths: list[int]) -> list[list[int]]:
    """For each row so many words, then START, then two words more."""
    before, after = _scripts(draw, lengths), _scripts(draw, [2] * len(lengths))
    return [[*first, START, *rest] for first, rest in zip(before, after, strict=True)]


def _without_start(found: object) -> Any:
    """A sentence, or several, without START."""
    if isinstance(found, list | tuple):
        return [_without_start(one) for one in found if type(one) is not int or one != START]
    return found


def _next(script: list[int], step: int, word: int) -> int:
    """The word of step `step` (from 0) if the word before was read; other words name the mistake."""
    whole = [START, *script, END]
    if step + 1 >= len(whole):
        return _JUNK
    if word == whole[step]:
        return whole[step + 1]
    return _LOST if step == 0 else _CONFUSED


def _written(
    script: list[int],
    max_length: int,
    feed: Callable[[int], int] = lambda word: word,
    count: Callable[[int], int] = lambda step: step,
    start: int = START,
) -> list[int]:
    """What comes of decoding when the words fed back, or the steps that the state counts, are mistaken."""
    words, word = [], start
    for step in range(max_length):
        written = _next(script, count(step), word)
        if written == END:
            break
        words.append(written)
        word = feed(written)
    return words


def _runs_past(expected: list[list[int]], got: object) -> bool:
    """Whether some row goes on after its end, and every row begins right."""
    if not isinstance(got, list | tuple) or len(got) != len(expected) or not all(isinstance(row, list) for row in got):
        return False
    right = all(row[: len(wanted)] == wanted for wanted, row in zip(expected, got, strict=True))
    return right and any(len(row) > len(wanted) for wanted, row in zip(expected, got, strict=True))


class _ScriptedEncoder:
    """Answers with given contexts, and with states that are of no use."""

    def __init__(self, source: Tensor, mask: Tensor, contexts: Tensor):
        self._given, self._contexts = {"source": source, "source_mask": mask}, contexts

    def __call__(self, source: object, source_mask: object) -> tuple[Tensor, Tensor]:
        for name, had in (("source", source), ("source_mask", source_mask)):
            if difference(self._given[name], had):
                raise CallbackRefused(f"encoder(source, source_mask): another {name} than was given")
        rows, length = self._given["source"].shape
        return torch.full((rows, length, 3), -1.0), self._contexts


class _ScriptedDecoder:
    """Writes its scripts as long as it is fed the word and the state that it gave before, and the context.

    Rows may come in any order, and those that have ended may be left out: a state and a context name their row.
    """

    def __init__(self, scripts: list[list[int]], noise: Tensor, contexts: Tensor):
        self._scripts, self._noise, self._contexts, self.calls = scripts, noise, contexts, 0

    def __call__(self, words: Any, state: Any, context: Any) -> tuple[Tensor, Tensor]:
        self.calls += 1
        if self.calls >= _PATIENCE:
            raise CallbackRefused(f"the decoder was called {self.calls} times")
        rows = len(self._scripts)
        if isinstance(words, Tensor) and words.dim() == 2 and 0 < len(words) < rows:
            rows = len(words)
        _require_shape("words", words, (rows, 1), "(B, 1)")
        if words.dtype is torch.bool or words.is_floating_point():
            raise CallbackRefused(f"decoder(words, state, context): words must be whole numbers, got {words.dtype}")
        _require_shape("state", state, (rows, 3), "(B, H)")
        _require_shape("context", context, (rows, 3), "(B, H)")
        chosen = [self._choose(*each) for each in zip(words[:, 0].tolist(), state, context, strict=True)]
        logits = self._noise[:rows].clone()
        logits[:, _WORST] = -3.0
        logits[torch.arange(rows), torch.tensor(chosen)] = 2.0
        return logits.unsqueeze(1), state + torch.tensor([0.0, 1.0, 0.0])

    def _choose(self, word: int, state: Tensor, context: Tensor) -> int:
        """The next word of a row; what does not belong to it leads to a word that says so."""
        if context.tolist() not in self._contexts.tolist():
            return _STRAY
        row, first = round(context[0].item()) - 1, context[1].item()
        step = round(state[1].item() - first)
        if step < 0 or state[2] != context[2]:
            return _BLANK
        if state[0] != context[0]:
            return _MIXED
        return _next(self._scripts[row], step, word)


def _require_shape(name: str, value: object, shape: tuple[int, ...], letters: str) -> None:
    if not isinstance(value, Tensor) or value.shape != shape:
        raise CallbackRefused(
            f"decoder(words, state, context): {name} must have shape {letters} = {shape}, got {_shape(value)}"
        )
