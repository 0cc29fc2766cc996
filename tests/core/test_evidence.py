"""What a message names as evidence, what of it the course's pack knows, and how it is counted."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cards import FactMark, Link, Plain, Table
from bot.core.commands import Answer
from bot.core.events import ChannelRef, Place
from bot.core.evidence import MOST, Cited, marked, named_in, resolve
from bot.core.exporting import Wanted, report_files
from bot.core.privacy import forget_what_is_due
from prompts.models import Fact, Pack, Source, SourceKind
from storage import courses, replies
from storage.ids import MessageId
from tests.world import SPACE, Human, World

A = "link:39bb97b005581e0d"  # printf %s example.org/A | sha256sum
SITE = "link:bfabc37432958b06"  # example.org
BRACKETS = "link:e33e34924b69c112"  # en.wikipedia.org/wiki/A_(b)

NAMED = [
    ("", ()),
    ("Nothing of the kind, for five reasons.", ()),
    ("F12", ("F12",)),
    ("see f12.", ("F12",)),
    ("(F12)", ("F12",)),
    ("F12's and F7’s figures", ("F12", "F7")),
    ("“F12”, *F3* and _F4_", ("F12", "F3", "F4")),
    ("F8/F9, f10-F11", ("F8", "F9", "F10", "F11")),
    ("#F12: F12; F12", ("F12",)),
    ("по F12，и F13。", ("F12", "F13")),
    ("F12345", ("F12345",)),
    # no ids
    ("F12a aF12 F12_a a_F12", ()),
    ("F0 F012 F123456 F １２ F１２ Ф12", ()),
    ("@F12 F12@example.org", ()),
    ("example.org/F12 ftp://a/F12 www.example.org/f/F12.pdf", ()),
    # links
    ("https://example.org/A", (A,)),
    ("HTTP://WWW.Example.ORG:80/A/", (A,)),
    ("https://example.org:443/A#note-F3", (A,)),
    ("(https://example.org/A), or “https://example.org/A”.", (A,)),
    ("**https://example.org/A**", (A,)),
    ("<https://example.org/A>", (A,)),
    ("<https://example.org/A|see F3>", (A, "F3")),
    ("[F3](https://example.org/A).", ("F3", A)),
    ("[https://example.org/A](https://example.org/A)", (A,)),
    ("https://example.org/%41", (A,)),
    ("https://example.org and http://www.example.org/", (SITE,)),
    ("(https://en.wikipedia.org/wiki/A_(b))", (BRACKETS,)),
    ("https://example.org/a?page=2&amp;x=F2", named_in("http://example.org/a?page=2&x=F2#F1")),
    ("https:// http://. xhttps://example.org/F1", ()),
    ("https is F1's", ("F1",)),
    (":// https://example.org/A", (A,)),
    ("a ://example.org\u2003https://example.org/A\nhttps://example.org", (A, SITE)),
]


@pytest.mark.parametrize(("text", "names"), NAMED)
def test_what_a_text_names(text: str, names: tuple[str, ...]) -> None:
    assert named_in(text) == names


@pytest.mark.parametrize("other", ["a", "A/b", "A?b", "A?b#A"])
def test_other_addresses_are_others(other: str) -> None:
    (name,) = named_in(f"https://example.org/{other}")
    assert name != A


def test_as_many_are_kept_as_fit() -> None:
    many = " ".join(f"F{n} https://example.org/{n}" for n in range(1, 100))
    assert len(named_in(many)) == MOST
    assert named_in(many)[-2] == f"F{MOST // 2}"


@given(st.text(alphabet="Ff189 ahtps:/.@_-()<>|#\n", max_size=200))
def test_whatever_is_typed_nothing_of_it_is_kept_but_ids(text: str) -> None:
    names = named_in(text)
    assert all(re.fullmatch("F[1-9][0-9]{0,4}|link:[0-9a-f]{16}", name) for name in names)
    assert len(set(names)) == len(names) <= MOST


@pytest.mark.parametrize("piece", ["a+", "a.", "F8_", "https://", "(", ")", ":80", "_", "&amp;"])
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    """The work grows with the length, and not with its square: else this would take minutes."""
    assert {"F8", "F9"} <= set(named_in(f"F8 https://{piece * 100_000} F9"))


# --- what the pack knows ------------------------------------------------------------------------


def a_pack(*urls: str | None) -> Pack:
    sources = tuple(
        Source(f"s{n}", "book", "T", SourceKind.BOOK, url=url) for n, url in enumerate(urls)
    )
    facts = tuple(Fact(id_, "S", ("t",), ()) for id_ in ("F9", "F12", "F8"))
    return Pack("p", "P", "", sources, facts, ())


def test_what_the_pack_has_is_cited_in_its_order_and_nothing_else() -> None:
    pack = a_pack("https://www.example.org/A", None, "http://example.org/A/", "https://example.org")
    first, _, _, site = pack.sources
    one, two = MessageId(1), MessageId(2)
    named = [(one, "F8"), (one, "F9"), (one, "F99"), (one, SITE), (one, A), (two, BRACKETS)]
    assert resolve(named, pack) == {one: Cited(("F9", "F8"), (first, site))}
    assert resolve(named, None) == {}


# --- through the house --------------------------------------------------------------------------


class Class:
    """A class that has begun to talk, and a pack one source of which has an address."""

    def __init__(self, world: World, ada: Human, bo: Human, thread: int) -> None:
        self.world, self.ada, self.bo, self.thread = world, ada, bo, thread
        packs = world.app.services.packs
        self.pack = next(iter(packs))  # the default
        self.change(lambda pack: replace(pack, sources=(*pack.sources, ADDRESSED)))

    def change(self, edit: Callable[[Pack], Pack]) -> None:
        """The pack is edited, and read again."""
        packs = self.world.app.services.packs
        packs[self.pack] = replace(packs[self.pack], pack=edit(packs[self.pack].pack))

    async def cites(self) -> tuple[str, str]:
        """Bo's figures in the report: facts, sources."""
        (file,) = await report_files(self.world.app.services, Wanted())
        rows = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
        (own,) = (row for row in rows if row["name"] == "Bo")
        return own["facts_cited"], own["sources_linked"]

    async def why(self) -> Table:
        outcome = await self.ada.run("participation why", student="Bo")
        assert isinstance(outcome, Answer)
        (table,) = (block for block in outcome.card.blocks if isinstance(block, Table))
        return table


