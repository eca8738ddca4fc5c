# %% [markdown]
# # 6 · The translator
#
# **You will build** beam search, BLEU, and the attention of the Transformer, and put the whole translator together.
#
# **You will learn** what a better search buys and what it cannot mend, how translations are scored, what the curve of
# the paper that brought attention looks like on this corpus, and what is left of the gap on real sentences.
#
# **You need** lessons 1 and 3; lesson 5 for the demo at the end.
#
# **Time** two hours; the cells themselves run for less than a minute. **Score to expect** BLEU above 97 at six
# clauses with attention, below 40 without.

# %% [markdown]
# Seven cells have a gap for you to fill, with a `check` below each, as before. The letters are the same, with one new
# one: **B** sentences in a batch, **S** source words, **T** target words, **E** numbers in an embedding, **H**
# numbers in a state, **A** numbers in a key, **V** words in a vocabulary, **K** hypotheses in a beam. A
# **hypothesis** is a translation that may not be finished yet.

# %% tags=["setup"]
import difflib
import math
import statistics
from collections import Counter
from collections.abc import Callable

import sacrebleu
import torch
from IPython.display import Markdown, display
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from autograder import check, hint, progress
from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, pad_batch
from lessons.earlier.lesson_02 import Vocabularies, train_model, translate
from lessons.earlier.lesson_03 import (
    AdditiveScore,
    AttentionDecoder,
    AttentionSeq2Seq,
    greedy_with_weights,
)
from lessons.earlier.lesson_05 import word_reader
from lessons.toolkit import predictions, real_corpus
from lessons.toolkit.batches import END, START, Batch
from lessons.toolkit.corpus import count_clauses, load_split
from lessons.toolkit.figures import common as figures
from lessons.toolkit.figures.alignment import draw_heat_map
from lessons.toolkit.figures.alignment_explorer import show_explorer
from lessons.toolkit.figures.gloss_lines import show_glossed
from lessons.toolkit.figures.seq2seq import draw_choices
from lessons.toolkit.figures.translation import (
    BeamRecorder,
    beam_gains,
    bleu_table,
    draw_beam,
    places_of,
    plot_beam_gain,
    plot_bleu_by_length,
    plot_real_corpus,
    real_corpus_table,
    tell_real_corpus,
)
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results, runs_of
from lessons.toolkit.training import use_threads

# %% [markdown]
# ## 1 · Greedy and sorry
#
# Greedy decoding takes the most probable word at each step and never looks back. Below is a sentence that the baseline
# of lesson 2, trained on all lengths, gets wrong. Compare the place of *안* (`NEG`). Whom does it negate in the right
# translation, and whom in the greedy one?

# %% tags=["exploration", "always"]
use_threads(2)
figures.use_course_style()
words = Vocabularies(load_split("train"))
sizes = len(words.source), len(words.target)
baseline = Seq2Seq(Encoder(sizes[0], 64, 128), Decoder(sizes[1], 64, 128)).eval()
baseline.load_state_dict(load_file(datasets_folder() / "models" / "02_baseline.safetensors"))
test_pairs = load_split("by_length")
example = next(
    pair for pair in test_pairs if pair.source == "the teacher is not sick because I wait for them"
)
show_glossed(
    [
        (example.source, [], []),
        ("right", example.target_words, example.glosses),
        ("greedy", translate(baseline, [example], words)[0], None),
    ]
)

# %% [markdown]
# Greedy says: *the teacher is sick because I do not wait for them*. What did it choose from? Each column is a step of
# greedy decoding with its three likeliest words; the first is the one it writes. Look for the steps at which the
# decoder is in doubt. The first of them decides the sentence.

# %% tags=["exploration", "always", "nbval-ignore-output"]
source = words.encode(example)[0]
chosen = [*translate(baseline, [example], words)[0], "<end>"]
target = [words.target_numbers[word] for word in chosen]
with torch.no_grad():
    shares = baseline(Batch(*pad_batch([source]), *pad_batch([target])))[0].softmax(-1)
best, numbers = shares.topk(3)  # (T, 3)
likeliest = [[words.target[number] for number in row] for row in numbers.tolist()]
doubt = int(best[:, 0].argmin())
figure = draw_choices(
    likeliest,
    best.tolist(),
    f"At step {doubt + 1}, {likeliest[doubt][0]} has {best[doubt, 0]:.0%} and {likeliest[doubt][1]} "
    f"{best[doubt, 1]:.0%}",
)
told = "; ".join(
    " ".join(f"{word} {share:.0%}" for word, share in zip(*row, strict=True))
    for row in zip(likeliest, best.tolist(), strict=True)
)
figures.show(figure, f"The three likeliest words at each step: {told}.")

