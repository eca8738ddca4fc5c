"""A synchronous grammar: it writes an English sentence, its Korean translation and the alignment together.

``python -m lessons.corpus_generator.grammar DIR`` writes the four files of the course corpus and glosses of its Korean
words to DIR. The idea of generating two languages from one derivation is that of syntax-directed transduction (Lewis
and Stearns, 1968). Here a derivation is a tree of `Piece` objects: each holds its words in both orders and the links
between them, so the gold alignment is right by construction and never guessed.

Bracketing is fixed, so that an English sentence has one reading and one translation:

- ``and`` and ``but`` join the largest units; everything else binds tighter;
- because, when and if attach to the nearest clause before them that is not a relative clause;
- time, place and manner belong to the clause that was opened last.

In Korean what depends on a clause comes before its verb, and joins the nearest verb. So a topic stands before the
clause that depends on its own (``난 비가 와서 자``). Where one of the two has a relative clause, the dependent one
comes first (``비가 와서 난 빵을 산 친구를 만나``), and only in the first unit: later it would join the unit before.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path

from lessons.corpus_generator import lexicon
from lessons.corpus_generator.lexicon import Noun, Person, Predicate

#: English words that join clauses; they have no other use in the corpus.
CONNECTIVES = ("and", "but", "because", "when", "if", "that")
#: The letter of each clause ending in the lexicon.
ENDING_LETTERS = {
    "and": "A", "but": "B", "because": "C", "when": "W", "if": "I", "think": "T", "know": "K",
    "object gap": "R", "subject gap": "S",
}  # fmt: skip
#: Endings of main clauses, whose subject is the topic (은/는); all others mark it with 이/가.
MAIN_ENDINGS = ("final", "and", "but")
SEED = 20150907
TRAIN_SIZE, VALID_SIZE, TEST_SIZE, BY_LENGTH_SIZE = 28_800, 1_000, 1_000, 200
SPARE = 120  # more sentences of each length than the files need, since rare words keep some out


# --- pieces: words of both languages and the links between them --------------------------------------------


@dataclass(eq=False)
class Word:
    """One word of a sentence, a Korean one with its gloss. Two are the same only if they are the same object."""

    text: str
    gloss: str = ""


@dataclass(eq=False)
class Piece:
    """A part of a sentence in both languages.

    carriers: the Korean words that carry a clause's ending; subject: those that name who a clause is about.
    """

    english: list[Word]
    korean: list[Word]
    links: list[tuple[Word, Word, bool]]
    carriers: list[Word] = field(default_factory=list)
    subject: list[Word] = field(default_factory=list)

    def possible(self, word: Word, targets: Iterable[Word]) -> None:
        """Add possible links from an English word."""
        self.links.extend((word, target, False) for target in targets)


def piece(english: str, korean: str, alignment: str, gloss: str) -> Piece:
    """A piece from text: ``piece("the apple", "사과를", "0p0 1-0", "apple.OBJ")``; a gloss for each Korean word."""
    words, other = [Word(w) for w in english.split()], glossed(korean, gloss)
    links = [(words[i], other[j], sure) for i, j, sure in parsed(alignment)]
    return Piece(words, other, links)


def glossed(korean: str, gloss: str) -> list[Word]:
    """Korean words with their glosses. Raises ValueError if there are not as many glosses as words."""
    return [Word(text, meaning) for text, meaning in zip(korean.split(), gloss.split(), strict=True)]


@cache
def parsed(alignment: str) -> tuple[tuple[int, int, bool], ...]:
    """``"0p0 1-0"`` as ``((0, 0, False), (1, 0, True))``."""
    items = [(item, item.replace("p", "-").split("-")) for item in alignment.split()]
    return tuple((int(source), int(target), "p" not in item) for item, (source, target) in items)


EMPTY = Piece([], [], [])
Row = tuple[str, str, str, str]  # English, Korean, alignment, glosses of the Korean words


def ordered(english: Sequence[Piece], korean: Sequence[Piece], carriers: Sequence[Word] = ()) -> Piece:
    """Put pieces together, each language in its own order. Both sequences hold the same pieces."""
    return Piece(
        [word for part in english for word in part.english],
        [word for part in korean for word in part.korean],
        [link for part in korean for link in part.links],
        list(carriers),
    )


def conjoin(first: Piece, connective: str, second: Piece) -> Piece:
    """``A and B``: the same order in Korean; the connective is the ending of A."""
    word = Word(connective)
    joined = ordered((first, Piece([word], [], []), second), (first, second), second.carriers)
    joined.possible(word, first.carriers)
    return joined


def subordinate(main: Piece, connective: str, clause: Piece, topic_first: bool = False) -> Piece:
    """``A because B``: Korean says B first; the connective is the ending of B.

    topic_first: A's topic stands even before B (``난 비가 와서 자``), which keeps B from joining what precedes.
    """
    word = Word(connective)
    joined = ordered((main, Piece([word], [], []), clause), (clause, main), main.carriers)
    joined.possible(word, clause.carriers)
    if topic_first:
        joined.korean = main.subject + [other for other in joined.korean if other not in main.subject]
    return joined


def that_clause(clause: Piece) -> Piece:
    """``that B`` as the object of think or know."""
    word = Word("that")
    joined = ordered((Piece([word], [], []), clause), (clause,))
    joined.possible(word, clause.carriers)
    return joined


def with_relative(noun: Piece, clause: Piece) -> Piece:
    """``the book that B``: Korean puts B before the noun."""
    word = Word("that")
    joined = ordered((noun, Piece([word], [], []), clause), (clause, noun))
    joined.possible(word, clause.carriers)
    return joined


def as_text(sentence: Piece) -> tuple[str, str, str]:
    """English, Korean and the alignment in the file's notation, sorted."""
    source = {id(word): i for i, word in enumerate(sentence.english)}
    target = {id(word): i for i, word in enumerate(sentence.korean)}
    links = sorted((source[id(a)], target[id(b)], sure) for a, b, sure in sentence.links)
    alignment = " ".join(f"{i}{'-' if sure else 'p'}{j}" for i, j, sure in links)
    english, korean = (" ".join(word.text for word in words) for words in (sentence.english, sentence.korean))
    return english, korean, alignment


