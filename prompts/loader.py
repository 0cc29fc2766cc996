"""A pack from its folder. Whoever wrote the folder is not trusted: see files and strict_yaml.

`load` refuses what cannot be read and what points nowhere; whether the evidence is all there is
for prompts.checks to say.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import yaml

from prompts.checks import check_relations
from prompts.dates import is_date
from prompts.files import read_folder
from prompts.markdown import read_prompt
from prompts.models import (
    FACTS_FILE,
    PACK_FILE,
    SOURCES_FILE,
    Citation,
    Fact,
    Locator,
    Name,
    Pack,
    Prompt,
    Source,
    SourceKind,
)
from prompts.problems import PackError, Problem
from prompts.strict_yaml import Sheet, shown

__all__ = ["PackError", "load"]

MAX_SOURCES = 200
MAX_FACTS = 2_000
MAX_LIST = 30
MAX_LOCATORS = 200

SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_FACT_ID = re.compile("F[1-9][0-9]{0,4}")
_LOCATOR_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_WEB = re.compile(r"https?://[^\s<>\"]+")


def load(folder: Path) -> Pack:
    """The pack in this folder.

    Raises PackError with every problem found: unreadable files, values that are missing, too
    long or unknown, and ids that repeat or point nowhere. Reads the disk: keep it off the event
    loop.
    """
    texts, problems = read_folder(folder)
    head = _read_head(_sheet(PACK_FILE, problems), texts)
    sources = _read_sources(_sheet(SOURCES_FILE, problems), texts)
    facts = _read_facts(_sheet(FACTS_FILE, problems), texts)
    prompts = _read_prompts(texts, problems)
    pack = Pack(*head, sources=sources, facts=facts, prompts=prompts)
    # A fact that could not be read would make every mention of it look wrong as well.
    if not problems:
        problems += check_relations(pack)
    if problems:
        raise PackError(folder, tuple(_in_file_order(problems)))
    return pack


def _in_file_order(problems: list[Problem]) -> list[Problem]:
    files = list(dict.fromkeys((".", PACK_FILE, SOURCES_FILE, FACTS_FILE)))
    return sorted(
        dict.fromkeys(problems),
        key=lambda found: (
            files.index(found.path) if found.path in files else len(files),
            found.path,
            found.line,
        ),
    )


def _sheet(path: str, problems: list[Problem]) -> Sheet:
    return Sheet(path, problems=problems)


def _root(sheet: Sheet, texts: dict[str, str]) -> yaml.Node | None:
    text = texts.get(sheet.path)
    if text is None or not sheet.seen(text):
        return None
    return sheet.compose(text)


def _read_head(sheet: Sheet, texts: dict[str, str]) -> tuple[str, str, str]:
    root = _root(sheet, texts)
    if root is None:
        return "", "", ""
    fields = sheet.fields(root, "The pack", ("id", "title", "summary"))
    pack_id = _matching(sheet, fields.get("id"), "The pack's id", SLUG, "soviet-labor")
    title = sheet.text(fields.get("title"), "The pack's title", 100)
    return pack_id, title, sheet.text(fields.get("summary"), "The pack's summary", 600)


def _read_sources(sheet: Sheet, texts: dict[str, str]) -> tuple[Source, ...]:
    root = _root(sheet, texts)
    if root is None:
        return ()
    fields = sheet.fields(root, "The file", ("references",))
    nodes = sheet.items(fields.get("references"), "The list of sources", MAX_SOURCES)
    return _known(_read_source(sheet, node) for node in nodes)


def _read_source(sheet: Sheet, node: yaml.Node) -> Source | None:
    optional = ("author", "container-title", "publisher", "publisher-place", "issued", "URL")
    fields = sheet.fields(
        node, "A source", ("id", "type", "title", "kind"), (*optional, "genre", "note", "locators")
    )
    source_id = _matching(sheet, fields.get("id"), "A source's id", SLUG, "essay")
    kind = sheet.choice(fields.get("kind"), "A source's kind", [kind.value for kind in SourceKind])
    issued = sheet.text(fields.get("issued"), "The date of issue", 40)
    if issued and not is_date(issued):
        sheet.say(fields["issued"], f"{shown(issued)} is no date: write it as 1988 or 1988-05-31.")
    url = sheet.text(fields.get("URL"), "The URL", 2_000)
    if url and not _WEB.fullmatch(url):
        sheet.say(fields["URL"], "The URL should begin with https:// or http://.")
    authors = sheet.items(fields.get("author"), "The authors", MAX_LIST)
    source = Source(
        id=source_id,
        type=_matching(sheet, fields.get("type"), "A source's type", SLUG, "post-weblog"),
        title=sheet.text(fields.get("title"), "A source's title", 300),
        kind=SourceKind(kind or SourceKind.ESSAY),
        authors=_known(_read_name(sheet, author) for author in authors),
        container_title=sheet.text(fields.get("container-title"), "The container", 300) or None,
        publisher=sheet.text(fields.get("publisher"), "The publisher", 200) or None,
        publisher_place=sheet.text(fields.get("publisher-place"), "The place", 200) or None,
        issued=issued or None,
        url=url or None,
        genre=sheet.text(fields.get("genre"), "The genre", 100) or None,
        note=sheet.text(fields.get("note"), "The note", 600) or None,
        locators=_read_locators(sheet, fields.get("locators")),
        line=sheet.line(node),
    )
    return source if source_id else None


def _read_name(sheet: Sheet, node: yaml.Node) -> Name | None:
    fields = sheet.fields(node, "An author", (), ("family", "given", "literal"))
    parts = {key: sheet.text(value, "A name", 100) or None for key, value in fields.items()}
    if not (parts.get("family") or parts.get("literal")):
        sheet.say(node, "An author needs a family name, or a literal name.")
        return None
    return Name(**parts)


def _read_locators(sheet: Sheet, node: yaml.Node | None) -> tuple[Locator, ...]:
    found = []
    for locator_id, value in sheet.pairs(node, "The map of locators", MAX_LOCATORS):
        if not _LOCATOR_ID.fullmatch(locator_id):
            sheet.say(value, f"{shown(locator_id)} is no locator: write it like p2, k1 or c2.1.")
        found.append(Locator(locator_id, sheet.text(value, "A locator's name", 80)))
    return tuple(found)


def _read_facts(sheet: Sheet, texts: dict[str, str]) -> tuple[Fact, ...]:
    root = _root(sheet, texts)
    nodes = sheet.items(root, "The file", MAX_FACTS)
    return _known(_read_fact(sheet, node) for node in nodes)


def _read_fact(sheet: Sheet, node: yaml.Node) -> Fact | None:
    fields = sheet.fields(
        node,
        "A fact",
        ("id", "statement", "topics", "citations"),
        ("aliases", "dates", "disputed_by", "corrects"),
    )
    fact_id = _matching(sheet, fields.get("id"), "A fact's id", _FACT_ID, "F12")
    if "topics" in fields and not _has_entries(fields["topics"]):
        sheet.say(fields["topics"], "A fact needs at least one topic.")
    if "citations" in fields and not _has_entries(fields["citations"]):
        sheet.say(fields["citations"], "A fact needs at least one citation.")
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
        citations=_known(_read_citation(sheet, citation) for citation in citations),
        aliases=sheet.texts(fields.get("aliases"), "The list of aliases", 80, MAX_LIST),
        dates=dates,
        disputed_by=sheet.texts(fields.get("disputed_by"), "The list disputed_by", 80, MAX_LIST),
        corrects=sheet.texts(fields.get("corrects"), "The list corrects", 80, MAX_LIST),
        line=sheet.line(node),
    )
    return fact if fact_id else None


def _read_citation(sheet: Sheet, node: yaml.Node) -> Citation | None:
    fields = sheet.fields(node, "A citation", ("source", "locator", "terms"))
    if "terms" in fields and not _has_entries(fields["terms"]):
        sheet.say(fields["terms"], "A citation needs at least one term.")
    citation = Citation(
        source=sheet.text(fields.get("source"), "The source", 80),
        locator=sheet.text(fields.get("locator"), "The locator", 80),
        terms=sheet.texts(fields.get("terms"), "The list of terms", 200, MAX_LIST),
        line=sheet.line(node),
    )
    return citation if citation.source else None


def _read_prompts(texts: dict[str, str], problems: list[Problem]) -> tuple[Prompt, ...]:
    found = []
    for path, text in texts.items():
        if path.endswith(".md"):
            sheet = _sheet(path, problems)
            stem = Path(path).stem
            if len(stem) > 64 or not SLUG.fullmatch(stem):
                sheet.say(
                    0,
                    "The file's name is the prompt's id: write it in lower case letters, digits "
                    "and hyphens, at most 64 of them.",
                )
            elif sheet.seen(text):
                found.append(read_prompt(sheet, stem, text))
    return tuple(found)


def _has_entries(node: yaml.Node) -> bool:
    # What is no list at all is said once, by whoever reads it as one.
    return not isinstance(node, yaml.SequenceNode) or bool(node.value)


def _matching(
    sheet: Sheet, node: yaml.Node | None, what: str, shape: re.Pattern[str], example: str
) -> str:
    value = sheet.text(node, what, 64)
    if value and node is not None and not shape.fullmatch(value):
        sheet.say(node, f"{what} cannot be {shown(value)}: write it like {example!r}.")
    return value


_T = TypeVar("_T")


def _known(found: Iterable[_T | None]) -> tuple[_T, ...]:
    return tuple(thing for thing in found if thing is not None)