# %% [markdown]
# How could that happen? At the fourth step *안* is in the lead, and greedy takes it. But *안* has to be paid for later:
# after it the decoder is in doubt about the verb (*기다려서*, `wait.because`, or *도와줘서*, `help.because`) and then about
# the last word. After *기다려서* it is nearly certain of every word. As a whole, the sentence with *기다려서* is more
# probable, and greedy never sees it.

# %% [markdown]
# **Beam search** keeps the K best hypotheses at each step instead of one. The probability of a hypothesis is a
# product, so its logarithm is a sum: the score so far plus the log-probability of the next word.
#
# **Exercise 1.** Write `extend_beams`. Each of K hypotheses can continue with each of V words; keep the best of these
# K · V. About four lines.


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
# Two hypotheses and three words are small enough for a pencil: the scores are -0.1 and -1.2. Which three continuations
# win? Can one hypothesis have two children in the new beam, and the other none?

# %% tags=["exploration"]
if ready("extend_beams"):
    table = torch.tensor([[-0.7, -0.9, -3.0], [-0.1, -2.5, -4.0]])
    for score, row, word in zip(*extend_beams(torch.tensor([-0.1, -1.2]), table, 3), strict=True):
        print(f"hypothesis {row} with word {word}: {score:.1f}")

# %% [markdown]
# ## 2 · The search
#
# Now the loop. It must know four things about each hypothesis: its words, its score, its last word, and the decoder's
# state. In each step:
#
# 1. `step` reads the last words and gives log-probabilities and new states.
# 2. `extend` chooses. Row r of its answer continues old hypothesis `rows[r]`: take over *its* words and *its* state.
# 3. What ends in END is set aside, and the beam becomes smaller by one.
#
# Source states, keys and mask are the same for all hypotheses, so `step` has them built in.
#
# **Exercise 2.** Write `beam_search`. About twelve lines.


