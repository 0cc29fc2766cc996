"""A card as Slack's messages: read the same, acting on nothing that a person wrote, never over a
limit; the loopback workspace says what Slack would refuse."""

import base64
import html
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from bot.adapters.slack.action_ids import from_action
from bot.adapters.slack.render import to_messages, to_view_blocks
from bot.adapters.slack.rich_text import to_elements
from bot.core import catalog
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
    Table,
    Text,
    spans,
    text,
)
from bot.core.plain import to_plain
from tests.adapters.slack.reading import letters, parts, refused, shown, squeezed, words
from tests.fakes.slack_workspace.blocks import in_view

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PNG = "data:image/png;base64," + base64.b64encode(b"picture").decode()


def blocks(*made: Block) -> tuple[dict[str, Any], ...]:
    """The blocks of the only message."""
    (message,) = to_messages(Card(blocks=made))
    assert refused([message]) == []
    return message.blocks


# --- spans --------------------------------------------------------------------------------------

SPANS: dict[type[object], tuple[Span, dict[str, Any]]] = {
    Plain: (Plain("a *b* <!channel> :+1:"), {"type": "text", "text": "a *b* <!channel> :+1:"}),
    Bold: (Bold("loud"), {"type": "text", "text": "loud", "style": {"bold": True}}),
    Italic: (Italic("soft"), {"type": "text", "text": "soft", "style": {"italic": True}}),
    Code: (Code("/help"), {"type": "text", "text": "/help", "style": {"code": True}}),
    Link: (
        Link("D1", "https://example.org/1"),
        {"type": "link", "url": "https://example.org/1", "text": "D1"},
    ),
    PersonName: (PersonName("Bo_b"), {"type": "text", "text": "Bo_b"}),
    Moment: (
        Moment(NOON, "America/New_York"),
        {
            "type": "date",
            "timestamp": 1795262400,
            "format": "{date_long}, {time}",
            "fallback": "Sat 21 Nov 2026, 07:00 EST",
        },
    ),
    CitationMark: (CitationMark(3), {"type": "text", "text": " [3]"}),
    FactMark: (FactMark("F12", "f12"), {"type": "text", "text": "f12", "style": {"code": True}}),
}


@pytest.mark.parametrize("kind", get_args(Span))
def test_each_span(kind: type[object]) -> None:
    span, expected = SPANS[kind]
    assert to_elements((span,)) == [expected]


def test_neighbours_of_one_kind_are_one_element_and_empty_ones_none() -> None:
    made = to_elements(spans("a", "b", Bold(""), Bold("c"), Bold("d")))
    assert [(one["text"], one.get("style")) for one in made] == [
        ("ab", None),
        ("cd", {"bold": True}),
    ]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "/here", "https://", "ftp://a.example", "https://a b", "x"]
)
def test_a_link_leads_to_the_web_or_nowhere(address: str) -> None:
    assert to_elements((Link("words", address),)) == [{"type": "text", "text": "words"}]


def test_an_address_that_is_too_long_still_stands_there() -> None:
    address = "https://x.example/" + "a" * 3_000
    assert [one["type"] for one in to_elements((Link("words", address),))] == ["text"]
    assert address in squeezed(shown(to_view_blocks(Card(blocks=(text(Link("words", address)),)))))


def test_a_moment_before_slacks_dates_is_text() -> None:
    (made,) = to_elements((Moment(datetime(1935, 8, 31, tzinfo=UTC), "UTC"),))
    assert made == {"type": "text", "text": "Sat 31 Aug 1935, 00:00 UTC"}


# --- blocks -------------------------------------------------------------------------------------


def test_paragraphs_quotes_and_notes() -> None:
    made = blocks(
        text("One."), Divider(), Quote(spans("a\nb")), text("Said", CitationMark(1)),
        Footnotes((spans("A book."), spans("B."))),
    )  # fmt: skip
    assert [block["type"] for block in made] == [
        "rich_text", "divider", "rich_text", "rich_text", "rich_text"
    ]  # fmt: skip
    assert made[2]["elements"] == [
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "a\nb"}]}
    ]
    assert shown(made) == "One.\n\na\nb\nSaid [1]\n[1] A book.\n[2] B."


