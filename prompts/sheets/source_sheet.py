"""The sources of a pack, from sources.yaml: CSL-YAML with a few keys of our own."""

import re

import yaml

from prompts.dates import is_date
from prompts.models import Locator, Name, Omission, Source, SourceKind, Stretch
from prompts.sheets.strict_yaml import SLUG, Fields, Sheet, known, shown

MAX_SOURCES = 200
MAX_LOCATORS = 200
MAX_LEFT_OUT = 200
MAX_AUTHORS = 30

_LOCATOR_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*\.txt")
_WEB = re.compile(r"https?://[^\s<>\"]+")


def read_sources(sheet: Sheet, root: yaml.Node | None) -> tuple[Source, ...]:
    if root is None:
        return ()
    fields = sheet.fields(root, "The file", ("references",))
    nodes = sheet.items(fields.get("references"), "The list of sources", MAX_SOURCES)
    return known(_read_source(sheet, node) for node in nodes)


def _read_source(sheet: Sheet, node: yaml.Node) -> Source | None:
    optional = ("author", "container-title", "publisher", "publisher-place", "issued", "URL")
    fields = sheet.fields(
        node,
        "A source",
        ("id", "type", "title", "kind"),
        (*optional, "genre", "note", "locators", "text", "left_out"),
    )
    source_id = sheet.matching(fields.get("id"), "A source's id", SLUG, "essay")
    kind = sheet.choice(fields.get("kind"), "A source's kind", [kind.value for kind in SourceKind])
    issued = sheet.text(fields.get("issued"), "The date of issue", 40)
    if issued and not is_date(issued):
        sheet.say(fields["issued"], f"{shown(issued)} is no date: write it as 1988 or 1988-05-31.")
    url = sheet.text(fields.get("URL"), "The URL", 2_000)
    if url and not _WEB.fullmatch(url):
        sheet.say(fields["URL"], "The URL should begin with https:// or http://.")
    authors = sheet.items(fields.get("author"), "The authors", MAX_AUTHORS)
    source = Source(
        id=source_id,
        type=sheet.matching(fields.get("type"), "A source's type", SLUG, "post-weblog"),
        title=sheet.text(fields.get("title"), "A source's title", 300),
        kind=SourceKind(kind or SourceKind.ESSAY),
        authors=known(_read_name(sheet, author) for author in authors),
        container_title=sheet.text(fields.get("container-title"), "The container", 300) or None,
        publisher=sheet.text(fields.get("publisher"), "The publisher", 200) or None,
        publisher_place=sheet.text(fields.get("publisher-place"), "The place", 200) or None,
        issued=issued or None,
        url=url or None,
        genre=sheet.text(fields.get("genre"), "The genre", 100) or None,
        note=sheet.text(fields.get("note"), "The note", 600) or None,
        locators=_read_locators(sheet, fields.get("locators")),
        text=_read_file_name(sheet, fields.get("text")),
        left_out=_read_left_out(sheet, fields.get("left_out")),
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
        found.append(_read_locator(sheet, locator_id, value))
    return tuple(found)


def _read_locator(sheet: Sheet, locator_id: str, node: yaml.Node) -> Locator:
    if not isinstance(node, yaml.MappingNode):
        return Locator(locator_id, sheet.text(node, "A locator's name", 80))
    fields = sheet.fields(node, "A locator", ("label", "begins"), ("ends",))
    label = sheet.text(fields.get("label"), "A locator's name", 80)
    return Locator(locator_id, label, _read_stretch(sheet, fields))


def _read_stretch(sheet: Sheet, fields: Fields) -> Stretch | None:
    begins = sheet.text(fields.get("begins"), "The first words", 100)
    ends = sheet.text(fields.get("ends"), "The last words", 100)
    return Stretch(begins, ends or None) if begins else None


def _read_left_out(sheet: Sheet, node: yaml.Node | None) -> tuple[Omission, ...]:
    found = []
    for item in sheet.items(node, "The list left_out", MAX_LEFT_OUT):
        fields = sheet.fields(item, "An omission", ("begins", "reason"), ("ends",))
        stretch = _read_stretch(sheet, fields)
        reason = sheet.text(fields.get("reason"), "The reason", 200)
        if stretch is not None:
            found.append(Omission(stretch, reason, sheet.line(item)))
    return tuple(found)


def _read_file_name(sheet: Sheet, node: yaml.Node | None) -> str | None:
    name = sheet.text(node, "The text's file", 100)
    if node is not None and name and not _FILE_NAME.fullmatch(name):
        sheet.say(node, f"The text cannot be {shown(name)}: write the name of a .txt file.")
        return None
    return name or None