# %% tags=["exercise"] slug="beam_search"
@torch.no_grad()
def beam_search(
    step, extend, state: Tensor, beam_size: int, max_length: int
) -> list[tuple[list[int], float]]:
    """Several translations of one sentence.

    Args:
        step: (words (K,), state (K, H)) → log-probabilities (K, V) of the next words, state (K, H).
        extend: what `extend_beams` is.
        state: (1, H), the decoder's first state.
        beam_size: how many hypotheses there are at most, those that have ended among them.
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
# short sentences less.)
#
# **Exercise 3.** Write `normalised_score`. One line.


# %% tags=["exercise"] slug="normalised_score"
def normalised_score(words: list[int], log_probability: float, alpha: float) -> float:
    """The score by which hypotheses of different length are compared.

    Args:
        words: the words of the hypothesis, with END if it has ended.
        log_probability: of the whole hypothesis.
        alpha: 0 takes the log-probability as it is, 1 divides it by the number of words, END among them; between
            the two, that number to the power of alpha.
    """
    ### BEGIN SOLUTION
    return log_probability / len(words) ** alpha
    ### END SOLUTION


# %% tags=["check"]
check("normalised_score", normalised_score)

# %% [markdown]
# Three functions join your parts to a model. `decoder_step` turns the decoder of any model of this course into the
# `step` of your search, `hypotheses_of` runs it, and `best_of` takes the hypothesis with the best score. The decoder
# reads K hypotheses as if they were a batch of K sentences.


# %% tags=["setup"]
Step = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def decoder_step(model: nn.Module, source: list[int]) -> tuple[Step, Tensor]:
    """The decoder of a model as `beam_search` wants it, for one sentence.

    Args:
        model: the baseline or an attention model.
        source: S word numbers, END after them.

    Returns:
        step: (words (K,), state (K, H)) → log-probabilities (K, V), state (K, H).
        state (1, H): the first.
    """
    ids = torch.tensor([source])
    mask = torch.ones_like(ids, dtype=torch.bool)
    read, last = model.encoder(ids, mask)

    def step(words: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        size = len(words)  # every hypothesis reads the same sentence
        if isinstance(model, Seq2Seq):
            known = (last.expand(size, -1),)
        elif isinstance(read, tuple):
            known = (tuple(part.expand(size, -1, -1) for part in read), mask.expand(size, -1))
        else:
            known = (read.expand(size, -1, -1), mask.expand(size, -1))
        logits, state, *_ = model.decoder(words.unsqueeze(1), state, *known)
        return logits[:, 0].log_softmax(-1), state

    return step, last


@torch.no_grad()
def hypotheses_of(
    model: nn.Module, source: list[int], beam_size: int, max_length: int = 60
) -> list[tuple[list[int], float]]:
    """What a beam finds for one sentence: (word numbers, log-probability) of each hypothesis."""
    step, state = decoder_step(model, source)
    return beam_search(step, extend_beams, state, beam_size, max_length)


def best_of(hypotheses: list[tuple[list[int], float]], alpha: float) -> list[int]:
    """The words of the best hypothesis, without END."""
    words, _ = max(hypotheses, key=lambda found: normalised_score(*found, alpha))
    return [word for word in words if word != END]


# %% [markdown]
# Now watch it. The recorder keeps what `extend_beams` chose at each step. Columns are steps, small numbers are scores.
#
# At step 4, *안* (`NEG`) is ahead of *기다려서* (`wait.because`). In the end, the sentence with *기다려서* comes first.
# When does the order turn?

# %% tags=["exploration", "always"]
predictions.ask(
    "order_turns",
    "From which step on is the hypothesis that took 기다려서 at step 4 in the lead?",
    a="step 5",
    b="step 6",
    c="step 7: when END is written",
    guess="",
)

# %% tags=["exploration", "nbval-ignore-output"]
if ready("extend_beams", "beam_search", "normalised_score"):
    recorder = BeamRecorder(extend_beams)
    step, state = decoder_step(baseline, words.encode(example)[0])
    hypotheses = beam_search(step, recorder, state, beam_size=3, max_length=60)
    best = max(hypotheses, key=lambda found: normalised_score(*found, alpha=1))[0]
    figure = draw_beam(
        recorder.steps, words.target, best, "For a while, the best sentence comes second"
    )
    written = " ".join(words.target[number] for number in best)
    figures.show(figure, f"Three hypotheses at each step; the best one in the end is: {written}")
    show_glossed([("best in the end", [words.target[n] for n in best if n != END], None)])
    places = places_of(best, recorder.steps)
    turned = 2 + max((step for step, place in enumerate(places) if place > 0), default=-1)
    predictions.answer(
        "order_turns",
        predictions.option_for(turned, 6, 7),
        f"From step {turned} on it stands in the first row.",
    )

# %% [markdown]
# *안* leads for two steps. At step 6 it has paid for the doubt about the verb and for the doubt about the last word, and
# *기다려서* passes it. Here all three hypotheses end at step 7; one that ends earlier leaves the beam, and the columns
# after it are shorter.
#
# A beam of one has nothing to choose from: it must write what greedy decoding writes. Does it, for both models?

# %% tags=["exploration"]
if ready("extend_beams", "beam_search", "normalised_score"):
    decoder = AttentionDecoder(sizes[1], 64, 128, AdditiveScore(128, attention_size=32))
    attention = AttentionSeq2Seq(Encoder(sizes[0], 64, 128), decoder).eval()
    attention.load_state_dict(load_file(datasets_folder() / "models" / "03_attention.safetensors"))

    def beam_translate(model: nn.Module, pairs: list, beam_size: int, alpha: float = 1) -> list:
        """The words of the best translation of each pair's source."""
        return [
            [words.target[n] for n in best_of(found, alpha)]
            for found in (hypotheses_of(model, words.encode(pair)[0], beam_size) for pair in pairs)
        ]

    some = [pair for pair in test_pairs if count_clauses(pair.source_words) == 4][:100]
    greedy = translate(baseline, some, words)
    ids, mask = pad_batch([words.encode(pair)[0] for pair in some])
    numbers, _ = greedy_with_weights(attention, ids, mask, max_length=60)
    greedy_attention = [[words.target[n] for n in line] for line in numbers]
    for name, model, wanted in (
        ("baseline", baseline, greedy),
        ("attention", attention, greedy_attention),
    ):
        alike = sum(map(list.__eq__, beam_translate(model, some, beam_size=1), wanted))
        print(f"{name}: a beam of one equals greedy decoding in 98 of 100 or more:", alike >= 98)
    print("with a beam of five:", *beam_translate(baseline, [example], beam_size=5)[0])

