"""A card as Discord's messages: read the same, acting on nothing that a person wrote, never over a
limit."""

import base64
import gc
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.discord import markdown, render
from bot.adapters.discord.render import Rendered, to_messages
from bot.adapters.discord.tables import width
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
from bot.core.rendering import clean
from tests import hostile
from tests.adapters.discord.reading import acting, letters, marks, over_limits, unescaped, words
from tests.core.test_cards import _card, _moments, _span

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PNG = "data:image/png;base64," + base64.b64encode(b"picture").decode()
HOSTILE = list(hostile.strings())


def shown(*blocks: Block) -> str:
    """The description of the only embed."""
    (message,) = to_messages(Card(blocks=blocks))
    (embed,) = message.embeds
    return embed.description or ""


# --- spans --------------------------------------------------------------------------------------

SPANS: dict[type[object], tuple[Span, str]] = {
    Plain: (Plain("a *b*"), r"a \*b\*"),
    Bold: (Bold("loud"), "**loud**"),
    Italic: (Italic("soft"), "_soft_"),
    Code: (Code("/help"), "`/help`"),
    Link: (Link("D1", "https://example.org/1"), "[D1](https://example.org/1)"),
    PersonName: (PersonName("Bo_b"), r"Bo\_b"),
    Moment: (Moment(NOON, "America/New_York"), "<t:1795262400:F>"),
    CitationMark: (CitationMark(3), r" \[3\]"),
    FactMark: (FactMark("F12", "f12"), "`f12`"),
}


@pytest.mark.parametrize("kind", get_args(Span))
def test_each_span(kind: type[object]) -> None:
    span, expected = SPANS[kind]
    assert markdown.to_markdown((span,)) == expected


@pytest.mark.parametrize("said", HOSTILE)
def test_what_a_person_wrote_does_nothing_and_reads_the_same(said: str) -> None:
    escaped = markdown.escape(said)
    assert marks(escaped) == set()
    assert unescaped(escaped) == clean(said)
    assert "\u200b" not in escaped.replace(said, "") or "\u200b" in said


@pytest.mark.parametrize(
    "said", ["/help", "a`b", "`", "``", "a``b", "```", "`a``b`", "\n", " ", ""]
)
def test_code_reads_the_same_whatever_stands_in_it(said: str) -> None:
    made = markdown.to_markdown((Code(said),))
    assert letters(unescaped(made)) == letters(said)
    assert marks(made) <= {"code"}


def test_neighbours_of_one_kind_share_their_marks() -> None:
    assert markdown.to_markdown((Bold("a"), Bold("b"), Plain("c"))) == "**ab**c"
    assert markdown.to_markdown((Italic("a"), Plain("b"))) == "ab", "no italics inside a word"
    assert markdown.to_markdown((Italic("a "), Plain("b"))) == "_a_ b"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "/here", "https://", "ftp://a.example", "https://a b", "x"]
)
def test_a_link_leads_to_the_web_or_nowhere(address: str) -> None:
    assert markdown.to_markdown((Link("words", address),)) == "words"


def test_a_link_can_not_be_broken_open() -> None:
    made = markdown.to_markdown((Link("a", "https://x.example/(b) <c>".replace(" ", "%20")),))
    assert made == "[a](https://x.example/%28b%29%2520%3Cc%3E)".replace("%2520", "%20")
    assert markdown.to_markdown((Link("a](b", "https://x.example"),)) == (
        r"a\](b (<https://x.example>)"
    )


# --- blocks -------------------------------------------------------------------------------------


def test_paragraphs_quotes_and_notes() -> None:
    assert shown(text("One."), text("Two."), Divider(), Quote(spans("a\n# b"))) == (
        "One.\n\nTwo.\n\n───────\n\n> a\n> \\# b"
    )
    assert shown(text("Said", CitationMark(1)), Footnotes((spans("A book."), spans("B.")))) == (
        "Said \\[1\\]\n\n-# \\[1\\] A book.\n-# \\[2\\] B."
    )


def test_fields_stand_beside_each_other_at_the_end_and_as_lines_before_text() -> None:
    fields = Fields((("Zone", spans("UTC")), ("Pack", spans("x" * 60))))
    (message,) = to_messages(Card("T", (fields, Actions((Button("Go", "help"),)))))
    made = message.embeds[0].fields
    assert [(f.name, f.value, f.inline) for f in made] == [
        ("Zone", "UTC", True),
        ("Pack", "x" * 60, False),
    ]
    assert shown(fields, text("After")).startswith("**Zone:** UTC\n**Pack:** x")
    assert shown(Fields((("Zone", ()),))) == "**Zone:**", "Discord takes no empty field"


