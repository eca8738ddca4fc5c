# %% [markdown]
# # 4 · Teacher forcing: what happens after the first wrong word
#
# **You will build** a decoder's loop in which a coin decides, for each sentence and each step, whether the model reads
# the right word or its own; schedules for that coin; a measure of what follows a first error; and a fair test, in which
# every model gets the same wrong word.
#
# **You will learn** what exposure bias is, after which errors it shows here, and why neither the training loss nor exact
# match tells you.
#
# **You need** lessons 1 and 3. Their solved parts are imported.
#
# **Time** about two hours; the cells run for less than a minute on a quiet laptop. **Score to expect** in the shipped
# runs, about nine of ten unseen sentences of one to four clauses exactly right with the best of four ways to train.

# %% tags=["setup"]
import math
from collections.abc import Callable
from functools import partial
from itertools import count

import torch
from safetensors.torch import load_file
from torch import Tensor

from autograder import check, hint, progress
from lessons import earlier
from lessons.earlier.lesson_01 import Encoder, masked_loss, pad_batch, training_step
from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_03 import (
    AdditiveScore,
    AttentionDecoder,
    AttentionSeq2Seq,
    greedy_with_weights,
)
from lessons.toolkit import predictions, recall
from lessons.toolkit.batches import END, PAD, START, Batch, make_batches
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.figures import common as figures
from lessons.toolkit.figures import forcing as forcing_figures
from lessons.toolkit.figures import forcing_questions as questions
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results, runs_of
from lessons.toolkit.training import one_cycle, train, use_threads

# %% [markdown]
# Which parts of lessons 1 to 3 are yours? Where your answer passed its check, the cell below puts it in place of the
# course's: this lesson then trains your attention decoder with your `masked_loss`. The parts are files in the folder
# `own_parts` beside the lessons; you may read them, switch one off in its first lines, or delete it.

# %% tags=["exploration", "always"]
own = earlier.use_own()

# %% [markdown]
# Before you begin, three questions about earlier lessons. Answer them without looking back; nothing is graded.

# %% tags=["exploration", "always"]
recall.ask("reads_in_training", guess="")
recall.ask("seen_but_not_new", guess="")
recall.ask("equal_weights", guess="")

# %% [markdown]
# ## 1 · One wrong word
#
# The model should say *난*, *I* as the topic, and says *너*, *you*. What does it read next? In training it still reads
# *난*: the teacher puts the right word in its place. When it translates alone, nobody does, and it reads its own *너*.
#
# (In our corpus *너* always comes with a particle: *넌* is *you* as the topic. In section 10 you put that word in place
# of *난*.)
#
# See such a mistake happen. The model is lesson 3's, after a single epoch on sentences of one to four clauses: half
# trained, so that it makes mistakes. Its weights come with the course.


# %% tags=["setup"]
def make_model(words: Vocabularies) -> AttentionSeq2Seq:
    """Lesson 3's model, untrained."""
    encoder = Encoder(len(words.source), embedding_size=64, hidden_size=128)
    score = AdditiveScore(hidden_size=128, attention_size=32)
    return AttentionSeq2Seq(encoder, AttentionDecoder(len(words.target), 64, 128, score))


def as_batch(pairs: list[SentencePair], words: Vocabularies) -> Batch:
    """Sentence pairs as one batch, in the order given."""
    encoded = [words.encode(pair) for pair in pairs]
    return next(make_batches(encoded, pad_batch, batch_size=len(pairs)))


# %% tags=["exploration", "always"]
use_threads(2)
figures.use_course_style()
CLAUSES = (1, 2, 3, 4)
words = Vocabularies(load_split("train"))
half_trained = make_model(words).eval()
half_trained.load_state_dict(load_file(datasets_folder() / "models/04_half_trained.safetensors"))
print(f"{len(words.source)} English words, {len(words.target)} Korean words")

# %% [markdown]
# The same model translates the same sentence twice. **Forced**: each step reads the right word of the step before.
# **Free-running**: each step reads what the step before wrote. The sentence is *Jihun was tired but you will not open the
# door*. Its second Korean word is *피곤했지만*, *was tired but*. Before you run the cell: if the model writes *안*, *not*, in
# that place, how might it go on?

# %% tags=["exploration", "always", "nbval-ignore-output"]
sentence = "Jihun was tired but you will not open the door"
example = [pair for pair in load_split("by_length", CLAUSES) if pair.source == sentence]
one = as_batch(example, words)
with torch.no_grad():
    forced_example = half_trained(one).argmax(-1)[0].tolist()
free_example = greedy_with_weights(half_trained, one.source, one.source_mask, 60)[0][0]
forcing_figures.show_decodings(example[0], forced_example, free_example, words.target)