# %% [markdown]
# Why not simply 100? Arithmetic in a batch and for a single sentence differs in the last digits, and a near tie may
# fall the other way. Sentence by sentence, the two agree word for word.

# %% [markdown]
# ## 3 · BLEU: how good is a wrong sentence?
#
# Exact match gives 0 to a sentence with one wrong ending, and 0 to nonsense. BLEU looks at pieces: of the words,
# pairs, triples and quadruples in the translation, how many are in the reference, too? Take

# %% tags=["exploration", "always"]
wrong = "난 널 널 사랑해".split()
right = "난 널 많이 사랑해".split()
show_glossed([("translation", wrong, None), ("reference", right, None)])

# %% [markdown]
# With a pencil: of four words, *난* and *사랑해* are right. *널* is there twice, in the reference once, so it counts once:
# this is called **clipping**. Without it, *널 널 널 널* would be perfect. Single words give 3/4. What do pairs give?
#
# **Exercise 4.** Write `ngram_matches` for any n. About four lines.


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
# Compare with your own result. The translation has a single quadruple, and it is wrong. A sentence has so few of them
# that its own score says little; a corpus has thousands.

# %% tags=["exploration"]
if ready("ngram_matches"):
    for n in range(1, 5):
        matches, total = ngram_matches(wrong, right, n)
        print(f"{n}-grams: {matches} of {total}")

# %% [markdown]
# These are precisions: a system that writes only the words it is sure of would do well. So writing too little is
# punished, by the lengths of the whole corpus: one sentence may be short if another one is long.
#
# **Exercise 5.** Write `brevity_penalty`. About two lines.


# %% tags=["exercise"] slug="brevity_penalty"
def brevity_penalty(translation_lengths: list[int], reference_lengths: list[int]) -> float:
    """What a corpus of translations loses for being too short: Papineni et al. 2002, section 2.2.

    Args:
        translation_lengths: the number of words of each translation.
        reference_lengths: the same for the references.

    Returns:
        1 if the translations have at least as many words in all as the references have in all, else exp(1 - r/c),
        with c the words of all translations and r those of all references.
    """
    ### BEGIN SOLUTION
    c, r = sum(translation_lengths), sum(reference_lengths)
    return 1.0 if c >= r else math.exp(1 - r / c)
    ### END SOLUTION


# %% tags=["check"]
check("brevity_penalty", brevity_penalty)

# %% [markdown]
# Put both together. BLEU is the score of a **corpus**: matches and totals are summed over all sentences, then divided
# once for each n. The mean of sentence scores is a different number, and usually a meaningless one, since any sentence
# without a right quadruple has 0.
#
# **Exercise 6.** Write `corpus_bleu`. About six lines.


# %% tags=["exercise"] slug="corpus_bleu"
def corpus_bleu(
    translations: list[list[str]], references: list[list[str]], matches, penalty
) -> float:
    """BLEU of a corpus: Papineni et al. 2002, section 2.3.

    Args:
        translations: the words of each translation.
        references: the right words of each sentence.
        matches: what `ngram_matches` is.
        penalty: what `brevity_penalty` is.

    Returns:
        100 times the penalty times the geometric mean of four precisions, those of 1-grams to 4-grams. A precision
        divides the matches of all sentences by the n-grams of all translations. 0 if one precision is 0.
    """
    ### BEGIN SOLUTION
    precisions = []
    for n in range(1, 5):
        counts = [matches(*pair, n) for pair in zip(translations, references, strict=True)]
        precisions.append(sum(hits for hits, _ in counts) / sum(total for _, total in counts))
    lengths = [len(words) for words in translations], [len(words) for words in references]
    return 100 * penalty(*lengths) * math.prod(precisions) ** (1 / 4)
    ### END SOLUTION


# %% tags=["check"]
check("corpus_bleu", corpus_bleu)

# %% [markdown]
# Now score the greedy translations of a hundred sentences of four clauses. **sacrebleu** is the tool that papers use:
# it counts as you do, and it states its settings, without which a score cannot be compared. `tokenize="none"`: our
# words are already split at spaces. `force=True` silences a warning about exactly that. *Effective order*, off here,
# leaves out n-grams that a sentence is too short for; it is meant for single sentences only.

