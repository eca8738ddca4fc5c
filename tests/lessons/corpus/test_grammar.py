"""The synchronous grammar: named sentences with their alignments, and the corpus it writes."""

from collections import Counter
from itertools import pairwise

import corpus_faults
import pytest

from lessons.corpus_generator import grammar, lexicon
from lessons.corpus_generator.grammar import (
    Clause,
    Writer,
    as_text,
    conjoin,
    person_piece,
    piece,
    subordinate,
    write_clause,
)
from lessons.toolkit.corpus import CONNECTIVES, SPLITS, Link, SentencePair, count_clauses, read_pairs
from lessons.toolkit.paths import datasets_folder

FILES = {name: datasets_folder() / "english_korean" / f"{name}.tsv" for name in SPLITS}


@pytest.fixture(scope="module")
def corpus():
    return {name: read_pairs(path, third_column="alignment") for name, path in FILES.items()}


def predicate(name):
    return next(p for p in lexicon.PREDICATES if p.name == name)


def clause(name, who, tense="present", ending="final", role="topic", what=grammar.EMPTY, **more):
    person = grammar.PEOPLE[who]
    subject = person_piece(person, role)
    return write_clause(Clause(predicate(name), tense, ending, subject, person.number, object=what, **more))


def person(name):
    return person_piece(grammar.PEOPLE[name], "object")


def thing(name, determiner="", adjective=""):
    return grammar.thing_piece(lexicon.THINGS[name], "object", determiner, adjective)


# --- named sentences ---------------------------------------------------------------------------------------


def test_i_love_you():
    assert as_text(grammar.first_sentence()) == ("I love you", "난 널 사랑해", "0-0 1-2 2-1")


def test_an_article_and_an_adjective():
    sentence = clause("eat", "Mina", "past", what=thing("apple", "a", "red"))
    assert as_text(sentence) == ("Mina ate a red apple", "미나는 빨간 사과를 먹었어", "0-0 1-3 2p2 3-1 4-2")
    assert [w.text for w in thing("apple", "a").english] == ["an", "apple"]


def test_negation():
    sentence = clause("drink", "he", negated=True, what=thing("milk"))
    assert as_text(sentence) == ("he does not drink milk", "그는 우유를 안 마셔", "0-0 1p3 2-2 3-3 4-1")


def test_a_verb_made_of_a_noun_is_split_by_the_negation():
    sentence = clause("study", "we", "future", negated=True)
    assert as_text(sentence) == ("we will not study", "우린 공부 안 할 거야", "0-0 1p3 1p4 2-2 3-1 3-3")


def test_future_of_an_adjective():
    sentence = clause("busy", "I", "future")
    assert as_text(sentence) == ("I will be busy", "난 바쁠 거야", "0-0 1p1 1p2 2p1 3-1")


def test_preposition_possessive_and_time():
    sentence = clause("wait", "my mother", what=person("you"), time=piece("every day", *lexicon.TIMES["every day"]))
    expected = (
        "my mother waits for you every day",
        "우리 엄마는 매일 널 기다려",
        "0-0 0p1 1p0 1-1 2-4 3p3 3p4 4-3 5-2 6-2",
    )
    assert as_text(sentence) == expected


def test_relative_clause():
    inner = clause("buy", "I", "past", "object gap", role="subject")
    noun = grammar.with_relative(thing("book", "the"), inner)
    sentence = clause("read", "she", what=noun)
    expected = ("she reads the book that I bought", "그녀는 내가 산 책을 읽어", "0-0 1-4 2p3 3-3 4p2 5-1 6-2")
    assert as_text(sentence) == expected


def test_because():
    rain = write_clause(Clause(predicate("rain"), "present", "because"))
    sentence = subordinate(clause("sleep", "Jihun"), "because", rain, topic_first=True)
    expected = ("Jihun sleeps because it rains", "지훈이는 비가 와서 자", "0-0 1-3 2p2 3p1 4-1 4-2")
    assert as_text(sentence) == expected


def test_when():
    sentence = subordinate(clause("cry", "I"), "when", clause("go", "you", ending="when", role="subject"))
    assert as_text(sentence) == ("I cry when you go", "네가 갈 때 난 울어", "0-3 1-4 2p1 2p2 3-0 4-1")


