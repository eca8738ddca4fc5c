# %% [markdown]
# # 2 · Where a fixed vector breaks

# %% tags=["setup"]
from collections import defaultdict

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from autograder import check, hint
from lessons.earlier.lesson_01 import Decoder, Encoder, Seq2Seq, greedy_decode, pad_batch
from lessons.experiments.training import Vocabularies, train_model, translate
from lessons.toolkit import figures
from lessons.toolkit.batches import Batch
from lessons.toolkit.corpus import CONNECTIVES, SentencePair, count_clauses, load_split
from lessons.toolkit.paths import datasets_folder
from lessons.toolkit.readiness import ready
from lessons.toolkit.results import load_results
from lessons.toolkit.training import use_threads


# %% tags=["exercise"] slug="accuracy_by_length"
def accuracy_by_length(
    translations: list[list[str]], references: list[list[str]], lengths: list[int]
) -> dict[int, float]:
    """Exact match, separately for each length.

    Args:
        translations: the words that the model wrote, a list for each sentence.
        references: the right words, a list for each sentence.
        lengths: how long each sentence is, here in clauses.

    Returns:
        length → the share of its sentences that are right word for word, from 0 to 1; short lengths first.
    """
    ### BEGIN SOLUTION
    hits = defaultdict(list)
    for translation, reference, length in zip(translations, references, lengths, strict=True):
        hits[length].append(translation == reference)
    return {length: sum(hits[length]) / len(hits[length]) for length in sorted(hits)}
    ### END SOLUTION


# %% tags=["check"]
check("accuracy_by_length", accuracy_by_length)


# %% tags=["exercise"] slug="find_knee"
def find_knee(accuracy: dict[int, float], trained_up_to: int) -> int | None:
    """The first length at which less than half of the best accuracy is left.

    Args:
        accuracy: length → accuracy, the lengths in any order.
        trained_up_to: the greatest length in training; longer ones count neither for the best nor as a knee.

    Returns:
        The smallest length with an accuracy below half of the best one, or None where there is none.
    """
    ### BEGIN SOLUTION
    trained = {length: accuracy[length] for length in sorted(accuracy) if length <= trained_up_to}
    best = max(trained.values())
    return next((length for length, value in trained.items() if value < best / 2), None)
    ### END SOLUTION


# %% tags=["check"]
check("find_knee", find_knee)


# %% tags=["exercise"] slug="bottleneck"
class Bottleneck(nn.Module):
    """An encoder whose context has to pass through C numbers.

    Args:
        encoder: gives states (B, S, H) and context (B, H) from source and mask.
        hidden_size: H.
        context_size: C.
    """

    def __init__(self, encoder: nn.Module, hidden_size: int, context_size: int):
        super().__init__()
        self.encoder = encoder
        self.narrow = nn.Linear(hidden_size, context_size)
        self.widen = nn.Linear(context_size, hidden_size)

    def forward(self, source: Tensor, source_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Read a batch of sentences.

        Args:
            source: (B, S) int64, padded on the right.
            source_mask: (B, S) bool, True at real words.

        Returns:
            states (B, S, H): the encoder's, as they are.
            context (B, H): the encoder's, narrowed to C numbers and widened again.
        """
        ### BEGIN SOLUTION
        states, context = self.encoder(source, source_mask)
        return states, self.widen(self.narrow(context))
        ### END SOLUTION


# %% tags=["check"]
check("bottleneck", Bottleneck)


# %% tags=["exercise"] slug="mean_and_spread"
def mean_and_spread(scores: Tensor) -> tuple[Tensor, Tensor]:
    """What several runs of the same experiments say together.

    Args:
        scores: (R, C, L), of R runs, for C context sizes and L sentence lengths.

    Returns:
        mean (C, L): over the runs.
        spread (C, L): the sample standard deviation over the runs, which divides by R - 1.
    """
    ### BEGIN SOLUTION
    return scores.mean(dim=0), scores.std(dim=0)
    ### END SOLUTION


# %% tags=["check"]
check("mean_and_spread", mean_and_spread)


# %% tags=["exercise"] slug="clause_numbers"
def clause_numbers(words: list[str], connectives: frozenset[str]) -> list[int]:
    """The clause that each word belongs to, counted from 0.

    Args:
        words: an English sentence.
        connectives: the words that open a new clause; each belongs to the clause that it opens.

    Returns:
        One number a word.
    """
    ### BEGIN SOLUTION
    numbers, clause = [], 0
    for word in words:
        clause += word in connectives
        numbers.append(clause)
    return numbers
    ### END SOLUTION


# %% tags=["check"]
check("clause_numbers", clause_numbers)


# %% tags=["exercise"] slug="error_by_part"
def error_by_part(logits: Tensor, target: Tensor, part: Tensor, parts: int) -> Tensor:
    """How often the most likely word is wrong, separately for each part of the sentences.

    Args:
        logits: (B, T, V), raw scores.
        target: (B, T) int64, the right words.
        part: (B, T) int64, the part that each word belongs to, from 0; -1 where a word counts nowhere.
        parts: how many parts there are; each has a word in the batch.

    Returns:
        (parts,) float: the share of wrong words among the words of each part, from 0 to 1.
    """
    ### BEGIN SOLUTION
    wrong = logits.argmax(dim=-1) != target  # (B, T)
    return torch.stack([wrong[part == i].float().mean() for i in range(parts)])
    ### END SOLUTION


# %% tags=["check"]
check("error_by_part", error_by_part)


# %% tags=["setup"]
def clause_errors(model: nn.Module, pairs: list[SentencePair], words: Vocabularies) -> Tensor:
    """Wrong words by the English clause that they come from, each predicted from the right words before it.

    Args:
        model: turns a batch into logits.
        pairs: sentences with the same number of clauses, aligned.
        words: the vocabularies of the model.

    Returns:
        A share for each clause, in the order of the English sentence.
    """
    encoded = [words.encode(pair) for pair in pairs]
    source, target = zip(*encoded, strict=True)
    batch = Batch(*pad_batch(list(source)), *pad_batch(list(target)))
    # pad_batch fills with 0: counting clauses from 1 on the way makes that -1
    shifted, _ = pad_batch([[clause + 1 for clause in target_clauses(pair)] for pair in pairs])
    with torch.no_grad():
        logits = model(batch)
    return error_by_part(logits, batch.target, shifted - 1, count_clauses(pairs[0].source_words))


def target_clauses(pair: SentencePair) -> list[int]:
    """The English clause of each Korean word and of END: -1 where no sure link leads to one."""
    clauses = clause_numbers(pair.source_words, CONNECTIVES)
    found = {link.target: clauses[link.source] for link in pair.alignment if link.sure}
    return [found.get(j, -1) for j in range(len(pair.target_words) + 1)]
