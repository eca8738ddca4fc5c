"""Figures and tables of lesson 05 as its cells show them: drawn, with title and a text for who cannot see them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from torch import Tensor

from lessons.toolkit.alignment_results import (
    hidden_panels,
    hidden_table,
    tell_epochs,
    tell_hidden,
    tell_models,
    tell_places,
)
from lessons.toolkit.columns import columns, padded
from lessons.toolkit.corpus import CONNECTIVES, SentencePair
from lessons.toolkit.figures import alignment as drawn
from lessons.toolkit.figures.common import show
from lessons.toolkit.figures.gloss_lines import show_glossed
from lessons.toolkit.text import named, said

Links = Sequence[tuple[int, int]]
Run = Mapping[str, Any]

EDGES = (0, 0.05, 0.2, 0.4, 0.6, 0.8, 1)  # of the ranges of weights

# --- one pair --------------------------------------------------------------------------------------------------


def show_links(pair: SentencePair) -> None:
    """Show a pair with its glosses, and print its gold links."""
    show_glossed([(pair.source, pair.target_words, pair.glosses)], explain=True)
    for link in pair.alignment or ():
        kind = said("sure") if link.sure else said("possible")
        korean = f"{pair.target_words[link.target]} ({pair.glosses[link.target]})"
        print(f"  {pair.source_words[link.source]:8} {padded(kind, 8)} {korean}")


def show_map(weights: Tensor, pair: SentencePair, title: str | None = None) -> None:
    """Show the heat map (T, S) of a pair with its gold links; without a title, it says how many words look at gold."""
    title = _at_gold(weights, pair) if title is None else title
    figure = drawn.draw_heat_map(
        weights,
        pair.source_words,
        _glossed(pair),
        said("{title}\n(one sentence, one model)", title=title),
        pair.alignment or (),
    )
    show(
        figure,
        said("Heat map. {title}. Each Korean word looks most: {looks}.", title=title, looks=_looks(weights, pair)),
    )


def _at_gold(weights: Tensor, pair: SentencePair) -> str:
    """How many Korean words look most at a word that they are linked to, and how many to the right of all of these."""
    linked = [[link.source for link in pair.alignment or () if link.target == j] for j in range(len(weights))]
    darkest = weights.argmax(1).tolist()
    gold = sum(i in each for i, each in zip(darkest, linked, strict=True))
    right = sum(bool(each) and i > max(each) for i, each in zip(darkest, linked, strict=True))
    return said("{gold} of {count} Korean words look at a gold word", gold=gold, count=len(darkest)) + (
        said(", {right} to the right of it", right=right) if right else ""
    )


def show_clause_map(weights: Tensor, pair: SentencePair) -> None:
    """Show the heat map (T, S) of a long pair with its clauses as shaded blocks."""
    blocks = clause_blocks(pair)
    inside = sum(
        any(i in block[0] and j in block[1] for block in blocks) for j, i in enumerate(weights.argmax(1).tolist())
    )
    title = said("{inside} of {count} Korean words look into their own clause", inside=inside, count=len(weights))
    figure = drawn.draw_clause_map(
        weights, pair.source_words, _glossed(pair), said("{title} (one sentence, one model)", title=title), blocks
    )
    show(
        figure,
        said("Heat map with a shaded block for each of {count} clauses. {title}.", count=len(blocks), title=title),
    )


def clause_blocks(pair: SentencePair) -> list[tuple[list[int], list[int]]]:
    """The English and the Korean words of each clause, by number.

    An English clause begins at a connective. A Korean word belongs to the clause of its first gold link, and without
    one to that of the word before it.
    """
    clauses, clause = [], 0
    for word in pair.source_words:
        clause += word in CONNECTIVES
        clauses.append(clause)
    korean, current = [], 0
    for j in range(len(pair.target_words)):
        linked = sorted((link for link in pair.alignment or () if link.target == j), key=lambda link: not link.sure)
        current = clauses[linked[0].source] if linked else current
        korean.append(current)
    both = ([[n for n, c in enumerate(side) if c == number] for side in (clauses, korean)] for number in set(clauses))
    return [(source, target) for source, target in both]


def show_link_check(pair: SentencePair, found: Links, precision: float, recall: float) -> None:
    """Show which of the links found are right, and which sure ones were not found."""
    sure = sum(link.sure for link in pair.alignment or ())
    figure = drawn.draw_link_check(
        pair.source_words,
        pair.target_words,
        found,
        pair.alignment or (),
        said(
            "Precision {precision} of {count} links found, recall {recall} of {sure} sure ones",
            precision=f"{precision:.2f}",
            count=len(found),
            recall=f"{recall:.2f}",
            sure=sure,
        ),
    )
    told = ", ".join(
        said(
            "{target_words} ({glosses}) to {source_words}",
            target_words=pair.target_words[j],
            glosses=pair.glosses[j],
            source_words=pair.source_words[i],
        )
        for i, j in found
    )
    show(
        figure,
        said(
            "Links found: {told}. Precision {precision}, recall {recall}.",
            told=told,
            precision=f"{precision:.2f}",
            recall=f"{recall:.2f}",
        ),
    )
    show_glossed([("", pair.target_words, pair.glosses)])


def show_equal_bars(pair: SentencePair) -> None:
    """Show both sentences as bars of one width."""
    title = said("The middle of each target word falls into one source word")
    figure = drawn.draw_equal_bars(pair.source_words, pair.target_words, title)
    told = said("{source} above, {target} below", source=pair.source, target=pair.target)
    show(figure, said("Two bars of one width: {told}, with a dotted line up from each Korean word.", told=told))
    show_glossed([("", pair.target_words, pair.glosses)])


def _glossed(pair: SentencePair) -> list[str]:
    """The Korean words as a heat map names them: each with its gloss."""
    return [f"{word}  {meaning}" for word, meaning in zip(pair.target_words, pair.glosses, strict=True)]


def _looks(weights: Tensor, pair: SentencePair) -> str:
    rows = zip(pair.target_words, pair.glosses, weights.argmax(1).tolist(), strict=True)
    return ", ".join(
        said("{word} ({meaning}) at {source_words}", word=word, meaning=meaning, source_words=pair.source_words[i])
        for word, meaning, i in rows
    )


# --- many pairs ------------------------------------------------------------------------------------------------


def print_errors(errors: Mapping[str, float], pairs: Sequence[SentencePair]) -> None:
    """Print error rates, the worst first."""
    for name, error in sorted(errors.items(), key=lambda item: -item[1]):
        print(f"AER {error:.2f}  {named(name)}")
    print(said("{count} test sentences", count=len(pairs)))


def print_error_verdicts(errors: Mapping[str, float]) -> None:
    """Print how lesson 3's model and the diagonal compare with what knows less."""
    print(said("the diagonal errs less than uniform:"), errors["diagonal"] < errors["uniform"] - 0.05)
    print(said("lesson 3's model is better than the diagonal:"), errors["lesson 3"] < errors["diagonal"])
    print(said("but more than a third is wrong:"), errors["lesson 3"] > 0.35)