ADDRESSED = Source("book", "book", "T", SourceKind.BOOK, url="https://www.example.org/A")


@pytest.fixture
async def room(world: World) -> Class:
    ada, bo = [await world.person(name) for name in ("Ada", "Bo")]
    await world.course(ada)
    await ada.answer("prompt new", title="Titles", text="Do F1 and F2 agree? https://example.org/A")
    return Class(world, ada, bo, await world.post(ada, "P1"))


async def test_what_a_reply_names_is_what_it_names_at_last(room: Class) -> None:
    said = await room.bo.say("see F8", room.thread)
    assert await room.cites() == ("1", "0")
    await room.bo.edit(said, "see F9 and F10, https://example.org/A")
    assert await room.cites() == ("2", "1")
    await room.bo.edit(said, "see for yourself")
    assert await room.cites() == ("0", "0")
    await room.bo.edit(said, "see F9")
    assert await room.cites() == ("1", "0")
    await room.bo.delete(said)
    assert await room.cites() == ("0", "0")


async def test_a_piece_counts_once_however_often_it_is_named(room: Class) -> None:
    await room.bo.say("F8, as http://example.org/A#p2 says. F8!", room.thread)
    await room.bo.say("Again f8, see https://www.example.org/A/", room.thread)
    assert await room.cites() == ("1", "1")
    assert "Bo | 1 | 2 | 0 | 7 | 0 | 0 | 1" in await room.ada.answer("participation class")


async def test_staff_and_prompts_and_what_is_answered_bring_no_evidence(room: Class) -> None:
    first = await room.ada.say("Look at F8 and https://example.org/A", room.thread)
    await room.bo.say("I have.", to=first)
    await room.bo.answer("fact about", subject="F9", thread=room.thread)
    assert await room.cites() == ("0", "0")