def test_and():
    sentence = conjoin(clause("laugh", "you", "past", "and"), "and", clause("cry", "I", "past"))
    assert as_text(sentence) == ("you laughed and I cried", "넌 웃었고 난 울었어", "0-0 1-1 2p1 3-2 4-3")


def test_a_companion_takes_together():
    with_mina = grammar.companion_piece(grammar.PEOPLE["Mina"])
    sentence = clause("eat", "I", "future", what=thing("apple", "a"), companion=with_mina)
    expected = ("I will eat an apple with Mina", "난 미나와 같이 사과를 먹을 거야")
    assert as_text(sentence)[:2] == expected
    assert as_text(with_mina) == ("with Mina", "미나와 같이", "0p0 0p1 1-0")


def test_an_object_with_a_subject_relative_stands_first_in_a_dependent_clause():
    inner = write_clause(Clause(predicate("help"), "past", "subject gap"))
    noun = grammar.with_relative(person("the teacher"), inner)
    reason = clause("meet", "we", "past", "because", role="subject", what=noun, object_first=True)
    sentence = subordinate(clause("sing", "I", "past"), "because", reason)
    english, korean, _ = as_text(sentence)
    assert english == "I sang because we met the teacher that helped"
    assert korean == "도와준 선생님을 우리가 만나서 난 노래했어"


@pytest.mark.parametrize(("name", "form"), [("wait", "기다릴 때"), ("rain", "올 때"), ("meet", "만났을 때")])
def test_an_act_that_lasts_is_not_finished_when_another_happens(name, form):
    assert grammar.korean_verb(predicate(name), "past", "when") == form


def test_i_think_that():
    content = clause("come", "Sora", "future", "think", role="subject")
    think = lexicon.OPINIONS[0][0]
    sentence = write_clause(
        Clause(
            think,
            "present",
            "final",
            person_piece(grammar.PEOPLE["I"], "topic"),
            "I",
            object=grammar.that_clause(content),
        )
    )
    expected = ("I think that Sora will come", "난 소라가 올 거라고 생각해", "0-0 1-4 2p3 3-1 4p2 4p3 5-2")
    assert as_text(sentence) == expected


def glosses_of(sentence):
    return grammar.as_row(sentence)[3]


def test_glosses_come_from_the_derivation():
    assert glosses_of(grammar.first_sentence()) == "I.TOP you.OBJ love.INT"
    split = clause("sing", "we", "future", negated=True)
    assert as_text(split)[1] == "우린 노래 안 할 거야"
    assert glosses_of(split) == "we.TOP song NEG do.MOD thing.be.INT"
    apple = clause("eat", "my mother", "past", "but", what=thing("apple", "a", "red"))
    assert glosses_of(apple) == "our mother.TOP red.MOD apple.OBJ eat.PST.but"
    known = clause("wait", "you", "past", "know", role="subject", what=person("I"))
    assert (as_text(known)[1], glosses_of(known)) == ("네가 날 기다린 걸", "you.SBJ I.OBJ wait.PST.MOD thing.OBJ")


def test_a_weather_verb_is_glossed_as_what_it_says():
    sentence = write_clause(
        Clause(predicate("rain"), "future", "but", place=grammar.place_piece("in Seoul", "서울", "destination"))
    )
    assert (as_text(sentence)[1], glosses_of(sentence)) == ("서울에 비가 오겠지만", "Seoul.at rain.SBJ come.FUT.but")


def test_glosses_that_no_link_tells_apart_are_an_error():
    rows = [("sleep", "잘", "0-0", "sleep.MOD"), ("sleep", "잘", "0-0", "well")]
    with pytest.raises(ValueError, match=r"'잘' apart: sleep\.MOD, well"):
        grammar.gloss_table(rows)


# --- the writer --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clauses", range(1, 9))
def test_the_number_of_clauses_is_what_was_asked_for(clauses):
    writer = Writer(seed=3)
    for _ in range(30):
        assert count_clauses(as_text(writer.sentence(clauses))[0]) == clauses


def test_connectives_are_those_that_are_counted():
    assert set(grammar.CONNECTIVES) == CONNECTIVES