def print_darkest(runs: Sequence[Run]) -> None:
    """Print for each seed of lesson 3's model where the darkest word is, and its error rate."""
    words = f"{runs[0]['offsets']['n']:,}"
    print(said("lesson 3's model, {words} target words; the darkest word is", words=words))
    for run in runs:
        aer = f"{run['alignment']['aer_argmax']:.2f}"
        print(said("  seed {seed}: {places};  AER {aer}", seed=run["seed"], places=tell_places(run), aer=aer))


def show_misses(counts: Mapping[str, Mapping[int, int]]) -> None:
    """Show how far the greatest weights are from the gold words, as shares of all sure links."""
    links = sum(next(iter(counts.values())).values())
    too_far = _and([f"{found.get(1, 0) / links:.0%} ({named(name)})" for name, found in counts.items()])
    title = said(
        "{too_far} look one word too far to the right\n(n = {links} sure links)", too_far=too_far, links=f"{links:,}"
    )
    figure = drawn.plot_misses(counts, title)
    near = "; ".join(
        f"{named(name)}: "
        + ", ".join(
            said("{get} at {place}", get=f"{found.get(place, 0) / links:.0%}", place=f"{place:+d}")
            for place in (-1, 0, 1)
        )
        for name, found in counts.items()
    )
    show(
        figure,
        said(
            "Bars, distance of the greatest weight from the gold word, {links} sure links. {near}.",
            links=f"{links:,}",
            near=near,
        ),
    )


def _and(texts: Sequence[str]) -> str:
    """Join one text or two."""
    if len(texts) == 1:
        return texts[0]
    first, second = texts
    return said("{first} and {second}", first=first, second=second)


def print_wrong_links(found: Sequence[Links], pairs: Sequence[SentencePair], most: int = 6) -> None:
    """Print the most frequent links that are not gold."""
    wrong: Counter[str] = Counter()
    for links, pair in zip(found, pairs, strict=True):
        right = {(link.source, link.target) for link in pair.alignment or ()}
        for i, j in set(links) - right:
            word, meaning, source = pair.target_words[j], pair.glosses[j], pair.source_words[i]
            wrong[said("{word} ({meaning}) at {source_words}", word=word, meaning=meaning, source_words=source)] += 1
    print(
        said(
            "{total} links of {count} sentences are wrong; the most frequent:",
            total=sum(wrong.values()),
            count=len(pairs),
        )
    )
    for what, count in sorted(wrong.items(), key=lambda item: (-item[1], item[0]))[:most]:
        print(f"  {count:4}  {what}")


