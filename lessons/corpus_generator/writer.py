"""Chooses at random what the sentences of the corpus say."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from lessons.corpus_generator import lexicon
from lessons.corpus_generator.grammar import (
    ENDING_LETTERS,
    MAIN_ENDINGS,
    Clause,
    companion_piece,
    person_piece,
    place_piece,
    thing_piece,
    write_clause,
)
from lessons.corpus_generator.lexicon import Person, Predicate
from lessons.corpus_generator.pieces import EMPTY, Piece, conjoin, piece, subordinate, that_clause, with_relative


class DeadEndError(Exception):
    """No fitting word is left; the sentence is started again."""


@dataclass
class Memory:
    """What the sentence has used so far, so that it does not repeat itself.

    people: subjects and heads of relative clauses; unit: everybody named in this unit; timed: this unit has its
    time; weather: this unit may be about the weather; extras: how much is added to clauses.
    """

    people: list[str] = field(default_factory=list)
    unit: list[Person] = field(default_factory=list)
    predicates: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    timed: bool = False
    weather: bool = False
    extras: float = 1.0


SEED = 20150907
#: How often each tense and each kind of unit (by its number of clauses) is chosen.
TENSES = (("present", 0.45), ("past", 0.37), ("future", 0.18))
#: After "but" the tense may change, never back in time.
LATER = {
    "past": (("past", 0.4), ("present", 0.4), ("future", 0.2)),
    "present": (("present", 0.6), ("future", 0.4)),
    "future": (("future", 1.0),),
}
WHEN_TENSES = (("present", 0.28), ("past", 0.6), ("future", 0.12))
UNITS = {
    1: (("simple", 1.0),),
    2: (("because", 0.3), ("when", 0.17), ("if", 0.12), ("that", 0.32), ("relative", 0.15)),
    3: (("because when", 0.16), ("if when", 0.07), ("because relative", 0.18), ("when relative", 0.14),
        ("that when", 0.14), ("that relative", 0.14), ("relative because", 0.17)),
}  # fmt: skip
#: Kinds whose dependent clause comes first in Korean, where later in a sentence it would join the unit before.
FIRST_UNITS = ("because relative", "when relative", "relative because")
PEOPLE = {person.english: person for person in lexicon.PEOPLE}
PREDICATES = {p.name: p for p in lexicon.PREDICATES}
WEATHER = tuple(p.name for p in lexicon.PREDICATES if p.kind == "weather")


@cache
def fitting(tense: str, ending: str) -> tuple[Predicate, ...]:
    """Predicates that the lexicon lists with this ending; all may be final or joined in the future."""
    return tuple(
        p
        for p in lexicon.PREDICATES
        if tense in p.tenses
        and (ending == "final" or tense == "future" or ENDING_LETTERS[ending] in p.endings[tense == "past"].split())
    )


def sounds_like_order(clause: Clause) -> bool:
    """True for ``넌 먹어``, which is heard as an order until an adverb makes it a habit (``넌 자주 먹어``)."""
    plain = clause.tense == "present" and clause.ending == "final" and clause.frequency is EMPTY
    return plain and clause.person is PEOPLE["you"]


class Writer:
    """Makes random sentences. Everything random comes from one generator; words are used evenly.

    seed: an int. `sentence(n)` returns a `Piece` of exactly n clauses.
    """

    def __init__(self, seed: int = SEED) -> None:
        self.random = random.Random(seed)
        self.used: Counter[tuple[str, ...]] = Counter()
        self.memory = Memory()

    # choosing

    def even(self, slot: str, names: Sequence[str], tries: int = 3) -> str:
        """The least used of a few random candidates: random, yet no word becomes rare."""
        if not names:
            raise DeadEndError(slot)
        few = self.random.choices(names, k=tries)
        best = min(few, key=lambda name: self.used[slot, name])
        self.used[slot, best] += 1
        return best

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random.random() < probability

    def weighted(self, table: Sequence[tuple[str, float]]) -> str:
        """One name of a table of names and weights."""
        if not table:
            raise DeadEndError("no choice")
        return self.random.choices([name for name, _ in table], [weight for _, weight in table])[0]

    # sentences

    def sentence(self, clauses: int) -> Piece:
        """A sentence of so many clauses; starts again where words run out."""
        while True:
            self.memory = Memory(extras={1: 0.7, 2: 0.0}.get(clauses, 0.05))
            try:
                return self.chain(clauses)
            except DeadEndError:
                continue

    def chain(self, clauses: int) -> Piece:
        """Units joined by and / but; a unit is a clause with what depends on it."""
        sizes = self.unit_sizes(clauses)
        joints = self.joints(len(sizes) - 1)
        tense = ""
        result = None
        for index, size in enumerate(sizes):
            ending = joints[index] if index < len(joints) else "final"
            joint = joints[index - 1] if index else ""
            self.memory.weather = joint == "but" and self.chance(0.25)
            if joint == "but" and not self.memory.weather and self.chance(0.35):
                tense = self.weighted(LATER[tense])
            kind, tense = self.unit_kind(size, tense, first=index == 0)
            unit = self.unit(kind, tense, ending)
            result = conjoin(result, joint, unit) if result else unit
        assert result is not None
        return result

    def unit_sizes(self, clauses: int) -> list[int]:
        """Split a number of clauses into units of one to three."""
        if clauses == 2:
            return [1, 1] if self.chance(0.38) else [2]
        sizes = []
        while clauses:
            options = [(size, weight) for size, weight in ((1, 0.45), (2, 0.4), (3, 0.15)) if size <= clauses]
            size = self.random.choices([s for s, _ in options], [w for _, w in options])[0]
            sizes.append(size)
            clauses -= size
        return sizes

    def joints(self, number: int) -> list[str]:
        """and / but between units: at most two buts, never one after the other."""
        chosen: list[str] = []
        for _ in range(number):
            may = chosen.count("but") < 2 and chosen[-1:] != ["but"]
            chosen.append("but" if may and self.chance(0.52 if number == 1 else 0.35) else "and")
        return chosen

    # units

    def unit_kind(self, size: int, tense: str, first: bool) -> tuple[str, str]:
        """The kind of a unit of one to three clauses and its tense, which is free ("") in the first unit."""
        kinds = [(k, w) for k, w in UNITS[size] if first or k not in FIRST_UNITS]
        kind = self.weighted([(k, w) for k, w in kinds if not tense or self.suits(k, tense)])
        tenses = WHEN_TENSES if kind == "when" else TENSES
        return kind, tense or self.weighted([(t, w) for t, w in tenses if self.suits(kind, t)])

    def unit(self, kind: str, tense: str, ending: str) -> Piece:
        """One clause, or one with the clauses that depend on it."""
        self.memory.timed = False
        self.memory.unit = []
        name, _, inner = kind.partition(" ")
        if name == "that":
            return self.opinion(inner, ending)
        if kind == "relative because":
            main = self.relative_clause_unit(tense, ending, main_of="because")
            return subordinate(main, "because", self.dependent("because", tense, ""))
        if kind == "relative":
            return self.relative_clause_unit(tense, ending)
        if kind == "simple":
            return self.clause(tense, ending)
        extras = self.memory.extras
        main = self.clause(tense, ending, main_of=name)
        self.memory.extras = extras / 2
        sub = self.dependent(name, tense, inner)
        self.memory.extras = extras
        return subordinate(main, name, sub, topic_first=kind not in FIRST_UNITS)

    @staticmethod
    def suits(kind: str, tense: str) -> bool:
        """if needs a present or future, an opinion is held in the present."""
        if kind.startswith("if"):
            return tense != "past"
        return tense == "present" if kind.startswith("that") else True

    def dependent(self, name: str, tense: str, inner: str) -> Piece:
        """The clause after because, when or if, itself with one inside (when, relative) if inner says so."""
        tense = "past" if tense == "past" else "present"
        if name == "because" and tense == "present" and inner != "when" and self.chance(0.3):
            tense = "past"
        if inner == "relative":
            return self.relative_clause_unit(tense, name, gap="subject gap")
        clause = self.clause(tense, name, main_of=inner)
        if inner == "when":
            return subordinate(clause, "when", self.dependent("when", tense, ""))
        return clause

    def opinion(self, inner: str, ending: str) -> Piece:
        """``I think that A``: the inner clause stands between subject and verb in Korean."""
        name = self.weighted((("think", 0.64), ("know", 0.36)))
        predicate, inner_ending = next(row for row in lexicon.OPINIONS if row[0].name == name)
        self.use_predicate(name)
        clause = Clause(predicate, "present", ending)
        self.name_subject(clause)
        tenses = (("present", 0.5), ("past", 0.38), ("future", 0.12 if inner_ending == "think" else 0.0))
        tense = self.weighted(tenses)
        if inner == "relative":
            content = self.relative_clause_unit(tense, inner_ending, gap="subject gap")
        else:
            content = self.clause(tense, inner_ending, main_of=inner)
        if inner == "when":
            content = subordinate(content, inner, self.dependent(inner, tense, ""))
        clause.object = that_clause(content)
        return write_clause(clause)

    # relative clauses

    def relative_clause_unit(self, tense: str, ending: str, gap: str = "", main_of: str = "") -> Piece:
        """A clause whose object has a relative clause: ``I read the book that Mina bought``."""
        gap = gap or self.weighted((("object gap", 0.62), ("subject gap", 0.38)))
        inner_tense = "past" if tense == "past" or self.chance(0.42) else "present"
        options = self.clause_options(tense, ending, main_of)
        outer = self.predicate([p.name for p in options if self.heads(p, gap)], tense, ending)
        clause = Clause(outer, tense, ending)
        self.name_subject(clause)
        # 우리가 사과를 산 선생님을 would first say that we bought apples.
        clause.object_first = gap == "subject gap" and ending not in MAIN_ENDINGS
        noun, inner = (self.object_gap if gap == "object gap" else self.subject_gap)(outer, inner_tense)
        clause.negated = self.negate(clause, 0.1)
        clause.object = with_relative(noun, inner)
        return write_clause(clause)

    def heads(self, predicate: Predicate, gap: str) -> bool:
        """Whether a predicate's object may have such a relative clause."""
        makes = predicate.name in ("make", "write")  # what somebody else has bought is already made
        return predicate.people or (gap == "object gap" and bool(predicate.objects) and not makes)

    def object_gap(self, outer: Predicate, tense: str) -> tuple[Piece, Piece]:
        """``the book`` and ``Mina bought``."""
        options = [
            p for p in self.predicates(tense, "object gap")
            if p.name != outer.name and (outer.name, p.name) not in lexicon.ODD_PAIRS
            and (set(p.objects) & set(outer.objects) or (p.people and outer.people))
        ]  # fmt: skip
        inner = self.predicate([p.name for p in options], tense, "object gap")
        common = [name for name in outer.objects if name in inner.objects]
        clause = Clause(inner, tense, "object gap")
        self.name_subject(clause)
        self.adjuncts(clause, extras=self.memory.extras, only=("time", "place"))
        if common and not (outer.people and inner.people and self.chance(0.5)):
            noun = thing_piece(lexicon.THINGS[self.even("thing", common)], outer.object_role, "the")
        else:
            noun = self.known_person(outer)
        return noun, write_clause(clause)

    def subject_gap(self, outer: Predicate, tense: str) -> tuple[Piece, Piece]:
        """``the student`` and ``helped Mina``."""
        inner = self.predicate(
            [p.name for p in self.predicates(tense, "subject gap") if p.name != outer.name],
            tense,
            "subject gap",
        )
        noun = self.known_person(outer)
        clause = Clause(inner, tense, "subject gap")
        clause.object = self.object(clause)  # no time or place: 아침에 널 도와준 학생을 기다려 would have two readings
        return noun, write_clause(clause)

    def known_person(self, outer: Predicate) -> Piece:
        """``the student`` as object."""
        named = [PEOPLE[person].group for person in self.memory.people]
        persons = {n: PEOPLE["my friend" if n == "friend" else f"the {n}"] for n in lexicon.KNOWN_PEOPLE}
        names = [n for n, person in persons.items() if person.group not in named and self.is_new(person)]
        name = self.even("known person", names)
        self.memory.people.append(persons[name].english)
        self.memory.unit.append(persons[name])
        korean = lexicon.with_particle(lexicon.KNOWN_PEOPLE[name], outer.object_role)
        return piece(f"the {name}", korean, "0p0 1-0", f"{name}.{lexicon.ROLE_GLOSSES[outer.object_role]}")

    # clauses

    def clause(self, tense: str, ending: str, main_of: str = "") -> Piece:
        """One clause. main_of: the connective of a clause that will depend on this one."""
        options = self.clause_options(tense, ending, main_of)
        predicate = self.predicate([p.name for p in options], tense, ending)
        if predicate.kind == "weather":
            return self.weather(predicate, tense, ending)
        clause = Clause(predicate, tense, ending)
        self.name_subject(clause, habits=self.memory.extras > 0)
        clause.object = self.object(clause)
        if not (predicate.kind == "quality" and tense == "future"):
            clause.negated = self.negate(clause, 0.1 if ending in MAIN_ENDINGS else 0.06)
        only = ["place", "manner", "companion"]
        if ending not in ("when", "if") and main_of not in ("when", "if"):
            only.append("time")
        if ending not in ("because", "when", "if", "know"):
            only.append("frequency")
        self.adjuncts(clause, self.memory.extras, only)
        return write_clause(clause)

    def clause_options(self, tense: str, ending: str, main_of: str) -> list[Predicate]:
        """Predicates for a clause: the weather has no reasons here and seldom a contrast."""
        options = self.predicates(tense, ending)
        dependent_or_alone = ending not in MAIN_ENDINGS or (ending == "final" and not self.memory.predicates)
        if main_of or not (dependent_or_alone or ending == "but" or self.memory.weather):
            options = [p for p in options if p.kind != "weather"]
        return [p for p in options if main_of not in lexicon.NO_DEPENDENTS.get(p.name, ())]

    def negate(self, clause: Clause, probability: float) -> bool:
        """안 only where it is natural."""
        negation = clause.predicate.negation
        if not negation or clause.ending in ("when", "object gap", "subject gap") or sounds_like_order(clause):
            return False
        if negation == "split" and clause.ending != "final":
            return False
        return self.chance(probability)

    def predicates(self, tense: str, ending: str) -> list[Predicate]:
        """Predicates that may end so, new in this sentence; at most one clause is about the weather."""
        used = self.memory.predicates
        weather = any(name in used for name in WEATHER)
        return [p for p in fitting(tense, ending) if p.name not in used and not (weather and p.kind == "weather")]

    def predicate(self, names: Sequence[str], tense: str, ending: str) -> Predicate:
        """Choose one evenly and remember it."""
        name = self.even(f"{tense} {ending}", names, tries=8)
        self.use_predicate(name)
        return PREDICATES[name]

    def use_predicate(self, name: str) -> None:
        """Remember a predicate; each may be used once in a sentence."""
        if name in self.memory.predicates:
            raise DeadEndError(name)
        self.memory.predicates.append(name)

    # people and things

    def is_new(self, person: Person) -> bool:
        """True if nobody in this unit may be the same person."""
        return not any(lexicon.confusable(person, other) for other in self.memory.unit)

    def name_subject(self, clause: Clause, habits: bool = False) -> None:
        """Set the subject: somebody who is not yet one in the sentence. habits: "often" or "always" may follow."""
        role = "topic" if clause.ending in MAIN_ENDINGS else "subject"
        last = [PEOPLE[name].group for name in self.memory.people[-1:]]
        names = [
            p.english for p in lexicon.PEOPLE
            if p.english not in self.memory.people and p.group not in last and self.is_new(p)
            and self.may_be_said_of(p, clause, habits)
        ]  # fmt: skip
        person = PEOPLE[self.even("subject " + role, names, tries=2)]
        self.memory.people.append(person.english)
        self.memory.unit.append(person)
        adjective = ""
        may = person.noun in lexicon.PERSONS_WITH_ADJECTIVE and clause.predicate.third
        if may and self.chance(0.2 * self.memory.extras):
            adjective = self.even("person adjective", list(lexicon.PERSON_ADJECTIVES))
        clause.subject, clause.number = person_piece(person, role, adjective), person.number
        clause.person = person

    @staticmethod
    def may_be_said_of(person: Person, clause: Clause, habits: bool) -> bool:
        """False for what nobody says of this person: ``넌 먹어`` is an order, ``미나는 슬퍼`` no news of one's own."""
        predicate = clause.predicate
        if predicate.name == predicate.past and clause.tense != "future":  # "I read" may be present or past
            return person.number == "singular"
        if predicate.kind == "state" and clause.tense == "future":  # love is promised, not foretold
            return person.group == "we" or clause.ending not in MAIN_ENDINGS
        if clause.tense != "present" or clause.ending != "final":
            return True
        if predicate.felt:
            return person.group == "we"
        return person.group != "you" or (habits and bool(predicate.frequencies))

    def object(self, clause: Clause) -> Piece:
        """Something or somebody the predicate takes, or where one goes."""
        predicate = clause.predicate
        if predicate.destinations:
            if predicate.bare and self.chance(0.35):
                return EMPTY
            place = lexicon.PLACES[self.even("destination", predicate.destinations)]
            return place_piece(place.to, place.korean, "destination")
        if predicate.bare and (not predicate.objects or self.chance(0.4)):
            return EMPTY
        if predicate.people and (not predicate.objects or self.chance(0.5)):
            return self.person_object(predicate)
        return self.thing_object(predicate)

    def person_object(self, predicate: Predicate) -> Piece:
        """Somebody who is not yet named in the unit."""
        names = [p.english for p in lexicon.PEOPLE if self.is_new(p)]
        person = PEOPLE[self.even("person object", names, tries=2)]
        self.memory.unit.append(person)
        unknown = person.number == "singular" and predicate.name in ("meet", "help")
        article = "a" if unknown and self.chance(0.5) else "the"
        return person_piece(person, predicate.object_role, article=article)

    def thing_object(self, predicate: Predicate) -> Piece:
        """Something, sometimes with an adjective: ``a red apple``, ``the apple``, ``apples``."""
        noun = lexicon.THINGS[self.even("thing " + predicate.object_role, predicate.objects)]
        adjective = ""
        if noun.adjectives and self.chance(0.3 * self.memory.extras):
            adjective = self.even("adjective", noun.adjectives)
        determiners = {"a": ["a", "the"], "the": ["the"], "": [""]}[noun.article]
        if noun.plural:
            determiners = ["plural"] if predicate.generic else [*determiners, "plural"]
        return thing_piece(noun, predicate.object_role, self.even("determiner", determiners), adjective)

    # times, places and adverbs

    def adjuncts(self, clause: Clause, extras: float, only: Sequence[str]) -> None:
        """Add what the predicate allows of the kinds in only; extras scales how much."""
        predicate, order = clause.predicate, sounds_like_order(clause)
        if "time" in only and not order and not self.memory.timed and self.chance(0.42 * extras):
            clause.time = self.time(clause)
        if "place" in only and predicate.places and self.chance(0.4 * extras):
            clause.place = self.place(predicate)
        if clause.negated:
            return
        if "frequency" in only and clause.time is EMPTY and (order or self.chance(0.22 * extras)):
            clause.frequency = self.frequency(clause)
        alone = clause.frequency is EMPTY
        if "companion" in only and alone and predicate.shared and self.chance(0.25 * extras):
            clause.companion = self.companion(clause)
        alone = clause.companion is EMPTY and (alone or predicate.kind != "state")
        if "manner" in only and alone and self.chance(0.3 * extras):
            clause.manner = self.manner(predicate, clause.tense)

    def frequency(self, clause: Clause) -> Piece:
        """``often`` or ``always``, never of the future."""
        if clause.tense == "future" or not clause.predicate.frequencies:
            return EMPTY
        word = self.even("frequency", clause.predicate.frequencies)
        return piece(word, lexicon.FREQUENCIES[word], "0-0", word)

    def time(self, clause: Clause) -> Piece:
        """A time that fits the tense and is new in the sentence."""
        rains = clause.predicate.kind == "weather" and clause.predicate.third
        kind = "action" if rains else clause.predicate.kind
        names = [n for n in lexicon.TIMES_OF.get((kind, clause.tense), ()) if n not in self.memory.times]
        one_time = clause.ending in ("object gap", "subject gap") and clause.tense == "past"
        if clause.negated or one_time:  # "not every day" would be ambiguous, "the bread made every day" odd
            names = [n for n in names if n != "every day"]
        if not names:
            return EMPTY
        self.memory.timed = True
        name = self.even("time", names)
        self.memory.times.append(name)
        return piece(name, *lexicon.TIMES[name])

    def place(self, predicate: Predicate) -> Piece:
        """Where it happens; Korean marks the place of rain as a destination."""
        place = lexicon.PLACES[self.even("place", predicate.places)]
        return place_piece(place.at, place.korean, "destination" if predicate.kind == "weather" else "location")

    def companion(self, clause: Clause) -> Piece:
        """``with Mina``, or ``together`` where several people act."""
        if clause.number == "plural" and clause.person is not PEOPLE["you"]:
            return piece(*lexicon.TOGETHER, "0-0", lexicon.TOGETHER[0])
        names = [n for n in lexicon.COMPANIONS if self.is_new(PEOPLE[n])]
        person = PEOPLE[self.even("companion", names)]
        self.memory.unit.append(person)
        return companion_piece(person)

    def manner(self, predicate: Predicate, tense: str) -> Piece:
        """How: ``slowly``; ``very`` with adjectives."""
        if predicate.kind == "quality" or predicate.subject == "날씨가":
            return EMPTY if tense == "future" else piece(*lexicon.VERY, "0-0", lexicon.VERY[0])
        if not predicate.manners:
            return EMPTY
        name = self.even("manner", predicate.manners)
        return piece(name, *lexicon.MANNERS[name])

    def weather(self, predicate: Predicate, tense: str, ending: str) -> Piece:
        """``it rains`` / ``비가 와``."""
        clause = Clause(predicate, tense, ending)
        clause.negated = self.negate(clause, 0.12)
        alone = self.memory.extras > 0.5  # one-clause sentences: without more words there are too few of them
        self.adjuncts(clause, 2.0 if alone else self.memory.extras, ("time", "place", "manner", "frequency"))
        return write_clause(clause)