def test_a_table_in_columns_numbers_flush_right() -> None:
    rows = ((spans("Bo"), spans("3")), (spans("突撃手"), spans("12")))
    assert shown(Table(("Who", "Words"), rows, frozenset({1}))) == (
        "```\nWho     Words\n──────  ─────\nBo          3\n突撃手     12\n```"
    )


@pytest.mark.parametrize(
    "cell", [spans("x" * 60), spans("a```b"), spans(Link("D1", "https://x.example")), spans("a\nb")]
)
def test_a_table_that_would_not_be_read_well_comes_in_lines(cell: tuple[Span, ...]) -> None:
    said = shown(Table(("Who", "What"), ((spans("Bo"), cell), (spans("Al"), spans("y")))))
    assert "```\n" not in said
    assert said.startswith("Who: **Bo** · What: ")
    assert said.endswith("Who: **Al** · What: y")


def test_the_width_of_what_is_wide() -> None:
    assert [width(said) for said in ("ab", "突撃", "👍", "e\u0301")] == [2, 4, 2, 1]


def test_a_drawn_picture_is_attached_with_its_words() -> None:
    first, *_ = to_messages(Card("T", (Image(PNG, "a line that rises"), text("After"))))
    assert [(f.name, f.content, f.alt) for f in first.files] == [
        ("picture.png", b"picture", "a line that rises")
    ]
    assert first.embeds[0].image.url == "attachment://picture.png"
    assert first.embeds[1].description == "After", "what comes after a picture stands under it"


def test_a_picture_on_the_web_has_its_words_in_the_text() -> None:
    (message,) = to_messages(Card(blocks=(Image("https://x.example/i.png", "a pit"),)))
    assert message.embeds[0].image.url == "https://x.example/i.png"
    assert message.embeds[0].description == "-# a pit"
    assert shown(Image("javascript:x", "a pit")) == "-# a pit"
    assert shown(Image("data:image/png;base64,AAA", "broken")) == "-# broken"


def test_a_refusal_has_a_colour_of_its_own() -> None:
    normal, refusal = (to_messages(Card("T", tone=tone))[0] for tone in ("normal", "refusal"))
    assert normal.embeds[0].colour != refusal.embeds[0].colour


def test_title_and_footer() -> None:
    (message,) = to_messages(Card("# A *title*\nin two", (text("x"),), "D12 · **open**"))
    assert message.embeds[0].title == r"\# A \*title\* in two"
    assert message.embeds[0].footer.text == "D12 · **open**", "a footer has no Markdown"
    long, *_ = to_messages(Card("t" * 300))
    assert long.embeds[0].title is None
    assert long.embeds[0].description == f"**{'t' * 300}**"


# --- buttons ------------------------------------------------------------------------------------


def test_buttons_stand_five_in_a_row_under_the_last_message() -> None:
    sides = tuple(Button(f"Side {n}", "prompt side", (("side", str(n)),)) for n in range(7))
    blocks = (Actions(sides), Actions((Button("Fact", "fact about", emphasis=True),)))
    *_, last = to_messages(Card(blocks=(text("word. " * 2_000), *blocks)))
    assert [len(row) for row in last.rows] == [5, 2, 1]
    assert last.rows[2][0].emphasis


def test_more_buttons_than_a_message_takes_come_in_a_second_one() -> None:
    many = tuple(Button(str(n), "help") for n in range(30))
    first, second = to_messages(Card("T", (Actions(many),)))
    assert [len(row) for row in first.rows] == [5] * 5
    assert [[press.label for press in row] for row in second.rows] == [list("..")[:0] or [
        "25", "26", "27", "28", "29"
    ]]  # fmt: skip


def test_a_long_label_says_that_it_was_cut() -> None:
    (message,) = to_messages(
        Card(blocks=(Actions((Button("x" * 90, "help"), Button("", "help"))),))
    )
    assert [press.label for press in message.rows[0]] == ["x" * 79 + "…", "…"]


async def test_a_view_is_not_kept_by_the_library() -> None:
    (message,) = to_messages(Card("T", (Actions((Button("Go", "help"),)),)))
    view = message.to_view()
    assert view is not None
    assert view.is_finished()
    assert Rendered().to_view() is None