def show_changes(models: Mapping[str, Sequence[Run]], held: Mapping[str, Any]) -> None:
    """Show translations, error rates and the place of the darkest word, model by model."""
    seeds = len(next(iter(models.values())))
    figure = drawn.plot_changes(
        models,
        held["aer_diagonal"],
        said(
            "Each change moves the weights towards the words; two together do most "
            "({test_sentences} sentences, {seeds} seeds)",
            test_sentences=f"{held['test_sentences']:,}",
            seeds=seeds,
        ),
    )
    show(
        figure,
        said("{count} models, a dot per seed. {tell_models}.", count=len(models), tell_models=tell_models(models)),
    )


def show_epochs(models: Mapping[str, Sequence[Run]], held: Mapping[str, Any]) -> None:
    """Show the error rate after each epoch, model by model."""
    seeds = len(next(iter(models.values())))
    figure = drawn.plot_error_by_epoch(
        {name: [run["aer_by_epoch"] for run in runs] for name, runs in models.items()},
        {"diagonal": held["aer_diagonal"]},
        said(
            "The weights settle within three epochs; training on does not bring them back\n"
            "({test_sentences} sentences, {seeds} seeds)",
            test_sentences=f"{held['test_sentences']:,}",
            seeds=seeds,
        ),
    )
    show(
        figure,
        said("AER by epoch, a panel per model, a line per seed. {tell_epochs}.", tell_epochs=tell_epochs(models)),
    )


# --- hidden words ----------------------------------------------------------------------------------------------


def show_effects(models: Mapping[str, tuple[Tensor, Tensor]]) -> None:
    """Show what hiding a source word costs, by its weight.

    Args:
        models: model → for each pair of words its weight and the log-probability lost, in nats.
    """
    groups = {name: _by_weight(*pairs) for name, pairs in models.items()}
    if len(groups) == 1:
        (only,) = groups.values()
        figure = drawn.plot_effects(
            only, EDGES, said("In the changed model,\n{where_it_hurts}", where_it_hurts=_where_it_hurts(only))
        )
    else:
        title = said("At equal weight, hiding a word hurts lesson 3's model less")
        figure = drawn.plot_effects_by_model(groups, EDGES, title)
    told = "; ".join(
        f"{named(name)}: {', '.join(f'{median(group):.2f}' for group in each)}" for name, each in groups.items()
    )
    show(figure, said("Box plots of the loss by weight. Medians in nats, pale to dark. {told}.", told=told))


def _where_it_hurts(groups: Sequence[Sequence[float]]) -> str:
    """Say from which weight on the median loss is more than a nat, in this range and all above it."""
    hurt = 0
    for group in reversed(groups):
        if not group or median(group) <= 1:
            break
        hurt += 1
    if not hurt:
        return said("hiding the darkest words costs no more than a nat (median)")
    return said(
        "hiding a word costs more than a nat from a weight of {edges} on (median)", edges=f"{EDGES[-1 - hurt]:g}"
    )


def print_effect_verdicts(weights: Tensor, lost: Tensor) -> None:
    """Print what hiding costs at the palest and at the darkest pairs of words, from weights and losses in nats."""
    pale, dark = lost[weights < 0.05].median(), lost[weights > 0.8].median()
    print(said("weight below 0.05: loses less than 0.1 nats in the median:"), bool(pale < 0.1))
    print(said("weight above 0.8: loses more than 1 nat in the median:"), bool(dark > 1))


def _by_weight(weights: Tensor, lost: Tensor) -> list[list[float]]:
    ends = [*EDGES[1:-1], 1.1]
    return [lost[(weights >= low) & (weights < high)].tolist() for low, high in zip(EDGES[:-1], ends, strict=True)]


@dataclass(frozen=True)
class Place:
    """A target word at which a model looks one word too far, with the source words to hide.

    Attributes:
        sentence: the number of the pair.
        target: the target word.
        gold, dark: its only sure source word, and the next one, which has the most weight.
        third: a source word without a link to it, as far from the dark one as there is.
    """

    sentence: int
    target: int
    gold: int
    dark: int
    third: int

    @property
    def groups(self) -> dict[str, list[int]]:
        """What to hide: name → source words."""
        return {"dark": [self.dark], "gold": [self.gold], "both": [self.dark, self.gold], "third": [self.third]}


