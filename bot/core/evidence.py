"""What evidence a text names. `named_in` is the one place where that is decided; what a name is
worth, `resolve` says when it is read, from the course's pack as it is then.

The rule: a fact is named by its id (F12, f12, “(F12)”, F12's), not within a word or an address. A
link is an address that begins with http or https, and is kept as a digest: of the address without
its scheme, `www.`, default port, fragment, last slash and the punctuation after it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from urllib.parse import unquote

from bot.core.cards import FactMark, Plain, Span, Spans
from prompts.models import Pack, Source
from storage.ids import MessageId
from storage.messages import LINK

MOST = 50
"""How many names of one message are kept: the first ones."""

# Most texts name nothing. To look for one character takes a fraction of any other look, and of
# patterns those that begin with one are the fastest.
_LARGE, _SMALL = re.compile("F[1-9]"), re.compile("f[1-9]")

# Addresses come first, so that no fact is found within one; a character that RFC 3986 has in none
# ends it (Slack writes <https://example.org|its label>). The underscore of _F12_ means italics.
_NAME = re.compile(
    r"""
    (?<![^\W_]) https?://(?P<link>[^\s<>|"\[\]{}\\^`]+)
    | (?<![\w.-]) (?: [a-z][a-z0-9.-]*+:// | (?:[\w-]++\.)++[\w-]++/ ) \S*
    | (?<![^\W_]) (?<![^\W_]_) (?<!@) F(?P<fact>[1-9][0-9]{0,4}) (?!_?[^\W_]|@)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_AFTER = ".,;:!?'*_~…’”»"
_HOST = re.compile(r"(?:www\.)?([^/?]+?)(?::80|:443)?(?=[/?]|\Z)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cited:
    """What a message cites of its course's pack: fact ids and sources, in the pack's order."""

    facts: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


def named_in(text: str) -> tuple[str, ...]:
    """The names in a text, each once, as they are kept: `F12`, `link:` and sixteen hex digits."""
    if not (pieces := _pieces(text)):
        return ()
    names: dict[str, None] = {}
    for match in chain.from_iterable(map(_NAME.finditer, pieces)):
        if (number := match["fact"]) is not None:
            names[f"F{number}"] = None
        elif (name := _link(match["link"] or "")) is not None:
            names[name] = None
        if len(names) == MOST:
            break
    return tuple(names)


def _pieces(text: str) -> Sequence[str]:
    """What may hold a name: none has white space in it, and most pieces between hold none."""
    if ("F" in text and _LARGE.search(text)) or ("f" in text and _SMALL.search(text)):
        return [p for p in text.split() if "://" in p or "F" in p or "f" in p]
    if ":" not in text:
        return ()
    pieces = []
    at = text.find("://")
    while at >= 0:
        before, after = text[:at], text[at:].split(None, 1)[0]
        begun = [] if before[-1:].isspace() else before.rsplit(None, 1)[-1:]
        pieces.append("".join((*begun, after)))
        at = text.find("://", at + len(after))
    return pieces


def marked(text: str, known: Collection[str]) -> Spans:
    """What a person wrote, with the ids of known facts marked."""
    row: list[Span] = []
    end = 0
    for match in _NAME.finditer(text):
        fact = f"F{match['fact']}"
        if match["fact"] is not None and fact in known:
            row += [Plain(text[end : match.start()]), FactMark(fact, match[0])]
            end = match.end()
    return tuple(span for span in (*row, Plain(text[end:])) if span != Plain(""))


def resolve(
    named: Iterable[tuple[MessageId, str]], pack: Pack | None
) -> Mapping[MessageId, Cited]:  # fmt: skip
    """What each message cites: of what it names, that which the pack has.

    A link to an address that several sources have is one to the first. Without a pack (it is not
    installed any more) nothing is cited.
    """
    if pack is None:
        return {}
    facts = {fact.id: place for place, fact in enumerate(pack.facts)}
    sources = links_of(pack)
    found: defaultdict[MessageId, set[str]] = defaultdict(set)
    for message, name in named:
        if name in facts or name in sources:
            found[message].add(name)
    return {
        message: Cited(
            tuple(sorted(names & facts.keys(), key=facts.__getitem__)),
            tuple(source for name, source in sources.items() if name in names),
        )
        for message, names in found.items()
    }


def links_of(pack: Pack) -> Mapping[str, Source]:
    """The names of links to the pack's sources; of two at one address, the first."""
    links: dict[str, Source] = {}
    for source in pack.sources:
        for name in named_in(source.url or "")[:1]:
            links.setdefault(name, source)
    return links


def _link(address: str) -> str | None:
    """The name of a link, from its address without the scheme; None where it leads nowhere."""
    address = _trimmed(address.replace("&amp;", "&")).partition("#")[0]
    if (host := _HOST.match(address)) is None:
        return None
    same = host[1].lower() + unquote(address[host.end() :].rstrip("/"))
    digest = sha256(same.encode("utf-8", "surrogatepass"))  # half a character may be typed
    return f"{LINK}{digest.hexdigest()[:16]}"


def _trimmed(address: str) -> str:
    """The address without the punctuation after it; a bracket that was opened in it is its own."""
    surplus, end = address.count(")") - address.count("("), len(address)
    while end:
        if address[end - 1] == ")" and surplus > 0:
            surplus -= 1
        elif address[end - 1] not in _AFTER:
            break
        end -= 1
    return address[:end]
