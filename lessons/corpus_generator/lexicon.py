"""The words of the course corpus, in English and Korean, and what may be said with them.

Only data: `lessons.corpus_generator.grammar` makes sentences of it. Every entry says which words it goes with, because
a grammar that lets anybody do anything to anything writes sentences that nobody would say.
"""

from __future__ import annotations

from dataclasses import dataclass

from lessons.toolkit.korean import Verb, familiar_name, with_particle

#: How the particle of each role of `korean.PARTICLES` is glossed: a category in capitals, or an English word.
ROLE_GLOSSES = {
    "topic": "TOP", "subject": "SBJ", "object": "OBJ", "companion": "with", "destination": "to", "location": "at",
}  # fmt: skip
POSSESSOR_GLOSSES = {"내": "my", "우리": "our"}
#: How the ending of a clause is glossed, by tense; `grammar` puts the verb before it. A second word is 때, 걸 or 거야.
ENDING_GLOSSES = {
    "present": {
        "final": "INT", "and": "and", "but": "but", "because": "because", "when": "MOD when", "if": "if",
        "think": "QUOT", "know": "PRS.MOD thing.OBJ", "object gap": "PRS.MOD", "subject gap": "PRS.MOD",
    },
    "past": {
        "final": "PST.INT", "and": "PST.and", "but": "PST.but", "because": "because", "when": "PST.MOD when",
        "think": "PST.QUOT", "know": "PST.MOD thing.OBJ", "object gap": "PST.MOD", "subject gap": "PST.MOD",
    },
    "future": {
        "final": "MOD thing.be.INT", "and": "MOD thing.be.and", "but": "MOD thing.be.but",
        "think": "MOD thing.be.QUOT",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody. english: as subject; english_object: as object; possessor and noun: the Korean words.

    forms: contracted Korean forms by role; number: "I", "singular" or "plural"; group: people that must not
    be subject and object of one clause (I, me, us, we).
    """

    english: str
    english_object: str
    noun: str
    number: str = "singular"
    kind: str = "noun"
    possessor: str = ""
    group: str = ""
    forms: tuple[tuple[str, str], ...] = ()

    def korean(self, role: str) -> str:
        """The Korean words for a role of `korean.PARTICLES`: ``난``, ``내 친구를``."""
        noun = dict(self.forms).get(role) or with_particle(self.noun, role)
        return f"{self.possessor} {noun}".strip()

    def gloss(self, role: str) -> str:
        """A gloss for each word of `korean`: ``I.TOP``, ``my friend.OBJ``."""
        noun = f"{self.english.split()[-1]}.{ROLE_GLOSSES[role]}"
        return f"{POSSESSOR_GLOSSES.get(self.possessor, '')} {noun}".strip()


def _pronoun(subject: str, object_: str, noun: str, number: str, group: str, *forms: str) -> Person:
    roles = ("topic", "subject", "object")
    pairs = tuple(zip(roles, forms, strict=True)) if forms else ()
    return Person(subject, object_, noun, number, "pronoun", group=group, forms=pairs)


def _name(english: str, korean: str) -> Person:
    return Person(english, english, familiar_name(korean), kind="name", group=english)


def _noun(english: str, korean: str, number: str = "singular", possessor: str = "") -> Person:
    kind = "kin" if possessor else "noun"
    return Person(english, english, korean, number, kind, possessor, korean)


PEOPLE = (
    _pronoun("I", "me", "나", "I", "we", "난", "내가", "날"),
    _pronoun("you", "you", "너", "plural", "you", "넌", "네가", "널"),
    _pronoun("he", "him", "그", "singular", "he"),
    _pronoun("she", "her", "그녀", "singular", "she"),
    _pronoun("we", "us", "우리", "plural", "we", "우린", "우리가", "우릴"),
    _pronoun("they", "them", "그들", "plural", "they"),
    _name("Mina", "미나"),
    _name("Jihun", "지훈"),
    _name("Sora", "소라"),
    _noun("the student", "학생"),
    _noun("the teacher", "선생님"),
    _noun("my friend", "친구", possessor="내"),
    _noun("my mother", "엄마", possessor="우리"),
)

#: Whom he and she may stand for, by group: a teacher may be a man or a woman.
PRONOUN_FITS = {"he": ("Jihun", "학생", "선생님", "친구"), "she": ("Mina", "Sora", "학생", "선생님", "친구", "엄마")}


def confusable(one: Person, other: Person) -> bool:
    """True if both may be the same person: I and we, Mina and she."""
    return (
        one.group == other.group
        or one.group in PRONOUN_FITS.get(other.group, ())
        or other.group in PRONOUN_FITS.get(one.group, ())
    )


#: Heads of relative clauses about people.
KNOWN_PEOPLE = {"student": "학생", "teacher": "선생님", "friend": "친구"}
#: Adjectives that may stand before a person.
PERSON_ADJECTIVES = {"kind": "친절한", "busy": "바쁜"}
PERSONS_WITH_ADJECTIVE = ("학생", "선생님")
#: Whom one can do something with.
COMPANIONS = ("you", "Mina", "Jihun", "Sora", "my friend")


@dataclass(frozen=True)
class Noun:
    """A thing. article: "a" for what one can count, "the" where only that sounds right, "" for the rest."""

    english: str
    korean: str
    article: str = "a"
    plural: str = ""
    adjectives: tuple[str, ...] = ()


ADJECTIVES = {
    "red": "빨간",
    "big": "큰",
    "new": "새",
    "delicious": "맛있는",
    "warm": "따뜻한",
    "interesting": "재미있는",
}


def adjective_gloss(name: str) -> str:
    """``red.MOD`` for 빨간, the form before a noun; plain ``new`` for 새, which has no other."""
    return name if ADJECTIVES.get(name) == "새" else f"{name}.MOD"


def _thing(english: str, korean: str, article: str = "a", plural: str = "", adjectives: str = "") -> Noun:
    return Noun(english, korean, article, plural, tuple(adjectives.split()))


THINGS = {
    noun.english: noun
    for noun in (
        _thing("apple", "사과", "a", "apples", "red big delicious"),
        _thing("bread", "빵", "", "", "delicious warm"),
        _thing("rice", "밥", "", "", "delicious warm"),
        _thing("water", "물", "", "", "warm"),
        _thing("milk", "우유", "", "", "warm"),
        _thing("coffee", "커피", "", "", "warm"),
        _thing("book", "책", "a", "books", "new interesting"),
        _thing("letter", "편지", "a", "letters", "new interesting"),
        _thing("flower", "꽃", "a", "flowers", "red big"),
        _thing("music", "음악", ""),
        _thing("song", "노래", "a", "songs", "new"),
        _thing("Korean", "한국어", ""),
        _thing("English", "영어", ""),
        _thing("door", "문", "the"),
        _thing("window", "창문", "the"),
    )
}


#: Verbs made of a noun and 하다 are split by 안; where the noun is a thing (노래), it is glossed as that thing is.
NOUN_GLOSSES = {noun.korean: noun.english for noun in THINGS.values()}


@dataclass(frozen=True)
class Place:
    """A place: where something happens (at), where somebody goes (to), and the Korean noun."""

    at: str
    to: str
    korean: str


PLACES = {
    "school": Place("at school", "to school", "학교"),
    "home": Place("at home", "home", "집"),
    "park": Place("in the park", "to the park", "공원"),
    "library": Place("in the library", "to the library", "도서관"),
    "cafe": Place("in the cafe", "to the cafe", "카페"),
    "Seoul": Place("in Seoul", "to Seoul", "서울"),
}

#: English phrase: Korean word, alignment, gloss.
TIMES = {
    "yesterday": ("어제", "0-0", "yesterday"),
    "today": ("오늘", "0-0", "today"),
    "tomorrow": ("내일", "0-0", "tomorrow"),
    "now": ("지금", "0-0", "now"),
    "every day": ("매일", "0-0 1-0", "every.day"),
    "in the morning": ("아침에", "0p0 1p0 2-0", "morning.at"),
    "in the evening": ("저녁에", "0p0 1p0 2-0", "evening.at"),
    "at night": ("밤에", "0p0 1-0", "night.at"),
}
_PARTS_OF_DAY = ("in the morning", "in the evening", "at night")
#: Which times go with which kind of predicate in which tense.
TIMES_OF = {
    ("action", "past"): ("yesterday", "today", "every day", *_PARTS_OF_DAY),
    ("action", "present"): ("every day", *_PARTS_OF_DAY),
    ("action", "future"): ("tomorrow", "today", *_PARTS_OF_DAY),
    ("quality", "past"): ("yesterday", "today"),
    ("quality", "present"): ("now", "today"),
    ("quality", "future"): ("tomorrow",),
    ("weather", "past"): ("yesterday", "today", *_PARTS_OF_DAY),
    ("weather", "present"): ("now", "today", "at night", "in the morning"),
    ("weather", "future"): ("tomorrow", "today"),
}
MANNERS = {
    "slowly": ("천천히", "0-0", "slowly"),
    "quickly": ("빨리", "0-0", "quickly"),
    "well": ("잘", "0-0", "well"),
    "hard": ("열심히", "0-0", "hard"),
    "very much": ("많이", "0-0 1-0", "very.much"),
}
#: Verbs of a main and a relative clause that do not go together (nobody finds the hat that somebody makes).
ODD_PAIRS = (("make", "buy"),)
#: Clauses that do not depend on these: nobody loves somebody only when it rains.
NO_DEPENDENTS = {
    "love": ("when", "if"),
    "like": ("because", "when", "if"),
    "sick": ("if",),
}
TOGETHER = ("together", "같이")
VERY = ("very", "아주")
FREQUENCIES = {"often": "자주", "always": "항상"}


@dataclass(frozen=True)
class Predicate:
    """A verb or adjective with everything it may be combined with.

    name: the English base form; third, past: its other English forms; verb: the Korean one.
    kind: "action", "state", "need", "quality", "weather" or "opinion".
    endings: which clause endings occur, present and past; the letters are in `grammar.ENDING_LETTERS`.
    objects: things (names in THINGS) it takes; people: may also take a person; bare: may stand without any.
    preposition, object_role: how the object is marked in English and in Korean; subject: Korean for the
    weather's it. shared: one can do it with somebody. negation: "안", "split" (공부 안 해) or "" (never
    negated). generic: its things are whole kinds (likes apples). lasting: an act that goes on, so that *when* is
    -을 때 in the past too (기다릴 때). felt: in the present only those who feel it say so (난 슬퍼).
    literal: what the Korean verb means, where that is not name.
    """

    name: str
    third: str
    past: str
    verb: Verb
    kind: str
    endings: tuple[str, str]
    objects: tuple[str, ...] = ()
    people: bool = False
    bare: bool = True
    preposition: str = ""
    object_role: str = "object"
    destinations: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    manners: tuple[str, ...] = ()
    frequencies: tuple[str, ...] = ()
    shared: bool = False
    negation: str = "안"
    subject: str = ""
    generic: bool = False
    lasting: bool = False
    felt: bool = False
    literal: str = ""
    tenses: tuple[str, ...] = ("present", "past", "future")

    @property
    def gloss(self) -> str:
        """What the Korean verb means: ``come`` for rain, which is 비가 오다."""
        return self.literal or self.name

    @property
    def subject_gloss(self) -> str:
        """``rain.SBJ`` for 비가, ``weather.SBJ`` for 날씨가."""
        return f"{self.name if self.literal else 'weather'}.SBJ"


_LISTS = ("objects", "destinations", "places", "manners", "frequencies", "tenses")


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.replace("-", " ") for item in text.split())


def _predicate(name: str, third: str, past: str, korean: tuple, kind: str, endings: tuple, **more) -> Predicate:
    lists = {key: _items(value) for key, value in more.items() if key in _LISTS}
    rest = {key: value for key, value in more.items() if key not in _LISTS}
    rest.setdefault("bare", "objects" not in more and not more.get("people") and "destinations" not in more)
    verb = Verb(*korean, adjective=kind in ("quality", "need") or rest.get("subject") == "날씨가")
    return Predicate(name, third, past, verb, kind, endings, **lists, **rest)


_FREQ = "often always"
_FOOD = "apple bread rice"
_DRINKS = "water milk coffee"

# Endings, present | past: A and, B but, C because, W when, I if, T think that, K know that,
# R relative clause about the object, S about the subject.
PREDICATES = (
    _predicate(
        "eat",
        "eats",
        "ate",
        ("먹", "먹어"),
        "action",
        ("A W", "B T"),
        objects=_FOOD,
        places="home school cafe",
        manners="slowly quickly",
        frequencies=_FREQ,
        shared=True,
    ),
    _predicate(
        "drink",
        "drinks",
        "drank",
        ("마시", "마셔"),
        "action",
        ("B W", "A"),
        objects=_DRINKS,
        places="home cafe",
        manners="slowly quickly",
        frequencies=_FREQ,
        shared=True,
    ),
    _predicate(
        "read",
        "reads",
        "read",
        ("읽", "읽어"),
        "action",
        ("A K R", "B"),
        objects="book letter",
        places="home library cafe school park",
        manners="slowly quickly",
        frequencies=_FREQ,
    ),
    _predicate(
        "buy",
        "buys",
        "bought",
        ("사", "사"),
        "action",
        ("B", "A C R S T"),
        objects="apple bread milk coffee book flower",
        places="Seoul",
        frequencies=_FREQ,
    ),
    _predicate(
        "make",
        "makes",
        "made",
        ("만들", "만들어"),
        "action",
        ("A R", "B C R S"),
        objects="bread coffee",
        places="home",
        manners="quickly",
        frequencies=_FREQ,
    ),
    _predicate(
        "love",
        "loves",
        "loved",
        ("사랑하", "사랑해"),
        "state",
        ("A B C T R K", ""),
        people=True,
        manners="very-much",
        frequencies="always",
        negation="split",
    ),
    _predicate(
        "like",
        "likes",
        "liked",
        ("좋아하", "좋아해"),
        "state",
        ("B C R K", ""),
        people=True,
        objects="apple bread coffee milk music flower book",
        manners="very-much",
        generic=True,
        tenses="present past",
    ),
    _predicate(
        "meet",
        "meets",
        "met",
        ("만나", "만나"),
        "action",
        ("I", "A C W R S"),
        people=True,
        places="park cafe school Seoul library",
        frequencies="often",
    ),
    _predicate(
        "help",
        "helps",
        "helped",
        ("도와주", "도와줘"),
        "action",
        ("A C R S", "B W R S"),
        people=True,
        places="school home library",
        frequencies=_FREQ,
    ),
    _predicate(
        "wait",
        "waits",
        "waited",
        ("기다리", "기다려"),
        "action",
        ("C K S", "A W"),
        people=True,
        lasting=True,
        preposition="for",
        places="park cafe school home library",
        frequencies=_FREQ,
    ),
    _predicate(
        "listen",
        "listens",
        "listened",
        ("듣", "들어", "들으"),
        "action",
        ("A W", "B"),
        objects="music song",
        preposition="to",
        places="home cafe park",
        frequencies=_FREQ,
        shared=True,
    ),
    _predicate(
        "study",
        "studies",
        "studied",
        ("공부하", "공부해"),
        "action",
        ("B K S", "A T"),
        objects="Korean English",
        bare=True,
        places="school home library cafe",
        manners="hard",
        frequencies=_FREQ,
        shared=True,
        negation="split",
    ),
    _predicate(
        "open",
        "opens",
        "opened",
        ("열", "열어"),
        "action",
        ("W I", "A C"),
        objects="door window",
        manners="slowly quickly",
        frequencies=_FREQ,
    ),
    _predicate(
        "sleep", "sleeps", "slept", ("자", "자"), "action", ("W I T", "B"), places="home library", manners="well"
    ),
    _predicate(
        "laugh",
        "laughs",
        "laughed",
        ("웃", "웃어"),
        "action",
        ("C I", "A W"),
        lasting=True,
        places="school home cafe",
        frequencies=_FREQ,
        shared=True,
    ),
    _predicate(
        "cry",
        "cries",
        "cried",
        ("울", "울어"),
        "action",
        ("I K S", "B W T"),
        lasting=True,
        places="school home park",
        frequencies=_FREQ,
    ),
    _predicate(
        "sing",
        "sings",
        "sang",
        ("노래하", "노래해"),
        "action",
        ("A W I", "T"),
        places="school home park",
        frequencies=_FREQ,
        shared=True,
        negation="split",
    ),
    _predicate(
        "work",
        "works",
        "worked",
        ("일하", "일해"),
        "action",
        ("B C K", "A T"),
        places="home library cafe Seoul",
        manners="hard",
        frequencies=_FREQ,
        shared=True,
        negation="split",
    ),
    _predicate(
        "go",
        "goes",
        "went",
        ("가", "가"),
        "action",
        ("A C I", "C T"),
        destinations="school home park library cafe Seoul",
        frequencies=_FREQ,
        shared=True,
    ),
    _predicate(
        "come",
        "comes",
        "came",
        ("오", "와"),
        "action",
        ("C W I T K", "B C W T K"),
        bare=True,
        destinations="school home park library cafe Seoul",
        frequencies=_FREQ,
    ),
    _predicate("happy", "", "", ("행복하", "행복해"), "quality", ("B W T", "C"), frequencies="always", negation=""),
    _predicate("sad", "", "", ("슬프", "슬퍼"), "quality", ("C I T", "B"), frequencies="often", felt=True),
    _predicate("busy", "", "", ("바쁘", "바빠"), "quality", ("A B C T", "W T"), frequencies=_FREQ),
    _predicate("tired", "", "", ("피곤하", "피곤해"), "quality", ("C W I T", "B C"), frequencies=_FREQ),
    _predicate(
        "sick",
        "",
        "",
        ("아프", "아파"),
        "quality",
        ("B I K", "C W"),
        frequencies="often",
        tenses="present past",
    ),
    _predicate(
        "rain",
        "rains",
        "rained",
        ("오", "와"),
        "weather",
        ("B C W I T K", "B C W T K"),
        subject="비가",
        literal="come",
        lasting=True,
        places="Seoul",
        frequencies="often",
    ),
    _predicate(
        "snow",
        "snows",
        "snowed",
        ("오", "와"),
        "weather",
        ("B C W I T K", "B C W T K"),
        subject="눈이",
        literal="come",
        lasting=True,
        places="Seoul",
        frequencies="often",
    ),
    _predicate("cold", "", "", ("춥", "추워", "추우"), "weather", ("B C I T", "B C"), subject="날씨가"),
)

#: Verbs that take a that-clause; the second item is what the clause's verb ends in.
OPINIONS = (
    (Predicate("think", "thinks", "thought", Verb("생각하", "생각해"), "opinion", ("A B", "")), "think"),
    (Predicate("know", "knows", "knew", Verb("알", "알아"), "opinion", ("A B", "")), "know"),
)