def one_too_far(weights: Sequence[Tensor], pairs: Sequence[SentencePair], most: int, much: float = 0.8) -> list[Place]:
    """The first places, at most one per sentence, that have much weight on the word just after the gold word.

    Args:
        weights: for each pair (T, S).
        pairs: with gold links.
        most: how many are wanted.
        much: more weight than this.
    """
    found = (_first_too_far(n, *both, much) for n, both in enumerate(zip(weights, pairs, strict=True)))
    return [place for place in found if place][:most]


def _first_too_far(number: int, weights: Tensor, pair: SentencePair, much: float) -> Place | None:
    for j, dark in enumerate(weights.argmax(1).tolist()):
        linked = {link.source for link in pair.alignment or () if link.target == j}
        sure = [link.source for link in pair.alignment or () if link.target == j and link.sure]
        if sure == [dark - 1] and dark not in linked and weights[j, dark] > much:
            others = [i for i in range(len(pair.source_words)) if i not in linked and i != dark]
            return Place(number, j, sure[0], dark, max(others, key=lambda i: abs(i - dark)))
    return None


def print_cost_verdicts(costs: Sequence[Mapping[str, float]]) -> None:
    """Print whether hiding the third word or the gold word costs next to nothing at every place."""
    print(said("a third word costs less than 0.1 nats:"), all(each["third"] < 0.1 for each in costs))
    print(said("the gold word alone less than 0.1 nats:"), all(each["gold"] < 0.1 for each in costs))


def print_costs(places: Sequence[Place], costs: Sequence[Mapping[str, float]], pairs: Sequence[SentencePair]) -> None:
    """Print what hiding costs at each place, in nats, and which words they are."""
    names = [named(name) for name in costs[0]]
    widths = [max(7, columns(name) + 1) for name in names]
    print(
        "".join(padded(name, width, right=True) for name, width in zip(names, widths, strict=True)),
        said(" log-probability lost (nats)"),
    )
    for place, cost in zip(places, costs, strict=True):
        pair = pairs[place.sentence]
        looks = said(
            "{glosses} looks at {source_words}",
            glosses=pair.glosses[place.target],
            source_words=pair.source_words[place.dark],
        )
        numbers = "".join(
            f"{round(nats, 2) + 0.0:{width}.2f}" for nats, width in zip(cost.values(), widths, strict=True)
        )
        print(
            said(
                "{numbers}  {target_words}: {looks}, gold is {source_words}",
                numbers=numbers,
                target_words=pair.target_words[place.target],
                looks=looks,
                source_words=pair.source_words[place.gold],
            )
        )


def show_costly_map(
    places: Sequence[Place],
    costs: Sequence[Mapping[str, float]],
    weights: Sequence[Tensor],
    pairs: Sequence[SentencePair],
) -> None:
    """Show the heat map of the shortest sentence in which hiding both words costs more than a nat."""
    costly = [place for place, cost in zip(places, costs, strict=True) if cost["both"] > 1]
    place = min(costly, key=lambda place: len(pairs[place.sentence].source_words))
    pair = pairs[place.sentence]
    dark, right = pair.source_words[place.dark], pair.source_words[place.gold]
    korean = f"{pair.target_words[place.target]} ({pair.glosses[place.target]})"
    title = said("{korean} looks at “{dark}”; its gold word is “{right}”", korean=korean, dark=dark, right=right)
    show_map(weights[place.sentence], pair, title)


def print_hidden_words(models: Mapping[str, Sequence[Run]]) -> None:
    """Print what hidden words cost each model: not looked at, and never read."""
    for way, name in (("hidden", "not looked at"), ("unseen", "never read")):
        print(
            said("{name}: log-probability lost, in nats, median over target words; range over seeds", name=named(name))
        )
        print(hidden_table(models, way, "all"), end="\n\n")


def show_hidden_words(models: Mapping[str, Sequence[Run]]) -> None:
    """Show what hidden words cost two models: where they are not looked at, and where they are never read."""
    panels = hidden_panels({name: models[name] for name in ("lesson 3's model", "both changes")})
    tables = [run["hiding"]["hidden"]["all"] for run in models["lesson 3's model"]]
    figure = drawn.plot_hidden_words(
        panels,
        said(
            "Two good translators ({n} words, {count} seeds). Hide the word that is looked at.\n"
            "Left: it is read elsewhere. Right: hiding it hurts",
            n=f"{tables[0]['darkest']['n']:,}",
            count=len(tables),
        ),
    )
    show(figure, said("Median loss in nats, range over seeds. {tell_hidden}.", tell_hidden=tell_hidden(panels)))