# %% tags=["exploration"]
if ready("greedy", "ngram_matches", "brevity_penalty", "corpus_bleu"):

    def sacre(translations: list[list[str]], references: list[list[str]], tokenize: str):
        """BLEU of a corpus as sacrebleu counts it, and the settings in its own words."""
        metric = sacrebleu.BLEU(tokenize=tokenize, force=True)
        written, wanted = (
            [" ".join(line) for line in side] for side in (translations, references)
        )
        return metric.corpus_score(written, [wanted]).score, metric.get_signature()

    references = [pair.target_words for pair in some]
    mine = corpus_bleu(greedy, references, ngram_matches, brevity_penalty)
    by_words, settings = sacre(greedy, references, "none")
    print("equal to sacrebleu's:", math.isclose(mine, by_words, abs_tol=1e-6))
    by_characters, _ = sacre(greedy, references, "char")
    print("the same translations by characters score higher:", by_characters > mine + 3)

# %% tags=["exploration", "nbval-ignore-output"]
if ready("mine", "by_characters"):
    print(
        f"by words {mine:.1f}, by characters {by_characters:.1f}; settings of the first: {settings}"
    )

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
predictions.ask(
    "gain",
    "At four clauses, what does a beam of five add to BLEU, on average over five seeds?",
    a="more than 2 points to attention, less to the baseline",
    b="more than 2 points to the baseline, less to attention",
    c="more than 2 points to both",
    d="less to either",
    guess="",
)

# %% tags=["exploration", "always"]
results = load_results("06_translator")
held = results["held_fixed"]
runs = {"attention": runs_of(results, "additive"), "baseline": runs_of(results, "baseline")}
ways = ("greedy", "beam, not normalised", "beam")
print("made by:", results["command"])
print(f"BLEU, worst to best seed, {held['new_sentences_per_length']} sentences of each length; ")
print(f"beam: {held['beam_size']} hypotheses, normalised with alpha = {held['alpha']:g}")
for model, found in runs.items():
    print(f"\n{model}, {found[0]['parameters']:,} parameters, {len(found)} seeds")
    print(bleu_table(found, ways, held["clauses"]))

# %% [markdown]
# Worst and best are hard to compare in a table. So look at the difference that the beam makes, for each seed by
# itself. Before you run the cell: at which lengths can a beam help a model that is nearly always right, and one that is
# nearly always wrong?

# %% tags=["exploration", "always", "nbval-ignore-output"]
gains = {model: beam_gains(found) for model, found in runs.items()}
mean_gains = {
    model: [statistics.mean(column) for column in zip(*each, strict=True)]
    for model, each in gains.items()
}
best = {model: max(each) for model, each in mean_gains.items()}
figure = plot_beam_gain(
    held["clauses"],
    gains,
    held["trained_up_to"],
    f"A beam adds up to {best['baseline']:.1f} BLEU points to the baseline, {best['attention']:.1f} to attention",
)
told = "; ".join(
    f"{model}, one to eight clauses: {', '.join(f'{gain:.1f}' for gain in each)}"
    for model, each in mean_gains.items()
)
figures.show(figure, f"BLEU points that a beam adds, mean of the seeds. {told}.")

# %% tags=["exploration", "always"]
four = {model: each[3] for model, each in mean_gains.items()}
helped = four["attention"] > 2, four["baseline"] > 2
predictions.answer(
    "gain",
    {(True, False): "a", (False, True): "b", (True, True): "c", (False, False): "d"}[helped],
    f"At four clauses the beam adds {four['attention']:.1f} to attention, {four['baseline']:.1f} to the baseline.",
)

# %% [markdown]
# The baseline gains most in the middle, at four and five clauses, where it gets some sentences right and is in doubt
# about many. At one clause there is hardly anything to gain, and at eight it is lost. Attention gains next to nothing
# up to six clauses, and a little beyond, where it begins to fail. Dividing by the length changes little, at most
# about two points.
#
# Why no more? Take the greedy translations that are wrong, and ask the model how probable it finds the *right* one. If
# that is more probable than what the search found, the search has missed it: a **search error**. If not, no search
# could help, because the model prefers the mistake: a **model error**.

# %% tags=["exploration", "always"]
predictions.ask(
    "search_errors",
    "Of the baseline's wrong greedy translations, which share are search errors?",
    a="less than a quarter",
    b="a quarter to a half",
    c="half to three quarters",
    d="three quarters or more",
    guess="",
)

# %% [markdown]
# Counted over five seeds and all test sentences of one to six clauses. Each line has the translations that are wrong,
# and the share of them for which the search is to blame: the model itself finds the right sentence more probable.

