"""The facts of a pack, from facts.yaml, each with its citations."""

import yaml

from prompts.dates import is_date
from prompts.models import FACT_ID, Citation, Fact
from prompts.sheets.strict_yaml import Sheet, known, shown

MAX_FACTS = 2_000
MAX_LIST = 30


def read_facts(sheet: Sheet, root: yaml.Node | None) -> tuple[Fact, ...]:
    nodes = sheet.items(root, "The file", MAX_FACTS)
    return known(_read_fact(sheet, node) for node in nodes)


def _read_fact(sheet: Sheet, node: yaml.Node) -> Fact | None:
    fields = sheet.fields(
        node,
        "A fact",
        ("id", "statement", "topics", "citations"),
        ("title", "aliases", "dates", "misreadings", "disputed_by", "corrects"),
    )
    fact_id = sheet.matching(fields.get("id"), "A fact's id", FACT_ID, "F12")
    sheet.filled(fields.get("topics"), "A fact needs at least one topic.")
    sheet.filled(fields.get("citations"), "A fact needs at least one citation.")
    dates = sheet.texts(fields.get("dates"), "The list of dates", 30, MAX_LIST)
    for date in dates:
        if not is_date(date):
            sheet.say(
                fields["dates"],
                f"{shown(date)} is no date: write it as 1935, 1935-08, 1935-08-31 or 1928/1932.",
            )
    citations = sheet.items(fields.get("citations"), "The list of citations", MAX_LIST)
    fact = Fact(
        id=fact_id,
        statement=sheet.text(fields.get("statement"), "The statement", 500),
        topics=sheet.texts(fields.get("topics"), "The list of topics", 60, MAX_LIST),
        citations=known(_read_citation(sheet, citation) for citation in citations),
        aliases=sheet.texts(fields.get("aliases"), "The list of aliases", 80, MAX_LIST),
        dates=dates,
        disputed_by=sheet.texts(fields.get("disputed_by"), "The list disputed_by", 80, MAX_LIST),
        corrects=sheet.texts(fields.get("corrects"), "The list corrects", 80, MAX_LIST),
        misreadings=sheet.texts(
            fields.get("misreadings"), "The list of misreadings", 200, MAX_LIST
        ),
        title=sheet.text(fields.get("title"), "A fact's title", 60),
        line=sheet.line(node),
    )
    return fact if fact_id else None


def _read_citation(sheet: Sheet, node: yaml.Node) -> Citation | None:
    fields = sheet.fields(node, "A citation", ("source", "locator", "terms"))
    sheet.filled(fields.get("terms"), "A citation needs at least one term.")
    citation = Citation(
        source=sheet.text(fields.get("source"), "The source", 80),
        locator=sheet.text(fields.get("locator"), "The locator", 80),
        terms=sheet.texts(fields.get("terms"), "The list of terms", 200, MAX_LIST),
        line=sheet.line(node),
    )
    return citation if citation.source else None
