# %% [markdown]
# # 7 · Attention alone: a Transformer under the same instruments
#
# **You will build** a small Transformer: attention with a mask, several heads, positions, the causal mask, blocks with
# residuals and layer norm, an encoder and a decoder. You will also build a test that finds a leak from the future, and
# two instruments for heads.
#
# **You will learn** why a model without a recurrent network needs positions and a mask, what a head is, and how the
# Transformer compares with lesson 3's model on the same curve, by the same error rate and the same knock-out.
#
# **You need** lessons 1 and 3, the alignment error rate from lesson 5, and the scaled dot product from lesson 6. If
# you start here, you need three things: batches are padded, and a mask is True at real words; training asks for each
# word given the right words before it; attention is score, softmax, weighted sum. For everything else the course
# supplies its own code.
#
# **Time** two to three hours; the cells run for about a minute. **Score to expect** about nine in ten new six-clause
# sentences exactly right after six epochs. Your own run is shorter: nearly all right at one clause, far fewer at four,
# which it has not seen.

# %% tags=["setup"]
import math
from collections.abc import Callable, Iterable

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from autograder import check, hint, progress
from lessons import earlier
from lessons.earlier.lesson_01 import Encoder, greedy_decode, masked_loss, pad_batch
from lessons.earlier.lesson_02 import Vocabularies, accuracy_by_length, train_model
from lessons.earlier.lesson_03 import AdditiveScore, AttentionDecoder, AttentionSeq2Seq
from lessons.earlier.lesson_05 import alignment_error_rate, gold, word_weights
from lessons.toolkit import predictions, recall
from lessons.toolkit.batches import Batch, make_batches
from lessons.toolkit.corpus import SentencePair, count_clauses, load_split
from lessons.toolkit.figures import common as figures
from lessons.toolkit.figures import self_attention_questions as questions
from lessons.toolkit.figures import self_attention_shown as shown
from lessons.toolkit.figures.head_explorer import show_head_explorer
from lessons.toolkit.head_maps import maps_of
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results, runs_of
from lessons.toolkit.training import use_threads

Positions = Callable[[int, int], Tensor]
Links = list[tuple[int, int]]
Gold = list[tuple[Links, Links]]

# %% [markdown]
# Where your answers to earlier lessons passed their checks, this lesson runs on them. The cell below says which parts
# are yours. They are files in the folder `own_parts` beside the lessons; you may read them, switch one off in its first
# lines, or delete it.

# %% tags=["exploration", "always"]
own = earlier.use_own()

# %% [markdown]
# Three questions about earlier lessons first. Answer them without looking back; nothing is graded.

# %% tags=["exploration", "always"]
recall.ask("root_of_the_size", guess="")
recall.ask("weights_of_padding", guess="")
recall.ask("which_control", guess="")

# %% [markdown]
# Dimensions as before: **B** sentences, **S** source words, **T** target words, **H** numbers in a state, **A** numbers
# in a query or a key, **V** words in a vocabulary. New is **N**, the number of heads. In this lesson an embedding has H
# numbers too, so that states and embedded words can be added.

# %% [markdown]
# ## 1 · A soft dictionary
#
# Forget language for a moment. A dictionary has keys and values: you come with a query, and the value whose key
# *equals* the query is yours. A yes-or-no match has no gradient, so nothing could be learnt. So make it soft: every key
# is compared with the query, and you get a mix of all values, most of it from the keys that fit best.
#
# Here is one with three keys. The query is (1, 1), and how well a key fits is its dot product with the query.
#
# | key | fit | $e^{\text{fit}}$ | weight | value |
# | --- | --: | --: | --: | --: |
# | (2, 0) | 2 | 7.39 | ? | 10 |
# | (0, 1) | 1 | 2.72 | ? | 20 |
# | (-1, 0) | -1 | 0.37 | ? | 60 |

# %% [markdown]
# The third column sums to 10.48. Work out the weights with a pencil, then the mix of the values, before you read on.
#
# The weights are 0.705, 0.260 and 0.035, and the mix is 14.4: near the value of the best key, and a little above it.
#
# One number decides how soft it is. Multiply all fits by a **sharpness** before the softmax: at 0 every key counts the
# same, and the larger it is, the nearer you get to an ordinary dictionary.
#
# **Exercise 1 · ●○○ · 8 min · core.** Write `soft_lookup` for one query.


# %% tags=["exercise"] slug="soft_lookup"
def soft_lookup(query: Tensor, keys: Tensor, values: Tensor, sharpness: float) -> Tensor:
    """Look a query up in a dictionary in which every key fits a little.

    Args:
        query: (A,).
        keys: (S, A), one for each entry.
        values: (S, H), one for each entry.
        sharpness: each dot product of query and key is multiplied by it before the softmax.

    Returns:
        (H,): the sum of the values, each times its weight.
    """
    ### BEGIN SOLUTION
    fits = keys @ query  # (S,)
    shares = (sharpness * fits).softmax(0)
    return shares @ values
    ### END SOLUTION


# %% tags=["check"]
check("soft_lookup", soft_lookup)

# %% [markdown]
# The dictionary from above, at four sharpnesses. The second line should be your pencil's. Which value does the last
# line approach?

