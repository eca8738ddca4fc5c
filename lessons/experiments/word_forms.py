"""What a Korean word of the corpus is, as the lexicon derives it.

Every form of people, things, places and predicates is derived there, and a word is what it was derived as.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lessons.corpus_generator import grammar, lexicon
from lessons.corpus_generator.lexicon import Person, Predicate
from lessons.toolkit.korean import with_particle

CASES = {"topic": "nominative", "subject": "nominative", "object": "object", "companion": "companion"}
JOINS = {  # what the ending of a verb does to the sentence
    "final": "final", "and": "joined", "but": "joined", "because": "dependent", "when": "dependent",
    "if": "dependent", "think": "content", "know": "content", "object gap": "before noun",
    "subject gap": "before noun",
}  # fmt: skip
TENSES = ("present", "past", "future")


@dataclass(frozen=True)
class Form:
    """One derivation of a Korean word.

    word_class: "person", "kin", "thing", "place", "weather", "verb", "manner" or "modifier".
    name: whom or what it names, the same in all its forms. kind: words of equal kind may replace each other.
    role: what the word does to the structure: its case, or what its ending joins.
    """

    word_class: str
    name: str
    kind: tuple[str, ...] = ()
    role: str = ""
    predicate: Predicate | None = None


@cache
def forms() -> dict[str, frozenset[Form]]:
    """Derive every Korean word of the lexicon: word → its derivations."""
    found: defaultdict[str, set[Form]] = defaultdict(set)
    for word, form in (*_people(), *_things(), *_places(), *_verbs(), *_adverbs_and_modifiers()):
        found[word].add(form)
    return {word: frozenset(derived) for word, derived in found.items()}


def _people() -> Iterator[tuple[str, Form]]:
    for person in lexicon.PEOPLE:
        word_class = "kin" if person.possessor else "person"
        for role, case in CASES.items():
            kind = (word_class, _grammatical_person(person), role)
            yield person.korean(role).split()[-1], Form(word_class, person.group, kind, case)


def _grammatical_person(person: Person) -> str:
    """Who may replace whom without a change in the verb: I and we, he and she and they, Mina and the teacher."""
    if person.kind != "pronoun":
        return "noun"
    return {"we": "first", "you": "second"}.get(person.group, "third")


def _things() -> Iterator[tuple[str, Form]]:
    for name, thing in lexicon.THINGS.items():
        yield with_particle(thing.korean, "object"), Form("thing", name, ("thing", "object"), "object")
    for predicate in lexicon.PREDICATES:
        if predicate.subject:
            kind = ("weather", predicate.verb.stem)  # rain and snow have one verb, cold another
            yield predicate.subject, Form("weather", predicate.subject, kind, "nominative")


def _places() -> Iterator[tuple[str, Form]]:
    for name, place in lexicon.PLACES.items():
        for role in ("destination", "location"):
            yield with_particle(place.korean, role), Form("place", name, ("place", role), role)


def _verbs() -> Iterator[tuple[str, Form]]:
    for predicate in lexicon.PREDICATES:
        objects = (bool(predicate.objects), predicate.people, bool(predicate.destinations))
        valency = (predicate.kind, predicate.subject, *map(str, objects))
        for tense, ending, text in _verb_forms(predicate):
            first, *more = text.split()
            role = "unfinished" if more else JOINS[ending]  # 먹을 needs 거야 or 때
            yield first, Form("verb", predicate.name, ("verb", *valency, tense, ending), role, predicate)
        if predicate.negation == "split":
            noun = predicate.verb.stem.removesuffix("하")
            yield noun, Form("verb", predicate.name, ("noun of a verb",), "unfinished", predicate)


def _verb_forms(predicate: Predicate) -> Iterator[tuple[str, str, str]]:
    """Tense, ending and Korean of each form that the grammar can make."""
    for tense in TENSES:
        for ending in JOINS:
            try:
                yield tense, ending, grammar.korean_verb(predicate, tense, ending)
            except (KeyError, ValueError):  # no such form
                continue


def _adverbs_and_modifiers() -> Iterator[tuple[str, Form]]:
    for name, (korean, *_) in lexicon.MANNERS.items():
        yield korean, Form("manner", name)
    possessors = {person.possessor for person in lexicon.PEOPLE if person.possessor}
    for word in (*possessors, *lexicon.ADJECTIVES.values(), *lexicon.PERSON_ADJECTIVES.values()):
        yield word, Form("modifier", word)