# %% [markdown]
# Both write *안* at the same step: up to there they have read the same words. Forced, the decoder then reads
# *피곤했지만* and goes on as if nothing had happened. Free-running, it reads *안*. After *not* comes a verb, so it writes one,
# and gives it an ending, and a second clause that nobody asked for: *Jihun will not laugh and the teacher will not do it*.
# It is good Korean, and hardly a word is right.
#
# In training the model has never read a wrong word. When it translates, it does. The gap between the two is called
# **exposure bias** (Ranzato et al. 2016, [arXiv:1511.06732](https://arxiv.org/abs/1511.06732)).

# %% [markdown]
# ## 2 · A coin for each step
#
# Between *always forced* and *never* lies a coin. It says at each step who chooses the word that the decoder reads: the
# teacher, who knows the right one, or the model, whose best guess has just been made.
#
# The loop of exercise 1 is for one sentence; the batch follows in section 4.

# %% [markdown]
# A fellow student has written it, and has trained lesson 3's model with it: always forced, on sentences of one and two
# clauses. The loss is in nats per word.
#
# | epoch | 1 | 2 | 3 | 4 |
# | --- | --: | --: | --: | --: |
# | training loss | 1.774 | 0.015 | 0.005 | 0.004 |
#
# A loss near 0: that looks like a wonderful model. Then it writes alone. For *we opened the window* it writes
# 우린 우린 우린 우린, *we we we we*, and for *he loved Mina* 그는 그는 그는 그는, *he he he he*, until somebody stops it. No
# sentence of the test comes out right.

# %% [markdown]
# **Exercise 1 · ●●○ · 15 min · core.** This is the loop that was used. Find the mistake and mend it. It may help to follow
# *난 널 사랑해* with a pencil: what is written at each step, and what is read?


# %% tags=["exercise"] slug="decode_sentence"
def decode_sentence(step, state: Tensor, right: list[int], coins: list[bool]) -> Tensor:
    """Score every word of one sentence; at each step a coin says who chooses the word that is read.

    Args:
        step: (word, state (H,)) → logits (V,), state (H,): one step of the decoder, for one word number.
        state: (H,), the decoder's first state.
        right: the T right words as numbers, END last.
        coins: T of them. True at step t: the decoder reads the right word of step t - 1. False: it reads the word
            that had the best score at step t - 1. Step 0 reads START in any case.

    Returns:
        logits (T, V): the scores of each step.
    """
    ### BEGIN SOLUTION
    word, scores = START, []
    for t, forced in enumerate(coins):
        if t > 0:
            word = right[t - 1] if forced else int(scores[-1].argmax())
        logits, state = step(word, state)
        scores.append(logits)
    return torch.stack(scores)
    ### STUB
    # word, scores = START, []
    # for t, forced in enumerate(coins):
    #     if t > 0:
    #         word = right[t] if forced else int(scores[-1].argmax())
    #     logits, state = step(word, state)
    #     scores.append(logits)
    # return torch.stack(scores)
    ### END SOLUTION


# %% tags=["check"]
check("decode_sentence", decode_sentence)

# %% [markdown]
# Now run lesson 3's decoder through your loop. `start_decoder` reads the source, prepares the keys once, and hands out
# one step of the decoder and its first state. If all coins are True, the scores must be those of lesson 3's model,
# which knows no coins.