# %% tags=["exploration", "always"]
blamed = {}
for model, found in runs.items():
    for way in ("greedy", "beam"):
        wrong_ones = sum(sum(run["wrong"][way][:6]) for run in found)
        missed = sum(sum(run["search_errors"][way][:6]) for run in found)
        share = blamed[model, way] = missed / wrong_ones
        print(f"{model:9} {way:6}  {wrong_ones:5,} wrong, {share:4.0%} of them search errors")
to_blame = blamed["baseline", "greedy"]
predictions.answer(
    "search_errors",
    predictions.option_for(to_blame, 0.25, 0.5, 0.75),
    f"{to_blame:.0%} of the baseline's greedy errors are search errors; the rest are the model's.",
)

# %% [markdown]
# Greedy search is to blame for a small part of the baseline's errors, and a beam of five misses almost nothing. What is
# left is the model's. On real text, where many sentences are nearly as good as the best one, a beam buys more; and a
# very wide one can *hurt*, since it finds the short sentences that the model overrates (Koehn and Knowles 2017, section
# 3.6).

# %% [markdown]
# ## 5 · The figure of the paper
#
# Figure 2 of Bahdanau et al. 2015 draws BLEU against sentence length for four models: with attention (RNNsearch) and
# without, each trained on sentences of up to 30 words and of up to 50. It does not mark where training ends. Here are
# our two models, greedy and with a beam of five, trained on one to six clauses; the dashed line marks that border. The
# sentences and the steps are the same for both. Draw your four curves before you run the cell.

# %% tags=["exploration", "always", "nbval-ignore-output"]
curves = {
    f"{model}, {way}": [run["bleu"][way] for run in runs[model]]
    for model in ("attention", "baseline")
    for way in ("beam", "greedy")
}
figure = plot_bleu_by_length(
    held["clauses"],
    held["mean_source_words"],
    curves,
    held["trained_up_to"],
    "With attention, BLEU holds as far as training reaches",
)
means = {
    name: [statistics.mean(column) for column in zip(*each, strict=True)]
    for name, each in curves.items()
}
ends = "; ".join(
    f"{name} from {mean[0]:.0f} at one clause to {mean[5]:.0f} at six and {mean[7]:.0f} at eight"
    for name, mean in means.items()
)
figures.show(
    figure, f"BLEU against clauses, mean of {len(runs['baseline'])} seeds in bands of all: {ends}."
)

# %% [markdown]
# Where the two agree: without attention BLEU falls steeply with the length; with attention it holds on the lengths
# that training had.
#
# Where they do not: the authors write that RNNsearch-50, trained on up to 50 words, does not get worse even on
# sentences of 50 words and more. Ours gets worse at seven clauses and again at eight. Why? We do not know.
# Candidates are the encoder, which in the paper reads both ways; the lengths in training, which in ours end abruptly
# and in real text thin out; and size. A beam changes none of this. The paper translated news, a much harder task, so
# the heights do not compare.

# %% [markdown]
# ## 6 · Real sentences
#
# The shipped corpus is clean: every word of a test sentence was in training. Real text is not. So both models were also
# trained on 5,239 English–Korean pairs of tatoeba.org, from five seeds, with what keeps a model from learning so few by
# heart: dropout, smoothed labels, and some source words replaced by `<unknown>`. Both encoders read both ways. The
# settings are the same for both, parameters agree within 5 %, and both translate the same 510 held-out pairs.
#
# Korean has too many word forms to list, so the target's tokens are **syllables**, and BLEU is counted by characters.
# The pairs are no part of this repository, the figures are.

# %% tags=["exploration", "always"]
predictions.ask(
    "real_gap",
    "On real sentences, how far is attention ahead of the baseline, on average over five seeds?",
    a="it is not ahead",
    b="less than 5 BLEU points",
    c="5 to 20 points",
    d="more than 20 points, as on the course's corpus at six clauses",
    guess="",
)

# %% tags=["exploration", "always"]
real_results = load_results("06_real_corpus")
real_held = real_results["held_fixed"]
real_bleu = {
    model: [run["bleu"] for run in runs_of(real_results, model)]
    for model in ("attention", "baseline")
}
gap = statistics.mean(real_bleu["attention"]) - statistics.mean(real_bleu["baseline"])
print("made by:", real_results["command"], "with", real_results["corpus"]["name"])
print("SHA-256 of that file:", real_results["corpus"]["sha256"])
print(
    f"{real_held['training_pairs']:,} pairs to learn from, {real_held['held_out_pairs']} held out"
)
print(
    f"BLEU by characters, beam of {real_held['beam']}; worst to best of {len(real_bleu['baseline'])} seeds"
)
print(real_corpus_table(real_results))
predictions.answer(
    "real_gap",
    predictions.option_for(gap, 0, 5, 20),
    f"Attention is {gap:.1f} points ahead.",
)

