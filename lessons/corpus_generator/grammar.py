"""A synchronous grammar: it writes an English sentence, its Korean translation and the alignment together.

The idea of generating two languages from one derivation is that of syntax-directed transduction (Lewis and Stearns,
1968). Here a derivation is a tree of `Piece` objects: each holds its words in both orders and the links between them,
so the gold alignment is right by construction and never guessed. What is said, `writer` chooses at random.

Bracketing is fixed, so that an English sentence has one reading and one translation:

- ``and`` and ``but`` join the largest units; everything else binds tighter;
- because, when and if attach to the nearest clause before them that is not a relative clause;
- time, place and manner belong to the clause that was opened last.

In Korean what depends on a clause comes before its verb, and joins the nearest verb. So a topic stands before the
clause that depends on its own (``난 비가 와서 자``). Where one of the two has a relative clause, the dependent one
comes first (``비가 와서 난 빵을 산 친구를 만나``), and only in the first unit: later it would join the unit before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from lessons.corpus_generator import lexicon
from lessons.corpus_generator.lexicon import Noun, Person, Predicate
from lessons.corpus_generator.pieces import EMPTY, Piece, Word, glossed, ordered, piece

#: English words that join clauses; they have no other use in the corpus.
CONNECTIVES = ("and", "but", "because", "when", "if", "that")
#: The letter of each clause ending in the lexicon.
ENDING_LETTERS = {
    "and": "A", "but": "B", "because": "C", "when": "W", "if": "I", "think": "T", "know": "K",
    "object gap": "R", "subject gap": "S",
}  # fmt: skip
#: Endings of main clauses, whose subject is the topic (은/는); all others mark it with 이/가.
MAIN_ENDINGS = ("final", "and", "but")


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