def test_fields_are_lines_with_bold_labels() -> None:
    (made,) = blocks(Fields((("Zone", spans("UTC")), ("Due", spans(Moment(NOON, "UTC"))))))
    elements = made["elements"][0]["elements"]
    assert [(one.get("text"), one.get("style")) for one in elements] == [
        ("Zone:", {"bold": True}),
        (" UTC\n", None),
        ("Due:", {"bold": True}),
        (" ", None),
        (None, None),
    ]
    assert elements[-1]["type"] == "date", "each reader sees it in their own zone"


def test_a_table_has_bold_heads_and_numbers_flush_right() -> None:
    rows = ((spans("Bo"), spans("3")), (spans(Link("D1", "https://x.example")), ()))
    (made,) = blocks(Table(("Who", "Words"), rows, frozenset({1})))
    assert made["type"] == "table"
    assert [setting["align"] for setting in made["column_settings"]] == ["left", "right"]
    cells = [[cell["elements"][0]["elements"][0] for cell in row] for row in made["rows"]]
    assert cells == [
        [
            {"type": "text", "text": "Who", "style": {"bold": True}},
            {"type": "text", "text": "Words", "style": {"bold": True}},
        ],
        [{"type": "text", "text": "Bo"}, {"type": "text", "text": "3"}],
        [{"type": "link", "url": "https://x.example", "text": "D1"}, {"type": "text", "text": " "}],
    ]


def test_a_message_has_one_table_only() -> None:
    table = Table(("Who",), ((spans("Bo"),),))
    messages = to_messages(Card("T", (table, text("Between."), table, text("After."))))
    assert refused(messages) == []
    assert [[block["type"] for block in message.blocks] for message in messages] == [
        ["header", "table", "rich_text"],
        ["table", "rich_text"],
    ]


def test_a_long_table_has_its_heads_in_each_message() -> None:
    rows = tuple((spans(f"Person {n}"), spans(str(n))) for n in range(250))
    messages = to_messages(Card(blocks=(Table(("Who", "Words"), rows),)))
    assert refused(messages) == []
    assert [len(message.blocks[0]["rows"]) for message in messages] == [100, 100, 53]
    assert all("Who" in shown(message.blocks) for message in messages)
    assert all(letters(f"Person {n}") in words(messages) for n in range(250))


@pytest.mark.parametrize("table", [
    Table(tuple(f"c{n}" for n in range(21)), (tuple(spans(f"v{n}") for n in range(21)),)),
    Table(("Who", "What"), ((spans("Bo"), spans("y " * 6_000)),)),
])  # fmt: skip
def test_a_table_that_slack_would_refuse_comes_in_lines(table: Table) -> None:
    messages = to_messages(Card(blocks=(table,)))
    assert refused(messages) == []
    assert {block["type"] for message in messages for block in message.blocks} == {"rich_text"}
    assert letters(to_plain(Card(blocks=(Text(table.rows[0][-1]),)))) in words(messages)


def test_a_home_tab_gets_no_table() -> None:
    card = Card("Course", (Table(("Who", "Words"), ((spans("Bo"), spans("3")),)),), "D1")
    view = {"type": "home", "blocks": to_view_blocks(card)}
    assert in_view(view, "home") == ("invalid_arguments", [])
    assert "Who: Bo · Words: 3" in shown(view["blocks"])


def test_a_drawn_picture_is_a_file_with_its_words_in_the_text() -> None:
    (message,) = to_messages(Card("T", (Image(PNG, "a line that rises"), text("After"))))
    assert [(file.name, file.content, file.alt) for file in message.files] == [
        ("picture-1.png", b"picture", "a line that rises")
    ]
    assert shown(message.blocks) == "T\na line that rises\nAfter"