# %% [markdown]
# The table has BLEU by the length of the English sentence as well. On the course's corpus the two models part as
# sentences grow. Do they here? Look at the number of sentences, too, before you believe a point.

# %% tags=["exploration", "always", "nbval-ignore-output"]
figure = plot_real_corpus(
    real_results,
    f"On {real_held['training_pairs']:,} real pairs attention is ahead by {gap:.1f} BLEU points",
)
figures.show(figure, tell_real_corpus(real_results))

# %% [markdown]
# Every seed with attention beats every seed without, by about two points: much less than on the course's corpus. And the
# gap does not grow with the length; among the longest sentences we see none. Why? We do not know, and no control was
# run. Candidates:
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
    print("There is no real corpus on this machine; the lesson goes on without it. To get one,")
    print("  run `autograder fetch` in a terminal (it says what it downloads, and whose it is),")
    print(
        f"  or name a file in the variable {real_corpus.CORPUS_VARIABLE} and restart JupyterLab."
    )
else:
    pairs = real_corpus.read_pairs(real_file, limit=20_000)
    seen, unseen = real_corpus.split_by_source(pairs, held_out=0.1, seed=1)
    real_words = real_corpus.RealVocabularies(seen, unit, minimum_count=2)
    unknown = real_words.unknown(unseen)
    total = sum(len(real_corpus.source_tokens(pair.source)) for pair in unseen)
    print(f"{real_file.name}: {len(seen):,} pairs to learn from, {len(unseen):,} held out")
    print(f"unknown in the held-out English: {unknown.total()} of {total} words", end="; ")
    print("most often:", ", ".join(f"{word} ({count})" for word, count in unknown.most_common(5)))