# %% tags=["setup"]
def start_decoder(model: AttentionSeq2Seq, batch: Batch) -> tuple[Callable, Tensor]:
    """One step of lesson 3's decoder for a batch, and its first state (B, H)."""
    states, first = model.encoder(batch.source, batch.source_mask)
    prepared = model.decoder.score.prepare(states)

    def step(words: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        embedded = model.decoder.embedding(words)
        state, _ = model.decoder.step(embedded, state, prepared, states, batch.source_mask)
        return model.decoder.output(state), state

    return step, first


# %% tags=["exploration"]
if ready("decode_sentence"):
    step, first = start_decoder(half_trained, one)

    def step_of_one(word: int, state: Tensor) -> tuple[Tensor, Tensor]:
        """The step of a batch for a single sentence."""
        logits, state = step(torch.tensor([word]), state.unsqueeze(0))
        return logits[0], state[0]

    right = one.target[0].tolist()
    with torch.no_grad():
        always = decode_sentence(step_of_one, first[0], right, [True] * len(right))
        never = decode_sentence(step_of_one, first[0], right, [False] * len(right))
        expected = half_trained(one)[0]
    print("always forced, as lesson 3's model:", torch.allclose(always, expected, atol=1e-4))
    print("never forced, as in the figure:", never.argmax(-1)[:4].tolist() == free_example[:4])

# %% [markdown]
# **Explain.** In one sentence: why was the loss of the faulty loop so low, and its translations so bad? Write it here,
# then open ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# From the second step on it read the very word that it had to write, so it learnt to copy and needed the source for the
# first word only; alone, it has nothing to copy but its own last word.
#
# </details>

# %% [markdown]
# ## 3 · What a forced decoder reads
#
# For a batch you shift all words at once. Take *난 널 사랑해*. The decoder writes `난 널 사랑해 END`, and while it does, it reads
# `START 난 널 사랑해`: at each step the word before.
#
# **Exercise 2 · ●○○ · 10 min · tool.** Write `previous_words`, which makes the decoder's input from its target, for all
# sentences at once. Short sentences have padding after their `END`. Which word must the decoder never read?


# %% tags=["exercise"] slug="previous_words"
def previous_words(target: Tensor) -> Tensor:
    """What the decoder reads, step by step, when it is forced.

    Args:
        target: (B, T) int64, the right words; each sentence ends with END, PAD follows.

    Returns:
        (B, T) int64: START, then at each step the right word of the step before. END is never read: nothing
        is written after it, so PAD takes its place.
    """
    ### BEGIN SOLUTION
    previous = torch.full_like(target, START)
    previous[:, 1:] = target[:, :-1]
    return previous.masked_fill(previous == END, PAD)
    ### END SOLUTION


# %% tags=["check"]
check("previous_words", previous_words)

# %% [markdown]
# ## 4 · The loop for a batch
#
# Lesson 1 fed all T words to the decoder in one call. That is possible only when all are known beforehand. With coins,
# the word of step 3 may be what step 2 wrote, so the steps come one after another, in training as well.
#
# **Exercise 3 · ●●● · 20 min · core.** Write `decode_with_forcing`: the loop of exercise 1 for a whole batch. Each
# sentence has a coin of its own at each step, so at one step some sentences read the right word and others their own.
# The choice is made between word numbers, so no gradient flows through it; Bengio et al. 2015 do the same.


# %% tags=["exercise"] slug="decode_with_forcing"
def decode_with_forcing(step, state: Tensor, previous: Tensor, coins: Tensor) -> Tensor:
    """Score every target word; at each step a coin for each sentence says who chooses the word that it reads.

    Args:
        step: (words (B,), state (B, H)) → logits (B, V), state (B, H): one step of the decoder.
        state: (B, H), the decoder's first state.
        previous: (B, T) int64, what a forced decoder reads; column 0 is START, column t is for step t.
        coins: (B, T) bool, column t for what step t reads. True: the word of `previous`. False: the word to which
            the step before gave the best score. Step 0 reads START in any case.

    Returns:
        logits (B, T, V): the scores of each step.
    """
    ### BEGIN SOLUTION
    words, scores = previous[:, 0], []
    for t in range(previous.shape[1]):
        if t > 0:
            words = torch.where(coins[:, t], previous[:, t], scores[-1].argmax(-1))
        logits, state = step(words, state)
        scores.append(logits)
    return torch.stack(scores, dim=1)
    ### END SOLUTION


# %% tags=["check"]
check("decode_with_forcing", decode_with_forcing)

# %% [markdown]
# `decode` joins your loop and the model. Try it on the example; all coins True must again give lesson 3's scores.


# %% tags=["setup"]
def decode(model: AttentionSeq2Seq, batch: Batch, previous: Tensor, coins: Tensor) -> Tensor:
    """The scores (B, T, V) of lesson 3's model, where coins (B, T) decide what it reads."""
    step, first = start_decoder(model, batch)
    return decode_with_forcing(step, first, previous, coins)


# %% tags=["exploration"]
if ready("previous_words", "decode_with_forcing"):
    previous = previous_words(one.target)
    with torch.no_grad():
        scores = decode(half_trained, one, previous, torch.ones_like(previous, dtype=torch.bool))
        expected = half_trained(one)
    print("always forced, as lesson 3's model:", torch.allclose(scores, expected, atol=1e-4))

# %% [markdown]
# ## 5 · Nobody corrects a translator
#
# To know how a model translates, let it run free. The commonest way to get results that are too good is to leave
# forcing on while you measure: the model is handed every right word just after it should have known it.
#
# **Exercise 4 · ●●○ · 15 min · core.** Write `forced_and_free`: measure a model both ways, with two scores each. Which
# coins does each way need?


# %% tags=["exercise"] slug="forced_and_free"
def forced_and_free(decode, previous: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Right words and right sentences of a model, while a teacher corrects it and alone.

    Args:
        decode: (previous (B, T), coins (B, T) bool) → logits (B, T, V), where a coin that is True forces.
        previous: (B, T) int64, what a forced decoder would read.
        target: (B, T) int64, the right words.
        mask: (B, T) bool, True at real words. Only these count.

    Returns:
        (2, 2) float, shares from 0 to 1. Row 0: always forced; row 1: free-running. Column 0: of all real words,
        those that are right; column 1: of all sentences, those without a wrong word.
    """
    ### BEGIN SOLUTION
    rows = []
    for forced in (True, False):
        written = decode(previous, torch.full_like(mask, forced)).argmax(-1)
        right = (written == target) | ~mask
        rows.append([right[mask].float().mean(), right.all(dim=1).float().mean()])
    return torch.tensor(rows)
    ### END SOLUTION


# %% tags=["check"]
check("forced_and_free", forced_and_free)

# %% [markdown]
# Measure the half-trained model both ways, on 800 test sentences. The share of **right words** will be higher with forcing.
# What about **exact match**, the share of sentences without any error? Think it through before you answer: a sentence
# that is right to the last word, what has it read?

# %% tags=["exploration", "always"]
predictions.ask("forced_exact_match", guess="", **questions.FORCED_EXACT_MATCH)

# %% tags=["exploration"]
if ready("forced_and_free", "decode_with_forcing", "previous_words"):

    @torch.no_grad()
    def both_ways(model: AttentionSeq2Seq, batch: Batch) -> Tensor:
        """Scores of a model, (2, 2): forced and free-running; right words and right sentences."""
        previous = previous_words(batch.target)
        return forced_and_free(
            partial(decode, model, batch), previous, batch.target, batch.target_mask
        )

    test = as_batch(load_split("by_length", CLAUSES), words)
    scores = both_ways(half_trained, test)
    print("more right words with forcing:", bool(scores[0, 0] > scores[1, 0] + 0.05))
    print("the same exact match:", bool(abs(scores[0, 1] - scores[1, 1]) < 0.003))

# %% tags=["exploration", "nbval-ignore-output"]
if ready("both_ways"):
    forcing_figures.print_both_ways(scores, len(test))
    predictions.answer("forced_exact_match", **questions.forced_exact_match(scores))

# %% [markdown]
# Exact match is the same. A sentence without an error has read the right words all along, forced or not. So exposure
# bias cannot spoil a sentence that would have been right: it only affects how a sentence goes on once it has gone
# wrong. That is where you have to look.

# %% [markdown]
# ## 6 · After the first error
#
# **Exercise 5 · ●●● · 20 min · core.** Write `accuracy_after_error`. Find the first wrong word of each sentence; then,
# over all sentences that have one, the share of right words one step after it, two steps, and so on. Padding is neither
# right nor wrong.


# %% tags=["exercise"] slug="accuracy_after_error"
def accuracy_after_error(written: Tensor, target: Tensor, mask: Tensor, reach: int) -> Tensor:
    """The share of right words 1, 2, … steps after the first wrong word of a sentence.

    Args:
        written: (B, T) int64, at padding any words.
        target: (B, T) int64, the right words.
        mask: (B, T) bool, True at real words. Only these count, as errors too.
        reach: D, how many steps to look.

    Returns:
        (D,) float: item d - 1 for the words d steps after the first error of their sentence, over all
        sentences that have an error and a real word there; nan where no sentence has.
    """
    ### BEGIN SOLUTION
    wrong = (written != target) & mask
    places = torch.arange(target.shape[1])
    first = torch.where(wrong, places, target.shape[1]).amin(1, keepdim=True)  # (B, 1)
    distance = torch.where(mask, places - first, 0)  # (B, T)
    return torch.stack([(~wrong)[distance == d].float().mean() for d in range(1, reach + 1)])
    ### END SOLUTION


# %% tags=["check"]
check("accuracy_after_error", accuracy_after_error)

# %% [markdown]
# Draw it for the half-trained model. Two curves, forced and free-running, over the words after the first error. Which one
# is higher is no secret; how far apart are they, and does the free-running model recover?


# %% tags=["setup"]
def free_running(decode, previous: Tensor) -> Tensor:
    """The words (B, T) that a model writes when nobody corrects it; `decode` as in `forced_and_free`."""
    return decode(previous, torch.zeros_like(previous, dtype=torch.bool)).argmax(-1)


# %% tags=["exploration", "always"]
predictions.ask("finds_back", guess="", **questions.RECOVERS)

# %% [markdown]
# The curves come from the translations of the 800 test sentences; nothing is trained. Each point counts the sentences
# that still have a word at that distance.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("accuracy_after_error", "both_ways"):

    @torch.no_grad()
    def free_words(model: AttentionSeq2Seq, batch: Batch) -> Tensor:
        """What a model writes, (B, T), alone."""
        return free_running(partial(decode, model, batch), previous_words(batch.target))

    with torch.no_grad():
        texts = {
            "forced": half_trained(test).argmax(-1),
            "free-running": free_words(half_trained, test),
        }
    after = {
        name: accuracy_after_error(written, test.target, test.target_mask, reach=8).tolist()
        for name, written in texts.items()
    }
    forcing_figures.show_after_error(after, len(test))
    predictions.answer("finds_back", **questions.recovers(after["free-running"]))

# %% [markdown]
# Be careful with the lower curve. It compares place by place: a model that writes one word too many is wrong at every
# place after it, though each word may be the right one, a step late. So the curve shows two things in one: an error that
# makes the next choice worse, and an error that pushes the rest out of place. Section 9 counts the errors that change the length.

# %% [markdown]
# ## 7 · Toss the coins
#
# If the trouble is that the model has never read a wrong word, let it read some while it learns: **scheduled sampling**
# (Bengio et al. 2015, [arXiv:1506.03099](https://arxiv.org/abs/1506.03099)). The *forcing ratio* is how probable it is
# that the teacher decides.
#
# Each sentence and each step gets a coin of its own. One coin for a whole batch would make batches of two kinds, and no
# sentence would ever show the model how to come back.


# %% tags=["setup"]
def forcing_coins(
    batch_size: int, length: int, ratio: float, generator: torch.Generator
) -> Tensor:
    """Toss a coin for each sentence and each step: (B, T) bool, each True with probability `ratio`."""
    return torch.rand(batch_size, length, generator=generator) < ratio


# %% [markdown]
# Here are coins for three short sentences, tossed at a ratio of one half. Filled: the teacher gives the word that is
# read. Empty: the model reads what it has written itself, whatever that is. The first word is always the start token.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("previous_words"):
    by_length = {len(pair.target_words): pair for pair in load_split("train", clauses=(1,))}
    few = as_batch([by_length[length] for length in (3, 4, 6)], words)
    coins = forcing_coins(*few.target.shape, 0.5, torch.Generator().manual_seed(3))
    forcing_figures.show_coins(previous_words(few.target), few.target_mask, coins, words.target)

# %% [markdown]
# At the beginning a model writes nonsense, and learns little from reading it. So the teacher helps much at first and less
# later. Bengio et al. give several schedules; *i* counts the steps of training.
#
# **Exercise 6 · ●○○ · 10 min · tool.** Write `forcing_ratio` with three of them: constant, linear, and the inverse
# sigmoid, which stays near 1 for a while, falls, and comes to rest near 0. Beware of a long training: `exp` of a large
# number does not fit into a float.


# %% tags=["exercise"] slug="forcing_ratio"
def forcing_ratio(schedule: str, step: int, setting: float) -> float:
    """How probable it is that the teacher decides, at one step of training: Bengio et al. 2015, section 2.4.

    Args:
        schedule: "constant", "linear" or "inverse sigmoid".
        step: i, how many steps of training were made before, from 0.
        setting: for "constant" the ratio itself; for "linear" the step at which the ratio, having fallen
            from 1 in equal steps, arrives at 0, where it stays; for "inverse sigmoid" the k of
            k / (k + exp(i / k)).

    Returns:
        The ratio, from 0 to 1, however large the step is.
    """
    ### BEGIN SOLUTION
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return max(0.0, 1 - step / setting)
    return setting / (setting + math.exp(min(step / setting, 700)))
    ### END SOLUTION


# %% tags=["check"]
check("forcing_ratio", forcing_ratio)

# %% [markdown]
# Look at the schedules over 900 steps, as in the experiment below. With k = 100 the inverse sigmoid passes one half
# about in the middle. It begins at k / (k + 1), a little below 1.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("forcing_ratio"):
    settings = {
        "constant, 0.5": ("constant", 0.5),
        "linear to step 900": ("linear", 900.0),
        "inverse sigmoid, k = 100": ("inverse sigmoid", 100.0),
    }
    ratios = {
        name: [forcing_ratio(schedule, step, setting) for step in range(900)]
        for name, (schedule, setting) in settings.items()
    }
    forcing_figures.show_schedules(ratios)

# %% [markdown]
# ## 8 · Train with and without a teacher
#
# A step of training tosses new coins for its batch, decodes with them, and learns from the loss as before. Train two models
# from the same first weights on the same batches: one always forced, one never. Sentences have one and two clauses, and
# each is seen four times; this takes about twenty seconds. Predict: which one will have the lower training loss?


# %% tags=["setup"]
def forced_step(
    model: AttentionSeq2Seq,
    optimizer: torch.optim.Optimizer,
    ratio: Callable[[int], float],
    generator: torch.Generator,
) -> Callable[[Batch], float]:
    """A step of training in which coins decide what the decoder reads; it returns the loss of its batch.

    Args:
        model: lesson 3's.
        optimizer: holds its parameters.
        ratio: step of training, from 0 → how probable it is that the teacher decides.
        generator: tosses the coins.
    """
    steps = count()

    def step(batch: Batch) -> float:
        coins = forcing_coins(*batch.target.shape, ratio(next(steps)), generator)
        previous = previous_words(batch.target)
        return training_step(
            lambda batch: decode(model, batch, previous, coins), masked_loss, optimizer, batch
        )

    return step


# %% [markdown]
# Both trainings differ in one number, the ratio.


# %% tags=["setup"]
def train_with_ratio(
    encoded: list, words: Vocabularies, ratio: float, epochs: int
) -> tuple[AttentionSeq2Seq, list[float]]:
    """Train lesson 3's model with a constant forcing ratio; the model, and the loss of each epoch."""
    torch.manual_seed(1)
    model = make_model(words)
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    shuffling, tossing = (torch.Generator().manual_seed(seed) for seed in (1, 2))
    losses = train(
        step=forced_step(
            model, optimizer, lambda step: forcing_ratio("constant", step, ratio), tossing
        ),
        batches=lambda: make_batches(encoded, pad_batch, 64, shuffling),
        epochs=epochs,
        schedule=one_cycle(optimizer, steps=epochs * math.ceil(len(encoded) / 64)),
    )
    return model.eval(), losses


# %% tags=["exploration"]
if ready("forcing_ratio", "both_ways"):
    encoded = [words.encode(pair) for pair in load_split("train", clauses=(1, 2))]
    models, losses = {}, {}
    for ratio in (1.0, 0.0):
        models[ratio], losses[ratio] = train_with_ratio(encoded, words, ratio, epochs=4)
    print("always forced has the lower training loss:", losses[1.0][-1] < losses[0.0][-1])

# %% [markdown]
# Two losses that were measured on different questions. The forced model was asked: *given that all before was right, what
# comes next?* The other one: *given what you have written, what should have come at this place?* That is harder, and
# sometimes there is no good answer: after a word too many, the word at this place is the wrong one to continue with.
# Compare the models alone, then, on test sentences of one and two clauses.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("models", "accuracy_after_error", "free_words"):
    short = as_batch(load_split("by_length", clauses=(1, 2)), words)
    for ratio, model in models.items():
        alone = free_words(model, short)
        next_right = accuracy_after_error(alone, short.target, short.target_mask, reach=1).item()
        print(f"ratio {ratio}: training loss {losses[ratio][-1]:.2f} nats per word")
        forcing_figures.print_both_ways(both_ways(model, short), len(short))
        print(f"  right words just after the first error, free-running {next_right:.0%}")

# %% [markdown]
# The losses are far apart; the shares of right words are much closer. Whole sentences differ more again, for one
# wrong word costs a sentence. One short run is an anecdote; the next section has five seeds, longer sentences and two
# more ways.
#
# ## 9 · Five seeds, four ways
#
# Always forced, forced half of the time, never, and the inverse sigmoid of section 7: lesson 3's model on 19,200
# sentences of one to four clauses, for three epochs. For one seed, all four begin with the same weights and see the same
# batches in the same order. They are tested on 800 new sentences, alone: no teacher corrects.

# %% tags=["exploration", "always"]
predictions.ask("best_way", guess="", **questions.BEST_WAY)

# %% [markdown]
# The table gives the lowest and the highest of five seeds in each column. *Training loss* is that of the last epoch, each on
# what the model read; *loss forced* is on the test sentences, all forced; both are in nats per word. Then come the right
# words, forced and free-running, and the sentences that are right as a whole, free-running. Before you look for the answer
# in the last column, compare the first with it: is the order the same?

# %% tags=["exploration", "always"]
results = load_results("04_teacher_forcing")
sentences = results["held_fixed"]["test_sentences"]
runs = {way: runs_of(results, way) for way in results["seeds"]}
print("made by:", results["command"])
forcing_figures.print_ways(runs, sentences)
predictions.answer("best_way", **questions.best_way(runs))

# %% [markdown]
# Now see every seed. On the left is what you would watch during training, in the middle
# and on the right what a reader gets.

# %% tags=["exploration", "always", "nbval-ignore-output"]
forcing_figures.show_ways(runs, sentences)

# %% [markdown]
# The loss misleads in three ways.
#
# - The schedule's training loss is more than twice that of always forcing; alone, both write about as many right words.
#   The losses are measured on different inputs and cannot be compared.
# - Forced on test sentences, the first model writes more than 98 % right words. Alone it writes three to five times as
#   many wrong ones, and the loss does not see it.
# - After the first error the order is reversed: the model with the lowest loss goes on worst.

# %% [markdown]
# Follow the words after the error. On the left is the model that was always forced, read both ways; on the right are all
# four, alone. Before you look: these are the places after a model's *own* first error. Are they the same places for the
# four models?

# %% tags=["exploration", "always", "nbval-ignore-output"]
forcing_figures.show_after_own_error(runs, sentences)
forcing_figures.print_wrong_lengths(runs, sentences)

# %% [markdown]
# They are not the same places. The model that was never forced errs in about four times as many sentences, and perhaps
# in easier ones. So the curves on the right compare models *and* sentences, and nothing in them says which of the two
# makes the difference. Nor do models that have read their own words make fewer errors that change the length: count
# them in the last column.
#
# What is missing is an error that is the same for all.

# %% [markdown]
# ## 10 · The same wrong word for everyone
#
# So do not wait for an error: put one in. Take a test sentence and draw a place in it. Every model reads the right words
# up to there, then the same wrong word, and is alone from there on. There are two kinds of wrong words.
#
# - **The same kind**: another noun with the same particle, or another verb with the same ending. What follows stays
#   right, word for word.
# - **A different structure**: a person becomes an object instead of the topic; a verb gets a different joining ending;
#   a thing, which occurs with one particle only, is replaced by a verb.

# %% [markdown]
# **Exercise 7 · ●●○ · 15 min · core.** Write `inject_error`, which does this to a whole batch. The function that decodes
# comes as an argument, as in exercise 4. Two things have to be prepared for it: what is read, and which coins fall. A
# word that is *written* at place 2 is *read* when?


# %% tags=["exercise"] slug="inject_error"
def inject_error(decode, previous: Tensor, places: Tensor, wrong: Tensor) -> Tensor:
    """Let a model go on alone after a right beginning and one wrong word.

    Args:
        decode: (previous (B, T), coins (B, T) bool) → logits (B, T, V), where a coin that is True forces.
        previous: (B, T) int64, what a forced decoder would read. It is left as it is.
        places: (B,) int64, where in each target the wrong word takes the place of the right one, from 0; never last.
        wrong: (B,) int64, the wrong words.

    Returns:
        (B, T) int64: at each step the word with the best score. The model has read the right words before the
        place, then the wrong word, and from there on what it wrote itself.
    """
    ### BEGIN SOLUTION
    given = previous.clone()
    given[torch.arange(len(given)), places + 1] = wrong
    steps = torch.arange(given.shape[1])
    coins = steps <= places.unsqueeze(1) + 1  # (B, T)
    return decode(given, coins).argmax(-1)
    ### END SOLUTION


# %% tags=["check"]
check("inject_error", inject_error)

# %% [markdown]
# Try it with the two short runs of section 8, and with the story of section 1: *넌*, *you* as the topic, in place of
# *난*, *I* as the topic. After another topic the rest can stay as it is. *날* is *me*, an object: it changes the structure.


# %% tags=["setup"]
@torch.no_grad()
def first_words(model: AttentionSeq2Seq, batch: Batch, number: int) -> Tensor:
    """What a model writes, (B, T), after the word with this number in place of each first word."""
    places = torch.zeros(len(batch), dtype=torch.int64)
    wrong = torch.full_like(places, number)
    previous = previous_words(batch.target)
    return inject_error(partial(decode, model, batch), previous, places, wrong)


# %% tags=["exploration", "nbval-ignore-output"]
if ready("models", "inject_error"):
    mine = [
        pair
        for pair in [*load_split("test", (1, 2)), *load_split("by_length", (1, 2))]
        if pair.target_words[0] == "난" and "넌" not in pair.target_words
    ]
    pair = next(pair for pair in mine if len(pair.target_words) == 4)
    rests = {
        (ratio, word): first_words(model, as_batch([pair], words), words.target_numbers[word])[0]
        for word in ("난", "넌", "날")
        for ratio, model in models.items()
    }
    forcing_figures.show_rests(pair, rests, words.target)

# %% [markdown]
# One sentence is an example. To compare models you need shares over many, and a control: how does each model go on
# after the *right* word at the same place? A model that gets the rest of a sentence wrong anyway has not been thrown by
# the error.
#
# **Exercise 8 · ●●○ · 15 min · core.** Write `rests_after`, the score of the experiment. *Next* counts the word after the
# wrong one, *rest* all words after it. *Rest kept* counts only the sentences where the model writes the whole rest without
# an error if it gets the right word.


# %% tags=["exercise"] slug="rests_after"
def rests_after(
    written: Tensor, control: Tensor, target: Tensor, mask: Tensor, places: Tensor
) -> Tensor:
    """How a model went on after a wrong word: the shares next right, rest right and rest kept.

    Args:
        written: (B, T) int64, what it wrote after the wrong word, see `inject_error`.
        control: (B, T) int64, what it wrote after the right word at the same place.
        target: (B, T) int64, the right words.
        mask: (B, T) bool, True at real words. Only these count.
        places: (B,) int64, the places of the wrong words; at least one real word follows.

    Returns:
        (3,) float, shares from 0 to 1. Next right: of the words just after the place. Rest right: of the sentences,
        those with no error after the place. Rest kept: the same share, but only of sentences whose rest the
        control has right; nan if there is none.
    """
    ### BEGIN SOLUTION
    after = mask & (torch.arange(target.shape[1]) > places.unsqueeze(1))
    next_right = (written == target).gather(1, places.unsqueeze(1) + 1)
    rest_right = ~((written != target) & after).any(dim=1)
    control_right = ~((control != target) & after).any(dim=1)
    shares = [next_right, rest_right, rest_right[control_right]]
    return torch.stack([share.float().mean() for share in shares])
    ### END SOLUTION


# %% tags=["check"]
check("rests_after", rests_after)

# %% [markdown]
# Now a small version of the experiment, on all test sentences of one and two clauses that begin with *난*.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("mine", "rests_after"):
    batch = as_batch(mine, words)
    places = torch.zeros(len(batch), dtype=torch.int64)
    shares = {}
    for ratio, model in models.items():
        texts = {
            word: first_words(model, batch, words.target_numbers[word])
            for word in ("난", "넌", "날")
        }
        for word, written in texts.items():
            found = rests_after(written, texts["난"], batch.target, batch.target_mask, places)
            shares[ratio, word] = found.tolist()
    forcing_figures.print_rests(shares, len(batch))

# %% [markdown]
# Hardly a sentence goes wrong after the word here, even after *날*: the sentences are short, and the English still says
# who does what. It is one seed and one place: still an anecdote. The experiment does the same with one place in nearly
# each of the 800 test sentences, for all four ways and five seeds. Its control puts the *right* word at the same place.
# Predict first, for the model that was always forced.

# %% tags=["exploration", "always"]
predictions.ask("same_kind", guess="", **questions.SAME_KIND)
predictions.ask("structure", guess="", **questions.STRUCTURE)

# %% [markdown]
# The columns are those of your `rests_after`, from the lowest seed to the highest.

# %% tags=["exploration", "always"]
forcing_figures.print_injected(runs)
predictions.answer("same_kind", **questions.rest_kept(runs, "same_kind"))
predictions.answer("structure", **questions.rest_kept(runs, "structure"))

# %% tags=["exploration", "always", "nbval-ignore-output"]
forcing_figures.show_injected(runs)

# %% [markdown]
# A wrong word as such does not throw a model. After another noun with the same particle, each model, the always-forced
# one included, goes on almost as it does after the right word: *rest kept* is 96 to 99 %, no sign of exposure bias.
#
# A word that changes the structure does. Here *rest kept* is higher for each model that has read its own words than for
# always forcing, for every seed. Always forced keeps 32 to 44 %, the schedule 45 to 52 %, half 58 to 63 %, and never
# forced 89 to 95 %. The words before, the place and the wrong word are the same for all, so this difference belongs to
# the models. That is exposure bias, measured. (The schedule and the half-forced model have read about equally many of
# their own words. Why the half-forced one keeps more is not explained here.)

# %% [markdown]
# **Explain.** In one sentence: why does this experiment say more about exposure bias than the curves of section 9, which
# follow each model's own first error? Write it here, then open ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# Because the error is put in and not waited for, sentence, place and wrong word are the same for all models, so what
# differs afterwards can only come from the models, while own errors also differ in where they happen.
#
# </details>

# %% [markdown]
# Which words cause this? The next table shows *rest kept* after a word that changes the structure, by the right word at
# the place. A person or a place is replaced by the same one in another role, a thing or the weather by a verb, and a
# verb gets another joining ending.

# %% tags=["exploration", "always"]
forcing_figures.print_by_word(runs)

# %% [markdown]
# Always forced, a model often stays on course after a person in another role, for the English sentence still says who
# does what. After a verb in place of a thing or the weather it hardly ever does: the clause seems to be over before its
# object has come. That is exactly where the model that was never forced is far ahead.

# %% [markdown]
# Two doubts. *Rest kept* leaves each model the sentences that it can do, and those of the weakest may be the easiest.
# But the figure counts all places, and there, too, the model that was never forced gets the rest right more often,
# though it is far worse after the right word.
#
# And has it learnt to recover, or only to pay less attention to what it reads? Both would give the same words. This
# experiment cannot separate them; Huszár 2015 ([arXiv:1511.05101](https://arxiv.org/abs/1511.05101)) argues that the
# method teaches something wrong: the right word for a place, after words that it does not fit. We do not know.

# %% [markdown]
# So the remedy does what it promises, and yet **always forcing wins** in exact match, for every seed. Think of section
# 5: a sentence with an error is lost, however well it goes on. Exact match counts *first* errors alone, and these
# happen after right words, which is all that a forced model has ever read. After the right word, too, the one that was
# never forced errs several times as often.
#
# Why reading its own words costs it so much is open. Candidates: it has seen fewer right beginnings in 900 steps, or it
# has learnt what Huszár fears. Bengio et al. found gains on larger tasks.

# %% [markdown]
# ## What you take with you
#
# - Forced, a model never meets its own errors; alone it does. That is **exposure bias**. Exact match cannot show it, for a
#   sentence with an error is lost already.
# - Be suspicious of a loss that is too good: what did the model read before it wrote?
# - To compare what models do after an error, give all of them the same one. Here a wrong noun throws no model off; a
#   word that changes the structure does, but less so for models that have read their own words.
# - Measure the model the way it will be used: with no forcing. The training loss is about another task.
# - A remedy can do what it promises and still lose overall: it recovers more and errs more. Why it errs more is open.
#
# **Where to go on.** Bengio et al. 2015, [arXiv:1506.03099](https://arxiv.org/abs/1506.03099), section 2, has the method;
# Ranzato et al. 2016, [arXiv:1511.06732](https://arxiv.org/abs/1511.06732), trains on whole sentences instead. The next
# lesson looks at the weights of attention: are they an alignment?
