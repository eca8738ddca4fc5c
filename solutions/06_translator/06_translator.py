# %% [markdown]
# # 6 · The translator
#
# **You will build** beam search, BLEU and its curve over sentence length, and the attention of the Transformer, and
# put the whole translator together.
#
# **You will learn** what a better search gains and what it cannot fix, how translations are scored, what the curve of
# the paper that brought attention looks like on this corpus, and what is left of the gap on real sentences.
#
# **You need** lessons 1 and 3; lesson 5 for the demo at the end.
#
# **Time** two hours; the cells themselves run for about a minute. **Score to expect** BLEU above 97 at six
# clauses with attention, below 40 without.

# %% tags=["setup"]
import math
from collections import Counter, defaultdict
from collections.abc import Callable

import sacrebleu
import torch
from IPython.display import Markdown, display
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from autograder import check, hint, progress
from lessons import earlier
from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, pad_batch
from lessons.earlier.lesson_02 import Vocabularies, train_model, translate
from lessons.earlier.lesson_03 import AdditiveScore, AttentionDecoder, AttentionSeq2Seq
from lessons.earlier.lesson_05 import word_reader
from lessons.toolkit import predictions, real_corpus, recall
from lessons.toolkit.batches import END, START, Batch
from lessons.toolkit.corpus import count_clauses, load_split
from lessons.toolkit.figures import common as figures
from lessons.toolkit.figures import translation_questions as questions
from lessons.toolkit.figures import translation_shown as shown
from lessons.toolkit.figures.gloss_lines import show_glossed
from lessons.toolkit.figures.translation import BeamRecorder, places_of
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results
from lessons.toolkit.search import search_together
from lessons.toolkit.training import use_threads

# %% [markdown]
# Where your answers to earlier lessons passed their checks, this lesson runs on them: on your encoder, your decoders,
# your attention. The cell below says which parts are yours. They are files in the folder `own_parts` beside the
# lessons; you may read them, switch one off in its first lines, or delete it.

# %% tags=["exploration", "always"]
own = earlier.use_own()

# %% [markdown]
# Before you begin, three questions about earlier lessons. Answer them without looking back; nothing is graded.

# %% tags=["exploration", "always"]
recall.ask("greedy_choice", guess="")
recall.ask("attention_steps", guess="")
recall.ask("one_wrong_word", guess="")

# %% [markdown]
# Dimensions as before, with one new letter: **B** sentences in a batch, **S** source words, **T** target words, **E**
# numbers in an embedding, **H** numbers in a state, **A** numbers in a key, **V** words in a vocabulary, and **K**
# hypotheses in a beam. A **hypothesis** is a translation that may not be finished yet.

# %% [markdown]
# ## 1 · Greedy and sorry
#
# Greedy decoding takes the most probable word at each step and never looks back. Here is a sentence that the baseline
# of lesson 2, trained on all lengths, gets wrong. Look for *안* (`NEG`). What does it negate in the right translation,
# and what in the greedy one?

# %% tags=["exploration", "always"]
use_threads(2)
figures.use_course_style()
words = Vocabularies(load_split("train"))
sizes = len(words.source), len(words.target)
baseline = Seq2Seq(Encoder(sizes[0], 64, 128), Decoder(sizes[1], 64, 128)).eval()
baseline.load_state_dict(load_file(datasets_folder() / "models" / "02_baseline.safetensors"))
test_pairs = load_split("by_length")
sentence = "the teacher is not sick because I wait for them"
example = next(pair for pair in test_pairs if pair.source == sentence)
right = ("right", example.target_words, example.glosses)
greedy_words = translate(baseline, [example], words)[0]
show_glossed([(example.source, [], []), right, ("greedy", greedy_words, None)])

# %% [markdown]
# Greedy says: *the teacher is sick because I do not wait for them*. What did it choose from? Each column is a step of
# greedy decoding with its three likeliest words; the bottom row is what it writes. Look for the steps at which the
# decoder is in doubt. The first of them decides the sentence.

# %% tags=["exploration", "always", "nbval-ignore-output"]
source = words.encode(example)[0]
target = [*(words.target_numbers[word] for word in greedy_words), END]
with torch.no_grad():
    logits = baseline(Batch(*pad_batch([source]), *pad_batch([target])))[0]  # (T, V)
shown.show_greedy_choices(logits.softmax(dim=-1), words.target)

# %% [markdown]
# How could that happen? At the fourth step *안* is in the lead, and greedy takes it. But *안* costs later: after it the
# decoder is in doubt about the verb (*기다려서*, `wait.because`, or *도와줘서*, `help.because`) and then about the last word.
# Had it taken *기다려서* there, it would have been nearly certain of every word after it, as you will see in section 2. As
# a whole, the sentence with *기다려서* is more probable, and greedy never sees it.

# %% [markdown]
# **Beam search** keeps the K best hypotheses at each step instead of one. The probability of a hypothesis is a
# product, so its logarithm is a sum: the score so far plus the log-probability of the next word.

# %% [markdown]
# Do two steps with a pencil, with K = 2. After START the log-probabilities are *a* -0.5, *b* -1.0, *c* -2.0. So *a* and
# *b* stay. Those of the next word are:
#
# | | a | b | END |
# | --- | --: | --: | --: |
# | after *a* | -1.5 | -1.2 | -2.0 |
# | after *b* | -0.1 | -2.5 | -3.0 |
#
# Write the scores of all six hypotheses into such a table. Which two stay? What would greedy have written?

# %% [markdown]
# <details><summary>Our table</summary>
#
# | | a | b | END |
# | --- | --: | --: | --: |
# | *a* … | -2.0 | **-1.7** | -2.5 |
# | *b* … | **-1.1** | -3.5 | -4.0 |
#
# *b a* and *a b* stay, and the order has flipped: the hypothesis that was second is now first. Greedy writes *a b* and
# never sees the better one.
#
# </details>