def test_a_picture_on_the_web() -> None:
    (made,) = blocks(Image("https://x.example/i.png", "a pit"))
    assert made == {"type": "image", "image_url": "https://x.example/i.png", "alt_text": "a pit"}
    assert shown(blocks(Image("javascript:x", "a pit"))) == "a pit"
    assert shown(blocks(Image("data:image/png;base64,AAA", "broken"))) == "broken"
    long = blocks(Image("https://x.example/i.png", "word " * 600))
    assert long[-1]["alt_text"].endswith("…")
    assert letters(shown(long[:-1])) == letters("word " * 600)


def test_a_refusal_is_told_from_an_answer_by_a_sign() -> None:
    normal, refusal = (to_messages(Card("T", (text("No."),), tone=tone))[0]
                       for tone in ("normal", "refusal"))  # fmt: skip
    assert shown(refusal.blocks) == "T\n:warning: No."
    assert shown(normal.blocks) == "T\nNo."
    assert refused([refusal]) == []


def test_title_and_footer() -> None:
    (message,) = to_messages(Card("# A *title*\nin two", (text("x"),), "D12 · **open**"))
    first, *_, last = message.blocks
    assert first["text"] == {"type": "plain_text", "text": "# A *title* in two", "emoji": False}
    assert last["elements"] == [{"type": "plain_text", "text": "D12 · **open**", "emoji": False}]
    (long,) = to_messages(Card("t" * 151))
    assert long.blocks[0]["elements"][0]["elements"][0]["style"] == {"bold": True}


def test_a_card_with_nothing_in_it_is_a_message_still() -> None:
    for card in (Card(), Card(" ", (text(""), Table(("",), ())), "\n")):
        messages = to_messages(card)
        assert refused(messages) == []
        assert all(message.blocks for message in messages)


# --- the plain text -----------------------------------------------------------------------------


def test_the_plain_text_says_it_all_and_pings_nobody() -> None:
    card = Card(
        "A & B",
        (
            text("<!channel> <@U1> ", Link("D1", "https://x.example")),
            Actions((Button("Go", "help"),)),
        ),
        "D12",
    )  # fmt: skip
    (message,) = to_messages(card)
    assert message.text == (
        "A &amp; B\n&lt;!channel&gt; &lt;@U1&gt; D1 (https://x.example)\n[Go]\nD12"
    )
    assert html.unescape(message.text) == to_plain(card)
    arguments = message.to_post()
    assert arguments["parse"] == "none"
    assert {
        arguments[name] for name in ("mrkdwn", "link_names", "unfurl_links", "unfurl_media")
    } == {False}


# --- buttons ------------------------------------------------------------------------------------


def test_buttons_stand_where_the_card_has_them_and_say_what_they_run() -> None:
    built = catalog.build()
    sides = tuple(Button(f"Side {n}", "prompt side", (("side", str(n)),)) for n in range(26))
    (message,) = to_messages(
        Card(blocks=(Actions(sides), text("After"), Actions((Button("F", "help", emphasis=True),))))
    )
    assert refused([message]) == []
    assert [len(block["elements"]) for block in message.blocks] == [25, 1, 1, 1]
    buttons = [part for part in parts(message.blocks) if part.get("type") == "button"]
    assert len({button["action_id"] for button in buttons}) == 27
    assert [button.get("style") for button in buttons] == [None] * 26 + ["primary"]
    pressed = from_action(buttons[25]["action_id"], buttons[25]["value"], built)
    assert pressed is not None
    assert (pressed.command.name, pressed.arguments) == ("prompt side", {"side": "25"})


def test_a_long_label_says_that_it_was_cut() -> None:
    (made,) = blocks(Actions((Button("x" * 90, "help"), Button("", "help"))))
    assert [button["text"]["text"] for button in made["elements"]] == ["x" * 74 + "…", "…"]