def test_one_english_sentence_with_two_translations_is_an_error(monkeypatch):
    class Echo:
        def sentence(self, clauses):
            return grammar.first_sentence()

    known = {"I love you": ("I love you", "난 널 좋아해", "0-0 1-2 2-1", "I.TOP you.OBJ like.INT")}
    with pytest.raises(ValueError, match="two translations of 'I love you'"):
        grammar.distinct_rows(Echo(), 1, 1, known)


def test_shares_are_even():
    assert grammar.shares(1000, 6) == [167, 167, 167, 167, 166, 166]


# --- the files ---------------------------------------------------------------------------------------------


def test_the_files_are_what_the_command_writes(tmp_path):
    grammar.write_corpus(tmp_path)
    for path in (*FILES.values(), FILES["train"].with_name("glosses.tsv")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), f"{path.name}: run {COMMAND}"


COMMAND = "python -m lessons.corpus_generator.grammar datasets/english_korean"


def test_sizes(corpus):
    per_length = {name: Counter(count_clauses(p.source_words) for p in pairs) for name, pairs in corpus.items()}
    assert per_length["train"] == dict.fromkeys(range(1, 7), 4800)
    for name in ("valid", "test"):
        assert per_length[name] == {1: 167, 2: 167, 3: 167, 4: 167, 5: 166, 6: 166}
    assert per_length["by_length"] == dict.fromkeys(range(1, 9), 200)
    lengths = [count_clauses(p.source_words) for p in corpus["by_length"]]
    assert lengths == sorted(lengths)
    assert sum(path.stat().st_size for path in FILES.values()) < 8 * 2**20


def test_no_english_sentence_occurs_twice(corpus):
    sources = [pair.source for pairs in corpus.values() for pair in pairs]
    assert len(set(sources)) == len(sources)
    assert sources.count("I love you") == 1
    assert "I love you" in {pair.source for pair in corpus["train"]}


def _types(pairs, side):
    return Counter(word for pair in pairs for word in getattr(pair, side))


@pytest.mark.parametrize("side", ["source_words", "target_words"])
@pytest.mark.parametrize("most_clauses", [2, 8])
def test_words_of_the_other_files_are_known_from_train(corpus, side, most_clauses):
    short = {n: [p for p in pairs if count_clauses(p.source_words) <= most_clauses] for n, pairs in corpus.items()}
    known = _types(short["train"], side)
    for name in ("valid", "test", "by_length"):
        rare = [word for word in _types(short[name], side) if known[word] < 5]
        assert not rare, f"{name}: {rare}"


@pytest.mark.parametrize("side", ["source_words", "target_words"])
def test_there_are_enough_word_types(corpus, side):
    assert len(_types(corpus["train"], side)) >= 150


def test_every_word_is_linked_and_links_are_sorted(corpus):
    for pair in corpus["test"]:
        ends = [(link.source, link.target) for link in pair.alignment]
        assert ends == sorted(set(ends))
        assert {i for i, _ in ends} == set(range(len(pair.source_words)))
        assert {j for _, j in ends} == set(range(len(pair.target_words)))


POSSIBLE_ONLY = {
    *CONNECTIVES, "a", "an", "the", "do", "does", "did", "will", "am", "is", "are", "was", "were", "be", "it",
    "in", "at", "to", "for", "with",
}  # fmt: skip


CHOSEN_TOGETHER = {"my", "friend", "mother"}


def test_function_words_have_possible_links_and_others_sure_ones(corpus):
    for pair in corpus["test"]:
        for index, word in enumerate(pair.source_words):
            kinds = {link.sure for link in pair.alignment if link.source == index}
            if word in POSSIBLE_ONLY:
                assert kinds == {False}, f"{word} in {pair.source}"
            else:
                assert True in kinds, f"{word} in {pair.source}"
                assert kinds == {True} or word in CHOSEN_TOGETHER, f"{word} in {pair.source}"


def test_no_capitals_or_punctuation_but_names(corpus):
    capitals = {word for pair in corpus["train"] for word in pair.source_words if word != word.lower()}
    names = {p.english for p in lexicon.PEOPLE if p.kind == "name"}
    assert capitals == names | {"I", "Korean", "English", "Seoul"}
    assert all(word.isalpha() for word in _types(corpus["train"], "source_words"))
    assert all("가" <= letter <= "힣" for word in _types(corpus["train"], "target_words") for letter in word)


