"""Whether a pack keeps its word: its relations are real, and its figures and names stand in its
evidence. What the cited texts themselves say is for texts.py: few have them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from prompts.evidence.figures import figures, figures_of_date
from prompts.evidence.fingerprints import check_recorded
from prompts.evidence.names import capitalised_words, is_named, names, small_words
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
from prompts.sheets.strict_yaml import did_you_mean


def check(pack: Pack) -> list[Problem]:
    """Everything that is wrong with a pack that could be read, without the texts it cites."""
    return [*check_relations(pack), *check_evidence(pack), *check_recorded(pack)]


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
    """Numbers, dates and names that a fact or a cell states and no term of its citations holds.

    Of a fact its title counts too. Numbers count by value; a date in `dates` needs its year, month
    and day; names are read as prompts.evidence.names describes. The authors of the cited sources
    may be named without a term.
    """
    ordinary = _small_words(pack)
    return [*_evidence_of_facts(pack, ordinary), *_evidence_of_cells(pack, ordinary)]


def _evidence_of_facts(pack: Pack, ordinary: Collection[str]) -> Iterator[Problem]:
    for fact in pack.facts:
        said = f"{fact.title}. {fact.statement}"
        stated = dict.fromkeys(figures(said))
        for date in fact.dates:
            stated |= dict.fromkeys(figures_of_date(date))
        held = {figure for term in _terms([fact]) for figure in figures(term)}
        for figure in stated:
            if figure not in held:
                sentence = f"{fact.id} says {figure}, which no term of it holds."
                yield Problem(FACTS_FILE, fact.line, sentence)
        for name in _unnamed(said, [fact], pack, ordinary):
            if name not in stated:
                yield Problem(FACTS_FILE, fact.line, f"{fact.id} names {name}, and no term does.")


def _evidence_of_cells(pack: Pack, ordinary: Collection[str]) -> Iterator[Problem]:
    for subject in pack.subjects:
        for key, cell in subject.cells.items():
            facts = [fact for fact in pack.facts if fact.id in cell.facts]
            held = {figure for term in _terms(facts) for figure in figures(term)}
            stated = dict.fromkeys(figures(cell.text))
            of = f"The {key} of {subject.name}"
            for figure in stated:
                if figure not in held:
                    sentence = f"{of} says {figure}, which no term of its facts holds."
                    yield Problem(SUBJECTS_FILE, cell.line, sentence)
            for name in _unnamed(cell.text, facts, pack, ordinary):
                if name not in stated:
                    sentence = f"{of} names {name}, and no term of its facts does."
                    yield Problem(SUBJECTS_FILE, cell.line, sentence)


def _unnamed(
    text: str, facts: Iterable[Fact], pack: Pack, ordinary: Collection[str]
) -> Iterator[str]:
    facts = list(facts)
    cited = {citation.source for fact in facts for citation in fact.citations}
    authors = [source.author or "" for source in pack.sources if source.id in cited]
    held = capitalised_words([*_terms(facts), *authors])
    return (name for name in names(text, ordinary) if not is_named(name, held))


def _terms(facts: Iterable[Fact]) -> list[str]:
    return [term for fact in facts for citation in fact.citations for term in citation.terms]


def _small_words(pack: Pack) -> set[str]:
    """The words that the pack writes in small letters somewhere."""
    texts = [text for fact in pack.facts for text in (fact.statement, *fact.topics, *fact.aliases)]
    texts += _terms(pack.facts)
    for prompt in pack.prompts:
        texts += [prompt.title, prompt.text, *prompt.tags, *(side.label for side in prompt.sides)]
        texts += [follow_up.text for follow_up in prompt.follow_ups]
    texts += [cell.text for subject in pack.subjects for cell in subject.cells.values()]
    return small_words(texts)


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