# %% [markdown]
# **Exercise 1 · ●●○ · 15 min · core.** Write `extend_beams`, one such step. Each of K hypotheses can continue with
# each of V words; keep the best of these K · V.


# %% tags=["exercise"] slug="extend_beams"
def extend_beams(
    scores: Tensor, log_probabilities: Tensor, beam_size: int
) -> tuple[Tensor, Tensor, Tensor]:
    """The best of all hypotheses that are one word longer.

    Args:
        scores: (K,), the log-probability of each hypothesis.
        log_probabilities: (K, V), those of the next word, for each hypothesis.
        beam_size: N, how many are kept, at most K · V.

    Returns:
        scores (N,): the log-probability of each new hypothesis, the best first.
        rows (N,) int64: the old hypothesis that each one goes on from.
        words (N,) int64: the word that it adds.
    """
    ### BEGIN SOLUTION
    totals = scores.unsqueeze(1) + log_probabilities  # (K, V)
    best, places = totals.flatten().topk(beam_size)
    vocabulary_size = totals.shape[1]
    return best, places // vocabulary_size, places % vocabulary_size
    ### END SOLUTION


# %% tags=["check"]
check("extend_beams", extend_beams)

# %% [markdown]
# Compare with your pencil. Words are numbers here: 0 is *a*, 1 is *b*, 2 is END. And try a table in which one
# hypothesis has two children and the other none.

# %% tags=["exploration"]
if ready("extend_beams"):
    table = torch.tensor([[-1.5, -1.2, -2.0], [-0.1, -2.5, -3.0]])
    for score, row, word in zip(*extend_beams(torch.tensor([-0.5, -1.0]), table, 2), strict=True):
        print(f"hypothesis {row} with word {word}: {score:.1f}")

# %% [markdown]
# ## 2 · The search
#
# Now the loop. It keeps four things of each hypothesis: its words, its score, its last word, and the decoder's
# state. In each step:
#
# 1. `step` reads the last words and gives log-probabilities and new states.
# 2. `extend` chooses. Row r of its answer continues old hypothesis `rows[r]`: take over *its* words and *its* state.
# 3. What ends in END is set aside, and the beam becomes smaller by one.
#
# Source states, keys and mask are the same for all hypotheses, so `step` has them built in.
#
# **Exercise 2 · ●●● · 25 min · core.** Write `beam_search`.


# %% tags=["exercise"] slug="beam_search"
@torch.no_grad()
def beam_search(
    step, extend, state: Tensor, beam_size: int, max_length: int
) -> list[tuple[list[int], float]]:
    """Several translations of one sentence.

    Args:
        step: (words (K,), state (K, H)) → log-probabilities (K, V) of the next words, state (K, H). The first call
            reads START.
        extend: what `extend_beams` is.
        state: (1, H), the decoder's first state.
        beam_size: the most hypotheses at any time; each one that ends takes a place for good.
        max_length: how often `step` is called at most; it is not called once all have ended.

    Returns:
        (word numbers, log-probability) of each hypothesis: those that ended, with END, in the order in which they
        ended; then those that were cut off.
    """
    ### BEGIN SOLUTION
    scores, words, sentences, ended = torch.zeros(1), torch.tensor([START]), [[]], []
    for _ in range(max_length):
        log_probabilities, state = step(words, state)
        scores, rows, words = extend(scores, log_probabilities, beam_size - len(ended))
        sentences = [[*sentences[r], int(w)] for r, w in zip(rows, words, strict=True)]
        ended += [(s, p) for s, p in zip(sentences, scores.tolist(), strict=True) if s[-1] == END]
        going = words != END
        scores, words, state = scores[going], words[going], state[rows[going]]
        sentences = [sentence for sentence in sentences if sentence[-1] != END]
        if not sentences:
            break
    return ended + list(zip(sentences, scores.tolist(), strict=True))
    ### END SOLUTION


# %% tags=["check"]
check("beam_search", beam_search)

# %% [markdown]
# Hypotheses differ in length, and every word costs probability: the sum of logarithms can only fall. So the search
# prefers short sentences. The usual remedy divides by the length, or by a power of it. (Wu et al. 2016,
# [arXiv:1609.08144](https://arxiv.org/abs/1609.08144), divide by $((5 + \text{length}) / 6)^\alpha$, which corrects
# short sentences less.) That is `normalised_score`; `best_of` takes the hypothesis with the best one.


# %% tags=["setup"]
def normalised_score(words: list[int], log_probability: float, alpha: float) -> float:
    """The score by which hypotheses of different length are compared.

    Args:
        words: the words of the hypothesis, with END if it has ended.
        log_probability: of the whole hypothesis.
        alpha: 0 takes the log-probability as it is, 1 divides it by the number of words, END among them; between
            the two, that number to the power of alpha.
    """
    return log_probability / len(words) ** alpha


def best_of(hypotheses: list[tuple[list[int], float]], alpha: float) -> list[int]:
    """The words of the best hypothesis, without END."""
    words, _ = max(hypotheses, key=lambda found: normalised_score(*found, alpha))
    return [word for word in words if word != END]


# %% [markdown]
# Two functions join your search to a model. `decoder_steps` turns the decoder of any model of this course into `step`:
# the decoder reads K hypotheses as if they were a batch of K sentences. `hypotheses_of` runs the search.


