# %% [markdown]
# # 1 · A sentence through one vector: the seq2seq baseline
#
# **You will build** a translator from English to Korean: a vocabulary, padded batches, a network that reads a
# sentence into one vector, another that writes a translation from it, the training step, and greedy decoding.
#
# **You will learn** why translating word by word fails, how a recurrent network reads, and how two of them translate.
#
# **You need** Python, tensors, `nn.Module`, and what a gradient is. Embeddings and recurrent networks are explained
# from the beginning.
#
# **Time** two to three hours; the cells themselves run for about a minute on a laptop. **Score to expect** more than
# 90 % of unseen short sentences translated exactly.

# %% [markdown]
# ## How this notebook works
#
# Twelve cells are exercises. In eleven of them a line raises `NotImplementedError`: replace it. The other one holds
# code with a bug, and you mend it. Run the cell, then the `check` below it, which says within a second what is right
# and which idea is wrong. If it does not come back, press ■ and look for a loop that never ends. Use whatever the
# next cell imports.
#
# Above each exercise stands a label, such as **●●○ · 10 min · core**: how hard it is, about how long it takes, and
# what it is for. A *core* exercise builds an idea of the course, a *tool* is something that you need on the way, and
# an *extra* may be left out.

# %% [markdown]
# Stuck? Open the hints in the answer of the check, one at a time; `hint("make_dictionary")` in a cell of your own
# prints them too. `progress()` shows what you have done in all lessons, and what comes next.
#
# Before some experiments a cell asks what you expect. Write a letter and run it; the experiment answers. Nobody else
# sees your letter, and a wrong guess teaches you more than none. After some, you are asked to explain the result in
# a sentence of your own. Write it before you open ours.
#
# Every tensor has its dimensions named with the same letters: **B** sentences in a batch, **S** source words,
# **T** target words, **E** numbers in an embedding, **H** numbers in a state, **V** words in a vocabulary.

# %% tags=["setup"]
import math
from collections import Counter, defaultdict

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from autograder import check, hint, progress
from lessons.toolkit import predictions
from lessons.toolkit.batches import (
    END,
    PAD,
    SPECIAL_TOKENS,
    START,
    UNKNOWN,
    Batch,
    make_batches,
    shift_right,
)
from lessons.toolkit.corpus import SentencePair, load_split
from lessons.toolkit.figures import common as figures
from lessons.toolkit.figures import seq2seq as seq2seq_figures
from lessons.toolkit.figures.gloss_lines import show_glossed
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results
from lessons.toolkit.training import exact_match, one_cycle, train, use_threads

# %% [markdown]
# ## 1 · Two languages side by side
#
# The corpus has English sentences, their Korean translations, and for each pair the links between words that mean
# the same. Here you use sentences of one and two clauses. Korean puts the verb last and glues a particle to the noun:
# 나 (*I*) and the particle 는 (for the topic) make 나는, in speech *난*. The style is the one friends use with each
# other.

# %% [markdown]
# You need no Korean. Each Korean word has a **gloss** below it: in small letters what it means, in capitals what its
# ending does, with a full stop between the two. So *난* is `I.TOP`, *I* as the topic, and *널* is `you.OBJ`, *you* as
# the object; the other labels are explained below the sentences.

# %% tags=["exploration", "always"]
use_threads(2)
figures.use_course_style()
training_pairs = load_split("train", clauses=(1, 2))
test_pairs = load_split("test", clauses=(1, 2))

print(f"{len(training_pairs):,} pairs to learn from, {len(test_pairs)} to test with")
love = next(pair for pair in training_pairs if pair.source == "I love you")
show_glossed(
    [(pair.source, pair.target_words, pair.glosses) for pair in [love, *test_pairs[:6]]],
    explain=True,
)


def sure_links(pair: SentencePair) -> list[tuple[int, int]]:
    """The links of a pair, as numbers of source and target word."""
    return [(link.source, link.target) for link in pair.alignment if link.sure]


# %% [markdown]
# See which words belong together in the most famous sentence, 난 널 사랑해 (say *nan neol saranghae*). Before you run the
# cell: in which order would you have to read 난 (`I.TOP`), 널 (`you.OBJ`) and 사랑해 (`love.INT`) to get the English
# back? 넌 (*neon*), `you.TOP`, differs from 널 by its last letter.
#
# <details><summary>Our answer</summary>
#
# First 난, then 사랑해, then 널.
#
# </details>

# %% tags=["exploration", "always", "nbval-ignore-output"]
seq2seq_figures.show_links(love, sure_links(love), "The verb moves to the end, so links cross")

# %% [markdown]
# ## 2 · Word by word
#
# The simplest translator is a dictionary: look up each word and write the results in the same order. To be fair to
# it, give it a good dictionary: for each English word, the Korean word that it is linked to most often.
#
# **Exercise 1 · ●○○ · 10 min · tool.** Write `make_dictionary`. Each example is a triple: source words, target
# words, and links `(i, j)` that say source word `i` belongs to target word `j`. The check contains no ties.


