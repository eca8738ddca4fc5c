"""What no sentence of the course corpus may say: one predicate for each class of fault, over words and gold links."""

from __future__ import annotations

from itertools import combinations, pairwise

from lessons.toolkit.corpus import CONNECTIVES, SentencePair
from lessons.toolkit.korean import final_consonant

OPINIONS = {"think", "thinks", "know", "knows"}
PERSON_OF = {
    "I": "we", "me": "we", "us": "we", "him": "he", "her": "she", "them": "they",
    **{word: word for word in "we you he she they Mina Jihun Sora student teacher friend mother".split()},
}  # fmt: skip
HE = {"he", "Jihun", "student", "teacher", "friend"}
SHE = {"she", "Mina", "Sora", "student", "teacher", "friend", "mother"}
SUBJECTS = set(PERSON_OF) - {"me", "us", "him", "her", "them"} | {"the", "my", "it"}
ADVERBS = {"yesterday", "today", "every", "in", "at"}
LASTING = {"waited", "laughed", "cried", "rained", "snowed"}

Unit = list[tuple[str, list[int]]]


def units_of(pair: SentencePair) -> list[Unit]:
    """Units joined by and / but; a unit is a list of clauses (connective before it, places of its English words)."""
    units: list[Unit] = [[("", [])]]
    for index, word in enumerate(pair.source_words):
        if word in ("and", "but"):
            units.append([(word, [])])
        elif word in CONNECTIVES:
            units[-1].append((word, []))
        else:
            units[-1][-1][1].append(index)
    return units


def english(pair: SentencePair, indices: list[int]) -> list[str]:
    return [pair.source_words[index] for index in indices]


def korean(pair: SentencePair, indices: list[int]) -> list[int]:
    """Places of the Korean words that these English words have sure links to."""
    return [link.target for link in pair.alignment if link.sure and link.source in indices]


def relatives(pair: SentencePair, unit: Unit) -> list[tuple[list[int], list[int]]]:
    """(clause before, relative clause) for each *that* which follows neither think nor know."""
    neighbours = [(outer, inner) for (_, outer), (c, inner) in pairwise(unit) if c == "that"]
    return [(outer, inner) for outer, inner in neighbours if not OPINIONS & set(english(pair, outer))]


def subject_relatives(pair: SentencePair, unit: Unit) -> list[tuple[list[int], list[int]]]:
    """Those without a subject of their own: ``that helped Mina``."""
    return [(outer, inner) for outer, inner in relatives(pair, unit) if pair.source_words[inner[0]] not in SUBJECTS]


def last_main_clause(pair: SentencePair) -> list[str]:
    return english(pair, units_of(pair)[-1][0][1])


def ends_in_plain_present(pair: SentencePair) -> bool:
    last = pair.target_words[-1]
    return last != "거야" and (len(last) == 1 or final_consonant(last[-2]) != "ㅆ")


# --- the faults --------------------------------------------------------------------------------------------


def others_are_sad(pair: SentencePair) -> bool:
    """``선생님은 슬퍼``: in the present only I and we say so."""
    main = last_main_clause(pair)
    return "sad" in main and main[0] not in ("I", "we") and ends_in_plain_present(pair)


def reason_joins_another_verb(pair: SentencePair) -> bool:
    """``난 미나가 아파서 커피를 만든 친구를 기다렸어``: who was sick for what?"""
    for number, unit in enumerate(units_of(pair)):
        if [c for c, _ in unit][1:] == ["that", "because"]:
            (_, main), (_, inner), (_, reason) = unit
            behind = max(korean(pair, reason)) > min(korean(pair, main + inner))
            if number or behind or OPINIONS & set(english(pair, main)):
                return True
    return False


def dependent_clause_joins_the_unit_before(pair: SentencePair) -> bool:
    """``A-고 B-아서 C`` where B is first in its unit would read (A and B)."""
    for unit in units_of(pair)[1:]:
        (_, main), *others = unit
        dependent = [korean(pair, indices) for c, indices in others if c in ("because", "when", "if")]
        if dependent and min(map(min, dependent)) < min(korean(pair, main)):
            return True
    return False