async def test_what_no_longer_counts_brings_no_evidence(room: Class) -> None:
    await room.bo.say("F8", room.thread)
    await room.ada.answer("prompt close", discussion="D1")
    await room.bo.say("F9", room.thread)
    assert await room.cites() == ("1", "0")
    await room.ada.answer("prompt withdraw", what="D1")
    assert await room.cites() == ("0", "0")


async def test_each_message_is_listed_with_what_it_cites(room: Class) -> None:
    await room.bo.say("F9 and F8, see https://example.org/A. F999 says nothing.", room.thread)
    await room.bo.say("I don't need any.", room.thread)
    table = await room.why()
    counts, evidence = table.columns.index("Counts?"), table.columns.index("Evidence")
    assert counts < evidence < len(table.columns) - 1  # a narrow screen may cut the last one
    cited = [span for span in table.rows[0][evidence] if isinstance(span, FactMark | Link)]
    assert cited == [FactMark("F8"), FactMark("F9"), Link("book", "https://www.example.org/A")]
    assert table.rows[1][evidence] == ()
    assert "F8, F9, book (https://www.example.org/A)" in await room.bo.answer("participation me")
    assert "Facts cited: 2\nSources linked: 1" in await room.bo.answer("participation me")


async def test_what_it_is_worth_is_decided_by_the_pack_as_it_is(room: Class) -> None:
    await room.bo.say("F8, F998 and https://example.org/later", room.thread)
    assert await room.cites() == ("1", "0")
    later = replace(ADDRESSED, url="https://example.org/later")
    room.change(lambda pack: replace(pack, sources=(later,)))
    room.change(lambda pack: replace(pack, facts=(replace(pack.facts[0], id="F998"),)))
    assert await room.cites() == ("1", "1")
    assert "F998, book" in await room.bo.answer("participation me")


async def test_a_course_whose_pack_is_gone_still_reports(room: Class) -> None:
    await room.bo.say("F8 and https://example.org/A", room.thread)
    room.world.app.services.packs.clear()
    assert await room.cites() == ("0", "0")
    assert "1 message, of which 1 counts" in await room.bo.answer("participation me")


async def test_evidence_stays_when_the_text_has_gone(room: Class) -> None:
    await room.ada.answer("course settings", keep_text=1)
    await room.bo.say("F8, https://example.org/A, https://example.org/mine", room.thread)
    services = room.world.app.services
    async with services.database.read() as db:
        (course,) = await courses.all_courses(db)
    now = room.world.clock.move(days=3)
    await forget_what_is_due(services.database, now, services.packs)
    assert await room.cites() == ("1", "1")
    async with services.database.read() as db:  # where else a student has been is no evidence
        kept = {name for _, name in await replies.evidence_of(db, course.id)}
    assert kept == {"F8", A}


@pytest.mark.parametrize("text", [text for text, _ in NAMED])
def test_marking_changes_no_letter(text: str) -> None:
    row = marked(text, {"F8", "F12"})
    assert "".join(span.text for span in row if isinstance(span, Plain | FactMark)) == text
    assert len(row) == sum(isinstance(span, Plain | FactMark) for span in row)


def test_only_known_facts_are_marked_and_none_within_an_address() -> None:
    row = marked("(f12), F99 and https://example.org/F12", {"F12"})
    assert [span for span in row if isinstance(span, FactMark)] == [FactMark("F12", "f12")]


def test_half_a_character_in_an_address_is_no_trouble() -> None:
    (name,) = named_in("https://example.org/\ud800")
    assert name.startswith("link:")


async def test_where_no_course_is_no_fact_is_known(world: World) -> None:
    await world.channel()
    known = world.app.dispatcher.known_facts
    assert await known(Place(SPACE, ChannelRef("history"))) == frozenset()
    await world.course(await world.person("Ada"))
    assert "F8" in await known(Place(SPACE, ChannelRef("history")))
