"""Long cards, any cards and hostile ones as messages of Slack: nothing is lost, nothing acts."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.render import to_messages, to_view_blocks
from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
    Card,
    Code,
    Divider,
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
from tests.adapters.slack.reading import acting, letters, refused, shown, squeezed, words
from tests.core.test_cards import _card, _moments, _span
from tests.fakes.slack_workspace.blocks import in_view

PNG = "data:image/png;base64," + base64.b64encode(b"picture").decode()
HOSTILE = list(hostile.strings())


def test_a_long_card_is_cut_between_sentences_and_nothing_is_lost() -> None:
    sentences = " ".join(f"Sentence {n} of the long text." for n in range(900))
    messages = to_messages(Card("Title", (text(sentences), text("The end.")), "D12"))
    assert refused(messages) == []
    assert len(messages) > 1
    assert messages[0].blocks[0]["type"] == "header"
    assert [m.text.count("D12") for m in messages] == [0] * (len(messages) - 1) + [1]
    for block in (block for message in messages for block in message.blocks[:-1]):
        assert shown([block]).endswith((".", "Title"))
    assert letters(sentences) in words(messages)
    assert all(len(message.text) <= 12_000 for message in messages)


def test_more_blocks_than_a_message_takes() -> None:
    messages = to_messages(Card("T", tuple(text(f"Paragraph {n}.") for n in range(120)), "end"))
    assert refused(messages) == []
    assert [len(message.blocks) for message in messages] == [50, 50, 22]


@pytest.mark.parametrize("said", HOSTILE)
def test_a_hostile_text_anywhere_in_a_card(said: str) -> None:
    card = Card(
        said,
        (
            text(said, Bold(said), Italic(said), Code(said), PersonName(said), Link(said, said)),
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
    assert refused(messages) == []
    assert acting(messages) == set()
    if wanted := squeezed(clean(said)):
        read = squeezed(" ".join(shown(message.blocks) for message in messages))
        assert read.count(wanted) >= 10
    view = {"type": "home", "blocks": to_view_blocks(card)[:25]}
    assert in_view(view, "home")[1] == []


def _words_of(card: Card) -> list[str]:
    """Each text of a card, as letters."""
    found = [card.title or "", card.footer or ""]

    def spoken(said: tuple[Span, ...]) -> list[str]:
        return [to_plain(Card(blocks=(Text((part,)),))) for part in said
                if not isinstance(part, Link)]  # fmt: skip

    for block in card.blocks:
        match block:
            case Text(said) | Quote(said):
                found += spoken(said)
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
def test_any_card_is_taken_and_its_words_are_all_there(card: Card) -> None:
    messages = to_messages(card)
    assert refused(messages) == []
    assert acting(messages) == set()
    read = words(messages)
    for said in _words_of(card):
        assert said in read


_long = st.text(st.sampled_from("ab1.:/ \n*_`@#-👍<&"), min_size=200, max_size=900).map(
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
def test_any_long_card_is_taken_and_its_words_are_all_there(
    made: list[Block], title: str | None
) -> None:
    card = Card(title, tuple(made), title)
    messages = to_messages(card)
    assert refused(messages) == []
    read = words(messages)
    for said in _words_of(card):
        assert said in read