def test_time_words_fit_the_tense(corpus):
    for pair in corpus["train"]:
        target = pair.target_words
        if count_clauses(pair.source_words) == 1 and "yesterday" in pair.source_words:
            assert target[-1].endswith("어"), pair
        if count_clauses(pair.source_words) == 1 and "tomorrow" in pair.source_words:
            assert target[-1] == "거야", pair


def test_no_word_stands_twice_in_a_row(corpus):
    for pair in corpus["test"] + corpus["by_length"]:
        assert all(a != b or a == "잘" for a, b in pairwise(pair.target_words)), pair.target  # 잘 잘 거야


def test_word_by_word_lookup_fails(corpus):
    links = {}
    for pair in corpus["train"]:
        for link in pair.alignment:
            if link.sure:
                seen = links.setdefault(pair.source_words[link.source], Counter())
                seen[pair.target_words[link.target]] += 1
    table = {word: seen.most_common(1)[0][0] for word, seen in links.items()}
    short = [pair for pair in corpus["test"] if count_clauses(pair.source_words) <= 2]
    right = sum(tuple(table[w] for w in pair.source_words if w in table) == pair.target_words for pair in short)
    assert right / len(short) < 0.2


# --- faults: each of the old corpus's sentences has the fault, no sentence of the files has it --------------

FAULTY = {
    "others_are_sad": "he is sad | 그는 슬퍼 | 0-0 1p1 2-1",
    "reason_joins_another_verb": "I met the friend that cried because you came | 난 네가 와서 운 친구를 만났어"
    " | 0-0 1-5 2p4 3-4 4p3 5-3 6p2 7-1 8-2",
    "dependent_clause_joins_the_unit_before": "I sing and you cry because he comes | 난 노래하고 그가 와서 넌 울어"
    " | 0-0 1-1 2p1 3-4 4-5 5p3 6-2 7-3",
    "companion_without_together": "I sing with Mina | 난 미나와 노래해 | 0-0 1-2 2p1 3-1",
    "subject_before_a_subject_relative": "we know that he loves the friend that cries"
    " | 우린 그가 우는 친구를 사랑하는 걸 알아 | 0-0 1-6 2p4 2p5 3-1 4-4 5p3 6-3 7p2 8-2",
    "adverb_before_a_subject_relative": "he likes the friend that cries at home | 그는 집에서 우는 친구를 좋아해"
    " | 0-0 1-4 2p3 3-3 4p2 5-2 6p1 7-1",
    "finished_while_it_lasted": "I cried when it rained | 난 비가 왔을 때 울었어 | 0-0 1-4 2p2 2p3 3p1 4-1 4-2",
    "foretells_a_liking": "you will like us | 넌 우릴 좋아할 거야 | 0-0 1p2 1p3 2-2 3-1",
    "foretells_the_love_of_others": "you will love me | 넌 날 사랑할 거야 | 0-0 1p2 1p3 2-2 3-1",
    "somebody_is_named_twice": "Mina met her | 미나는 그녀를 만났어 | 0-0 1-2 2-1",
    "not_happy": "I am not happy | 난 안 행복해 | 0-0 1p2 2-1 3-2",
    "order_to_you": "you cry | 넌 울어 | 0-0 1-1",
    "likes_one_thing": "they like a book | 그들은 책을 좋아해 | 0-0 1-2 2p1 3-1",
}


@pytest.mark.parametrize("name", FAULTY)
def test_no_sentence_has_this_fault(corpus, name):
    fault = getattr(corpus_faults, name)
    source, target, alignment = FAULTY[name].split(" | ")
    links = tuple(Link(*item) for item in grammar.parsed(alignment))
    assert fault(SentencePair(source, target, links))
    found = [pair for pairs in corpus.values() for pair in pairs if fault(pair)]
    assert not found, f"{len(found)} pairs, such as {found[0].source} / {found[0].target}"


def test_usage_message(capsys):
    assert grammar.main([]) == 2
    assert "usage" in capsys.readouterr().out