# %% tags=["setup"]
Step = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def decoder_steps(model: nn.Module, sources: list[list[int]]) -> tuple[Step, Tensor]:
    """The decoder of a model as a search wants it, for B sentences with K hypotheses each.

    Args:
        model: the baseline or an attention model.
        sources: for each sentence its word numbers, END after them.

    Returns:
        step: (words (B · K,), state (B · K, H)) → log-probabilities (B · K, V), state (B · K, H).
        state (B, H): the first of each sentence.
    """
    ids, mask = pad_batch(sources)
    read, last = model.encoder(ids, mask)
    parts = [*read, mask] if isinstance(read, tuple) else [read, mask]

    def step(words: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        copies = len(words) // len(sources)  # every hypothesis of a sentence reads the same
        *copied, real = [part.repeat_interleave(copies, dim=0) for part in parts]
        known = (tuple(copied) if isinstance(read, tuple) else copied[0], real)
        if isinstance(model, Seq2Seq):
            known = (last.repeat_interleave(copies, dim=0),)
        logits, state, *_ = model.decoder(words.unsqueeze(1), state, *known)
        return logits[:, 0].log_softmax(-1), state

    return step, last


# %% tags=["setup"]
def decoder_step(model: nn.Module, source: list[int]) -> tuple[Step, Tensor]:
    """The same for one sentence, as `beam_search` wants it."""
    return decoder_steps(model, [source])


@torch.no_grad()
def hypotheses_of(
    model: nn.Module, source: list[int], beam_size: int, max_length: int = 60
) -> list[tuple[list[int], float]]:
    """What a beam finds for one sentence: (word numbers, log-probability) of each hypothesis."""
    step, state = decoder_step(model, source)
    return beam_search(step, extend_beams, state, beam_size, max_length)


# %% [markdown]
# Now watch it. The recorder keeps what `extend_beams` chose at each step. Columns are steps, small numbers are scores.
#
# At step 4, *안* (`NEG`) is ahead of *기다려서* (`wait.because`). In the end, the sentence with *기다려서* comes first. When
# does the order flip? You can work it out from the figure above.

# %% tags=["exploration", "always"]
predictions.ask("order_turns", guess="", **questions.ORDER_TURNS)

# %% tags=["exploration", "nbval-ignore-output"]
if ready("extend_beams", "beam_search"):
    recorder = BeamRecorder(extend_beams)
    step, state = decoder_step(baseline, source)
    hypotheses = beam_search(step, recorder, state, beam_size=3, max_length=60)
    best = max(hypotheses, key=lambda found: normalised_score(*found, alpha=1))[0]
    shown.show_beam(recorder, words.target, best)
    predictions.answer("order_turns", **questions.order_turns(places_of(best, recorder.steps)))

# %% [markdown]
# *안* leads for two steps. At step 6 it has paid for the doubt about the verb and for the doubt about the last word, and
# *기다려서* passes it. Here all three hypotheses end at step 7; one that ends earlier leaves the beam, and the columns
# after it are shorter.

# %% [markdown]
# **Explain.** In one sentence: why can a hypothesis that is second for two steps be first in the end? Write it here,
# then open ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# A score is the sum over all words so far, and a word that looks good now can lead to places where every next word is
# uncertain, and so costs more.
#
# </details>

# %% [markdown]
# A beam of one has nothing to choose from: it must write what greedy decoding writes. Does it?

# %% tags=["exploration"]
if ready("extend_beams", "beam_search"):
    some = [pair for pair in test_pairs if count_clauses(pair.source_words) == 4][:100]
    greedy = translate(baseline, some, words)
    alone = [best_of(hypotheses_of(baseline, words.encode(pair)[0], 1), 1) for pair in some]
    narrow = [[words.target[number] for number in numbers] for numbers in alone]
    print("equal for 98 of 100 or more:", sum(map(list.__eq__, narrow, greedy)) >= 98)
    wide = best_of(hypotheses_of(baseline, source, beam_size=5), alpha=1)
    print("with a beam of five:", *(words.target[number] for number in wide))

# %% [markdown]
# Why not simply 100? Arithmetic in a batch and for a single sentence differs in the last digits, and a near tie may
# fall the other way. Sentence by sentence, the two agree word for word.

# %% [markdown]
# ### Many sentences at once
#
# One sentence at a time is slow: a computer does one large step faster than many small ones. So let B sentences
# search together, each with K hypotheses of its own. The tensors get B · K rows; the K hypotheses of a sentence are
# next to each other. `search_together` has the loop; one step of it is below.
#
# Somebody has tried it with K = 3. Here are the first three sentences of a batch, and what came out.

# %% tags=["exploration", "always"]
written = "그들은 우리 엄마를 사랑해".split()
asked = "they love my mother", "you often wait for us", "the teacher did not meet us yesterday"
show_glossed([(english, written, None) for english in asked])

# %% [markdown]
# The first translation is right. What about the others? Alone, each of these sentences comes out right.
#
# **Exercise 3 · ●●○ · 15 min · core.** This is the code that wrote them. Find the mistake and mend it.


# %% tags=["exercise"] slug="grow_together"
def grow_together(
    scores: Tensor, log_probabilities: Tensor, written: Tensor, state: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """One step in the beams of B sentences: each keeps the best K continuations of its own hypotheses.

    Args:
        scores: (B, K), the log-probability of each hypothesis.
        log_probabilities: (B · K, V), those of the next word; here and below the first K rows belong to the first
            sentence, the next K rows to the second, and so on.
        written: (B · K, T) int64, the words of each hypothesis.
        state: (B · K, H), the decoder's state after them.

    Returns:
        scores (B, K): of the new hypotheses, for each sentence the best first.
        written (B · K, T + 1) int64: their words.
        state (B · K, H): of each the state of the hypothesis that it goes on from.
    """
    ### BEGIN SOLUTION
    size, beam_size = scores.shape
    totals = scores.unsqueeze(2) + log_probabilities.view(size, beam_size, -1)  # (B, K, V)
    best, places = totals.flatten(1).topk(beam_size)  # (B, K)
    parents, chosen = places // totals.shape[2], places % totals.shape[2]
    first = beam_size * torch.arange(size).unsqueeze(1)  # (B, 1): where each sentence begins
    rows = (first + parents).flatten()
    written = torch.cat([written[rows], chosen.view(-1, 1)], dim=1)
    return best, written, state[rows]
    ### STUB
    # size, beam_size = scores.shape
    # totals = scores.unsqueeze(2) + log_probabilities.view(size, beam_size, -1)  # (B, K, V)
    # best, places = totals.flatten(1).topk(beam_size)  # (B, K)
    # parents, chosen = places // totals.shape[2], places % totals.shape[2]
    # rows = parents.flatten()
    # written = torch.cat([written[rows], chosen.view(-1, 1)], dim=1)
    # return best, written, state[rows]
    ### END SOLUTION


# %% tags=["check"]
check("grow_together", grow_together)

# %% [markdown]
# Now both ways should nearly always agree. One difference is left: in your `beam_search` a hypothesis that has ended
# keeps its place for good, here a better one can still take it.

# %% tags=["exploration"]
if ready("grow_together", "extend_beams", "beam_search"):

    @torch.no_grad()
    def translate_together(model: nn.Module, sources: list[list[int]], beam_size: int) -> list:
        """The word numbers of the best translation of each source sentence, without END."""
        step, state = decoder_steps(model, sources)
        return search_together(step, grow_together, state, beam_size, longest=60)

    sources = [words.encode(pair)[0] for pair in some]
    together = translate_together(baseline, sources, beam_size=5)
    single = [best_of(hypotheses_of(baseline, each, beam_size=5), alpha=1) for each in sources]
    alike = sum(map(list.__eq__, together, single))
    print("both ways find the same for 95 of 100 or more:", alike >= 95)

# %% [markdown]
# ## 3 · BLEU: how good is a wrong sentence?
#
# Exact match gives 0 to a sentence with one wrong ending, and 0 to nonsense. BLEU looks at pieces: of the words,
# pairs, triples and quadruples in the translation, how many are in the reference, too? Take these two.

# %% tags=["exploration", "always"]
wrong = "난 널 널 사랑해".split()
right = "난 널 많이 사랑해".split()
show_glossed([("translation", wrong, None), ("reference", right, None)])

# %% [markdown]
# With a pencil: of four words, *난* and *사랑해* are right. *널* is there twice, in the reference once, so it counts once:
# this is called **clipping**. Without it, *널 널 널 널* would be perfect. Single words give 3/4. What do pairs give?
#
# **Exercise 4 · ●●○ · 12 min · core.** Write `ngram_matches` for any n.


# %% tags=["exercise"] slug="ngram_matches"
def ngram_matches(translation: list[str], reference: list[str], n: int) -> tuple[int, int]:
    """How many n-grams of a translation the reference has, too: Papineni et al. 2002, section 2.1.

    Args:
        translation: the words of the translation.
        reference: the right words.
        n: how many neighbouring words make an n-gram.

    Returns:
        matches: the n-grams of the translation that the reference has; an n-gram counts no more often than the
            reference has it.
        total: all n-grams of the translation.
    """

    ### BEGIN SOLUTION
    def ngrams(words: list[str]) -> Counter:
        return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))

    found, wanted = ngrams(translation), ngrams(reference)
    return (found & wanted).total(), found.total()
    ### END SOLUTION