# %% tags=["exercise"] slug="make_dictionary"
def make_dictionary(
    examples: list[tuple[list[str], list[str], list[tuple[int, int]]]],
) -> dict[str, str]:
    """The most frequent counterpart of every source word.

    Args:
        examples: (source words, target words, links) of each sentence pair.

    Returns:
        source word → target word, for every source word that has a link, capitals as they are. Of counterparts that
        are equally frequent any one will do.
    """
    ### BEGIN SOLUTION
    counts = defaultdict(Counter)
    for source_words, target_words, links in examples:
        for i, j in links:
            counts[source_words[i]][target_words[j]] += 1
    return {word: counter.most_common(1)[0][0] for word, counter in counts.items()}
    ### END SOLUTION


# %% tags=["check"]
check("make_dictionary", make_dictionary)

# %% [markdown]
# Now measure it. A translation counts only if every word is right and in its place: this is **exact match**, a
# strict score, but one that nobody can argue with. Predict it first, with a letter for `guess`. Every test word that
# has a counterpart is in the dictionary.

# %% tags=["exploration", "always"]
predictions.ask(
    "dictionary_score",
    "Of a hundred test sentences, how many will the dictionary translate exactly?",
    a="fewer than 10",
    b="10 to 39",
    c="40 to 69",
    d="70 or more",
    guess="",
)

# %% [markdown]
# First make the dictionary from all training pairs, and look up the words of a few sentences, the most famous one
# first. Compare the glosses: which words have the wrong form, and which are missing?

# %% tags=["exploration"]
if ready("make_dictionary"):
    examples = [
        (pair.source_words, pair.target_words, sure_links(pair)) for pair in training_pairs
    ]
    dictionary = make_dictionary(examples)
    seq2seq_figures.show_lookups([love, *test_pairs[:3]], dictionary)

# %% [markdown]
# The experiment: look up each word of each test sentence, and compare with the right translation.

# %% tags=["exploration"]
if ready("dictionary"):
    lookups = [
        [dictionary[word] for word in pair.source_words if word in dictionary]
        for pair in test_pairs
    ]
    score = exact_match(lookups, [pair.target_words for pair in test_pairs])
    predictions.answer(
        "dictionary_score",
        predictions.option_for(100 * score, 10, 40, 70),
        f"Of {len(test_pairs)} test sentences the dictionary gets {score:.1%} exactly right.",
        b="The sentences are short, but even a short one has its verb in another place.",
        c="Many single words are right; exact match asks for all of them, in their places.",
        d="The words of the dictionary are good ones; order, form and number are missing.",
    )

# %% [markdown]
# Here is *I love you* as a picture: above each English word what the dictionary has for it, below what it becomes in
# the translation. A frame marks a word that is wrong at its place.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("dictionary"):
    seq2seq_figures.show_lookup(love, sure_links(love), dictionary)

# %% [markdown]
# **Explain.** In one sentence: why would it not be enough to swap the last two words? Write it here, then open ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# A swap puts the words of this sentence in order, but both would still have the wrong form, and in other sentences
# the number of words is wrong, too.
#
# </details>
#
# Three things go wrong. The **order**: *love* comes second in English and last in Korean. The **form**: *you* is *넌*
# as a topic and *널* as an object; *love* is *사랑해* now and *사랑할 거야* in the future; a dictionary has to pick
# one. The **length**: *the* has no counterpart, so the Korean sentence often has another number of words. A
# translator has to read the whole sentence before it writes the first word.

# %% [markdown]
# ## 3 · Words as numbers
#
# A network computes with numbers, so each word gets one: its place in the **vocabulary**. The first four places are
# taken by special tokens: `PAD` fills gaps in a batch, `START` stands before the first word of a translation, `END`
# closes a sentence, `UNKNOWN` stands for words that are not listed. In code, `PAD` to `UNKNOWN` are these four numbers;
# `SPECIAL_TOKENS` holds their names, which the vocabulary lists.
#
# **Exercise 2 · ●○○ · 8 min · tool.** Write `build_vocabulary`: the special tokens in their order, then the words,
# most frequent first, words with equal counts in alphabetical order. Words seen fewer than `minimum_count` times
# stay out.


# %% tags=["exercise"] slug="build_vocabulary"
def build_vocabulary(sentences: list[list[str]], minimum_count: int = 1) -> list[str]:
    """The special tokens and all words that are frequent enough.

    Args:
        sentences: the words of each sentence.
        minimum_count: how often a word must appear to be listed.

    Returns:
        V words: SPECIAL_TOKENS, then words by falling count, equal counts in alphabetical order, in which Python puts
        capitals before small letters.
    """
    ### BEGIN SOLUTION
    counts = Counter(word for sentence in sentences for word in sentence)
    frequent = [word for word, count in counts.items() if count >= minimum_count]
    return [*SPECIAL_TOKENS, *sorted(frequent, key=lambda word: (-counts[word], word))]
    ### END SOLUTION


# %% tags=["check"]
check("build_vocabulary", build_vocabulary)

