"""Nothing is cut silently: a label says that it was cut, a text comes whole in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.discord import limits


def test_a_label_that_was_cut_says_so() -> None:
    assert limits.cut("short", 5) == "short"
    assert limits.cut("longer one", 7) == "longer…"
    assert limits.cut("👍👍👍", 4) == "👍…"


@given(st.text(max_size=60), st.integers(2, 50))
def test_a_label_fits(label: str, most: int) -> None:
    shown = limits.cut(label, most)
    assert limits.size(shown) <= most
    assert shown == label or shown.endswith("…")


@given(st.text(st.sampled_from("ab. \n!👍")), st.integers(2, 20))
def test_pieces_fit_and_are_the_text_again(text: str, most: int) -> None:
    pieces = limits.split(text, most)
    assert "".join(pieces) == text
    assert all(0 < limits.size(piece) <= most for piece in pieces)


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
    assert limits.split(text, 15) == pieces


def test_sentences_keep_their_spaces() -> None:
    assert limits.sentences("One. Two! “Three?” Four", 99) == [
        "One. ",
        "Two! ",
        "“Three?” ",
        "Four",
    ]