# %% tags=["check"]
check("ngram_matches", ngram_matches)

# %% [markdown]
# Compare with your pencil. The translation has a single quadruple, and it is wrong. A sentence has so few of them
# that its own score says little; a corpus has thousands.

# %% tags=["exploration"]
if ready("ngram_matches"):
    for n in range(1, 5):
        matches, total = ngram_matches(wrong, right, n)
        print(f"{n}-grams: {matches} of {total}")

# %% [markdown]
# These are precisions: a system that writes only the words it is sure of would do well. So translations that are too
# short overall are penalised, by the lengths of all sentences together: one may be short if another one is long. With c
# words in all translations and r in all references the **brevity penalty** is $e^{1 - r/c}$ if c is less than r, else
# 1.

# %% [markdown]
# BLEU is the score of a **corpus**: matches and totals are summed over all sentences, then divided once for each n.
# The mean of sentence scores is a different number, and usually a meaningless one, since any sentence without a right
# quadruple has 0.
#
# **Exercise 5 · ●●○ · 18 min · core.** Write `corpus_bleu`, with its penalty.


# %% tags=["exercise"] slug="corpus_bleu"
def corpus_bleu(
    translations: list[list[str]],
    references: list[list[str]],
    matches: Callable[[list[str], list[str], int], tuple[int, int]],
) -> float:
    """BLEU of a corpus: Papineni et al. 2002, section 2.3.

    Args:
        translations: the words of each translation, four or more in at least one of them.
        references: the right words of each sentence.
        matches: what `ngram_matches` is.

    Returns:
        100 times the brevity penalty times the geometric mean of four precisions, those of 1-grams to 4-grams. A
        precision divides the matches of all sentences by the n-grams of all translations. The penalty is 1 if the
        translations have c words in all, the references r, and c >= r; else exp(1 - r/c). 0 if one precision is 0.
    """
    ### BEGIN SOLUTION
    precisions = []
    for n in range(1, 5):
        counts = [matches(*pair, n) for pair in zip(translations, references, strict=True)]
        hits, totals = zip(*counts, strict=True)
        precisions.append(sum(hits) / sum(totals))
    c, r = sum(map(len, translations)), sum(map(len, references))
    penalty = 1 if c >= r else math.exp(1 - r / c)
    return 100 * penalty * math.prod(precisions) ** (1 / 4)
    ### END SOLUTION