def companion_without_together(pair: SentencePair) -> bool:
    """``미나와 사과를 먹어``, ``너와 웃어``."""
    sources = [index for index, word in enumerate(pair.source_words) if word == "with"]
    linked = [{pair.target_words[x.target] for x in pair.alignment if x.source == index} for index in sources]
    return any("같이" not in words for words in linked)


def subject_before_a_subject_relative(pair: SentencePair) -> bool:
    """``우리가 사과를 산 선생님을 만나서`` says first that we bought apples."""
    for unit in units_of(pair):
        for outer, inner in subject_relatives(pair, unit):
            subject = next(index for index in outer if pair.source_words[index] in PERSON_OF)
            dependent = outer is not unit[0][1]
            if dependent and min(korean(pair, [subject])) < min(korean(pair, inner)):
                return True
    return False


def adverb_before_a_subject_relative(pair: SentencePair) -> bool:
    """``아침에 널 도와준 학생을 기다렸어``: what was in the morning?"""
    found = [inner for unit in units_of(pair) for _, inner in subject_relatives(pair, unit)]
    return any(ADVERBS & set(english(pair, inner)) for inner in found)


def finished_while_it_lasted(pair: SentencePair) -> bool:
    """``내 친구를 기다렸을 때`` for ``기다릴 때``."""
    for unit in units_of(pair):
        for connective, indices in unit:
            verbs = [index for index in indices if pair.source_words[index] in LASTING]
            places = korean(pair, verbs) if connective == "when" else []
            forms = [pair.target_words[place] for place in places]
            if any(form[-1] == "을" and final_consonant(form[-2]) == "ㅆ" for form in forms):
                return True
    return False


def foretells_a_liking(pair: SentencePair) -> bool:
    """``난 우유를 좋아할 거야``."""
    verbs = [index for index, word in enumerate(pair.source_words) if word == "like"]
    return any("will" in pair.source_words[max(0, index - 2) : index] for index in verbs)


def foretells_the_love_of_others(pair: SentencePair) -> bool:
    """``넌 지훈이를 사랑할 거야``; ``난 널 사랑할 거야`` promises."""
    main = [english(pair, unit[0][1]) for unit in units_of(pair)]
    return any({"will", "love"} <= set(words) and words[0] not in ("I", "we") for words in main)


def somebody_is_named_twice(pair: SentencePair) -> bool:
    """``그녀는 우리가 그녀를 만났을 때``; ``she`` where Mina is named."""
    for unit in units_of(pair):
        people = [PERSON_OF[w] for _, indices in unit for w in english(pair, indices) if w in PERSON_OF]
        for one, other in combinations(people, 2):
            if one == other or any(pronoun in (one, other) and {one, other} <= fitting
                                   for pronoun, fitting in (("he", HE), ("she", SHE))):  # fmt: skip
                return True
    return False


def not_happy(pair: SentencePair) -> bool:
    """``안 행복해``."""
    places = korean(pair, [index for index, word in enumerate(pair.source_words) if word == "happy"])
    return any(place and pair.target_words[place - 1] == "안" for place in places)


def order_to_you(pair: SentencePair) -> bool:
    """``넌 밥을 천천히 먹어`` is heard as an order."""
    main = last_main_clause(pair)
    return main[0] == "you" and ends_in_plain_present(pair) and not {"often", "always", "every"} & set(main)


def likes_one_thing(pair: SentencePair) -> bool:
    """``she likes an apple``; a relative clause may say which (``the apple that I bought``)."""
    for unit in units_of(pair):
        outer = [clause for clause, _ in relatives(pair, unit)]
        for _, indices in unit:
            found = english(pair, indices)
            liking = {"like", "likes", "liked"} & set(found)
            if liking and indices not in outer and {"apple", "book", "flower"} & set(found):
                return True
    return False
