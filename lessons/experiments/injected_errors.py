"""Lesson 04's intervention: the same wrong word at the same place of the same right prefix, for every model.

Which words are of one kind, `word_forms` says. A word with two derivations that disagree is left alone.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from lessons.corpus_generator import lexicon
from lessons.corpus_generator.lexicon import Predicate
from lessons.earlier.lesson_01 import pad_batch
from lessons.earlier.lesson_02 import Vocabularies
from lessons.earlier.lesson_04 import decode_with_forcing, previous_words
from lessons.experiments.decoding import decoder_of
from lessons.experiments.word_forms import Form, forms
from lessons.toolkit.batches import Batch, make_batches
from lessons.toolkit.corpus import SentencePair

KINDS = ("no_error", "same_kind", "structure")
DISTANCES = {"1_to_3": range(1, 4), "4_to_7": range(4, 8), "8_and_more": range(8, 1000)}
BATCH_SIZE = 500


# --- places and wrong words --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Injection:
    """A wrong word of each kind for one place.

    sentence: number of the pair; place: t, of the right word in the target, from 0; word_class: of the right word;
    words: kind of `KINDS` → the word that stands at the place, under "no_error" the right one.
    """

    sentence: int
    place: int
    word_class: str
    words: dict[str, str]


def injections(pairs: Sequence[SentencePair], words: Vocabularies) -> list[Injection]:
    """Choose a place and two wrong words in each sentence, by a generator whose seed is the sentence itself.

    A place has a person, thing, place, weather or verb, is not the last, has nothing before it that needs just
    this noun (adjective, possessor, relative clause) and a wrong word of either kind in the vocabulary. No wrong
    word occurs elsewhere in the sentence, nor does whom or what it names, be it as he or she. One of the classes
    that have such a place is drawn, then a place of this class, then the words; sentences without a place are left
    out.

    - "same_kind": another noun with the same particle, which the next verb also takes; pronouns give way to
      pronouns of the same grammatical person; or another verb with the same ending, tense and valency that takes
      all that stands before it. What follows stays right.
    - "structure": the same person as object in place of subject or topic, or the reverse; the same place with 에 in
      place of 에서, or the reverse; the same verb with an ending that joins otherwise; for a thing or the weather,
      which have one particle only, some verb.
    """
    found = []
    for number, pair in enumerate(pairs):
        options, chance = _options(pair.target_words, words), random.Random(pair.target)
        if options:
            word_class = chance.choice(sorted(options))
            place, wrong = chance.choice(options[word_class])
            chosen = {kind: chance.choice(found) for kind, found in wrong.items()}
            found.append(Injection(number, place, word_class, {"no_error": pair.target_words[place], **chosen}))
    return found


def _options(target: list[str], words: Vocabularies) -> dict[str, list[tuple[int, dict[str, list[str]]]]]:
    """Word class → the places in a sentence, each with the wrong words of both kinds, sorted."""
    options: defaultdict[str, list[tuple[int, dict[str, list[str]]]]] = defaultdict(list)
    for place in range(len(target) - 1):
        if _may_change(target, place):
            choices = {"same_kind": _same_kind(target, place), "structure": _structure(target, place)}
            known = {kind: sorted(found & words.target_numbers.keys()) for kind, found in choices.items()}
            if all(known.values()):
                options[_class_of(target[place])].append((place, known))
    return options


@cache
def _class_of(word: str) -> str:
    """The class of a word, or "" where it has none or its derivations disagree."""
    classes = {form.word_class for form in forms().get(word, ())}
    return classes.pop() if len(classes) == 1 else ""


def _names(words: Sequence[str]) -> set[str]:
    """Whom and what words name, in any of their derivations."""
    return {form.name for word in words for form in forms().get(word, ())}


def _may_change(target: list[str], place: int) -> bool:
    if _class_of(target[place]) not in ("person", "thing", "place", "weather", "verb"):
        return False
    before = forms().get(target[place - 1], ()) if place else ()
    needs_this = any(form.word_class == "modifier" or form.role == "before noun" for form in before)
    return not needs_this and not any(form.role == "before noun" for form in forms()[target[place]])


def _same_kind(target: list[str], place: int) -> set[str]:
    """Words of the same kind that name nobody and nothing else in the sentence, and go with what stands around."""
    kinds = _kinds(target[place])
    if len({kind[:-2] for kind in kinds if kind[0] == "verb"}) > 1:  # 와 is comes, rains and snows
        return set()
    taken = _with_pronouns(_names(target[:place] + target[place + 1 :]))
    alike = {(word, form) for kind in kinds for word, form in _by_kind()[kind] if word not in target}
    return {
        word
        for word, form in alike
        if kinds <= _kinds(word) and not _names([word]) & taken and _goes(form, target, place)
    }


def _kinds(word: str) -> set[tuple[str, ...]]:
    """The kinds of all derivations: 기다릴 때 is present and past, 만날 때 present only."""
    return {form.kind for form in forms()[word]}


def _with_pronouns(names: set[str]) -> set[str]:
    """Names, with those who may be the same person: he, where Jihun is named, and Jihun, where he is."""
    pairs = [(pronoun, name) for pronoun, fits in lexicon.PRONOUN_FITS.items() for name in fits]
    return names | {p for p, name in pairs if name in names} | {name for p, name in pairs if p in names}


@cache
def _by_kind() -> dict[tuple[str, ...], list[tuple[str, Form]]]:
    """Kind → the words of it that have one class only, each with its derivation."""
    found: defaultdict[tuple[str, ...], list[tuple[str, Form]]] = defaultdict(list)
    for word in forms():
        for form in forms()[word] if _class_of(word) else ():
            found[form.kind].append((word, form))
    return found


def _goes(form: Form, target: list[str], place: int) -> bool:
    """Whether a word that replaces another goes with the verb of the clause, or a verb with its clause."""
    if form.predicate is not None:
        negated = target[place - 1 : place] == ["안"]
        return (not negated or form.predicate.negation == "안") and all(
            _takes(form.predicate, part) for part in _parts_before(target, place)
        )
    if form.word_class not in ("thing", "place"):
        return True
    verb = next((word for word in target[place + 1 :] if any(part.predicate for part in forms().get(word, ()))), "")
    return any(part.predicate and _takes(part.predicate, form) for part in forms().get(verb, ()))


def _parts_before(target: list[str], place: int) -> list[Form]:
    """Objects, places, companions and manners between the verb at a place and its subject or the verb before."""
    parts: list[Form] = []
    for word in reversed(target[:place]):
        derived = forms().get(word, frozenset())
        if any(form.predicate or form.role == "nominative" for form in derived):
            break
        parts += derived
    return parts


def _takes(predicate: Predicate, part: Form) -> bool:
    if part.word_class in ("person", "kin"):
        return predicate.shared if part.role == "companion" else predicate.people
    if part.word_class == "place":
        rains = predicate.kind == "weather"
        return part.name in (predicate.destinations if part.role == "destination" and not rains else predicate.places)
    allowed = {"thing": predicate.objects, "manner": predicate.manners}
    return part.name in allowed.get(part.word_class, (part.name,))


def _structure(target: list[str], place: int) -> set[str]:
    """Words that change the structure: the same name in another role, or a verb where the noun has no other role."""
    right = target[place]
    if _class_of(right) in ("thing", "weather"):
        return {word for word in _verb_words() if not _names([word]) & _names(target)}
    roles = {form.role for form in forms()[right]} | {"companion"}  # many verbs take 와 in place of 를
    return {
        word
        for word in _by_name()[frozenset(_names([right])), _class_of(right)]
        if word not in target and right != word + "서" and not {form.role for form in forms()[word]} & roles
    }  # 만나 is short for 만나서


@cache
def _verb_words() -> list[str]:
    """Words that are verbs in all derivations; 노래 of 노래 안 해 is none."""
    return [word for word, derived in forms().items() if all(form.kind[:1] == ("verb",) for form in derived)]


@cache
def _by_name() -> dict[tuple[frozenset[str], str], list[str]]:
    """Names and class → the words that have just these."""
    found: defaultdict[tuple[frozenset[str], str], list[str]] = defaultdict(list)
    for word in forms():
        found[frozenset(_names([word])), _class_of(word)].append(word)
    return found


# --- the measure -------------------------------------------------------------------------------------------


def injected_errors(model: nn.Module, pairs: Sequence[SentencePair], words: Vocabularies) -> dict[str, object]:
    """Measure what lesson 3's models and the baseline write after a wrong word in a right prefix.

    For each injection the decoder reads START, the right words before the place, the word of the kind at the place,
    and from there on its own words. Measured are the word after the place (next) and all words after it up to END
    (rest), each compared with the reference.

    Returns:
        "sentences": how many were given; "places": n, those with an injection; and for each kind of `KINDS`, of
        which "no_error" is the control at the same places, `n`, `next_right` and `rest_right` (shares, 0 to 1) and
        their counts; `rest_kept`, the share of right rests among the places whose rest the control has right (None
        where there is none), and its count; the same under "by_word" for each class of the right word, and under
        "by_distance" for the number of words after the place, END not counted.
    """
    chosen = injections(pairs, words)
    after = {kind: _after(model, pairs, words, chosen, kind) for kind in KINDS}
    control = after["no_error"][:, 1]
    found: dict[str, object] = {"sentences": len(pairs), "places": len(chosen)}
    for kind, right in after.items():
        groups = {
            name: {group: _shares(right[rows], control[rows]) for group, rows in members.items()}
            for name, members in _groups(pairs, chosen).items()
        }
        found[kind] = _shares(right, control) | groups
    return found


def _groups(pairs: Sequence[SentencePair], chosen: list[Injection]) -> dict[str, dict[str, list[int]]]:
    """The injections by class of the right word and by distance to the end."""
    left = [len(pairs[each.sentence].target_words) - 1 - each.place for each in chosen]
    classes = sorted({each.word_class for each in chosen})
    return {
        "by_word": {name: [row for row, each in enumerate(chosen) if each.word_class == name] for name in classes},
        "by_distance": {
            name: [row for row, number in enumerate(left) if number in numbers] for name, numbers in DISTANCES.items()
        },
    }


def _shares(right: Tensor, control: Tensor) -> dict[str, object]:
    """Shares and counts of right (N, 2), next and rest; control (N,): the right rests without an error."""
    hits = {"next_right": right[:, 0], "rest_right": right[:, 1], "rest_kept": right[control, 1]}
    shares = {name: round(each.float().mean().item(), 4) if len(each) else None for name, each in hits.items()}
    counts = {f"{name}_count": int(each.sum()) for name, each in hits.items()}
    return {"n": len(right)} | shares | counts


def _after(
    model: nn.Module, pairs: Sequence[SentencePair], words: Vocabularies, chosen: list[Injection], kind: str
) -> Tensor:
    """For each injection whether the next word is right, and whether all the rest is: (N, 2) bool."""
    encoded = [words.encode(pairs[each.sentence]) for each in chosen]
    found = [torch.zeros(0, 2, dtype=torch.bool)]
    for start, batch in enumerate(make_batches(encoded, pad_batch, BATCH_SIZE)):
        rows = chosen[start * BATCH_SIZE : start * BATCH_SIZE + len(batch)]
        places = torch.tensor([each.place for each in rows])
        wrong = torch.tensor([words.target_numbers[each.words[kind]] for each in rows])
        right = (continuation(model, batch, places, wrong) == batch.target) | ~batch.target_mask
        before = torch.arange(right.shape[1]) <= places.unsqueeze(1)
        next_right = right[torch.arange(len(batch)), places + 1]
        found.append(torch.stack([next_right, (right | before).all(1)], dim=1))
    return torch.cat(found)


@torch.no_grad()
def continuation(model: nn.Module, batch: Batch, places: Tensor, wrong: Tensor) -> Tensor:
    """Let a model read a right prefix, one given word, and from there on what it has written itself.

    Args:
        model: lesson 3's attention model or the baseline.
        batch: B sentence pairs.
        places: (B,) int64, where in the target the given word stands, from 0.
        wrong: (B,) int64, the given words.

    Returns:
        (B, T) int64, the word with the best score at each step.
    """
    previous = previous_words(batch.target)
    previous[torch.arange(len(batch)), places + 1] = wrong  # what is written at t is read at t + 1
    coins = torch.arange(previous.shape[1]) <= places.unsqueeze(1) + 1
    decoder, first = decoder_of(model, batch.source, batch.source_mask)

    def step(words: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        logits, state = decoder(words.unsqueeze(1), state, None)
        return logits.squeeze(1), state

    return decode_with_forcing(step, first, previous, coins).argmax(-1)