def as_row(sentence: Piece) -> Row:
    """`as_text` and the glosses of the Korean words."""
    return (*as_text(sentence), " ".join(word.gloss for word in sentence.korean))


# --- noun phrases ------------------------------------------------------------------------------------------


def person_piece(person: Person, role: str, adjective: str = "", article: str = "the") -> Piece:
    """Somebody as topic, subject or object: ``the kind teacher`` / ``친절한 선생님은``."""
    english = person.english if role in ("topic", "subject") else person.english_object
    korean, gloss = person.korean(role), person.gloss(role)
    if person.kind in ("pronoun", "name"):
        return piece(english, korean, "0-0", gloss)
    if person.kind == "kin":
        return piece(english, korean, "0-0 0p1 1p0 1-1", gloss)
    noun = english.split()[-1]
    if adjective:
        korean = f"{lexicon.PERSON_ADJECTIVES[adjective]} {korean}"
        gloss = f"{lexicon.adjective_gloss(adjective)} {gloss}"
        return piece(f"{article} {adjective} {noun}", korean, "0p1 1-0 2-1", gloss)
    return piece(f"{article} {noun}", korean, "0p0 1-0", gloss)


def thing_piece(noun: Noun, role: str, determiner: str, adjective: str = "") -> Piece:
    """Something as object: determiner is "a", "the", "plural" or "" (nothing)."""
    head = noun.plural if determiner == "plural" else noun.english
    words = [w for w in (determiner if determiner in ("a", "the") else "", adjective, head) if w]
    if words[0] == "a" and words[1][0] in "aeiou":
        words[0] = "an"
    korean, gloss = lexicon.with_particle(noun.korean, role), f"{noun.english}.{lexicon.ROLE_GLOSSES[role]}"
    if adjective:
        korean = f"{lexicon.ADJECTIVES[adjective]} {korean}"
        gloss = f"{lexicon.adjective_gloss(adjective)} {gloss}"
    marks = []
    last = 1 if adjective else 0
    for index, word in enumerate(words):
        if word in ("a", "an", "the"):
            marks.append(f"{index}p{last}")
        else:
            marks.append(f"{index}-{0 if word == adjective else last}")
    return piece(" ".join(words), korean, " ".join(marks), gloss)