# %% tags=["check"]
check("corpus_bleu", corpus_bleu)

# %% [markdown]
# Now score the greedy translations of a hundred sentences of four clauses. **sacrebleu** is the tool that papers use:
# it counts as you do (it only smooths a precision of zero, which does not occur here), and it states its settings,
# without which a score cannot be compared. `tokenize="none"`: our words are already split at spaces. `force=True`
# silences a warning about exactly that. *Effective order*, off here, leaves out n-grams that a sentence is too short
# for; it is meant for single sentences only.

# %% tags=["exploration"]
if ready("greedy", "ngram_matches", "corpus_bleu"):
    references = [pair.target_words for pair in some]
    mine = corpus_bleu(greedy, references, ngram_matches)
    written, wanted = ([" ".join(line) for line in side] for side in (greedy, references))
    by_words, by_characters = (
        sacrebleu.BLEU(tokenize=way, force=True) for way in ("none", "char")
    )
    theirs = by_words.corpus_score(written, [wanted]).score
    print("equal to sacrebleu's:", math.isclose(mine, theirs, abs_tol=1e-6))
    of_characters = by_characters.corpus_score(written, [wanted]).score
    print("the same translations by characters score higher:", of_characters > mine + 3)

# %% tags=["exploration", "nbval-ignore-output"]
if ready("mine", "of_characters"):
    print(f"by words {mine:.1f}, by characters {of_characters:.1f}")
    print("settings of the first:", by_words.get_signature())

# %% [markdown]
# Same system, same sentences, two scores: a BLEU without its settings says nothing. And BLEU counts surface only; a
# sentence that says the same in other words gets few points. Use it to compare systems on the same test set.

# %% [markdown]
# ## 4 · What does the beam buy?
#
# Two models, each greedy and with a beam of five, on sentences of one to eight clauses. The sentences, the steps of
# training and the search are the same for both; parameters agree within 5 %. At six clauses the baseline gets hardly
# any sentence right, attention nearly all. Which one gains more from a wider search?

# %% tags=["exploration", "always"]
predictions.ask("gain", guess="", **questions.GAIN)

# %% tags=["exploration", "always"]
results = load_results("06_translator")
shown.print_bleu(results)

# %% [markdown]
# A range from worst to best is hard to compare in a table. So look at the difference that the beam makes, for each seed
# by itself. At which lengths can a beam help a model that is nearly always right, and one that is nearly always wrong?

# %% tags=["exploration", "always", "nbval-ignore-output"]
shown.show_beam_gains(results)

# %% tags=["exploration", "always"]
predictions.answer("gain", **questions.gain(shown.mean_gains(results)))

# %% [markdown]
# The baseline gains most in the middle, at four and five clauses, where it gets some sentences right and is in doubt
# about many. At one clause there is hardly anything to gain, and at eight it is lost. Attention gains next to nothing
# up to six clauses, and a little beyond, where it begins to fail. Dividing by the length changes little, at most
# about two points.

# %% [markdown]
# Why not more? Take the greedy translations that are wrong, and ask the model how probable it finds the *right* one. If
# that is more probable than what the search found, the search has missed it: a **search error**. If not, no search
# could help, because the model prefers the mistake: a **model error**.
#
# To ask is to let the model read a sentence that you give it, as in training, and to add up what it thinks of each word.
#
# **Exercise 6 · ●●○ · 12 min · core.** Write `sentence_score`.


# %% tags=["exercise"] slug="sentence_score"
def sentence_score(step: Step, state: Tensor, words: list[int]) -> float:
    """The log-probability that a model gives to a sentence, whether it would have written it or not.

    Args:
        step: (words (1,), state (1, H)) → log-probabilities (1, V) of the next word, state (1, H).
        state: (1, H), the decoder's first state.
        words: the word numbers of the sentence, END among them.
    """
    ### BEGIN SOLUTION
    total, last = 0.0, START
    for word in words:
        log_probabilities, state = step(torch.tensor([last]), state)
        total += log_probabilities[0, word].item()
        last = word
    return total
    ### END SOLUTION


# %% tags=["check"]
check("sentence_score", sentence_score)

# %% [markdown]
# Before you count: which of the two errors does the baseline make more often, and how much more?

# %% tags=["exploration", "always"]
predictions.ask("search_errors", guess="", **questions.SEARCH_ERRORS)

# %% [markdown]
# First the sentence from above, with your function. Which kind of error was it?

# %% tags=["exploration"]
if ready("sentence_score"):
    step, state = decoder_step(baseline, source)
    with torch.no_grad():
        of_greedy = sentence_score(step, state, target)
        of_right = sentence_score(step, state, words.encode(example)[1])
    print("the model finds the right sentence more probable:", of_right > of_greedy)

# %% [markdown]
# A search error. Now all of them, counted over five seeds and all test sentences of one to six clauses. Each line has
# the translations that are wrong, and the share of them for which the search is to blame.

# %% tags=["exploration", "always"]
blamed = shown.print_search_errors(results, clauses=6)
predictions.answer("search_errors", **questions.search_errors(blamed["baseline", "greedy"]))

# %% [markdown]
# **Explain.** In one sentence: most of the baseline's translations of long sentences are wrong, so why does a beam help
# them so little? Write it here, then open ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# A better search finds sentences that the model prefers, and for most of these the model prefers a wrong one to the
# right one.
#
# </details>

# %% [markdown]
# Greedy search is to blame for a small part of the baseline's errors, and a beam of five misses almost nothing. What is
# left is the model's. On real text, where many sentences are nearly as good as the best one, a beam buys more; and a
# very wide one can *hurt*, since it finds the short sentences that the model overrates (Koehn and Knowles 2017, section
# 3.6).

