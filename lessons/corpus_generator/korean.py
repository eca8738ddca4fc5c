"""Korean spelling rules: Hangul syllables, particles, and verb forms of the intimate style (haeche).

A Hangul syllable is one Unicode character made of an initial consonant, a vowel and an optional final
consonant; its code point is ``0xAC00 + (initial * 21 + vowel) * 28 + final`` (The Unicode Standard, section
3.12). Particles and endings look at the final consonant, so everything here is arithmetic on that number.
"""

from __future__ import annotations

from dataclasses import dataclass

_FIRST, _LAST = 0xAC00, 0xD7A3
_FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

#: Particles in two shapes: after a final consonant / after a vowel.
PARTICLES = {
    "topic": ("은", "는"),
    "subject": ("이", "가"),
    "object": ("을", "를"),
    "companion": ("과", "와"),
    "destination": ("에", "에"),
    "location": ("에서", "에서"),
}


def final_consonant(word: str) -> str:
    """Return the final consonant of the last syllable as a letter (``"ㄹ"``), or ``""`` after a vowel.

    Raises ValueError if the word is empty or does not end in a Hangul syllable.
    """
    if not word:
        raise ValueError("an empty string has no last syllable; pass a Korean word")
    code = ord(word[-1])
    if not _FIRST <= code <= _LAST:
        raise ValueError(f"{word!r} ends in {word[-1]!r}, which is no Hangul syllable; spell the word in Hangul")
    return _FINALS[(code - _FIRST) % 28]


def has_final_consonant(word: str) -> bool:
    """True if the last syllable is closed (``책``, not ``사과``). Raises ValueError as `final_consonant`."""
    return final_consonant(word) != ""


def with_final(word: str, consonant: str) -> str:
    """Set the final consonant of the last syllable: ``("가", "ㅆ")`` gives ``갔``, ``("울", "")`` gives
    ``우``.

    Raises ValueError if the word does not end in a Hangul syllable or the letter cannot be a final consonant.
    """
    old = final_consonant(word)
    if consonant not in _FINALS:
        raise ValueError(
            f"{consonant!r} cannot close a syllable; use one of {' '.join(_FINALS[1:])} or an empty string"
        )
    return word[:-1] + chr(ord(word[-1]) - _FINALS.index(old) + _FINALS.index(consonant))


def with_particle(noun: str, role: str) -> str:
    """Glue a particle to a noun: ``("책", "object")`` gives ``책을``, ``("사과", "object")`` gives
    ``사과를``.

    Raises ValueError for a role that is not in `PARTICLES` or a noun that does not end in Hangul.
    """
    if role not in PARTICLES:
        raise ValueError(f"no particle for the role {role!r}; the roles are {', '.join(PARTICLES)}")
    after_consonant, after_vowel = PARTICLES[role]
    return noun + (after_consonant if has_final_consonant(noun) else after_vowel)


def familiar_name(name: str) -> str:
    """A given name as friends say it: a closed last syllable takes ``이`` (``지훈`` gives ``지훈이``)."""
    return name + "이" if has_final_consonant(name) else name


@dataclass(frozen=True)
class Verb:
    """A verb or adjective and its forms.

    stem: the dictionary form without 다 (``듣``); plain: the intimate form (``들어``); open_stem: the stem as
    it stands before endings that begin with (으), needed only where it changes (``들으``, ``추우``);
    adjective: True for words such as ``바쁘`` that describe.
    """

    stem: str
    plain: str
    open_stem: str = ""
    adjective: bool = False

    @property
    def _open(self) -> str:
        """The stem before (으): it ends in a vowel or in ㄹ."""
        if self.open_stem:
            return self.open_stem
        return self.stem + "으" if final_consonant(self.stem) not in ("", "ㄹ") else self.stem

    @property
    def _without_l(self) -> str:
        """The stem before an ending in ㄴ, where a final ㄹ falls out: ``울`` gives ``우``."""
        return with_final(self.stem, "") if final_consonant(self.stem) == "ㄹ" else self.stem

    @property
    def past_stem(self) -> str:
        """``먹어`` gives ``먹었``, ``가`` gives ``갔``: the intimate form closed by ㅆ."""
        return with_final(self.plain, "ㅆ")

    def past(self, ending: str) -> str:
        """The past stem with an ending: ``먹었어``, ``먹었고``, ``먹었다고``."""
        return self.past_stem + ending

    def joined(self, ending: str) -> str:
        """An ending that never changes, 고 or 지만: ``먹고``, ``먹지만``."""
        return self.stem + ending

    def because(self) -> str:
        """The intimate form and 서, in every tense: ``먹어서``, ``들어서``, ``울어서``."""
        return self.plain + "서"

    def if_(self) -> str:
        """``먹으면``, ``들으면``, ``울면``."""
        return self._open + "면"

    def future(self) -> str:
        """The form before 거야 and 때: ``먹을``, ``들을``, ``울``."""
        return with_final(self._open, "ㄹ")

    def quoted(self) -> str:
        """What somebody thinks: ``먹는다고``, ``간다고``, ``운다고``; adjectives ``바쁘다고``."""
        if self.adjective:
            return self.stem + "다고"
        base = self._without_l
        return (base + "는" if has_final_consonant(base) else with_final(base, "ㄴ")) + "다고"

    def before_noun(self) -> str:
        """Present form before a noun: ``먹는``, ``우는``; adjectives ``바쁜``."""
        return with_final(self._open, "ㄴ") if self.adjective else self._without_l + "는"

    def before_noun_past(self) -> str:
        """Past form before a noun: ``먹은``, ``들은``, ``운``. Raises ValueError for adjectives."""
        if self.adjective:
            raise ValueError(f"{self.stem}다 is an adjective; this course uses no past form of it before a noun")
        return with_final(self._open, "ㄴ")