def place_piece(english: str, noun: str, role: str) -> Piece:
    """``in the park`` / ``공원에서``, ``to school`` / ``학교에``: only the noun has a sure link.

    role: that of the particle. 에 of a destination is glossed ``to``, of the place where it rains ``at``.
    """
    words = english.split()
    marks = [f"{i}p0" for i in range(len(words) - 1)] + [f"{len(words) - 1}-0"]
    gloss = lexicon.ROLE_GLOSSES["location" if words[0] in ("in", "at") else "destination"]
    return piece(english, lexicon.with_particle(noun, role), " ".join(marks), f"{words[-1]}.{gloss}")


def companion_piece(person: Person) -> Piece:
    """``with my friend`` / ``내 친구와 같이``."""
    english, korean = lexicon.TOGETHER
    marks = "0p1 0p2 1-0 1p1 2p0 2-1" if person.kind == "kin" else "0p0 0p1 1-0"
    gloss = f"{person.gloss('companion')} {english}"
    return piece(f"with {person.english_object}", f"{person.korean('companion')} {korean}", marks, gloss)


# --- clauses -----------------------------------------------------------------------------------------------


@dataclass
class Clause:
    """What one clause says. ending: "final" or a key of ENDING_LETTERS.

    subject is EMPTY for weather and where a relative clause is about the subject; number is that of the
    English verb. object_first: Korean puts the object before the subject. person: whom subject names.
    """

    predicate: Predicate
    tense: str
    ending: str
    subject: Piece = EMPTY
    number: str = "singular"
    negated: bool = False
    object: Piece = EMPTY
    object_first: bool = False
    frequency: Piece = EMPTY
    time: Piece = EMPTY
    place: Piece = EMPTY
    companion: Piece = EMPTY
    manner: Piece = EMPTY
    preposition: str = ""
    person: Person | None = None


_PRESENT_BE = {"I": "am", "singular": "is", "plural": "are"}
_PAST_BE = {"I": "was", "singular": "was", "plural": "were"}


def english_be(clause: Clause) -> tuple[list[str], str]:
    """Auxiliaries and adjective: ``(["is", "not"], "busy")``, ``(["will", "be"], "busy")``."""
    negation = ["not"] if clause.negated else []
    if clause.tense == "future":
        return ["will", *negation, "be"], clause.predicate.name
    be = (_PAST_BE if clause.tense == "past" else _PRESENT_BE)[clause.number]
    return [be, *negation], clause.predicate.name


def english_verb(clause: Clause) -> tuple[list[str], str]:
    """Auxiliaries and verb form: ``(["does", "not"], "eat")``, ``([], "eats")``, ``(["will"], "eat")``."""
    verb, third = clause.predicate, clause.number == "singular"
    if clause.tense == "future":
        return ["will", "not"] if clause.negated else ["will"], verb.name
    if clause.negated:
        return ["did" if clause.tense == "past" else "does" if third else "do", "not"], verb.name
    if clause.tense == "past":
        return [], verb.past
    return [], verb.third if third else verb.name