# %% [markdown]
# A vocabulary turned around is a dict from word to number, and a sentence becomes a list of numbers. `END` comes
# after it in both languages: the network that reads can see that the sentence is complete, and the one that writes can
# learn when to stop.
#
# **Exercise 3 · ●○○ · 3 min · tool.** Write `encode_words`. What should happen to a word that the dict does not have?


# %% tags=["exercise"] slug="encode_words"
def encode_words(words: list[str], numbers: dict[str, int]) -> list[int]:
    """A sentence as numbers, with END after the last word.

    Args:
        words: the words of the sentence.
        numbers: word → number.

    Returns:
        One number per word, UNKNOWN for words that `numbers` does not have, then END.
    """
    ### BEGIN SOLUTION
    return [numbers.get(word, UNKNOWN) for word in words] + [END]
    ### END SOLUTION


# %% tags=["check"]
check("encode_words", encode_words)

# %% [markdown]
# With both you can turn the corpus into numbers. Korean has more word forms than English: each noun comes with
# several particles and each verb with several endings, and every such form is a word of its own here.

# %% tags=["exploration"]
if ready("build_vocabulary", "encode_words"):
    source_vocabulary = build_vocabulary([pair.source_words for pair in training_pairs])
    target_vocabulary = build_vocabulary([pair.target_words for pair in training_pairs])
    source_numbers = {word: number for number, word in enumerate(source_vocabulary)}
    target_numbers = {word: number for number, word in enumerate(target_vocabulary)}
    print(f"{len(source_vocabulary)} English words, {len(target_vocabulary)} Korean words")
    print(love.source_words, "→", encode_words(love.source_words, source_numbers))
    print(love.target_words, "→", encode_words(love.target_words, target_numbers))

# %% [markdown]
# ## 4 · Sentences as a batch
#
# A tensor is a rectangle; sentences are not. Short ones are filled up with `PAD` on the right, and a **mask** says
# which places hold real words. Everything that follows has to respect it: a network that learns from padding learns
# to write padding.
#
# **Exercise 4 · ●●○ · 10 min · tool.** Write `pad_batch`. In this course a mask is always a bool tensor with True
# at real words; PyTorch's `key_padding_mask`, which you may meet elsewhere, is True at padding.


