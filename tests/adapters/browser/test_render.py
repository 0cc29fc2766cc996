"""From cards to HTML: each block, and nothing of a person's becomes markup."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.browser.render import Reader, safe_address, to_html
from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
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
    Quote,
    Table,
    Text,
    spans,
    text,
)

READER = Reader(ZoneInfo("Europe/London"), "ada", "m7")
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=y>&amp;{{7*7}}"


def shown(block: Block) -> str:
    return to_html(block, READER)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(
    "block",
    [
        text(HOSTILE, Bold(HOSTILE), Italic(HOSTILE), Code(HOSTILE), PersonName(HOSTILE)),
        text(Link(HOSTILE, "https://example.org/?a=1&b=<2>")),
        text(Link(HOSTILE, "javascript:alert(1)")),
        Quote(spans(HOSTILE)),
        Fields(((HOSTILE, spans(HOSTILE)),)),
        Table((HOSTILE,), ((spans(HOSTILE),),)),
        Image("https://example.org/a.png", HOSTILE),
        Image('"><script>', HOSTILE),
        Actions((Button(HOSTILE, "help"),)),
        Footnotes((spans(HOSTILE),)),
    ],
)
def test_nothing_typed_becomes_markup(block: Block) -> None:
    parsed = Tags()
    parsed.feed(shown(block))
    assert "script" not in parsed.tags
    assert "img" not in parsed.tags or isinstance(block, Image)
    if not isinstance(block, Image) or "img" not in parsed.tags:
        assert HOSTILE in parsed.words


def test_text_keeps_its_lines() -> None:
    assert shown(text("one\ntwo", Bold("three"))) == "<p>one<br>two<strong>three</strong></p>"


def test_a_moment_is_in_the_readers_zone() -> None:
    html = shown(text(Moment(datetime(2026, 7, 1, 16, 0, tzinfo=UTC), "America/New_York")))
    assert 'datetime="2026-07-01T16:00:00+00:00"' in html
    assert ">Wed 1 July 2026, 17:00 BST</time>" in html
    assert 'title="Wed 1 July 2026, 12:00 EDT"' in html


def test_a_footnote_mark_leads_to_the_footnote_of_its_own_card() -> None:
    assert 'href="#m7-note-2"' in shown(text("So.", CitationMark(2)))
    assert '<li id="m7-note-2">' in shown(Footnotes((spans("a"), spans("b"))))


def test_a_fact_can_be_pressed_and_stands_as_it_was_written() -> None:
    fact = shown(text("See ", FactMark("F12", "f12"), "."))
    assert fact.endswith('data-fact="F12" title="Show fact F12">f12</button>.</p>')


def test_a_picture_may_stand_in_its_own_address_and_nothing_else_may() -> None:
    assert '<img src="data:image/png;base64,aGk="' in shown(
        Image("data:image/png;base64,aGk=", "A")
    )
    for other in (
        "data:text/html;base64,aGk=",
        'data:image/png;base64,aGk="x',
        "data:image/svg+xml,",
    ):
        assert "img" not in shown(Image(other, "A"))


def test_a_table_has_headers_and_numbers_flush_right() -> None:
    html = shown(Table(("Name", "Replies"), ((spans("Ada"), spans("3")),), frozenset({1})))
    assert '<th scope="col">Name</th><th scope="col" class="cf-number">Replies</th>' in html
    assert '<td class="cf-number">3</td>' in html


def test_the_rest_of_the_blocks() -> None:
    assert shown(Divider()) == "<hr>"
    assert shown(Image("https://x.org/a.png", "A badge")) == (
        '<img src="https://x.org/a.png" alt="A badge" loading="lazy">'
    )
    assert "<dt>Zone</dt><dd>UTC</dd>" in shown(Fields((("Zone", spans("UTC")),)))
    assert shown(Quote(spans("q"))) == "<blockquote><p>q</p></blockquote>"
    assert "<li>Post</li>" in shown(Actions((Button("Post", "prompt post"),)))
    assert shown(Text(())) == "<p></p>"


def test_a_link_within_the_classroom_keeps_who_one_is() -> None:
    assert safe_address("/classroom/history?thread=3#m9", "ada") == (
        "/classroom/history?as=ada&thread=3#m9"
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "/\\evil.example",
        "/\tx",
        " https://example.org",
        "https://",
        "http://[",
        "mailto:a@b.c",
        "relative",
        "",
    ],
)
def test_other_addresses_are_no_links(url: str) -> None:
    assert safe_address(url, "ada") == ""
    assert "<a" not in shown(text(Link("there", url)))