# %% tags=["exploration"]
if ready("soft_lookup"):
    query, keys = torch.tensor([1.0, 1.0]), torch.tensor([[2.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    values = torch.tensor([[10.0], [20.0], [60.0]])
    for sharpness in (0.0, 1.0, 3.0, 10.0):
        mixed = soft_lookup(query, keys, values, sharpness).item()
        print(f"sharpness {sharpness:4.1f}: {mixed:5.1f}")

# %% [markdown]
# ## 2 · Every word asks its own sentence
#
# In lesson 3 the decoder's state was the query, and the encoder's states were keys and values. Nothing in the soft
# dictionary says that the query must come from elsewhere. Let every word of a sentence ask, and let the words of the
# *same* sentence answer: that is **self-attention**. Each word gets a new state, a mix of what the others offer.
#
# The formula is equation 1 of Vaswani et al. 2017, which lesson 6 met too: softmax of $QK^\top / \sqrt{A}$, times $V$.
# The sharpness is one over the root of A, so that scores keep their size when A grows. Two things are more general
# here. A mask says for each query **which** keys it may look at, since soon not every word may see the same ones. And
# there may be any dimensions in front, for sentences, heads, or both.

# %% [markdown]
# The mask keeps the polarity of the course: True means *may look*.
#
# **Exercise 2 · ●●○ · 8 min · core.** Write `attend` so that it does not care how many dimensions come before the
# last two.


# %% tags=["exercise"] slug="attend"
def attend(
    queries: Tensor, keys: Tensor, values: Tensor, allowed: Tensor
) -> tuple[Tensor, Tensor]:
    """Attention with a mask for each query: Vaswani et al. 2017, equation 1.

    Args:
        queries: (..., T, A), with the same dimensions in front as keys and values.
        keys: (..., S, A).
        values: (..., S, H).
        allowed: bool, (..., T, S) or with 1 in place of any of these sizes; True where a query may look. Every query
            may look somewhere.

    Returns:
        contexts (..., T, H): for each query the sum of the values, each times its weight.
        weights (..., T, S): softmax of query times key over the root of A; exactly 0 where a query may not look.
    """
    ### BEGIN SOLUTION
    fits = queries @ keys.transpose(-2, -1)  # (..., T, S)
    fits = fits / math.sqrt(keys.shape[-1])
    weights = fits.masked_fill(~allowed, -torch.inf).softmax(-1)
    return weights @ values, weights
    ### END SOLUTION


# %% tags=["check"]
check("attend", attend)

# %% [markdown]
# Give a sentence of random states to itself: as queries, keys and values at once. Then shuffle its words and do it
# again. Before you run the cell: what will happen to the result?

# %% tags=["exploration", "always"]
predictions.ask("shuffled_words", guess="", **questions.SHUFFLED_WORDS)

# %% tags=["exploration"]
if ready("attend"):
    generator = torch.Generator().manual_seed(1)
    sentence = torch.randn(1, 6, 16, generator=generator)
    everything = torch.ones(1, 1, 1, dtype=torch.bool)
    order = torch.randperm(6, generator=generator)
    plain, _ = attend(sentence, sentence, sentence, everything)
    shuffled, _ = attend(sentence[:, order], sentence[:, order], sentence[:, order], everything)
    same = torch.allclose(shuffled, plain[:, order], atol=1e-6)
    print("each word gets the same state, wherever it stands:", same)
    predictions.answer("shuffled_words", **questions.shuffled_words(same))

# %% [markdown]
# To attention, a sentence is a bag of words. *Mina sees Juno* and *Juno sees Mina* would be the same. A recurrent
# network knows the order because it reads one word after another; here the order has to be put in, in section 4.
#
# ## 3 · Several heads
#
# One softmax makes one choice: a word that needs its verb and its object gets a blend of both. So split the H numbers
# of every query, key and value into N parts of A = H / N, and let each part, a **head**, choose on its own. Vaswani et
# al. 2017, section 3.2.2.
#
# Four linear layers go with it: one each makes queries, keys and values, and the last one mixes what the heads found.
# Who asks and who answers are arguments, so the same class serves for self-attention and for looking at the source.

# %% [markdown]
# The trap is the split. A row of H numbers belongs to **one** word: the first A of them go to the first head, the next
# A to the second. A plain `view(B, N, T, A)` has the right shape and mixes the words up.
#
# **Exercise 3 · ●●● · 20 min · core.** Write `split`, `join` and `forward` of `MultiHeadAttention`. The heads are a
# dimension in front, so `self.attend` does all of them at once; what does the mask lack?


# %% tags=["exercise"] slug="multi_head_attention"
class MultiHeadAttention(nn.Module):
    """Attention by several heads: Vaswani et al. 2017, section 3.2.2.

    Args:
        size: H, of the states that ask, that answer, and that come out.
        heads: N, a divisor of H.
        attend: (queries, keys, values, allowed) → contexts, weights, with any dimensions in front.
    """

    def __init__(self, size: int, heads: int, attend: Callable[..., tuple[Tensor, Tensor]]):
        super().__init__()
        self.heads, self.attend = heads, attend
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.output = nn.Linear(size, size), nn.Linear(size, size)

    def split(self, states: Tensor) -> Tensor:
        """Give each head its part of every state: (B, N, T, A) from (B, T, H)."""
        ### BEGIN SOLUTION
        parts = states.unflatten(-1, (self.heads, -1))  # (B, T, N, A)
        return parts.transpose(1, 2)
        ### END SOLUTION

    def join(self, parts: Tensor) -> Tensor:
        """Put the parts of all heads side by side again: (B, T, H) from (B, N, T, A)."""
        ### BEGIN SOLUTION
        beside = parts.transpose(1, 2)  # (B, T, N, A)
        return beside.flatten(2)
        ### END SOLUTION

    def forward(self, asking: Tensor, answering: Tensor, allowed: Tensor) -> tuple[Tensor, Tensor]:
        """Let each head look, and mix what the heads found.

        Args:
            asking: (B, T, H), the states that look.
            answering: (B, S, H), the states that are looked at; the same ones in self-attention.
            allowed: (B, T, S) bool, or with 1 in place of B or T; the same for all heads.

        Returns:
            found (B, T, H).
            weights (B, N, T, S): where each head looked.
        """
        ### BEGIN SOLUTION
        queries = self.split(self.query(asking))
        keys = self.split(self.key(answering))
        values = self.split(self.value(answering))
        found, weights = self.attend(queries, keys, values, allowed.unsqueeze(1))
        return self.output(self.join(found)), weights
        ### END SOLUTION


# %% tags=["check"]
check("multi_head_attention", MultiHeadAttention)

# %% [markdown]
# PyTorch has this too: `nn.MultiheadAttention`. Copy your weights into it, and both must give the same numbers. Its
# conventions differ from ours; the call below takes care of them, and section 11 lists them in one place.

# %% tags=["exploration"]
if ready("MultiHeadAttention"):
    torch.manual_seed(1)
    ours = MultiHeadAttention(12, 3, attend)
    asking, answering = torch.randn(2, 5, 12), torch.randn(2, 7, 12)
    real = torch.arange(7) < torch.tensor([[7], [4]])
    found, weights = ours(asking, answering, real.unsqueeze(1))
    theirs = shown.torch_heads(ours)
    expected, maps = theirs(
        asking, answering, answering, key_padding_mask=~real, average_attn_weights=False
    )
    print("equal to PyTorch's:", torch.allclose(found, expected, atol=1e-5))
    print("and head by head:", torch.allclose(weights, maps, atol=1e-5))

# %% [markdown]
# ## 4 · Where a word stands
#
# Vaswani et al. 2017, section 3.5, *add* a pattern to each embedded word that marks its place: waves of different
# length. The first number of a pattern swings fastest, the last one hardly moves. For place *p*, counted from 0, and
# *i* from 0 to H/2 - 1, the numbers 2*i* and 2*i* + 1 are
#
# $$\sin\left(p / 10000^{2i/H}\right), \qquad \cos\left(p / 10000^{2i/H}\right).$$
#
# **Exercise 4 · ●●○ · 10 min · core.** Write `sinusoids`. Sine and cosine take turns along a row.


# %% tags=["exercise"] slug="sinusoids"
def sinusoids(length: int, size: int) -> Tensor:
    """Patterns that tell the places of words apart: Vaswani et al. 2017, section 3.5.

    Args:
        length: T, how many places there are, counted from 0.
        size: H, an even number.

    Returns:
        (T, H): row p is the pattern of place p.
    """
    ### BEGIN SOLUTION
    places = torch.arange(length).unsqueeze(1)  # (T, 1)
    slowness = 10000 ** (torch.arange(0, size, 2) / size)  # (H / 2,)
    angles = places / slowness  # (T, H / 2)
    patterns = torch.empty(length, size)
    patterns[:, 0::2] = angles.sin()
    patterns[:, 1::2] = angles.cos()
    return patterns
    ### END SOLUTION


# %% tags=["check"]
check("sinusoids", sinusoids)

# %% [markdown]
# On the left are the patterns of the first places, one row each. On the right: how alike place 15 and every other place
# are, by the dot product of their patterns. Follow the curve to both sides of the dashed line. Does the model learn
# from it *which* neighbour is left and which is right?

# %% tags=["exploration", "nbval-ignore-output"]
if ready("sinusoids"):
    figures.use_course_style()
    shown.show_positions(sinusoids(40, 64))

# %% [markdown]
# Near places are alike, far ones less, though not steadily, and the likeness is the same to both sides. Left and right
# can still be told apart, because queries and keys pass through matrices of their own: a query can be made to match the
# place just before it better than the place just after it.
#
# ## 5 · The future must not move the past
#
# A recurrent decoder cannot read ahead: its state has seen what came before and nothing else. A Transformer's decoder
# is given the whole right sentence at once in training: there is nothing to wait for. With START as word 0, place *t*
# reads word *t* and is asked for word *t* + 1, and that word lies right beside it. If it may look, it copies.
#
# No wrong shape and no error message will tell you. So test it, on any decoder: change one word, and see which outputs
# move.

# %% [markdown]
# Rows are outputs, columns are words that were changed. What must the matrix of a decoder look like, and that of an
# encoder?
#
# **Exercise 5 · ●●○ · 12 min · core.** Write `moved_by`, the test.


# %% tags=["exercise"] slug="moved_by"
def moved_by(decode: Callable[[Tensor], Tensor], words: Tensor, others: Tensor) -> Tensor:
    """Find out which outputs move when one word is changed.

    Args:
        decode: gives an output (T, V) from words (T,), a row for each place.
        words: (T,) int64; it is not changed.
        others: (T,) int64, at each place another word, which takes the place of the right one.

    Returns:
        (T, T) bool: row t, column s is True if any number of output t moves by more than 1e-4 when word s alone is
        changed.
    """
    ### BEGIN SOLUTION
    before = decode(words)
    columns = []
    for place in range(len(words)):
        changed = words.clone()
        changed[place] = others[place]
        difference = decode(changed) - before  # (T, V)
        columns.append((difference.abs() > 1e-4).any(dim=1))
    return torch.stack(columns, dim=1)
    ### END SOLUTION


# %% tags=["check"]
check("moved_by", moved_by)

# %% [markdown]
# Now the mask that prevents this. Another student trained a decoder of this lesson with the code below, on sentences of
# one to four clauses. The loss was splendid:
#
# | first epoch, five seeds | mean loss, nats per word | new sentences right |
# | --- | --: | --: |
# | this code | 0.99 to 1.03 | 0 % |
# | with the right mask | 2.03 to 2.12 | 30 to 38 % |

# %% [markdown]
# Half the loss, and not a sentence right. What does the model read in training that it will not have when it
# translates?
#
# **Exercise 6 · ●○○ · 5 min · core.** This is the code that made the first row of the table. Find the mistake and mend
# it.


# %% tags=["exercise"] slug="causal_mask"
def causal_mask(length: int) -> Tensor:
    """Which places the decoder may look at from each place: its own and those before it.

    Args:
        length: T.

    Returns:
        (T, T) bool: row t is True where place t may look.
    """
    ### BEGIN SOLUTION
    places = torch.arange(length)
    return places.unsqueeze(1) >= places  # (T, 1) and (T,) make (T, T)
    ### STUB
    # places = torch.arange(length)
    # return places <= places.unsqueeze(1) + 1
    ### END SOLUTION


# %% tags=["check"]
check("causal_mask", causal_mask)

# %% [markdown]
# Run your test on your mask: a layer of self-attention with random weights, with the student's mask and with yours. A
# hash stands where an output moves. What must the triangle above the diagonal be?

# %% tags=["exploration"]
if ready("MultiHeadAttention", "moved_by", "causal_mask"):
    torch.manual_seed(1)
    table, layer = torch.randn(20, 12), MultiHeadAttention(12, 3, attend).requires_grad_(False)

    def looks_through(mask: Tensor) -> Callable[[Tensor], Tensor]:
        """A decoder of one layer with this mask, as `moved_by` calls it."""

        def decode(words: Tensor) -> Tensor:
            states = table[words].unsqueeze(0)
            return layer(states, states, mask.unsqueeze(0))[0].squeeze(0)

        return decode

    ahead = torch.ones(30, 30, dtype=torch.bool).tril(1)
    for name, mask in (("the student's mask", ahead[:6, :6]), ("your mask", causal_mask(6))):
        moved = moved_by(looks_through(mask), torch.arange(6), torch.arange(10, 16))
        shown.print_moved(name, moved)

# %% [markdown]
# **Explain.** In one sentence: the decoder's input is already shifted by one, so why must it still not see the next
# place? Write it here, then open ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# Because of the shift, place t reads word t and is asked for word t + 1, and the next place of the input holds exactly
# that word: a decoder that may look there copies the answer in training and finds nothing to copy when it translates.
#
# </details>

# %% [markdown]
# ## 6 · A block
#
# Attention mixes states of different words. Each word then has to process what it found, on its own: a small network
# with one hidden layer does that. Both steps **add** to the state and do not replace it: a *residual*. So a block that
# has learnt nothing yet does little harm, and a gradient has a direct way back.
#
# Sums grow, so states are brought back to one scale. **Layer norm** (Ba et al. 2016) looks at the H numbers of *one*
# state: subtract their mean, divide by the root of their variance, then let each number have a learnt gain and bias.

# %% [markdown]
# The variance here is the mean of the squared differences, divided by H. A tiny 1e-5 is added to it before the root,
# so that nothing is divided by zero.
#
# **Exercise 7 · ●○○ · 8 min · core.** Write `layer_norm`. Over which dimension is the mean taken? Does any other word
# or sentence matter?


# %% tags=["exercise"] slug="layer_norm"
def layer_norm(states: Tensor, gain: Tensor, bias: Tensor) -> Tensor:
    """Bring every state to one scale: Ba et al. 2016, section 3.

    Args:
        states: (B, T, H).
        gain, bias: (H,), learnt.

    Returns:
        (B, T, H): of each state the H numbers, less their mean, over the root of their variance and 1e-5 together;
        then times gain, plus bias.
    """
    ### BEGIN SOLUTION
    centred = states - states.mean(-1, keepdim=True)
    variance = (centred**2).mean(-1, keepdim=True)  # (B, T, 1)
    scaled = centred / torch.sqrt(variance + 1e-5)
    return gain * scaled + bias
    ### END SOLUTION


# %% tags=["check"]
check("layer_norm", layer_norm)

# %% [markdown]
# From here on `nn.LayerNorm` does this. Where does it go? The paper normalises *after* each addition. Today's models,
# and ours, normalise what goes *into* each step and leave the sum alone (Xiong et al. 2020, who find that it makes the
# learning rate matter less).
#
# **Exercise 8 · ●●○ · 8 min · core.** Write `forward` of `EncoderBlock`: norm, attention, add; norm, inner network,
# add.


# %% tags=["exercise"] slug="encoder_block"
class EncoderBlock(nn.Module):
    """Self-attention, then a network for each state: after Vaswani et al. 2017, section 3.1.

    Each of the two reads a normalised state and adds to the state as it was (Xiong et al. 2020, figure 1b); the paper
    normalises after adding.

    Args:
        attention: (asking, answering, allowed) → found, weights.
        size: H.
        inner_size: how many hidden units the network has.
    """

    def __init__(self, attention: nn.Module, size: int, inner_size: int):
        super().__init__()
        self.attention = attention
        self.before_attention, self.before_inner = nn.LayerNorm(size), nn.LayerNorm(size)
        layers = nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size)
        self.inner = nn.Sequential(*layers)

    def forward(self, states: Tensor, allowed: Tensor) -> Tensor:
        """One block of the encoder.

        Args:
            states: (B, S, H).
            allowed: (B, S, S) bool, who may look at whom, or with 1 in place of the first S.

        Returns:
            states (B, S, H).
        """
        ### BEGIN SOLUTION
        normed = self.before_attention(states)
        found, _ = self.attention(normed, normed, allowed)
        states = states + found
        thought = self.inner(self.before_inner(states))
        return states + thought
        ### END SOLUTION


# %% tags=["check"]
check("encoder_block", EncoderBlock)

# %% [markdown]
# The decoder's block has a third step between these two: **cross-attention**, which looks at the source. The target
# asks, the source answers, as in lesson 3. The source comes from the encoder already normalised.
#
# **Exercise 9 · ●●○ · 12 min · core.** Write `forward` of `DecoderBlock`. Whose weights can be compared with gold links
# later?


# %% tags=["exercise"] slug="decoder_block"
class DecoderBlock(nn.Module):
    """Self-attention, attention to the source, then a network for each state: after Vaswani et al. 2017, section 3.1.

    Args:
        own: self-attention, (asking, answering, allowed) → found, weights.
        cross: attention to the source, called in the same way.
        size: H.
        inner_size: how many hidden units the network has.
    """

    def __init__(self, own: nn.Module, cross: nn.Module, size: int, inner_size: int):
        super().__init__()
        self.own, self.cross = own, cross
        self.before_own, self.before_cross = nn.LayerNorm(size), nn.LayerNorm(size)
        self.before_inner = nn.LayerNorm(size)
        layers = nn.Linear(size, inner_size), nn.ReLU(), nn.Linear(inner_size, size)
        self.inner = nn.Sequential(*layers)

    def forward(
        self, states: Tensor, allowed: Tensor, source: Tensor, source_allowed: Tensor
    ) -> tuple[Tensor, Tensor]:
        """One block of the decoder.

        Args:
            states: (B, T, H), of the target.
            allowed: (B, T, T) bool, who may look at whom among them, or with 1 in place of B.
            source: (B, S, H), what the encoder made; it is used as it is.
            source_allowed: (B, T, S) bool, or with 1 in place of T.

        Returns:
            states (B, T, H).
            weights: those of `cross`.
        """
        ### BEGIN SOLUTION
        normed = self.before_own(states)
        found, _ = self.own(normed, normed, allowed)
        states = states + found
        asking = self.before_cross(states)
        found, weights = self.cross(asking, source, source_allowed)
        states = states + found
        thought = self.inner(self.before_inner(states))
        return states + thought, weights
        ### END SOLUTION


# %% tags=["check"]
check("decoder_block", DecoderBlock)

# %% [markdown]
# ## 7 · The whole
#
# The encoder: embed the words, add positions, go through the blocks, normalise once more at the end. A word may look at
# all real words of its sentence. Lesson 3's decoder started from the encoder's last state. Here there is none to hand
# over: the state of a Transformer's decoder is **what it has written so far**, as word numbers, and at the start that is
# nothing, a tensor (B, 0). So it fits wherever lesson 3's model did.
#
# **Exercise 10 · ●●○ · 10 min · core.** Write `forward` of `TransformerEncoder`.


# %% tags=["exercise"] slug="transformer_encoder"
class TransformerEncoder(nn.Module):
    """Reads a sentence, all words at once: after Vaswani et al. 2017, section 3.1.

    Simplified: embedded words are not multiplied by the root of H, and nothing is dropped out.

    Args:
        vocabulary_size: V, how many source words there are.
        size: H.
        blocks: each is called as block(states, allowed) and gives states.
        positions: positions(length, H) gives a pattern (length, H) for each place.
    """

    def __init__(
        self, vocabulary_size: int, size: int, blocks: Iterable[nn.Module], positions: Positions
    ):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.positions = positions

    def forward(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Read a batch of sentences.

        Args:
            source: (B, S) int64, padded on the right.
            source_mask: (B, S) bool, True at real words.

        Returns:
            states (B, S, H): after all blocks and the last norm.
            written (B, 0) int64: what the decoder has written before it begins.
        """
        ### BEGIN SOLUTION
        embedded = self.embedding(source)
        states = embedded + self.positions(*embedded.shape[1:])
        for block in self.blocks:
            states = block(states, source_mask.unsqueeze(1))
        return self.norm(states), source[:, :0]
        ### END SOLUTION


# %% tags=["check"]
check("transformer_encoder", TransformerEncoder)

# %% [markdown]
# The decoder is called in two ways. In training `words` is the whole right sentence, and nothing was written before.
# When it translates, it gets one new word and all that it has written, and reads everything again from the start. (Real
# systems keep keys and values of the old words; that changes the time, not the numbers.)
#
# **Exercise 11 · ●●● · 20 min · core.** Write `forward` of `TransformerDecoder`. It returns one matrix of weights a
# sentence: the mean over heads, then over blocks.


# %% tags=["exercise"] slug="transformer_decoder"
class TransformerDecoder(nn.Module):
    """Writes a sentence and looks at its own words and at the source: after Vaswani et al. 2017, section 3.1.

    Args:
        vocabulary_size: V, how many target words there are.
        size: H.
        blocks: each is called as block(states, allowed, source, source_allowed) and gives states and weights
            (B, N, T, S).
        positions: positions(length, H) gives a pattern (length, H) for each place.
        causal_mask: causal_mask(length) gives (length, length) bool, True where a place may look.
    """

    def __init__(
        self,
        vocabulary_size: int,
        size: int,
        blocks: Iterable[nn.Module],
        positions: Positions,
        causal_mask: Callable[[int], Tensor],
    ):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, size)
        self.blocks, self.norm = nn.ModuleList(blocks), nn.LayerNorm(size)
        self.output = nn.Linear(size, vocabulary_size)
        self.positions, self.causal_mask = positions, causal_mask

    def forward(
        self, words: Tensor, written: Tensor, source: Tensor, source_mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Score the word that follows each given word.

        Args:
            words: (B, T) int64, the words that the decoder reads now.
            written: (B, P) int64, the words that it has read before them; P may be 0.
            source: (B, S, H), the encoder's states.
            source_mask: (B, S) bool, True at real words.

        Returns:
            logits (B, T, V): for each of `words` the raw scores of the next word, after all blocks and the last norm.
            written (B, P + T) int64: all words that it has read.
            weights (B, T, S): how much each of `words` looked at each source word.
        """
        ### BEGIN SOLUTION
        before = written.shape[1]
        written = torch.cat([written, words], dim=1)
        embedded = self.embedding(written)
        states = embedded + self.positions(*embedded.shape[1:])
        allowed = self.causal_mask(written.shape[1]).unsqueeze(0)
        looked = []
        for block in self.blocks:
            states, weights = block(states, allowed, source, source_mask.unsqueeze(1))
            looked.append(weights.mean(1))
        logits = self.output(self.norm(states[:, before:]))
        return logits, written, torch.stack(looked).mean(0)[:, before:]
        ### END SOLUTION


# %% tags=["check"]
check("transformer_decoder", TransformerDecoder)

# %% [markdown]
# Put it together: two blocks on each side, states of 64 numbers, four heads. `AttentionSeq2Seq` of lesson 3 takes both
# parts as it takes its own. Which has more parameters, this or lesson 3's model?


# %% tags=["setup"]
def make_transformer(
    words: Vocabularies, size: int = 64, heads: int = 4, inner_size: int = 256, blocks: int = 2
) -> AttentionSeq2Seq:
    """An untrained Transformer for these vocabularies."""

    def attention() -> MultiHeadAttention:
        return MultiHeadAttention(size, heads, attend)

    readers = [EncoderBlock(attention(), size, inner_size) for _ in range(blocks)]
    encoder = TransformerEncoder(len(words.source), size, readers, sinusoids)
    writers = [DecoderBlock(attention(), attention(), size, inner_size) for _ in range(blocks)]
    places = sinusoids, causal_mask
    return AttentionSeq2Seq(encoder, TransformerDecoder(len(words.target), size, writers, *places))


# %% tags=["exploration"]
if ready("EncoderBlock", "DecoderBlock", "TransformerEncoder", "TransformerDecoder"):
    use_threads(1)  # the tensors of one step are small
    training_pairs, test_pairs = load_split("train"), load_split("test")
    words = Vocabularies(training_pairs)
    torch.manual_seed(1)
    model = make_transformer(words)
    lesson_3 = AttentionDecoder(len(words.target), 64, 128, AdditiveScore(128, 32))
    rival = AttentionSeq2Seq(Encoder(len(words.source), 64, 128), lesson_3)
    shown.print_sizes({"Transformer": model, "lesson 3's model": rival})

# %% [markdown]
# Before you train it, look for a leak in the whole model, with your own test and a real sentence: once with the
# student's mask in it, so that you see that the test finds one, and once with yours. In each of the two blocks the
# student's mask lets a place see the next one, so here the leak is two places wide.

# %% tags=["exploration"]
if ready("model", "moved_by"):
    source, target = (torch.tensor([numbers]) for numbers in words.encode(test_pairs[0]))
    real = torch.ones_like(source, dtype=torch.bool)
    states, nothing = model.encoder(source, real)
    others = (target[0] + 10) % len(words.target)
    masks = {"student's mask": lambda length: ahead[:length, :length], "your mask": causal_mask}
    for name, mask in masks.items():
        model.decoder.causal_mask = mask
        with torch.no_grad():
            moved = moved_by(
                lambda read: model.decoder(read[None], nothing, states, real)[0][0],
                target[0],
                others,
            )
        shown.print_moved(name, moved)

# %% [markdown]
# Now train it, with lesson 1's loss and lesson 2's loop, on sentences of up to three clauses so that you need not wait
# long. Each pair is seen three times.

# %% tags=["exploration", "nbval-ignore-output"]
if ready("model"):
    short = [pair for pair in training_pairs if count_clauses(pair.source_words) <= 3]
    losses = train_model(model, short, words, seed=1, epochs=3)
    figures.show(
        figures.plot_loss(losses, "The loss falls, epoch by epoch"),
        f"Mean loss of each epoch: {', '.join(f'{loss:.2f}' for loss in losses)} nats per word.",
    )

# %% [markdown]
# Greedy decoding is lesson 1's, around a step that hands over all words written so far. How many new sentences does it
# get right? And at four clauses, which it has never seen?


# %% tags=["setup"]
@torch.no_grad()
def write(
    model: AttentionSeq2Seq, pairs: list[SentencePair], words: Vocabularies
) -> list[list[str]]:
    """Greedy translations of the source side."""
    ids, mask = pad_batch([words.encode(pair)[0] for pair in pairs])
    states, nothing = model.encoder(ids, mask)

    def step(last: Tensor, written: Tensor, _: Tensor) -> tuple[Tensor, Tensor]:
        return model.decoder(last, written, states, mask)[:2]

    numbers = greedy_decode(lambda *_: (states, nothing), step, ids, mask, max_length=60)
    return [[words.target[number] for number in row] for row in numbers]


# %% tags=["exploration", "nbval-ignore-output"]
if ready("losses"):
    chosen = [pair for n in range(1, 5) for pair in load_split("by_length", [n])[:50]]
    translations = write(model.eval(), chosen, words)
    lengths = [count_clauses(pair.source_words) for pair in chosen]
    accuracy = accuracy_by_length(translations, [pair.target_words for pair in chosen], lengths)
    shown.print_accuracy(accuracy)

# %% [markdown]
# One run, and a short one. It shows that the parts work; findings need several seeds, and a fair rival.
#
# ## 8 · The same curve
#
# Lesson 3's model and the Transformer: equal data, equal steps, parameters within 5 %. A learning rate that suits one
# need not suit the other, so both got the same search: half the rate of this course, the rate, double the rate, chosen
# by exact match on *validation* sentences. The search was made with a single seed. Where another rate than the
# course's came out ahead, both were then run with five.

# %% tags=["exploration", "always"]
results = load_results("07_self_attention")
print("made by:", results["command"])
shown.print_search(results)

# %% [markdown]
# For lesson 3's model the course's rate is best. For the Transformer double the rate is ahead with the first seed, but
# from five seeds the two rates cannot be told apart: 96.7 to 98.8 % of validation sentences with double the rate, 96.8
# to 98.1 % with the course's. So both models keep the course's rate from here on.
#
# One figure for the title of this course. The GRU on its own, the GRU with attention, and attention alone: five seeds
# each, 200 new sentences of each length, the same steps.

# %% tags=["exploration", "always"]
predictions.ask("beyond_six", guess="", **questions.BEYOND_SIX)

# %% tags=["exploration", "always", "nbval-ignore-output"]
figures.use_course_style()
models = shown.models_of(results)
shown.show_curves(models)

# %% tags=["exploration", "always"]
shown.print_scores(models)
predictions.answer("beyond_six", **questions.beyond_six(models))

# %% [markdown]
# As far as training reaches, attention hardly needs the GRU: at six clauses 90 to 94 % of sentences are right without
# it and 94 to 97 % with it, and next to none with the GRU alone. Beyond that, attention alone falls much further: at
# eight clauses about one of ten is right, where the GRU with attention has half.
#
# Why? Places beyond the longest training sentence have patterns that the model has never seen. That fits, but nothing
# here has tested it: other ways to tell places apart were not tried, so we do not know.

# %% [markdown]
# Perhaps the Transformer only needs longer. So both were trained for twice the steps, again with a single seed.

# %% tags=["exploration", "always"]
shown.print_longer(results)

# %% [markdown]
# Both gain, on validation and at eight clauses, and the gap at eight clauses stays. On validation neither has stopped
# improving: a training that goes on until it does was not run, and one seed shows no more than the direction.

# %% [markdown]
# ### Without positions
#
# A control that has to fail: the same model without positions, on either side. To the encoder a sentence is then a bag
# of words. What is left for the decoder? Its causal mask lets each place see a different number of words, so it may
# still tell places apart.

# %% tags=["exploration", "always"]
predictions.ask("no_positions", guess="", **questions.NO_POSITIONS)

# %% tags=["exploration", "always"]
bag = runs_of(results, "transformer without positions")
shown.print_scores({"with positions": models["attention alone"], "without": bag})
predictions.answer("no_positions", **questions.no_positions(bag))

# %% [markdown]
# It fails, as it must. About nine in ten sentences of one clause still come out right, perhaps because their words
# leave few orders to choose from; at three clauses it is about one in six, at six none. The decoder's mask does not
# make up for it. So positions are not a detail: they are how this model knows the order at all.

# %% [markdown]
# ## 9 · Where do the heads look?
#
# Lesson 5 asked whether the weights of one attention follow the gold links. Here are several at once: each block of the
# decoder has its own, with N heads each. Look at the trained model's first. Choose a block and a head, then point at
# Korean words. `look` gives for each head a matrix (T, S) of every pair, block by block.


# %% tags=["setup"]
def look(model: nn.Module, pairs: list[SentencePair]) -> list[list[Tensor]]:
    """Where each head of the attention to the source looks, while the model reads the right words."""
    known = Vocabularies(load_split("train"))
    batches = make_batches([known.encode(pair) for pair in pairs], pad_batch, 100)
    return maps_of(model, batches, word_weights)


# %% tags=["exploration", "nbval-ignore-output"]
if ready("model"):
    trained = make_transformer(words).eval()
    weights_file = datasets_folder() / "models" / "07_transformer.safetensors"
    trained.load_state_dict(load_file(weights_file))
    pair = next(pair for pair in test_pairs if "because" in pair.source_words)
    show_head_explorer(pair, [maps[0] for maps in look(trained, [pair])], heads=4)

# %% [markdown]
# Some heads seem to follow the links, some look at the end of the sentence (END has no column: a row without a dark
# cell looks there), some nowhere in particular. A picture proves nothing. With several heads there is a second trap:
# the **best of many** looks good by chance. So choose the head on one set of sentences, and report its error on
# another.
#
# **Exercise 12 · ●●○ · 15 min · core.** Write `choose_head`. As in lesson 5, a target word is linked to the source word
# with its greatest weight.


# %% tags=["exercise"] slug="choose_head"
def choose_head(
    valid_maps: list[list[Tensor]],
    valid_gold: Gold,
    test_maps: list[list[Tensor]],
    test_gold: Gold,
    error_rate: Callable[[list[tuple[Links, Links, Links]]], float],
) -> tuple[int, float]:
    """Choose the head with the least error on validation sentences, and give its error on test sentences.

    Args:
        valid_maps, test_maps: for each head, for each sentence, weights (T, S).
        valid_gold, test_gold: for each sentence its sure links and its possible ones, (source, target) each.
        error_rate: what `alignment_error_rate` is: from (links found, sure, possible) of each sentence to one number.

    Returns:
        The number of the head, from 0, and its error rate on the test sentences.
    """
    ### BEGIN SOLUTION

    def error(maps: list[Tensor], gold: Gold) -> float:
        examples = []
        for weights, (sure, possible) in zip(maps, gold, strict=True):
            links = [(i, j) for j, i in enumerate(weights.argmax(1).tolist())]
            examples.append((links, sure, possible))
        return error_rate(examples)

    errors = [error(maps, valid_gold) for maps in valid_maps]
    best = errors.index(min(errors))
    return best, error(test_maps[best], test_gold)
    ### END SOLUTION


# %% tags=["check"]
check("choose_head", choose_head)

# %% [markdown]
# On the shipped model, 200 sentences for the choice and 200 others for the score. Your function numbers the heads
# across blocks: 0 to 3 are heads 1 to 4 of block 1, and 4 to 7 those of block 2.

# %% tags=["exploration"]
if ready("trained", "choose_head"):
    maps, gold_links = [], []
    for pairs in (load_split("valid")[:200], test_pairs[:200]):
        maps.append(look(trained, pairs))
        gold_links.append([(gold(pair, sure=True), gold(pair, sure=False)) for pair in pairs])
    arguments = maps[0], gold_links[0], maps[1], gold_links[1]
    best, error = choose_head(*arguments, alignment_error_rate)
    print("the chosen head errs less often than the diagonal:", error < 0.7)

# %% [markdown]
# One model again. Five seeds, all sentences, each head with its own mark. The filled mark is the head that was chosen
# on validation. The dashed lines are the error rates (AER) of lesson 5: of the diagonal baseline, of lesson 3's
# model, and of the model with both changes, which looks at embedded words while it writes.

# %% tags=["exploration", "always", "nbval-ignore-output"]
heads = load_results("07_heads")
shown.show_head_errors(heads)

# %% tags=["exploration", "always"]
shown.print_head_errors(heads)

# %% [markdown]
# Nothing in training asks for it, yet in every seed a head of the **second** block follows the links: with an error
# rate of 0.14 to 0.19, near lesson 5's model with both changes, far below lesson 3's. The heads of the first block do
# not.
#
# With a thousand sentences the best head is the same on both sets, in every seed, so choosing and reporting on one set
# would have done no harm here. With few sentences it might.

# %% [markdown]
# ## 10 · Silence a head
#
# A head you can read is not always a head the model uses; lesson 5 showed that for weights. So knock heads out, one at
# a time. What each head found stands in its own A numbers when the heads are joined, and `output`, a matrix (H, H),
# reads them with its own A **columns**. Set these to zero and the head is silent, and nothing else of the model
# changes.
#
# **Exercise 13 · ●●○ · 8 min · core.** Write `silence_heads`, for any number of heads at once. The model still needs
# its matrix afterwards.


# %% tags=["exercise"] slug="silence_heads"
def silence_heads(output: Tensor, heads: list[int], count: int) -> Tensor:
    """The output matrix of an attention without what some of its heads found.

    Args:
        output: (H, H), the weight of a linear layer that reads all heads side by side; it is not changed.
        heads: the numbers of the heads to silence, from 0.
        count: N, how many heads there are.

    Returns:
        (H, H): the same, with zeros where it reads those heads.
    """
    ### BEGIN SOLUTION
    size = output.shape[1] // count  # A
    silenced = output.clone()
    for head in heads:
        silenced[:, head * size : (head + 1) * size] = 0
    return silenced
    ### END SOLUTION


# %% tags=["check"]
check("silence_heads", silence_heads)

# %% [markdown]
# Here is the shipped model's loss on the right words, first as it is, then with each head of the cross-attention
# silenced in turn. Is the head that follows the links the one the model misses most?


# %% tags=["setup"]
@torch.no_grad()
def loss_of(model: nn.Module, pairs: list[SentencePair]) -> float:
    """The mean loss of the right words, in nats per word."""
    known = Vocabularies(load_split("train"))
    (batch,) = make_batches([known.encode(pair) for pair in pairs], pad_batch, len(pairs))
    return masked_loss(model(batch), batch.target, batch.target_mask).item()


# %% tags=["exploration"]
if ready("trained", "silence_heads", "best"):
    loss = loss_of(trained, test_pairs[:100])
    lost = []
    for block in trained.decoder.blocks:
        whole = block.cross.output.weight.data
        for head in range(4):
            block.cross.output.weight.data = silence_heads(whole, [head], 4)
            lost.append(loss_of(trained, test_pairs[:100]) - loss)
        block.cross.output.weight.data = whole
    shown.print_lost(loss, lost, best)

# %% [markdown]
# All heads of five seeds, and all heads of a layer at once. Each dot is a head of one seed; bars are layers.

# %% tags=["exploration", "always"]
predictions.ask("layer_missed", guess="", **questions.LAYER_MISSED)

# %% tags=["exploration", "always", "nbval-ignore-output"]
shown.show_knock_outs(heads)

# %% tags=["exploration", "always"]
shown.print_knock_outs(heads)
predictions.answer("layer_missed", **questions.layer_missed(heads))

# %% [markdown]
# In no seed is the head that follows the links best the one that is missed most. And no single head is missed much:
# silencing one costs at most 0.19 nats. Silencing all four of a block's cross-attention costs more than 1.2, in the
# second block more than 2.8. So the heads of a layer may stand in for one another. The first block's heads follow no
# links, and are needed all the same; what they read, this measure does not say.

# %% [markdown]
# **Explain.** In one sentence: why does silencing each head of a layer alone say less than silencing all of them? Write
# it here, then open ours.
#
# *Your sentence:*

# %% [markdown]
# <details><summary>Our sentence</summary>
#
# Because heads may stand in for one another: a head that costs nothing when it alone is silent may carry something that
# another head has as well, and only when both are silent does the model miss it.
#
# </details>

# %% [markdown]
# ## 11 · Why it won: steps that wait, and steps that do not
#
# So why did everyone switch? A GRU makes state after state; each waits for the one before, however many processors
# there are. In training, self-attention has nothing to wait for: all words of a sentence at once, in a few large
# products. The price is again a product of lengths, now three times: S·S, T·T and T·S.
#
# Here is one training step, 64 sentences of random words, on one thread. The second panel is what must be kept in
# memory for the backward pass.

# %% tags=["exploration", "always", "nbval-ignore-output"]
shown.show_step_time()

# %% tags=["exploration", "always"]
shown.print_step_cost()

# %% [markdown]
# On one thread, attention alone takes less time than the GRU with attention for the longest sentences, and more than
# the GRU alone. It keeps as much in memory as the GRU with attention and three times as much as the GRU alone. So the
# products of lengths are paid for here as well.
#
# What one thread cannot show is the reason it won. Count the steps that must **wait** for one another: S + T in the
# recurrent models, and in the Transformer as many as there are blocks, however long the sentence. Many processors can
# share the work of a step that does not wait. (This is training. When it translates, each word must wait for the one
# before, in both.) This was not measured: the course needs no such machine.

# %% [markdown]
# ### Conventions that differ
#
# When you go on with `nn.Transformer`, note what it does differently. Nothing in this lesson depends on this table.
#
# | | this course | `nn.Transformer` and `nn.MultiheadAttention` |
# | --- | --- | --- |
# | bool masks | True: may look, real word | True: may **not** look, padding. `F.scaled_dot_product_attention` agrees with us |
# | order of dimensions | batch first | length first, unless `batch_first=True` |
# | masks | one, (B, T, S) | `attn_mask` for who sees whom, `key_padding_mask` (B, S) for padding |
# | norm | before each step, once more at the end | after adding, unless `norm_first=True` |
# | weights of heads | (B, N, T, S) | `nn.MultiheadAttention` averages over heads, unless `average_attn_weights=False`; `nn.Transformer` returns none |
# | positions, embeddings, last layer | in the model | yours to add |
# | dropout | none | 0.1 in `nn.Transformer`, 0.0 in `nn.MultiheadAttention` |

# %% [markdown]
# And where we differ from the paper: norm before each step; no dropout, no label smoothing; embedded words are not
# scaled, and the embeddings and the last layer have weights of their own; Adam with one cycle of the learning rate.
# Six blocks, 512 numbers and eight heads are two, 64 and four here.

# %% [markdown]
# ## What you take with you
#
# - Self-attention is a soft dictionary in which a sentence looks itself up. It does not know the order: positions are
#   added, and without them the model fails.
# - Nothing keeps a Transformer's decoder from reading ahead but a mask. A leak shows in no shape; test that the future
#   does not move the past.
# - As far as training reaches, attention alone translates nearly as well as the GRU with attention. Beyond that, it
#   falls further; why is open.
# - A head is read with care: choose on one set and report on another, and silence it before you say what it does.

# %% [markdown]
# **Where to go on.** Vaswani et al. 2017, [arXiv:1706.03762](https://arxiv.org/abs/1706.03762), is now readable from
# end to end; Xiong et al. 2020, [arXiv:2002.04745](https://arxiv.org/abs/2002.04745), moves the norm. Michel et al. 2019,
# [arXiv:1905.10650](https://arxiv.org/abs/1905.10650), and Voita et al. 2019,
# [arXiv:1905.09418](https://arxiv.org/abs/1905.09418), silence heads of large models. Csordás et al. 2021,
# [arXiv:2108.12284](https://arxiv.org/abs/2108.12284), ask what makes a Transformer go on beyond the lengths of its
# training.
