"""Whether a pack keeps its word: its relations are real, and its figures stand in its evidence.

What the cited texts themselves say is not looked at here: nobody's copy of a pack holds them.
"""

import re
from collections.abc import Iterator, Mapping

from prompts.dates import MONTHS
from prompts.models import (
    FACTS_FILE,
    PACK_FILE,
    PROMPTS_FOLDER,
    SOURCES_FILE,
    SUBJECTS_FILE,
    Citation,
    Fact,
    Pack,
    Source,
)
from prompts.problems import Problem
from prompts.strict_yaml import did_you_mean

# fmt: off
_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
# fmt: on
_NUMBER_WORDS = {word: number for number, word in enumerate(_UNITS)}
_NUMBER_WORDS |= {word: 10 * number for number, word in enumerate(_TENS, start=2)}
_NUMBER_WORDS |= {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
# "One" is a pronoun at least as often as it is a figure.
del _NUMBER_WORDS["one"]

_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?")
_COMPOUND = re.compile(rf"\b({'|'.join(_TENS)})[- ]({'|'.join(_UNITS[1:10])})\b")
_WORD = re.compile(r"[a-z]+")
# May and March are verbs too: beside a figure they are months.
_MONTH = re.compile(
    rf"\b(?:{'|'.join(set(MONTHS) - {'May', 'March'})})\b"
    r"|(?<=\d )(?:May|March)\b|\b(?:May|March)(?= \d)"
)


def check(pack: Pack) -> list[Problem]:
    """Everything that is wrong with a pack that could be read, in the order of its files."""
    return [*check_relations(pack), *check_evidence(pack)]


def check_relations(pack: Pack) -> list[Problem]:
    """Ids that repeat, relations that point nowhere, facts without a citation."""
    return [
        *_empty(pack),
        *_repeated(pack),
        *_relations_of_facts(pack),
        *_citations(pack),
        *_relations_of_prompts(pack),
        *_relations_of_subjects(pack),
    ]


def check_evidence(pack: Pack) -> list[Problem]:
    """Numbers and dates that a fact states and none of its citations' terms holds.

    Numbers count by value: 14, fourteen and 14.0 tons agree, and so do 1,000 and 1000. Ordinals
    are words like others. A date in `dates` needs its year, month and day among the terms.
    """
    return [
        Problem(FACTS_FILE, fact.line, f"{fact.id} says {figure}, which no term of it holds.")
        for fact in pack.facts
        for figure in _without_evidence(fact)
    ]


def _empty(pack: Pack) -> Iterator[Problem]:
    if not pack.facts:
        yield Problem(FACTS_FILE, 0, "The pack holds no facts.")
    if not pack.prompts:
        yield Problem(PROMPTS_FOLDER, 0, "The pack holds no prompts.")
    if not pack.id:
        yield Problem(PACK_FILE, 0, "The pack has no id.")


def _repeated(pack: Pack) -> Iterator[Problem]:
    for path, things in (
        (SOURCES_FILE, pack.sources),
        (FACTS_FILE, pack.facts),
        (SUBJECTS_FILE, pack.subjects),
        (PROMPTS_FOLDER, pack.prompts),
    ):
        seen: dict[str, int] = {}
        for thing in things:
            if thing.id in seen:
                where = f" (first in line {seen[thing.id]})" if seen[thing.id] else ""
                yield Problem(path, thing.line, f"The id {thing.id} is taken already{where}.")
            seen.setdefault(thing.id, thing.line)


def _relations_of_facts(pack: Pack) -> Iterator[Problem]:
    known = {fact.id for fact in pack.facts}
    for fact in pack.facts:
        for name, others in (("disputed_by", fact.disputed_by), ("corrects", fact.corrects)):
            for other in others:
                if other == fact.id:
                    sentence = f"{fact.id} names itself in {name}."
                    yield Problem(FACTS_FILE, fact.line, sentence)
                elif other not in known:
                    sentence = f"{fact.id} names {other!r} in {name}, and there is no such fact."
                    yield Problem(FACTS_FILE, fact.line, sentence)


def _citations(pack: Pack) -> Iterator[Problem]:
    sources = {source.id: source for source in pack.sources}
    for fact in pack.facts:
        if not fact.citations:
            yield Problem(FACTS_FILE, fact.line, f"{fact.id} cites nothing.")
        for citation in fact.citations:
            sentence = _wrong_in(citation, sources)
            if sentence:
                yield Problem(FACTS_FILE, citation.line or fact.line, f"{fact.id} {sentence}")


def _wrong_in(citation: Citation, sources: Mapping[str, Source]) -> str:
    if citation.source not in sources:
        hint = did_you_mean(citation.source, sources)
        return f"cites {citation.source!r}, and there is no such source{hint}."
    locators = [locator.id for locator in sources[citation.source].locators]
    if citation.locator not in locators:
        return (
            f"cites {citation.locator!r}, and {citation.source!r} has no such locator: "
            f"it has {', '.join(locators) or 'none'}."
        )
    return "" if citation.terms else f"cites {citation.source!r} without a term."


def _relations_of_prompts(pack: Pack) -> Iterator[Problem]:
    known = {fact.id for fact in pack.facts}
    for prompt in pack.prompts:
        for fact_id in prompt.facts:
            if fact_id not in known:
                path = f"{PROMPTS_FOLDER}/{prompt.id}.md"
                sentence = f"The prompt names {fact_id!r}, and there is no such fact."
                yield Problem(path, prompt.line, sentence)


def _relations_of_subjects(pack: Pack) -> Iterator[Problem]:
    known = {fact.id for fact in pack.facts}
    for subject in pack.subjects:
        for cell in subject.cells.values():
            for fact_id in cell.facts:
                if fact_id not in known:
                    sentence = f"{subject.name} names {fact_id!r}, and there is no such fact."
                    yield Problem(SUBJECTS_FILE, cell.line, sentence)


def _without_evidence(fact: Fact) -> list[str]:
    terms = [term for citation in fact.citations for term in citation.terms]
    held = {figure for term in terms for figure in _figures(term)}
    stated = dict.fromkeys(_figures(fact.statement))
    for date in fact.dates:
        stated |= dict.fromkeys(_figures_of_date(date))
    return [figure for figure in stated if figure not in held]


def _figures(text: str) -> list[str]:
    """The numbers, by value, and the months that a text names, in no useful order."""
    numbers = [_value(match[0]) for match in _DIGITS.finditer(text)]
    lower = text.lower()
    numbers += [
        str(_NUMBER_WORDS[match[1]] + _UNITS.index(match[2])) for match in _COMPOUND.finditer(lower)
    ]
    rest = _COMPOUND.sub(" ", lower)
    numbers += [str(_NUMBER_WORDS[word]) for word in _WORD.findall(rest) if word in _NUMBER_WORDS]
    return [*numbers, *_MONTH.findall(text)]


def _value(digits: str) -> str:
    plain = digits.replace(",", "")
    whole, _, fraction = plain.partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{fraction}" if fraction else whole.lstrip("0") or "0"


def _figures_of_date(date: str) -> list[str]:
    figures = []
    for end in date.split("/"):
        year, *rest = end.split("-")
        figures.append(_value(year))
        if rest:
            figures.append(MONTHS[int(rest[0]) - 1])
        if len(rest) == 2:
            figures.append(_value(rest[1]))
    return figures
