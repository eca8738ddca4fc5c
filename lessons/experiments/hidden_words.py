"""Lesson 05's measures: where a model looks, by gold links, and what it loses when words are hidden from it.

All of them force the right words: the weights of a target word are those of the step that writes it. A target word
counts if it has a sure gold link; its gold words are all source words that are surely linked to it, its darkest word
is the source word with the greatest weight, END left out as in the lesson's heat maps.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lessons.earlier.lesson_01 import pad_batch
from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_05 import alignment_error_rate, argmax_links, threshold_links, word_weights
from lessons.toolkit.batches import UNKNOWN, Batch, make_batches, shift_right
from lessons.toolkit.corpus import SentencePair

REACH = 3
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))
MUCH = 0.8
BATCH_SIZE = 200
QUARTILES = torch.tensor([0.25, 0.5, 0.75])


@dataclass(frozen=True)
class Place:
    """A target word with a sure link, and where a model looks when it writes it.

    sentence: number of the pair; target: of the word in it; gold: its gold words; possible: source words that are
    linked to it, surely or possibly; dark: its darkest word; weight: what lies there; at_end: whether more lies on END.
    """

    sentence: int
    target: int
    gold: frozenset[int]
    possible: frozenset[int]
    dark: int
    weight: float
    at_end: bool

    @property
    def offset(self) -> int:
        """Position of the darkest word less that of the nearest gold word; the left one where two are as near."""
        return min((self.dark - i for i in self.gold), key=lambda distance: (abs(distance), -distance))


@torch.no_grad()
def weights_of(model: nn.Module, pairs: Sequence[SentencePair], words: Vocabularies) -> list[Tensor]:
    """Give for each pair a matrix (T, S): where the model looks while it reads the right words."""
    matrices: list[Tensor] = []
    for batch in make_batches([words.encode(pair) for pair in pairs], pad_batch, 100):
        source, last = model.encoder(batch.source, batch.source_mask)
        _, _, weights = model.decoder(shift_right(batch.target), last, source, batch.source_mask)
        matrices += word_weights(weights, batch.source_mask, batch.target_mask)
    return matrices


def error_rate(alignments: Sequence[Sequence[tuple[int, int]]], pairs: Sequence[SentencePair]) -> float:
    """Compute the AER of the links found for each pair."""
    gold = [([], []) for _ in pairs]
    for (sure, possible), pair in zip(gold, pairs, strict=True):
        for link in pair.alignment:
            (sure if link.sure else possible).append((link.source, link.target))
    return alignment_error_rate([(found, *links) for found, links in zip(alignments, gold, strict=True)])


def places(model: nn.Module, pairs: Sequence[SentencePair], words: Vocabularies) -> list[Place]:
    """All target words that have a sure link, sentence by sentence."""
    found = []
    for number, (pair, weights) in enumerate(zip(pairs, weights_of(model, pairs, words), strict=True)):
        greatest, darkest = weights.max(1)
        at_end = 1 - weights.sum(1) > greatest  # what the words do not have lies on END
        for target in range(len(pair.target_words)):
            links = [link for link in pair.alignment or () if link.target == target]
            gold = frozenset(link.source for link in links if link.sure)
            if gold:
                possible = frozenset(link.source for link in links)
                dark, weight = int(darkest[target]), greatest[target].item()
                found.append(Place(number, target, gold, possible, dark, weight, bool(at_end[target])))
    return found


def offsets(model: nn.Module, pairs: Sequence[SentencePair], words: Vocabularies) -> dict[str, object]:
    """By how many source words the darkest word lies beside the nearest gold word.

    Returns:
        "sentences", and n, how many target words have a sure link; "counts" of the offsets "-3" to "3", positive
        where the darkest word stands after the gold word, and of those "before" and "after" these; they sum to n.
        "end_is_darker": at how many of the n more weight lies on END than on the darkest word.
    """
    found = places(model, pairs, words)
    counts = Counter(place.offset for place in found)
    inside = {str(offset): counts[offset] for offset in range(-REACH, REACH + 1)}
    outside = {
        "before": sum(count for offset, count in counts.items() if offset < -REACH),
        "after": sum(count for offset, count in counts.items() if offset > REACH),
    }
    end_is_darker = sum(place.at_end for place in found)
    return {"sentences": len(pairs), "n": len(found), "counts": inside | outside, "end_is_darker": end_is_darker}


def alignment_errors(
    model: nn.Module, pairs: Sequence[SentencePair], words: Vocabularies, valid: Sequence[SentencePair]
) -> dict[str, object]:
    """Alignment error rate of a model's weights (Och and Ney 2003): by the greatest weight, and by a threshold.

    The threshold is the one of `THRESHOLDS` with the least error rate in `valid`, the lowest where several are.

    Returns:
        "sentences", "valid_sentences"; "aer_argmax" and "aer_threshold" of `pairs`, 0 (best) to 1; "threshold",
        and its error rate in `valid`, "valid_aer_threshold".
    """
    known, tried = weights_of(model, pairs, words), weights_of(model, valid, words)
    rates = {
        threshold: error_rate([threshold_links(each, threshold) for each in tried], valid) for threshold in THRESHOLDS
    }
    best = min(rates, key=rates.__getitem__)
    return {
        "sentences": len(pairs),
        "valid_sentences": len(valid),
        "aer_argmax": round(error_rate([argmax_links(each) for each in known], pairs), 4),
        "aer_threshold": round(error_rate([threshold_links(each, best) for each in known], pairs), 4),
        "threshold": best,
        "valid_aer_threshold": round(rates[best], 4),
    }


# --- hiding ------------------------------------------------------------------------------------------------

Hidden = frozenset[int]

#: Which target words a table is about.
SETS: dict[str, Callable[[Place], bool]] = {
    "all": lambda place: True,
    "dark_elsewhere": lambda place: place.dark not in place.possible and not place.at_end,
    "dark_one_too_far": lambda place: place.dark not in place.possible and place.offset == 1 and place.weight > MUCH,
}


def hiding(model: nn.Module, pairs: Sequence[SentencePair], words: Vocabularies) -> dict[str, object]:
    """What the right word loses when source words are hidden: log-probability with all words less that without.

    Hidden are the darkest word, all gold words, both, or a third word, drawn by a generator whose seed is the
    sentence and the place, never linked to the target word and never its darkest. There are two ways to hide:

    - "hidden": no step of the decoder can look at the word, its weight is shared out among the others, as
      `knock_out` does. The encoder still reads it, so that the states of its neighbours may know it.
    - "unseen": the encoder reads UNKNOWN in its place, a word that no training sentence had, so that nobody knows
      it; the decoder may look at the place.

    Returns:
        "sentences", "much" (0.8), and for both ways a table for each of `SETS`: all target words with a sure link,
        the same ones for every model; those whose darkest word has no link to them, but more weight than END; and
        of these those with more than 0.8 on the word just after the nearest gold word. A table has for "darkest",
        "gold", "both" and "third" n; median, lower and upper quartile of the loss, in nats (None where n is 0); and
        the share of target words that lose more than 1 nat. A place where every word is linked or darkest has no
        third word.
    """
    found = places(model, pairs, words)
    asked = {
        "darkest": [frozenset({place.dark}) for place in found],
        "gold": [place.gold for place in found],
        "both": [place.gold | {place.dark} for place in found],
        "third": [_third(place, pairs[place.sentence]) for place in found],
    }
    tables: dict[str, object] = {"sentences": len(pairs), "much": MUCH}
    for way in ("hidden", "unseen"):
        lost = losses(model, pairs, words, found, asked, unseen=way == "unseen")
        tables[way] = {
            name: {hidden: _summary(loss, [chosen(place) for place in found]) for hidden, loss in lost.items()}
            for name, chosen in SETS.items()
        }
    return tables


def _third(place: Place, pair: SentencePair) -> Hidden:
    """A word that is neither linked to the target word nor its darkest, if there is one."""
    order = list(range(len(pair.source_words)))
    random.Random(f"{place.target} {pair.source}").shuffle(order)
    return frozenset([i for i in order if i not in place.possible and i != place.dark][:1])


def losses(
    model: nn.Module,
    pairs: Sequence[SentencePair],
    words: Vocabularies,
    found: Sequence[Place],
    asked: dict[str, list[Hidden]],
    unseen: bool,
) -> dict[str, Tensor]:
    """For each name of `asked` the loss (N,) at each of N places when the words of the place are hidden, in nats.

    nan where none is to be hidden. Sentences with the same words hidden are read once.
    """
    nobody: Hidden = frozenset()
    wanted = {(place.sentence, hidden) for sets in asked.values() for place, hidden in zip(found, sets, strict=True)}
    rows = sorted(
        wanted | {(place.sentence, nobody) for place in found},
        key=lambda row: (len(pairs[row[0]].target_words), row[0], sorted(row[1])),
    )
    known = log_probabilities(model, pairs, words, rows, unseen)
    whole = torch.tensor([known[place.sentence, nobody][place.target] for place in found])
    return {
        name: torch.stack(
            [
                known[place.sentence, hidden][place.target] if hidden else torch.tensor(torch.nan)
                for place, hidden in zip(found, sets, strict=True)
            ]
        ).mul(-1).add(whole)
        for name, sets in asked.items()
    }  # fmt: skip


@torch.no_grad()
def log_probabilities(
    model: nn.Module,
    pairs: Sequence[SentencePair],
    words: Vocabularies,
    rows: Sequence[tuple[int, Hidden]],
    unseen: bool,
) -> dict[tuple[int, Hidden], Tensor]:
    """For each row, a sentence and the source words that are hidden in it, those of its right words (T,), in nats."""
    found: list[Tensor] = []
    for start, batch in enumerate(make_batches([words.encode(pairs[row]) for row, _ in rows], pad_batch, BATCH_SIZE)):
        hidden = torch.zeros_like(batch.source_mask)
        for row, (_, places_hidden) in enumerate(rows[start * BATCH_SIZE : start * BATCH_SIZE + len(batch)]):
            hidden[row, list(places_hidden)] = True
        found += _right_words(model, batch, hidden, unseen)
    return dict(zip(rows, found, strict=True))


def _right_words(model: nn.Module, batch: Batch, hidden: Tensor, unseen: bool) -> Tensor:
    """Log-probabilities (B, T) of the right words where hidden (B, S) words are unseen, or else not looked at."""
    source = batch.source.masked_fill(hidden, UNKNOWN) if unseen else batch.source
    seen = batch.source_mask if unseen else batch.source_mask & ~hidden
    states, last = model.encoder(source, batch.source_mask)
    logits, _, _ = model.decoder(shift_right(batch.target), last, states, seen)
    return logits.log_softmax(-1).gather(-1, batch.target.unsqueeze(-1)).squeeze(-1)


def _summary(loss: Tensor, chosen: list[bool]) -> dict[str, object]:
    """n, quartiles and the share above 1 nat of the losses (N,) that are chosen and no nan."""
    kept = loss[torch.tensor(chosen, dtype=torch.bool) & ~loss.isnan()]
    if not len(kept):
        return {"n": 0, "median": None, "lower_quartile": None, "upper_quartile": None, "over_1_nat": None}
    # adding 0.0 turns -0.0 into 0.0
    lower, median, upper = (round(value, 4) + 0.0 for value in kept.quantile(QUARTILES).tolist())
    return {
        "n": len(kept),
        "median": median,
        "lower_quartile": lower,
        "upper_quartile": upper,
        "over_1_nat": round((kept > 1).float().mean().item(), 4),
    }