@cache
def korean_verb(predicate: Predicate, tense: str, ending: str) -> str:
    """The verb with its ending, one to three words: ``먹고``, ``먹을 거야``, ``먹었을 때``."""
    verb = predicate.verb
    if tense == "future":
        if ending == "but" and predicate.kind in ("weather", "quality"):  # what one expects, not what one plans
            return verb.joined("겠지만")
        after = {"final": "거야", "and": "거고", "but": "거지만", "think": "거라고"}
        return f"{verb.future()} {after[ending]}"
    present: dict[str, Callable[[], str]] = {
        "final": lambda: verb.plain,
        "and": lambda: verb.joined("고"),
        "but": lambda: verb.joined("지만"),
        "because": verb.because,
        "when": lambda: verb.future() + " 때",
        "if": verb.if_,
        "think": verb.quoted,
        "know": lambda: verb.before_noun() + " 걸",
        "object gap": verb.before_noun,
        "subject gap": verb.before_noun,
    }
    past: dict[str, Callable[[], str]] = {
        "final": lambda: verb.past("어"),
        "and": lambda: verb.past("고"),
        "but": lambda: verb.past("지만"),
        "because": verb.because,  # 아서/어서 has no tense
        "when": lambda: (verb.future() if predicate.lasting else verb.past("을")) + " 때",
        "think": lambda: verb.past("다고"),
        "know": lambda: verb.before_noun_past() + " 걸",
        "object gap": verb.before_noun_past,
        "subject gap": verb.before_noun_past,
    }
    return (past if tense == "past" else present)[ending]()


def ending_gloss(predicate: Predicate, tense: str, ending: str) -> str:
    """The gloss of what `korean_verb` adds to the stem: ``INT``, ``MOD thing.be.INT``."""
    if tense == "future" and ending == "but" and predicate.kind in ("weather", "quality"):
        return "FUT.but"
    if tense == "past" and ending == "when" and predicate.lasting:
        tense = "present"
    gloss = lexicon.ENDING_GLOSSES[tense][ending]
    return gloss.removeprefix("PRS.") if predicate.verb.adjective else gloss


def korean_group(clause: Clause) -> list[Word]:
    """안 and the verb, or noun, 안 and 해 where the verb is a noun with 하다: ``공부 안 해``."""
    predicate = clause.predicate
    verb = korean_verb(predicate, clause.tense, clause.ending)
    ending = ending_gloss(predicate, clause.tense, clause.ending)
    if not clause.negated:
        return glossed(verb, f"{predicate.gloss}.{ending}")
    if predicate.negation == "split":
        noun = predicate.verb.stem.removesuffix("하")
        meaning = lexicon.NOUN_GLOSSES.get(noun, predicate.gloss)
        return glossed(f"{noun} 안 {verb.removeprefix(noun)}", f"{meaning} NEG do.{ending}")
    return glossed(f"안 {verb}", f"NEG {predicate.gloss}.{ending}")


def verb_pieces(clause: Clause) -> tuple[Piece, Piece]:
    """The verb group as (auxiliaries, main verb); the Korean words and links are all with the main verb."""
    be = not clause.predicate.third
    helper_words, main_text = english_be(clause) if be else english_verb(clause)
    helpers, main = [Word(w) for w in helper_words], [Word(main_text)]
    korean = korean_group(clause)
    group = Piece(main, korean, [])
    meaning = [w for w in korean if w.text not in ("안", "때", "걸") and not w.text.startswith("거")]
    group.links += [(main[-1], word, True) for word in meaning]
    for word in helpers:
        if word.text == "not":
            group.links += [(word, w, True) for w in korean if w.text == "안"]
        elif word.text == "will":
            group.possible(word, dict.fromkeys([meaning[-1], korean[-1]]))
        else:
            group.possible(word, [meaning[-1]])
    group.carriers = [meaning[-1], korean[-1]] if korean[-1].text in ("때", "걸") else [korean[-1]]
    return Piece(helpers, [], []), group


def weather_pieces(clause: Clause, group: Piece) -> Piece:
    """``it`` and 비가: rains is both 비가 and 와; ``it`` is 날씨가 where the weather is cold."""
    it, subject = Word("it"), Word(clause.predicate.subject, clause.predicate.subject_gloss)
    if clause.predicate.third:
        group.links.append((group.english[-1], subject, True))
    return Piece([it], [subject], [(it, subject, False)])