# --- long cards ---------------------------------------------------------------------------------


def test_a_long_card_is_cut_between_sentences_and_nothing_is_lost() -> None:
    sentences = " ".join(f"Sentence {n} of the long text." for n in range(600))
    messages = to_messages(Card("Title", (text(sentences), text("The end.")), "D12"))
    assert over_limits(messages) == []
    assert len(messages) > 1
    assert messages[0].embeds[0].title == "Title"
    assert messages[-1].embeds[-1].footer.text == "D12"
    assert [e.footer.text for m in messages for e in m.embeds].count("D12") == 1
    for message in messages:
        for embed in message.embeds:
            assert (embed.description or "").rstrip().endswith(".")
    assert letters(sentences) in words(messages)


def test_a_hundred_pictures_and_fields() -> None:
    pictures = tuple(Image(PNG, f"picture {n}") for n in range(25))
    fields = tuple(Fields(((f"f{n}", spans("v" * 900)),)) for n in range(20))
    messages = to_messages(Card("T", (*pictures, *fields), "end"))
    assert over_limits(messages) == []
    assert sum(len(message.files) for message in messages) == 25


@pytest.mark.parametrize("said", HOSTILE)
def test_a_hostile_text_anywhere_in_a_card(said: str) -> None:
    card = Card(
        said,
        (
            text(said, Bold(said), Italic(said), Code(said), PersonName(said)),
            Quote(spans(said)),
            Fields(((said, spans(said)), ("x", spans(said)))),
            Table(("a", said), ((spans(said), spans("1")),)),
            Footnotes((spans(said),)),
            Actions((Button(said, "prompt side", (("side", said),)),)),
            Image(PNG, said),
        ),
        said,
    )
    messages = to_messages(card)
    assert over_limits(messages) == []
    assert acting(messages) == set()


def _words_of(card: Card) -> list[str]:
    """Each text of a card, as letters."""
    found = [card.title or "", card.footer or ""]

    def spoken(parts: tuple[Span, ...]) -> list[str]:
        return [clean(to_plain(Card(blocks=(Text((part,)),)))) for part in parts
                if not isinstance(part, Moment | Link)]  # fmt: skip

    for block in card.blocks:
        match block:
            case Text(parts) | Quote(parts):
                found += spoken(parts)
            case Fields(pairs):
                for label, value in pairs:
                    found += [label, *spoken(value)]
            case Table(columns, rows):
                found += columns
                found += [word for row in rows for cell in row for word in spoken(cell)]
            case Footnotes(notes):
                found += [word for note in notes for word in spoken(note)]
            case Image(_, alt):
                found.append(alt)
            case Divider() | Actions():
                pass
    return [letters(clean(part)) for part in found]


@given(_card)
def test_any_card_fits_and_its_words_are_all_there(card: Card) -> None:
    messages = to_messages(card)
    assert over_limits(messages) == []
    read = words(messages)
    for said in _words_of(card):
        assert said in read


_long = st.text(st.sampled_from("ab1.:/ \n*_`@#-👍"), min_size=200, max_size=900).map(
    lambda s: s * 5
)


@given(
    st.lists(
        st.one_of(
            st.builds(Text, st.lists(st.builds(Plain, _long) | _span, max_size=4).map(tuple)),
            st.builds(Quote, st.tuples(st.builds(Plain, _long))),
            st.builds(Fields, st.tuples(st.tuples(_long, st.tuples(st.builds(Bold, _long))))),
            st.builds(Footnotes, st.tuples(st.tuples(st.builds(Italic, _long)))),
            st.builds(
                Text, st.tuples(st.builds(Code, _long), st.builds(Moment, _moments, st.just("UTC")))
            ),
        ),
        max_size=5,
    ),
    st.none() | _long,
)
def test_any_long_card_fits_and_its_words_are_all_there(
    blocks: list[Block], title: str | None
) -> None:
    card = Card(title, tuple(blocks), title)
    messages = to_messages(card)
    assert over_limits(messages) == []
    read = words(messages)
    for said in _words_of(card):
        assert said in read


def test_a_card_that_is_kept_is_rendered_once_and_of_one_that_is_not_nothing_stays() -> None:
    kept = Card("A fact", (text("What is so."),))
    assert to_messages(kept) is to_messages(kept)
    before = len(render._MADE)
    assert to_messages(Card("A report", (text("What Bo wrote."),)))
    gc.collect()
    assert len(render._MADE) <= before