# %% [markdown]
# ## 5 · The figure of the paper
#
# Figure 2 of Bahdanau et al. 2015 draws BLEU against the length of the source sentence. A score for each single length
# would rest on few sentences, so sentences of about equal length are scored together. Say a group is five lengths wide:
# sentences of one to five words make up the first group, which we name by its longest length, 5; those of six to ten
# words the next one, 10.
#
# **Exercise 7 · ●●○ · 12 min · core.** Write `bleu_by_length`. A point of a curve is worth as much as the number of
# sentences in it, so return that, too.


# %% tags=["exercise"] slug="bleu_by_length"
def bleu_by_length(
    sources: list[list[str]],
    translations: list[list[str]],
    references: list[list[str]],
    score: Callable[[list[list[str]], list[list[str]]], float],
    width: int,
) -> dict[int, tuple[int, float]]:
    """Score sentences of about equal length together, as in figure 2 of Bahdanau et al. 2015.

    Args:
        sources: the words of each source sentence, at least one; their number decides.
        translations: the words of each translation.
        references: the right words of each sentence.
        score: called as score(translations, references), gives BLEU of a corpus.
        width: how many lengths share a group: 1 to width, width + 1 to 2 · width, and so on.

    Returns:
        longest length of a group → (number of sentences, their BLEU), short sentences first; groups without a sentence
        are left out.
    """
    ### BEGIN SOLUTION
    groups = defaultdict(list)
    for source, *pair in zip(sources, translations, references, strict=True):
        groups[math.ceil(len(source) / width) * width].append(pair)
    found = {}
    for longest, pairs in sorted(groups.items()):
        made, right = map(list, zip(*pairs, strict=True))
        found[longest] = (len(pairs), score(made, right))
    return found
    ### END SOLUTION


# %% tags=["check"]
check("bleu_by_length", bleu_by_length)

# %% [markdown]
# Now everything works together: your search, your BLEU, your curve. Two models translate fifty sentences of each number
# of clauses with a beam of five. Draw the two curves before you run the cell: where do they begin, and where do they
# bend?

# %% tags=["exploration"]
if ready("translate_together", "ngram_matches", "corpus_bleu", "bleu_by_length"):

    def new_attention(source_size: int, target_size: int) -> AttentionSeq2Seq:
        """The attention model of lesson 3, untrained."""
        decoder = AttentionDecoder(target_size, 64, 128, AdditiveScore(128, attention_size=32))
        return AttentionSeq2Seq(Encoder(source_size, 64, 128), decoder)

    def length_curve(model: nn.Module, pairs: list, width: int) -> dict[int, tuple[int, float]]:
        """BLEU of a model's translations by the length of the source sentence."""
        found = translate_together(model, [words.encode(pair)[0] for pair in pairs], beam_size=5)
        written = [[words.target[number] for number in numbers] for numbers in found]
        english, korean = [p.source_words for p in pairs], [p.target_words for p in pairs]
        return bleu_by_length(
            english, written, korean, lambda *sides: corpus_bleu(*sides, ngram_matches), width
        )


# %% tags=["exploration", "nbval-ignore-output"]
if ready("length_curve"):
    attention = new_attention(*sizes).eval()
    attention.load_state_dict(load_file(datasets_folder() / "models" / "03_attention.safetensors"))
    models = {"attention": attention, "baseline": baseline}
    curves = {
        name: length_curve(model, test_pairs[::4], width=5) for name, model in models.items()
    }
    shown.show_own_curve(curves, width=5)

# %% [markdown]
# That was one run of each model, and the last group is small: a few sentences more would move its point. The next
# figure has five seeds, greedy and with a beam of five, by the number of clauses; the dashed line marks where
# training ends. The sentences and the steps are the same for both models.

# %% tags=["exploration", "always", "nbval-ignore-output"]
shown.show_bleu_curves(results)

# %% [markdown]
# The paper has four curves: with attention (RNNsearch) and without, each trained on sentences of up to 30 words and
# of up to 50; it does not mark where training ends. Where the two figures agree: without attention BLEU falls steeply
# with the length; with attention it holds on the lengths that training had.

# %% [markdown]
# Where they do not: the authors write that RNNsearch-50, trained on up to 50 words, does not get worse even on
# sentences of 50 words and more. Ours gets worse at seven clauses and again at eight. Why? We do not know. Candidates
# are the encoder, which in the paper reads both ways; training lengths, which in ours stop abruptly and in real text
# tail off; and size. A beam changes none of this. The paper translated news, a much harder task, so the heights do not
# compare.

# %% [markdown]
# ## 6 · Real sentences
#
# The shipped corpus is clean: every word of a test sentence was in training. Real text is not. So both models were also
# trained on 5,239 English–Korean pairs of tatoeba.org, from five seeds, with measures that keep a model from memorising
# so few pairs: dropout, smoothed labels, and some source words replaced by `<unknown>`. Both encoders read both ways.
# The settings are the same for both, parameters agree within 5 %, and both translate the same 510 held-out pairs.
#
# Korean has too many word forms to list, so the target's tokens are **syllables**, and BLEU is counted by characters.
# The pairs are not in this repository; the figures are.

# %% tags=["exploration", "always"]
predictions.ask("real_gap", guess="", **questions.REAL_GAP)

# %% tags=["exploration", "always"]
real_results = load_results("06_real_corpus")
shown.print_real_results(real_results)
predictions.answer("real_gap", **questions.real_gap(shown.real_gap(real_results)))

# %% [markdown]
# The table has BLEU by the length of the English sentence as well. On the course's corpus the gap between the two
# models widens with length. Does it here? Look at the number of sentences, too, before you believe a point.