def write_clause(clause: Clause) -> Piece:
    """Both languages of a clause: the order of the parts is the whole syntax."""
    helpers, verb = verb_pieces(clause)
    c, subject = clause, clause.subject
    preposition = object_preposition(clause, verb)
    if c.predicate.kind == "weather":
        subject = weather_pieces(clause, verb)
        korean = (c.time, c.place, subject, c.frequency, c.manner, helpers, verb)
    else:
        middle = (c.frequency, c.time, c.place, c.companion, preposition)
        order = (c.object, subject, *middle) if c.object_first else (subject, *middle, c.object)
        korean = (*order, c.manner, helpers, verb)
    if not c.predicate.third:  # very busy: the adverb stands before the adjective
        adverb_first, adverb_last = c.manner, EMPTY
    else:
        adverb_first, adverb_last = EMPTY, c.manner
    english = (
        subject,
        helpers,
        c.frequency,
        adverb_first,
        verb,
        preposition,
        c.object,
        adverb_last,
        c.companion,
        c.place,
        c.time,
    )
    written = ordered(english, korean, verb.carriers)
    written.subject = [] if c.predicate.kind == "weather" else subject.korean
    return written


def object_preposition(clause: Clause, verb: Piece) -> Piece:
    """``for`` of wait for, ``to`` of listen to: possible links to the noun with the particle, and to the verb."""
    if not clause.predicate.preposition:
        return EMPTY
    found = Piece([Word(clause.predicate.preposition)], [], [])
    meaning = [korean for english, korean, sure in verb.links if sure and english is verb.english[-1]]
    # A relative clause takes its object away; the preposition then has no noun of its own.
    found.possible(found.english[0], [*clause.object.korean[-1:], meaning[-1]])
    return found


# --- choosing what to say ----------------------------------------------------------------------------------


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


# --- the corpus --------------------------------------------------------------------------------------------


def distinct_rows(writer: Writer, clauses: int, number: int, translations: dict[str, Row]) -> list[Row]:
    """So many new sentences of one length. Raises ValueError if one English sentence had two translations."""
    rows: list[Row] = []
    while len(rows) < number:
        row = as_row(writer.sentence(clauses))
        known = translations.setdefault(row[0], row)
        if known is row:
            rows.append(row)
        elif known != row:
            raise ValueError(f"two translations of {row[0]!r}: {known[1:]} and {row[1:]}; mend the grammar")
    return rows


def word_types(rows: Iterable[Row]) -> Counter[tuple[int, str]]:
    """Occurrences of each word, English (0, word) and Korean (1, word)."""
    return Counter((side, word) for row in rows for side in (0, 1) for word in row[side].split())