# %% [markdown]
# No English sentence is on both sides: otherwise a sentence with five translations would be learnt and then tested. Now
# the encoder, decoder, training, search and BLEU of the course, for eight epochs, about a minute for five thousand
# pairs. It is one run, scored by characters.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("extend_beams", "beam_search", "normalised_score"):
    if real_file is None:
        print("Nothing to do without a real corpus; see the cell above.")
    else:
        torch.manual_seed(1)
        source_size, target_size = len(real_words.source), len(real_words.target)
        score = AdditiveScore(128, attention_size=32)
        real_decoder = AttentionDecoder(target_size, 64, 128, score)
        real_model = AttentionSeq2Seq(Encoder(source_size, 64, 128), real_decoder)
        train_model(real_model, seen, real_words, seed=1, epochs=8)
        sample = unseen[:: max(1, len(unseen) // 200)]
        found = [
            best_of(hypotheses_of(real_model, real_words.encode_source(pair.source), 5), alpha=1)
            for pair in sample
        ]
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
#
# Three things are new. The score is the dot product of lesson 3, *divided by the root of A*. The queries of **all**
# target positions are scored at once, since nothing has to wait for a state. And several such **heads** look side by
# side, each with smaller queries and keys of its own.
#
# **Exercise 7.** Write `scaled_dot_product`. About three lines.


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
predictions.ask(
    "without_root",
    "A = 1,024 and no root: how large is the greatest of ten weights, on average?",
    a="about 0.1: all are nearly equal",
    b="about 0.3",
    c="about 0.6",
    d="0.9 or more: one word gets nearly all",
    guess="",
)

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
    for size in (4, 64, 1024):
        q, k = queries[..., :size], keys[..., :size]
        with_root = scaled_dot_product(q, k, values, everything)[1]
        without = (q @ k.transpose(1, 2)).softmax(-1)
        greatest = [weights.amax(-1).mean() for weights in (with_root, without)]
        print(
            f"A = {size:4}: greatest weight {greatest[0]:.1f} with the root, {greatest[1]:.1f} without"
        )
    predictions.answer(
        "without_root",
        predictions.option_for(greatest[1].item(), 0.2, 0.45, 0.85),
        f"With A = {size:,} it is {greatest[1]:.1f} without the root, {greatest[0]:.1f} with it.",
    )

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
# It was trained on one to six clauses. It knows 171 English words; what it does not know it names, and does not guess.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("extend_beams", "beam_search", "normalised_score"):
    translator = word_reader(words).eval()
    translator.load_state_dict(
        load_file(datasets_folder() / "models" / "05_word_reader.safetensors")
    )

    def name_unknown(unknown: list[str]) -> None:
        """Say which words are not known, and which known ones are spelt alike."""
        for word in unknown:
            near = difflib.get_close_matches(word, words.source[4:], n=3, cutoff=0.6)
            alike = f"; spelt alike: {', '.join(near)}" if near else ""
            print(f"I do not know {word!r}{alike}. (I know lower-case words without punctuation.)")

    @torch.no_grad()
    def weights_for(source: list[int], target: list[int]) -> Tensor:
        """Where the translator looks (T, S) while it writes these words; neither side has END."""
        ids = torch.tensor([[*source, END]])
        mask = torch.ones_like(ids, dtype=torch.bool)
        read, last = translator.encoder(ids, mask)
        _, _, weights = translator.decoder(torch.tensor([[START, *target[:-1]]]), last, read, mask)
        return weights[0, :, :-1]

    def translate_sentence(sentence: str, beam_size: int = 5) -> None:
        """Show the translation of an English sentence, and where each Korean word looked."""
        english = sentence.split()
        unknown = [word for word in english if word not in words.source[4:]]
        if unknown or not english:
            name_unknown(unknown)
            return
        if count_clauses(english) > 6:
            print("Longer than any sentence in training: do not trust the translation.")
        source = [words.source_numbers[word] for word in english]
        numbers = best_of(hypotheses_of(translator, [*source, END], beam_size), alpha=1)
        korean = [words.target[number] for number in numbers]
        weights = weights_for(source, numbers)
        figures.show(
            draw_heat_map(weights, english, korean, " ".join(korean)),
            f"Heat map of the weights for: {sentence} → {' '.join(korean)}",
        )
        show_glossed([(sentence, korean, None)])
        show_explorer(english, korean, weights)

    translate_sentence("Mina reads a letter when it rains")

# %% [markdown]
# Write sentences of your own here and run the cell, as often as you like. Of the first, it names the words that it does
# not know. Read the glosses of the others. Which translation is wrong?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translator", "translate_sentence"):
    translate_sentence("my friend drives a car")
    translate_sentence("they love the book that you bought")
    translate_sentence("I think that they love the student that you met")
    translate_sentence("I think that they love the book that you bought")

# %% [markdown]
# In the last one, *they love* is gone. The translator knows every word of it, and every construction: a book with a
# clause of its own (second), a person with one inside *think that* (third). What training never had is a book with one
# inside *think that*. Knowing the words is no promise, and nothing warns you.

# %% [markdown]
# ## The course in one page
#
# You have built a translator from its vocabulary to its search, found where it breaks, mended it, and looked at what
# the repair does. The table says what was shown, with how many seeds, and which command makes it again. It is written by
# `python -m lessons.experiments.summary` from the files in `datasets/results`.

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
# - Beam search keeps K hypotheses, adds logarithms, and compares finished ones by score per word. It mends search
#   errors; most errors are the model's.
# - BLEU is clipped n-gram precision over a whole corpus, times a penalty for brevity. Without its settings it says
#   nothing.
# - On the course's corpus attention holds BLEU as far as training reaches. On a few thousand real pairs it is ahead by
#   about two points, and why no more is open.
# - Attention is a weighted sum whose weights come from scores. The Transformer scales the score, computes all positions
#   at once, and leaves the GRU out.
#
# **Where to go on.** Vaswani et al. 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762), section 3.2, has your
# last exercise as equation 1; *The Annotated Transformer* is that paper as code. Papineni et al. 2002,
# [P02-1040](https://aclanthology.org/P02-1040/), defines BLEU, and Post 2018,
# [arXiv:1804.08771](https://arxiv.org/abs/1804.08771), says how to report it. Koehn and Knowles 2017,
# [arXiv:1706.03872](https://arxiv.org/abs/1706.03872), lists what beams, lengths and rare words do on real text. Wu et
# al. 2016, [arXiv:1609.08144](https://arxiv.org/abs/1609.08144), describes Google's translator of that time: attention,
# a beam, length normalisation. Then take a language of your own: a file of pairs and section 6 are all you need.
