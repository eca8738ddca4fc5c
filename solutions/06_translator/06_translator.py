# %% tags=["setup"]
import difflib
import math
import statistics
from collections import Counter
from collections.abc import Callable

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from autograder import check, hint
from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, pad_batch
from lessons.earlier.lesson_02 import Vocabularies, train_model, translate
from lessons.earlier.lesson_03 import AdditiveScore, AttentionDecoder, AttentionSeq2Seq
from lessons.earlier.lesson_05 import word_reader
from lessons.toolkit import figures
from lessons.toolkit.batches import END, START, shift_right
from lessons.toolkit.corpus import SentencePair, count_clauses, load_split
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results
from lessons.toolkit.training import use_threads


# %% tags=["exercise"] slug="extend_beams"
def extend_beams(
    scores: Tensor, log_probabilities: Tensor, beam_size: int
) -> tuple[Tensor, Tensor, Tensor]:
    """The best of all hypotheses that are one word longer.

    Args:
        scores: (K,), the log-probability of each hypothesis.
        log_probabilities: (K, V), those of the next word, for each hypothesis.
        beam_size: N, how many are kept.

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
        longer = zip(rows.tolist(), words.tolist(), strict=True)
        sentences = [[*sentences[row], word] for row, word in longer]
        found = zip(sentences, scores.tolist(), strict=True)
        ended += [(sentence, score) for sentence, score in found if sentence[-1] == END]
        going = words != END
        scores, words, state = scores[going], words[going], state[rows[going]]
        sentences = [sentence for sentence in sentences if sentence[-1] != END]
        if not sentences:
            break
    return ended + list(zip(sentences, scores.tolist(), strict=True))
    ### END SOLUTION


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


# %% tags=["setup"]
Step = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


def decoder_step(model: nn.Module, source: list[int]) -> tuple[Step, Tensor]:
    """The decoder of a model as `beam_search` wants it, for one sentence.

    Args:
        model: the baseline or an attention model.
        source: S word numbers, END behind them.

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
