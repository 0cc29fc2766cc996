"""Nothing is cut silently: a label says that it was cut, a text comes whole in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import rendering


def test_a_label_that_was_cut_says_so() -> None:
    assert rendering.cut("short", 5) == "short"
    assert rendering.cut("longer one", 7) == "longer…"
    assert rendering.cut("👍👍👍", 4) == "👍…"


@given(st.text(max_size=60), st.integers(2, 50))
def test_a_label_fits(label: str, most: int) -> None:
    shown = rendering.cut(label, most)
    assert rendering.size(shown) <= most
    assert shown == label or shown.endswith("…")


@given(st.text(st.sampled_from("ab. \n!👍")), st.integers(2, 20))
def test_pieces_fit_and_are_the_text_again(text: str, most: int) -> None:
    pieces = rendering.split(text, most)
    assert "".join(pieces) == text
    assert all(0 < rendering.size(piece) <= most for piece in pieces)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One two.\n\nThree four.", ["One two.\n\n", "Three four."]),
        ("One two.\nThree four.", ["One two.\n", "Three four."]),
        ("One. Two and. Three.", ["One. Two and. ", "Three."]),
        ("One two three four", ["One two three ", "four"]),
        ("abcdefghijklmnopqrs", ["abcdefghijklmno", "pqrs"]),
    ],
)
def test_a_text_is_parted_where_it_does_least_harm(text: str, pieces: list[str]) -> None:
    assert rendering.split(text, 15) == pieces


def test_sentences_keep_their_spaces() -> None:
    assert rendering.sentences("One. Two! “Three?” Four", 99) == [
        "One. ",
        "Two! ",
        "“Three?” ",
        "Four",
    ]


def test_only_what_nobody_sees_is_left_out() -> None:
    assert rendering.clean("a\x00b\u202ec\ud800\r\nd") == "abc\ufffd\nd"
    for said in ("👩‍👩‍👧‍👦", "z\u0301\u0488", "כן", "\u200b", "tab\there"):
        assert rendering.clean(said) == said