def shares(total: int, parts: int) -> list[int]:
    """Split a number as evenly as possible: ``shares(1000, 6)`` is four times 167 and twice 166."""
    return [total // parts + (index < total % parts) for index in range(parts)]


#: Sentences of one to eight clauses in each file.
SIZES = {
    "train": [*shares(TRAIN_SIZE, 6), 0, 0],
    "valid": [*shares(VALID_SIZE, 6), 0, 0],
    "test": [*shares(TEST_SIZE, 6), 0, 0],
    "by_length": [BY_LENGTH_SIZE] * 8,
}


def make_corpus(seed: int = SEED) -> dict[str, list[Row]]:
    """The four files as rows (English, Korean, alignment, glosses); the same seed always gives the same rows.

    No English sentence occurs twice. Every word of the other files is at least five times in train, and every
    word of their one- and two-clause sentences at least five times in that part of train.
    """
    writer = Writer(seed)
    pools = sentence_pools(writer)
    taken = [pool[:size] for pool, size in zip(pools, SIZES["train"], strict=True)]
    rest = [pool[size:] for pool, size in zip(pools, SIZES["train"], strict=True)]
    short, known = word_types(chain.from_iterable(taken[:2])), word_types(chain.from_iterable(taken))
    rest = [with_known_words(rows, short if index < 2 else known) for index, rows in enumerate(rest)]
    files = {"train": list(chain.from_iterable(taken))}
    for name in ("valid", "test", "by_length"):
        files[name] = [row for rows, size in zip(rest, SIZES[name], strict=True) for row in take(rows, size)]
    for name in ("train", "valid", "test"):
        writer.random.shuffle(files[name])
    return files


def sentence_pools(writer: Writer) -> list[list[Row]]:
    """For each length the sentences of all files and some spare ones, shuffled; "I love you" comes first."""
    love = as_row(first_sentence())
    translations = {love[0]: love}
    pools = []
    for clauses in range(1, 9):
        needed = sum(sizes[clauses - 1] for sizes in SIZES.values()) + SPARE
        rows = distinct_rows(writer, clauses, needed, translations)
        writer.random.shuffle(rows)
        pools.append([love, *rows] if clauses == 1 else rows)
    return pools


def with_known_words(rows: Iterable[Row], counts: Counter[tuple[int, str]]) -> list[Row]:
    """Only the rows whose words, on both sides, were all counted five times or more."""
    return [row for row in rows if all(counts[key] >= 5 for key in word_types([row]))]


def take(rows: list[Row], number: int) -> list[Row]:
    """Remove and return the first rows. Raises ValueError if there are too few."""
    if len(rows) < number:
        raise ValueError(f"{number} sentences are needed, {len(rows)} are left: raise SPARE in the grammar")
    taken, rows[:] = rows[:number], rows[number:]
    return taken


def first_sentence() -> Piece:
    """``I love you``: the course's first example is always in train."""
    subject, other = person_piece(PEOPLE["I"], "topic"), person_piece(PEOPLE["you"], "object")
    return write_clause(Clause(PREDICATES["love"], "present", "final", subject, "I", object=other))


def gloss_table(rows: Iterable[Row]) -> list[tuple[str, str, str]]:
    """(Korean word, linked English word, gloss), sorted; the English word is "" where the gloss is always the same.

    Raises ValueError if two glosses of a word cannot be told apart by what it is linked to.
    """
    found: dict[str, dict[str, list[tuple[set[str], set[str]]]]] = {}
    for english, korean, alignment, glosses in rows:
        source, links = english.split(), parsed(alignment)
        for j, (word, gloss) in enumerate(zip(korean.split(), glosses.split(), strict=True)):
            linked = {source[i] for i, target, _ in links if target == j}
            surely = {source[i] for i, target, sure in links if target == j and sure}
            found.setdefault(word, {}).setdefault(gloss, []).append((surely, linked))
    table = []
    for word, occurrences in found.items():
        if len(occurrences) == 1:
            table.append((word, "", next(iter(occurrences))))
        else:
            table += [(word, english, gloss) for english, gloss in deciding_words(word, occurrences)]
    return sorted(table)


def deciding_words(word: str, occurrences: dict[str, list[tuple[set[str], set[str]]]]) -> list[tuple[str, str]]:
    """(English word, gloss) for a Korean word with several glosses: sure links if they decide, else all links."""
    for strength in (0, 1):
        seen = {gloss: [links[strength] for links in each] for gloss, each in occurrences.items()}
        words = {gloss: set().union(*each) for gloss, each in seen.items()}
        shared = {w for a in words for b in words if a != b for w in words[a] & words[b]}
        if all(linked - shared for each in seen.values() for linked in each):
            return [(english, gloss) for gloss in words for english in words[gloss] - shared]
    raise ValueError(f"no link tells the glosses of {word!r} apart: {', '.join(occurrences)}; mend the lexicon")


def write_corpus(folder: Path, seed: int = SEED) -> None:
    """Write train.tsv, valid.tsv, test.tsv, by_length.tsv and glosses.tsv to a folder (made if it is missing)."""
    folder.mkdir(parents=True, exist_ok=True)
    files = make_corpus(seed)
    tables = {name: [row[:3] for row in rows] for name, rows in files.items()}
    tables["glosses"] = gloss_table(chain.from_iterable(files.values()))
    for name, rows in tables.items():
        text = "".join("\t".join(row) + "\n" for row in rows)
        (folder / f"{name}.tsv").write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str]) -> int:
    """``python -m lessons.corpus_generator.grammar DIR``."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python -m lessons.corpus_generator.grammar DIR  (writes five .tsv files to the folder DIR)")
        return 2
    write_corpus(Path(arguments[0]))
    print(f"wrote train.tsv, valid.tsv, test.tsv, by_length.tsv and glosses.tsv to {arguments[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