# %% tags=["exploration", "always", "nbval-ignore-output"]
shown.show_real_results(real_results)

# %% [markdown]
# Every seed with attention beats every seed without, by about two points: much less than on the course's corpus. And
# the gap does not grow with the length; from twelve tokens on there are few pairs, the seeds of the two models overlap,
# and nothing can be said. Why? We do not know, and no control was run. Candidates:
#
# - most sentences are as short as ours of one or two clauses, on which the baseline does well, too; only 22 of the 510
#   have twelve tokens or more;
# - the pairs are few: both models lack words and phrases long before the length of a sentence matters;
# - there is one reference, and there are many ways to say the same.
#
# Which experiment would tell these apart?

# %% [markdown]
# If you have a file of real pairs yourself, the next cells train lesson 3's model on it: English, tab, Korean, as
# tatoeba.org's are. In the target, `▁` stands for a space. Words that training has never seen, or only once, become
# `<unknown>`: the cell counts them, and you should know that number before you believe any score.

# %% tags=["exploration", "always", "nbval-ignore-output"]
real_file = real_corpus.real_corpus_path()
unit, tokenize = "syllables", "char"  # for French, say, "words" and "13a"
if real_file is None:
    shown.print_no_real_corpus(real_corpus.CORPUS_VARIABLE)
else:
    pairs = real_corpus.read_pairs(real_file, limit=20_000)
    seen, unseen = real_corpus.split_by_source(pairs, held_out=0.1, seed=1)
    real_words = real_corpus.RealVocabularies(seen, unit, minimum_count=2)
    unknown = real_words.unknown(unseen)
    total = sum(len(real_corpus.source_tokens(pair.source)) for pair in unseen)
    print(f"{real_file.name}: {len(seen):,} pairs to learn from, {len(unseen):,} held out")
    print(f"unknown in the held-out English: {unknown.total()} of {total} words; most often:")
    print(", ".join(f"{word} ({count})" for word, count in unknown.most_common(5)))

