"""Cards are kept and come back equal, and each can be read as plain text."""

import json
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import cards
from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
    Card,
    CitationMark,
    Code,
    Divider,
    FactMark,
    Fields,
    Footnotes,
    Image,
    Italic,
    Link,
    Moment,
    PersonName,
    Plain,
    Quote,
    Span,
    Spans,
    Table,
    Text,
    spans,
    text,
)
from bot.core.plain import spans_to_plain, to_plain

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
_words = st.text(max_size=12)
_moments = st.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
_span: st.SearchStrategy[Span] = st.one_of(
    st.builds(Plain, _words),
    st.builds(Bold, _words),
    st.builds(Italic, _words),
    st.builds(Code, _words),
    st.builds(Link, _words, _words),
    st.builds(PersonName, _words),
    st.builds(Moment, _moments, st.sampled_from(["UTC", "Europe/London", "Asia/Tokyo"])),
    st.builds(CitationMark, st.integers(1, 99)),
    st.builds(FactMark, st.just("F12"), st.sampled_from(["", "f12"])),
)
_spans: st.SearchStrategy[Spans] = st.lists(_span, max_size=3).map(tuple)
_pair = st.tuples(_words, _words)
_button = st.builds(
    Button, _words, _words, st.lists(_pair, max_size=2).map(tuple), st.booleans(), st.booleans()
)


@st.composite
def _tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(_words, min_size=1, max_size=3))
    row = st.tuples(*(_spans for _ in columns))
    rows = draw(st.lists(row, max_size=3).map(tuple))
    return Table(tuple(columns), rows, draw(st.frozensets(st.integers(0, len(columns) - 1))))


_block: st.SearchStrategy[Block] = st.one_of(
    st.builds(Text, _spans),
    st.builds(Quote, _spans),
    st.builds(Fields, st.lists(st.tuples(_words, _spans), max_size=3).map(tuple)),
    _tables(),
    st.builds(Image, _words, _words),
    st.builds(Divider),
    st.builds(Actions, st.lists(_button, max_size=3).map(tuple)),
    st.builds(Footnotes, st.lists(_spans, max_size=3).map(tuple)),
)
_card = st.builds(
    Card,
    st.none() | _words,
    st.lists(_block, max_size=4).map(tuple),
    st.none() | _words,
    st.sampled_from(["normal", "refusal"]),
)


@given(_card)
def test_a_card_comes_back_from_json_as_it_went(card: Card) -> None:
    kept = json.loads(json.dumps(cards.to_json(card)))
    assert cards.from_json(kept) == card


@given(_card)
def test_every_card_can_be_read_as_plain_text(card: Card) -> None:
    said = to_plain(card)
    assert (card.title or "") in said
    assert (card.footer or "") in said


SPANS: dict[type[object], tuple[Span, str]] = {
    Plain: (Plain("a *b*"), "a *b*"),
    Bold: (Bold("loud"), "loud"),
    Italic: (Italic("soft"), "soft"),
    Code: (Code("/help"), "/help"),
    Link: (Link("D1", "https://example.org/1"), "D1 (https://example.org/1)"),
    PersonName: (PersonName("Bo"), "Bo"),
    Moment: (Moment(NOON, "America/New_York"), "Sat 21 Nov 2026, 07:00 EST"),
    CitationMark: (CitationMark(3), " [3]"),
    FactMark: (FactMark("F12", "f12"), "f12"),
}
BLOCKS: dict[type[object], tuple[Block, str]] = {
    Text: (text("a ", Bold("b")), "a b"),
    Quote: (Quote(spans("one\ntwo")), "> one\n> two"),
    Fields: (Fields((("Zone", spans("UTC")), ("Pack", spans("x")))), "Zone: UTC\nPack: x"),
    Table: (
        Table(("Who", "Words"), ((spans("Bo"), spans("3")),), frozenset({1})),
        "Who | Words\nBo | 3",
    ),
    Image: (Image("https://example.org/i.png", "a pit"), "[a pit]"),
    Divider: (Divider(), "---"),
    Actions: (Actions((Button("Go", "help"), Button("Stop", "help"))), "[Go] [Stop]"),
    Footnotes: (Footnotes((spans("One."), spans("Two."))), "[1] One.\n[2] Two."),
}


@pytest.mark.parametrize("kind", get_args(Span))
def test_each_span_as_plain_text(kind: type[object]) -> None:
    span, said = SPANS[kind]
    assert spans_to_plain((span,)) == said


@pytest.mark.parametrize("kind", get_args(Block))
def test_each_block_as_plain_text(kind: type[object]) -> None:
    block, said = BLOCKS[kind]
    assert to_plain(Card("Title", (block,), "Footer")) == f"Title\n{said}\nFooter"


def test_an_unknown_block_is_refused() -> None:
    with pytest.raises(ValueError, match="video"):
        cards.from_json({"blocks": [{"type": "video"}]})


def test_paragraphs_are_parted_by_blank_lines() -> None:
    assert cards.paragraphs("One.\n\n\n Two\nlines. \n\n") == (text("One."), text("Two\nlines."))


def test_a_count_agrees_with_its_noun() -> None:
    assert [cards.number(n, "vote") for n in (0, 1, 2)] == ["0 votes", "1 vote", "2 votes"]