# %% tags=["exercise"] slug="pad_batch"
def pad_batch(sequences: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Sentences of unequal length as one tensor.

    Args:
        sequences: B lists of numbers; the longest has S of them.

    Returns:
        ids (B, S) int64: each sentence from the left, then PAD.
        mask (B, S) bool: True at real words.
    """
    ### BEGIN SOLUTION
    lengths = [len(sequence) for sequence in sequences]
    longest = max(lengths)
    ids = torch.tensor([[*sequence, *[PAD] * (longest - len(sequence))] for sequence in sequences])
    return ids, torch.arange(longest) < torch.tensor(lengths).unsqueeze(1)
    ### END SOLUTION


# %% tags=["check"]
check("pad_batch", pad_batch)

# %% [markdown]
# Look at what you made: two sentences of different length, as numbers, as a mask, and as a picture. Which column is
# the first to hold padding? The picture below is drawn from your two tensors: each number is turned back into its
# word, and each place where your mask is False is hatched.

# %% tags=["exploration"]
if ready("source_numbers", "pad_batch"):
    two = sorted(training_pairs[:8], key=lambda pair: len(pair.source_words))[::7]
    ids, mask = pad_batch([encode_words(pair.source_words, source_numbers) for pair in two])
    print(ids)
    print(mask.int())

# %% [markdown]
# And the picture. Does it show the same column?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("ids", "mask"):
    seq2seq_figures.show_batch(ids, mask, source_vocabulary)

# %% [markdown]
# ## 5 · Words as vectors
#
# A network multiplies and adds. With the place in a vocabulary that makes no sense: the word with number 40 is not
# twice the one with number 20. So each word gets a row of E numbers, its **embedding**, in a table of V rows. The
# word's number only says which row to take.
#
# Nobody writes this table. It begins with random numbers, and training moves a row a little whenever its word is
# read, so that a row comes to say what matters about its word. The table below we did write, with E = 2, because the
# next steps are for your pencil. No arithmetic yet: an embedding is a look-up.

# %% tags=["exploration", "always"]
table = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])  # (V, E): rows for I, love, you
print("I love  →", table[torch.tensor([0, 1])].tolist())
print("love I  →", table[torch.tensor([1, 0])].tolist())
layer = nn.Embedding.from_pretrained(table)
print("nn.Embedding does the same:", layer(torch.tensor([0, 1])).equal(table[[0, 1]]))

# %% [markdown]
# ## 6 · A network that reads
#
# A **recurrent network** reads the words one after another and keeps a **state** of H numbers, its memory. At each
# word it makes a new state from two things: the word's embedding $x_t$ and the state before, $h_{t-1}$.
#
# $$h_t = \tanh(W x_t + U h_{t-1} + b)$$
#
# $W$, $U$ and $b$ are learnt, and they are the same at every word. The function tanh squeezes each number into the
# range from −1 to 1, so that a state cannot grow from word to word. The first state, $h_0$, is all zeros.

# %% [markdown]
# Take a pencil. Let $W$ change nothing, let $U$ halve the old state, and let $b$ be zero. Then a new state is
# tanh(embedding + half of the old state). You need three values: tanh(0) = 0, tanh(0.38) = 0.36, tanh(1) = 0.76.
#
# | *I love* | embedding | half of the old state | sum | state |
# | --- | --- | --- | --- | --- |
# | *I* | (1, 0) | (0, 0) | (1, 0) | (0.76, 0) |
# | *love* | (0, 1) | (0.38, 0) | (0.38, 1) | (0.36, 0.76) |
#
# The second state knows both words: the 0.76 is *love*, and the 0.36 is what is left of *I*. Now read *love I* with
# your pencil. Which state comes out?
#
# <details><summary>Our result</summary>
#
# First (0, 0.76), then tanh(1, 0.38) = (0.76, 0.36). The same two words in another order leave another state.
#
# </details>

# %% [markdown]
# **Exercise 5 · ●●○ · 12 min · core.** Write `read_by_hand`, which reads a sentence of any length, with any W, U
# and b. It returns the states after all words, one in each row.


# %% tags=["exercise"] slug="read_by_hand"
def read_by_hand(
    words: Tensor, word_weights: Tensor, state_weights: Tensor, bias: Tensor
) -> Tensor:
    """Read one sentence with a recurrent cell.

    Args:
        words: (S, E), the embedding of each word.
        word_weights: (H, E), the W of the formula.
        state_weights: (H, H), its U.
        bias: (H,), its b.

    Returns:
        (S, H): the state after each word. The state before the first word is all zeros.
    """
    ### BEGIN SOLUTION
    state = torch.zeros(len(bias))
    states = []
    for word in words:
        state = torch.tanh(word_weights @ word + state_weights @ state + bias)
        states.append(state)
    return torch.stack(states)
    ### END SOLUTION


# %% tags=["check"]
check("read_by_hand", read_by_hand)

# %% [markdown]
# Compare it with your pencil, and then with PyTorch's `nn.RNN`, which does the same for whole batches. The layer
# begins with random weights; your function gets those weights and a sentence of five random embeddings.

# %% tags=["exploration"]
if ready("read_by_hand"):
    for order in ([0, 1], [1, 0]):
        states = read_by_hand(table[order], torch.eye(2), 0.5 * torch.eye(2), torch.zeros(2))
        print(" ".join("I love".split()[number] for number in order), "→", end=" ")
        print(" ".join(f"({first:.2f}, {second:.2f})" for first, second in states.tolist()))
    layer, sentence = nn.RNN(3, 4, bias=False), torch.randn(5, 3)
    weights = (layer.weight_ih_l0, layer.weight_hh_l0, torch.zeros(4))
    alike = torch.allclose(read_by_hand(sentence, *weights), layer(sentence)[0], atol=1e-5)
    print("nn.RNN gives the same states:", alike)

# %% [markdown]
# ## 7 · What a gate adds
#
# The first number of the state stands for *I*: 0.76 after one word, 0.36 after two. This cell rewrites its whole state at each word, whether the
# word matters or not. A **gate** lets it choose. It is a number between 0 and 1 for each number of the state, and it
# says how much of the old one to keep:
#
# new state = gate · old state + (1 − gate) · candidate
#
# The **candidate** is what the plain cell would have written. Suppose the old number is 0.8 and the candidate −0.4.
# A gate of 0.9 gives 0.72 − 0.04 = 0.68, nearly the old one, and a gate of 0.1 gives 0.08 − 0.36 = −0.28, nearly
# the candidate.

# %% [markdown]
# Who sets the gate? The network itself, at each word, from the word and the old state. Both are put into one vector
# of E + H numbers; a matrix and a sigmoid make H gates of it, and another matrix and tanh make the candidate. Both
# matrices are learnt.
#
# **Exercise 6 · ●●○ · 10 min · core.** Write `gated_step`, one step of such a cell. To keep it short, it has no b.


# %% tags=["exercise"] slug="gated_step"
def gated_step(
    word: Tensor, state: Tensor, gate_weights: Tensor, candidate_weights: Tensor
) -> Tensor:
    """One step of a recurrent cell with a gate.

    Args:
        word: (E,), the embedding that is read.
        state: (H,), the old state.
        gate_weights: (H, E + H), for the word and then the state; a sigmoid follows.
        candidate_weights: (H, E + H), for the word and then the state; tanh follows.

    Returns:
        (H,), the new state: where a gate is near 1, nearly the old one.
    """
    ### BEGIN SOLUTION
    both = torch.cat([word, state])  # (E + H,)
    gate = torch.sigmoid(gate_weights @ both)
    candidate = torch.tanh(candidate_weights @ both)
    return gate * state + (1 - gate) * candidate
    ### END SOLUTION


# %% tags=["check"]
check("gated_step", gated_step)

# %% [markdown]
# What does the gate buy you? Take two sentences that differ only in their first word, read both, and compare the states: as
# long as they differ, the network remembers which first word it was. In the figure your two cells do this with a
# hundred pairs of random sentences. Nothing is learnt here. The candidate has the weights of the plain cell, and we
# have set the gate by hand: 0.05 at the first word, which is taken in, and 0.95 at all others, which hardly change
# the state.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("read_by_hand", "gated_step"):
    seq2seq_figures.show_memory(read_by_hand, gated_step)

# %% [markdown]
# **Explain.** In one sentence: why does the plain cell forget the first word, and the gated one not? Write it here,
# then open ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# The plain cell sends the whole state through U and tanh at every word, so a difference shrinks each time; the gated
# one copies most of each number from the old state, and only the small rest is new.
#
# </details>
#
# From here on we take PyTorch's **GRU** (Cho et al. 2014, [arXiv:1406.1078](https://arxiv.org/abs/1406.1078)). It is
# your gated cell with biases and one gate more, which says how much of the old state the candidate gets to see. What
# its gates keep is learnt.

# %% [markdown]
# ## 8 · The encoder: a sentence becomes a vector
#
# The network that reads is called the **encoder**, and the one that writes the **decoder**. Together they go from
# sequence to sequence, hence *seq2seq*. The state after the last word has seen the whole sentence. This one vector is
# the **context**: it is all that the decoder will ever know of the source. The state after word 1 is *h1*, after word 2
# *h2*, and so on.

# %% tags=["exploration", "always", "nbval-ignore-output"]
seq2seq_figures.show_encoder_decoder(love)

# %% [markdown]
# **Exercise 7 · ●●○ · 12 min · core.** Complete `Encoder.forward`. The constructor is given. `self.gru` reads whole
# batches (B, S, E) and returns the states after all words and, separately, the state after the last column. Beware
# of that one: in which sentences is the last column padding? About four lines.


# %% tags=["exercise"] slug="encoder"
class Encoder(nn.Module):
    """Reads a sentence into one vector: after Cho et al. 2014, section 2.2, simplified.

    The last state is the context as it is; in the paper it passes through another layer.

    Args:
        vocabulary_size: V, how many source words there are.
        embedding_size: E.
        hidden_size: H.
    """

    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size, hidden_size, batch_first=True)

    def forward(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Read a batch of sentences.

        Args:
            source: (B, S) int64, padded on the right.
            source_mask: (B, S) bool, True at real words.

        Returns:
            states (B, S, H): the state after each word; values at padding positions do not matter.
            context (B, H): the state after the last real word of each sentence.
        """
        ### BEGIN SOLUTION
        states, _ = self.gru(self.embedding(source))  # (B, S, H)
        last = source_mask.sum(1) - 1  # (B,)
        return states, states[torch.arange(len(source)), last]
        ### END SOLUTION


# %% tags=["check"]
check("encoder", Encoder)

# %% [markdown]
# ## 9 · The decoder: a vector becomes a sentence
#
# The decoder is a GRU as well. Its first state is the context, and at each step it reads two things joined into one
# vector: the embedding of the word written before (`START` at first), and the context once more, the same at every
# step. It turns each of its states into V **scores** (logits), one for every word that could come next.
#
# In training it reads all T right words in one call. When it translates, it reads one word per call and passes its
# state on.
#
# **Exercise 8 · ●●● · 15 min · core.** Complete `Decoder.forward` so that it serves both. `self.gru` reads E + H
# numbers per word: the embedding first, then the context. A GRU of PyTorch takes and returns its state as (1, B, H); yours
# is (B, H). About five lines.


# %% tags=["exercise"] slug="decoder"
class Decoder(nn.Module):
    """Writes a sentence from one vector: after Cho et al. 2014, section 2.2, simplified.

    The first state is the context as it is, and one linear layer makes the scores; the paper has further layers.

    Args:
        vocabulary_size: V, how many target words there are.
        embedding_size: E.
        hidden_size: H, the same as the encoder's.
    """

    def __init__(self, vocabulary_size: int, embedding_size: int, hidden_size: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.gru = nn.GRU(embedding_size + hidden_size, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, vocabulary_size)

    def forward(self, words: Tensor, state: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Score the word that follows each given word.

        Args:
            words: (B, T) int64, the words that the decoder reads.
            state: (B, H), the context at first, later the state that the last call returned.
            context: (B, H), what the encoder made of the source; read along with every word.

        Returns:
            logits (B, T, V): after each word, the raw scores of the next one.
            state (B, H): the state after the last word.
        """
        ### BEGIN SOLUTION
        fed = context.unsqueeze(1).expand(-1, words.shape[1], -1)  # (B, T, H)
        inputs = torch.cat([self.embedding(words), fed], dim=-1)  # (B, T, E + H)
        states, last = self.gru(inputs, state.unsqueeze(0))  # (B, T, H), (1, B, H)
        return self.output(states), last.squeeze(0)
        ### END SOLUTION


# %% tags=["check"]
check("decoder", Decoder)

# %% [markdown]
# Together they are the model of this lesson. The decoder must not see the word that it has to predict, so it reads
# the target shifted one place to the right: `START, 난, 널, 사랑해` (*I, you, love*) where it writes `난, 널, 사랑해, END`. Reading
# the right word, whatever the model itself would have written, is called **teacher forcing**; lesson 4 looks at its price.


# %% tags=["setup"]
class Seq2Seq(nn.Module):
    """Encoder and decoder in a row: the baseline of the course.

    Args:
        encoder: gives states (B, S, H) and context (B, H).
        decoder: gives logits (B, T, V) and state (B, H) from words, state and context.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, batch: Batch) -> Tensor:
        """The scores (B, T, V) of every target word, given the words before it."""
        _, context = self.encoder(batch.source, batch.source_mask)
        logits, _ = self.decoder(shift_right(batch.target), state=context, context=context)
        return logits


# %% [markdown]
# ## 10 · A score that is too good
#
# Cross-entropy asks how much probability the model gave to the right word: 0 when it was certain, log V when it gave
# all V words the same. It is measured in nats (natural logarithm). The loss of a batch should be the mean over all
# real words in it.
#
# Somebody has written this loss, and something is wrong with it. The figure tries it on two models that cannot
# translate at all. The first always gives each of the V words the same probability. The second always gives `PAD` a
# probability of 0.9, and the other words share the rest.

# %% tags=["exploration", "always", "nbval-ignore-output"]
lengths = [len(pair.target_words) + 1 for pair in training_pairs[:64]]  # END counts
seq2seq_figures.show_useless_models(lengths)

# %% [markdown]
# A model that expects `PAD` everywhere should be worse than guessing: at each real word it is wrong, and sure of it.
# Yet its score is better, and one long sentence added to the batch makes it better still, while none of its
# predictions has changed.
#
# **Exercise 9 · ●●○ · 12 min · core.** The code below made this figure. Find out what it does wrong, and mend
# `masked_loss` so that it does what its docstring says.


# %% tags=["exercise"] slug="masked_loss"
def masked_loss(logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
    """Mean cross-entropy over real words, in nats per word.

    Args:
        logits: (B, T, V), raw scores.
        target: (B, T) int64, the right words.
        mask: (B, T) bool, True at real words.

    Returns:
        A tensor that holds one number. Every real word of the batch weighs the same.
    """
    ### BEGIN SOLUTION
    losses = F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none")
    losses = losses.view_as(target)  # (B, T)
    return losses[mask].mean()
    ### STUB
    # losses = F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none")
    # losses = losses.view_as(target)  # (B, T)
    # by_sentence = losses.mean(1)  # (B,)
    # return by_sentence.mean()
    ### END SOLUTION


# %% tags=["check"]
check("masked_loss", masked_loss)

# %% [markdown]
# Now the same two models and the same two batches with your `masked_loss`. Which of the models is better, and what
# does the long sentence change?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("masked_loss"):
    seq2seq_figures.show_useless_models(lengths, masked_loss)

# %% [markdown]
# **Explain.** In one sentence: what would a network learn first from the loss as it was? Write it here, then open
# ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# It would learn to expect `PAD` after `PAD`, which is easy and takes much off that loss, and no translation would get
# better.
#
# </details>

# %% [markdown]
# ## 11 · One step of training
#
# A step looks at one batch and moves every weight a little against its gradient. PyTorch adds new gradients to the
# old ones unless you clear them.
#
# **Exercise 10 · ●○○ · 8 min · tool.** Write `training_step`. `model(batch)` gives logits; the loss function takes
# logits, target and mask, as yours does. Return the loss as a plain number.


# %% tags=["exercise"] slug="training_step"
def training_step(
    model: nn.Module, loss_function, optimizer: torch.optim.Optimizer, batch: Batch
) -> float:
    """Learn from one batch.

    Args:
        model: turns a batch into logits (B, T, V).
        loss_function: turns logits, target (B, T) and mask (B, T) into a tensor that holds one number.
        optimizer: holds the parameters of the model.
        batch: has `target` and `target_mask`.

    Returns:
        The loss of this batch before the step, in nats per word.
    """
    ### BEGIN SOLUTION
    optimizer.zero_grad()
    loss = loss_function(model(batch), batch.target, batch.target_mask)
    loss.backward()
    optimizer.step()
    return loss.item()
    ### END SOLUTION


# %% tags=["check"]
check("training_step", training_step)

# %% [markdown]
# ## 12 · Writing without a teacher
#
# A trained model writes on its own. **Greedy decoding** takes the word with the best score at each step and feeds it
# back: the next step reads it. A sentence is over when the model writes `END`.
#
# **Exercise 11 · ●●○ · 10 min · core.** Write `greedy_one`, for a single sentence that the encoder has already read.
# It is a batch of one: the decoder wants tensors with B = 1, and you want plain numbers.


# %% tags=["exercise"] slug="greedy_one"
@torch.no_grad()
def greedy_one(decoder, context: Tensor, max_length: int) -> list[int]:
    """Translate one sentence, the best word at each step.

    Args:
        decoder: (words (1, 1), state (1, H), context (1, H)) → logits (1, 1, V), state (1, H).
        context: (1, H), what the encoder made of the sentence; also the decoder's first state.
        max_length: how many words are written at most.

    Returns:
        The numbers of the words, without START and END.
    """
    ### BEGIN SOLUTION
    word, state, sentence = START, context, []
    for _ in range(max_length):
        logits, state = decoder(torch.tensor([[word]]), state, context)
        word = logits.argmax().item()
        if word == END:
            break
        sentence.append(word)
    return sentence
    ### END SOLUTION


# %% tags=["check"]
check("greedy_one", greedy_one)

# %% [markdown]
# In a batch, sentences end at different steps. The decoder goes on with all rows until the last one has ended, or
# `max_length` words are written. What a row writes after its own `END` does not belong to its translation.
#
# **Exercise 12 · ●●● · 20 min · core.** Write `greedy_decode`, the same for a batch. This time you call the encoder,
# too. About twelve lines.


# %% tags=["exercise"] slug="greedy_decode"
@torch.no_grad()
def greedy_decode(
    encoder, decoder, source: Tensor, source_mask: Tensor, max_length: int
) -> list[list[int]]:
    """Translate a batch, the best word at each step.

    Args:
        encoder: (source, source_mask) → states (B, S, H), context (B, H).
        decoder: (words (B, 1), state (B, H), context (B, H)) → logits (B, 1, V), state (B, H); it takes fewer rows
            as well, should you leave out sentences that have ended.
        source: (B, S) int64.
        source_mask: (B, S) bool.
        max_length: how often the decoder is called at most; there is no further call after every sentence has ended.

    Returns:
        B lists of word numbers, without START, END, and what follows END.
    """
    ### BEGIN SOLUTION
    _, context = encoder(source, source_mask)
    state = context
    words = torch.full_like(source[:, :1], START)  # (B, 1)
    ended = torch.zeros(len(source), dtype=torch.bool)
    sentences = [[] for _ in source]
    for _ in range(max_length):
        logits, state = decoder(words, state, context)
        words = logits.argmax(-1)
        ended |= words.squeeze(1) == END
        if ended.all():
            break
        for row in (~ended).nonzero().flatten().tolist():
            sentences[row].append(words[row].item())
    return sentences
    ### END SOLUTION


# %% tags=["check"]
check("greedy_decode", greedy_decode)

# %% [markdown]
# ## 13 · Train it
#
# All parts are there. The model has an embedding of 128 numbers per word and a state of 256. It sees every training
# sentence seven times, in batches of 64, with Adam; the learning rate rises at first and then falls, so that the
# first and the last steps are small. Sentences of similar length are put together, so little of a batch is padding. This
# takes half a minute to a minute.

# %% tags=["exploration"]
if ready("source_vocabulary", "pad_batch", "Encoder", "Decoder", "masked_loss", "training_step"):
    torch.manual_seed(1)
    model = Seq2Seq(
        Encoder(len(source_vocabulary), embedding_size=128, hidden_size=256),
        Decoder(len(target_vocabulary), embedding_size=128, hidden_size=256),
    )
    encoded = [
        (
            encode_words(pair.source_words, source_numbers),
            encode_words(pair.target_words, target_numbers),
        )
        for pair in training_pairs
    ]
    print(f"{sum(weights.numel() for weights in model.parameters()):,} parameters")

# %% [markdown]
# Each step goes through your `pad_batch`, `masked_loss` and `training_step`.

# %% tags=["exploration"]
if ready("model"):
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    shuffling = torch.Generator().manual_seed(1)
    losses = train(
        step=lambda batch: training_step(model, masked_loss, optimizer, batch),
        batches=lambda: make_batches(encoded, pad_batch, batch_size=64, generator=shuffling),
        epochs=7,
        schedule=one_cycle(optimizer, steps=7 * math.ceil(len(encoded) / 64)),
    )
    print("the loss fell below a tenth of where it began:", losses[-1] < 0.1 * losses[0])

# %% [markdown]
# Look at the curve; its axis is logarithmic. Giving each of the V words the same probability would cost log V, about
# 5.7 nats. Why does the curve begin lower?
#
# <details><summary>Our answer</summary>
#
# Each point is the mean over a whole epoch, and the model learns from the first batch on.
#
# </details>

# %% tags=["exploration", "nbval-ignore-output"]
if ready("losses"):
    seq2seq_figures.show_loss(losses, len(encoded))

# %% [markdown]
# ## 14 · Read what it writes
#
# The test sentences were never seen in training, though all their words were. Compare the score with the
# dictionary's. It is the score of this one run; five runs follow below. The most famous sentence goes through
# `greedy_one`.

# %% tags=["exploration"]
if ready("losses", "greedy_one", "greedy_decode"):

    def translate(sentences: list[list[str]]) -> list[list[str]]:
        """Greedy translations of tokenised English sentences."""
        model.eval()
        ids, mask = pad_batch([encode_words(words, source_numbers) for words in sentences])
        written = greedy_decode(model.encoder, model.decoder, ids, mask, max_length=60)
        return [[target_vocabulary[number] for number in numbers] for numbers in written]

    translations = translate([pair.source_words for pair in test_pairs])
    score = exact_match(translations, [pair.target_words for pair in test_pairs])
    print("more than 90 % of the test sentences are translated exactly:", score > 0.9)
    _, context = model.encoder(*pad_batch([encode_words(love.source_words, source_numbers)]))
    written = greedy_one(model.decoder, context, max_length=60)
    print("I love you →", *[target_vocabulary[number] for number in written])

# %% [markdown]
# How does greedy decoding choose its words? Look over its shoulder at the shortest sentence that it gets wrong. Each
# column is a step, with the three likeliest words; the first is written, and the next step reads it. Which word is
# wrong first, and did the model hesitate there?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translations"):
    pair, written = seq2seq_figures.shortest_miss(test_pairs, translations)
    source = encode_words(pair.source_words, source_numbers)
    target = encode_words(written, target_numbers)
    with torch.no_grad():
        logits = model(Batch(*pad_batch([source]), *pad_batch([target])))
    seq2seq_figures.show_choices(pair, written, logits[0].softmax(-1), target_vocabulary)

# %% [markdown]
# Now read more of its mistakes, with the glosses. Is the grammar wrong, or the meaning? What kind of word does it get
# wrong: names and nouns, verbs, endings? And does the wrong word stand where the right one should?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translations"):
    print(f"{score:.1%} of {len(test_pairs)} exactly right; the first mistakes:")
    seq2seq_figures.show_mistakes(test_pairs, translations, most=5)

# %% [markdown]
# When we read those of our run, most mistakes were good Korean that says something else. A word has been swapped for
# another of its kind, or has moved to the other clause: who meets whom, who is not tired. So the decoder writes Korean well;
# what it gets wrong is what the source said. This is an impression from reading, not a count.

# %% [markdown]
# One run proves little: another seed gives other weights and another score. So the same model was trained from five
# seeds, with the same sentences and the same number of steps, and the scores were kept in a file with the command
# that made it. Is the spread small enough to trust the conclusion?

# %% tags=["exploration", "always"]
results = load_results("01_seq2seq")
print("made by:", results["command"])
held = results["held_fixed"]
print(f"exact match on {held['test_sentences']} test sentences of one and two clauses")
for run in results["runs"]:
    print(f"  seed {run['seed']}: {run['exact_match']:.1%} after {run['steps']:,} steps")
print(f"  dictionary: {held['lookup_exact_match']:.1%}")

# %% [markdown]
# ## 15 · What happens when sentences grow?
#
# Here are three test sentences with three, four and five clauses. The English words are the same as before, and so
# are nearly all Korean forms. What is new is the length: in training a sentence had one or two clauses. How will
# the translation fail? Choose your letter before you run the experiment.

# %% tags=["exploration", "always"]
predictions.ask(
    "unseen_length",
    "Compared with the right translation of five clauses, how many words will it write?",
    a="about half as many, or fewer",
    b="more than half, but clearly too few",
    c="about as many",
    d="clearly too many",
    guess="",
)

# %% [markdown]
# The first cell shows one sentence of each length. While you read them, look for the English words that have no
# counterpart in what it wrote.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translate"):
    seq2seq_figures.show_longer(translate, clauses=(3, 4, 5))

# %% [markdown]
# And the count, over all sentences of five clauses.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("translate"):
    five = load_split("by_length", clauses=(5,))
    written = sum(map(len, translate([pair.source_words for pair in five])))
    wanted = sum(len(pair.target_words) for pair in five)
    predictions.answer(
        "unseen_length",
        predictions.option_for(written / wanted, 0.6, 0.9, 1.1),
        f"It writes {written:,} words where {wanted:,} are right: {written / wanted:.0%}.",
        b="It does not drop a word here and there: whole clauses are missing.",
        c="It knows the words, but it has never had to write a sentence of this length.",
        d="It could go on for ever, but in training END has always come early.",
    )

# %% [markdown]
# What it writes is too short: whole clauses are missing. This is no fair test. The model has never seen three
# clauses, so it may simply lack practice. But there is another suspect: a sentence of two words and one of forty
# pass through the same H numbers. Which of the two is it? From this experiment we do not know. The next lesson
# trains on long sentences, too, and measures how far a vector of fixed size gets.

# %% [markdown]
# ## What you take with you
#
# - Word by word fails for three reasons: order, form and length. A translator must read before it writes.
# - A recurrent network reads word by word into a **state**; gates let it keep what matters.
# - An encoder turns a sentence into one **context vector**; a decoder writes from it, word by word, and reads what it
#   has just written.
# - Padding is everywhere in a batch, and it must count nowhere: not in the context, not in the loss.
#
# **Where to go on.** Cho et al. 2014, [arXiv:1406.1078](https://arxiv.org/abs/1406.1078), has the GRU and the
# encoder–decoder; Sutskever et al. 2014, [arXiv:1409.3215](https://arxiv.org/abs/1409.3215), shows how far it goes
# with large networks. Bahdanau et al. 2015, [arXiv:1409.0473](https://arxiv.org/abs/1409.0473), begins with the
# question of the next lesson.