# %% [markdown]
# No English sentence is on both sides: otherwise a sentence with five translations would be learnt and then tested. Now
# the encoder, decoder, training, search and BLEU of the course, for eight epochs, about a minute for five thousand
# pairs. It is one run, scored by characters.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translate_together", "new_attention") and real_file is not None:
    torch.manual_seed(1)
    real_model = new_attention(len(real_words.source), len(real_words.target))
    train_model(real_model, seen, real_words, seed=1, epochs=8)
    sample = unseen[:: max(1, len(unseen) // 200)]
    source_numbers = [real_words.encode_source(pair.source) for pair in sample]
    found = translate_together(real_model, source_numbers, beam_size=5)
    written = [real_corpus.join_tokens(real_words.target.decode(each)) for each in found]
    wanted = [pair.target for pair in sample]
    own_bleu = sacrebleu.corpus_bleu(written, [wanted], tokenize=tokenize)
    print(f"BLEU on {len(sample)} held-out pairs: {own_bleu.score:.1f}")
    for pair, text in list(zip(sample, written, strict=True))[::40]:
        print(f"  {pair.source}  →  {text}   (reference: {pair.target})")

# %% [markdown]
# With a real corpus you will see a modest score and many fluent sentences that say something else: a few thousand
# pairs are not much. `make bench-real FILE=pairs.tsv` in the repository does what the table above shows, on your file.

# %% [markdown]
# ## 7 · From here to the Transformer
#
# You already know all of its attention. A **query** says what is looked for: in lesson 3, the decoder's state. **Keys**
# are what it is compared with, and **values** are what is read: there both were encoder states, in lesson 5 the values
# were words. Score, softmax, weighted sum: the same three steps.

# %% [markdown]
# Three things are new. The score is the dot product of lesson 3, *divided by the root of A*. The queries of **all**
# target positions are scored at once, since nothing has to wait for a state. And several such **heads** look side by
# side, each with smaller queries and keys of its own.
#
# **Exercise 8 · ●●○ · 15 min · core.** Write `scaled_dot_product`.


# %% tags=["exercise"] slug="scaled_dot_product"
def scaled_dot_product(
    queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Attention of all target positions at once: Vaswani et al. 2017, equation 1.

    Args:
        queries: (B, T, A), what each target position looks for.
        keys: (B, S, A), by which each source word is found.
        values: (B, S, H), what is read there.
        mask: (B, S) bool, True at real words.

    Returns:
        contexts (B, T, H): for each target position the sum of the values, each times its weight.
        weights (B, T, S): softmax over the real source words of query times key, divided by the root of A.
    """
    ### BEGIN SOLUTION
    scores = queries @ keys.transpose(1, 2) / math.sqrt(queries.shape[-1])  # (B, T, S)
    weights = scores.masked_fill(~mask.unsqueeze(1), -torch.inf).softmax(-1)
    return weights @ values, weights
    ### END SOLUTION


# %% tags=["check"]
check("scaled_dot_product", scaled_dot_product)

# %% [markdown]
# The check has compared your contexts with PyTorch's own function; here is another comparison, with tensors too large
# for a pencil. And why the root? The dot product of two vectors of A random numbers is typically as large as the root
# of A.
#
# Take one query and ten keys of random numbers. They give ten weights with sum 1. How large is the greatest of them, with
# the root and without, when A is 4 and when it is 1,024?

# %% tags=["exploration", "always"]
predictions.ask("without_root", guess="", **questions.WITHOUT_ROOT)

# %% tags=["exploration"]
if ready("scaled_dot_product"):
    generator = torch.Generator().manual_seed(1)
    queries, keys, values = (
        torch.randn(200, length, 1024, generator=generator) for length in (1, 10, 10)
    )
    everything = torch.ones(200, 10, dtype=torch.bool)
    contexts, _ = scaled_dot_product(queries, keys, values, everything)
    torchs = F.scaled_dot_product_attention(queries, keys, values)
    print("equal to PyTorch's:", torch.allclose(contexts, torchs, atol=1e-5))

# %% tags=["exploration"]
if ready("everything"):
    for size in (4, 64, 1024):
        q, k = queries[..., :size], keys[..., :size]
        rooted = scaled_dot_product(q, k, values, everything)[1].amax(-1).mean()
        plain = (q @ k.transpose(1, 2)).softmax(-1).amax(-1).mean()
        print(f"A = {size:4}: greatest weight {rooted:.1f} with the root, {plain:.1f} without")
    predictions.answer("without_root", **questions.without_root(plain.item(), rooted.item()))

# %% [markdown]
# Without the root, softmax soon puts all weight on one word before anything has been learnt, and hardly any gradient
# flows. With it the weights begin even, whatever the size.
#
# What else makes a Transformer: the encoder and the decoder look at *their own* words in the same way (self-attention),
# instead of a GRU; positions are added to the embeddings, since a sum does not know the order; and in training a mask
# hides the words that the decoder has yet to write.

# %% [markdown]
# ## 8 · Your translator
#
# Everything in one function: the model of lesson 5 with both changes, because its weights can be read, and your search.
# It was trained on one to six clauses. It knows 171 English words; it lists the words it does not know instead of
# guessing.

# %% tags=["exploration"]
if ready("extend_beams", "beam_search"):
    translator = word_reader(words).eval()
    weights_file = datasets_folder() / "models" / "05_word_reader.safetensors"
    translator.load_state_dict(load_file(weights_file))

    @torch.no_grad()
    def weights_for(source: list[int], target: list[int]) -> Tensor:
        """Where the translator looks (T, S) while it writes these words; neither side has END."""
        ids, mask = pad_batch([[*source, END]])
        read, last = translator.encoder(ids, mask)
        inputs = torch.tensor([[START, *target[:-1]]])
        _, _, weights = translator.decoder(inputs, last, read, mask)
        return weights[0, :, :-1]


# %% tags=["exploration", "nbval-ignore-output"]
if ready("weights_for"):

    def translate_sentence(sentence: str, beam_size: int = 5) -> None:
        """Show the translation of an English sentence, and where each Korean word looked."""
        english, known = sentence.split(), words.source[4:]
        unknown = [word for word in english if word not in known]
        shown.print_unknown_words(unknown, known)
        if unknown or not english:
            return
        if count_clauses(english) > 6:
            print("Longer than any sentence in training: do not trust the translation.")
        source = [words.source_numbers[word] for word in english]
        numbers = best_of(hypotheses_of(translator, [*source, END], beam_size), alpha=1)
        korean = [words.target[number] for number in numbers]
        shown.show_translation(english, korean, weights_for(source, numbers))

    translate_sentence("Mina reads a letter when it rains")

# %% [markdown]
# Write sentences of your own here and run the cell, as often as you like. For the first sentence it lists the unknown
# words. Read the glosses of the others. Which translation is wrong?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translator", "translate_sentence"):
    translate_sentence("my friend drives a car")
    translate_sentence("they love the book that you bought")
    translate_sentence("I think that they love the student that you met")
    translate_sentence("I think that they love the book that you bought")

# %% [markdown]
# In the last one, *they love* is gone. The translator knows every word of it, and every construction: a book with a
# clause of its own (second), a person with one inside *think that* (third). What training never had is a book with one
# inside *think that*. Knowing every word guarantees nothing, and nothing warns you.

# %% [markdown]
# ## The course in one page
#
# You have built a translator from its vocabulary to its search, found where it breaks, mended it, and looked at what
# the repair does. The table lists what was shown, with how many seeds, and the command that reproduces it. It is
# written by `python -m lessons.experiments.summary` from the files in `datasets/results`.

# %% tags=["exploration", "always"]
page = (datasets_folder() / "results" / "README.md").read_text(encoding="utf-8")
display(Markdown(page.partition("-->")[2]))

# %% [markdown]
# What was **not** shown: anything about real text beyond the one small corpus of section 6, whether attention wins at
# any size and after any training, or that weights explain a model. Our corpus is small and regular, because a program
# wrote it; that is why so much could be measured.

# %% [markdown]
# ## What you take with you
#
# - Beam search keeps K hypotheses, adds logarithms, and compares finished ones by score per word. It fixes search
#   errors, but most errors are the model's own.
# - BLEU is clipped n-gram precision over a whole corpus, times a penalty for brevity. Without its settings it says
#   nothing.
# - On the course's corpus attention holds BLEU as far as training reaches. On a few thousand real pairs it is ahead by
#   about two points, and why it is not more is open.
# - Attention is a weighted sum whose weights come from scores. The Transformer scales the score, computes all positions
#   at once, and leaves the GRU out.

# %% [markdown]
# **Where to go on.** Vaswani et al. 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762), section 3.2, has your
# last exercise as equation 1; *The Annotated Transformer* is that paper as code. Papineni et al. 2002,
# [P02-1040](https://aclanthology.org/P02-1040/), defines BLEU, and Post 2018,
# [arXiv:1804.08771](https://arxiv.org/abs/1804.08771), says how to report it. Koehn and Knowles 2017,
# [arXiv:1706.03872](https://arxiv.org/abs/1706.03872), lists what beams, lengths and rare words do on real text. Wu et
# al. 2016, [arXiv:1609.08144](https://arxiv.org/abs/1609.08144), describes Google's translator of that time: attention,
# a beam, length normalisation. Then take a language of your own: a file of pairs and section 6 are all you need.
