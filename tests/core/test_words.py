"""How many words a text has, by the rule for participation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.words import NOTHING, Measure, count

CASES = [
    ("", 0),
    ("   \n\t ", 0),
    ("one", 1),
    ("Two  words,\nspread\tout .", 4),
    ("well-known isn't 3rd", 3),
    ("… — ?! 👍 * +", 0),
    ("65% of 1,000", 3),
    ("½ ² Ⅳ", 0),
    # any script
    ("ударники и стахановцы", 3),
    ("Алексей Стаханов 102 т", 4),
    ("斯达汉诺夫运动 よい", 2),
    ("मजदूर दिवस ٣", 3),
    # code is left out, fenced then inline
    ("before ```print('a b c')``` after", 2),
    ("before\n```py\nlet x = 1\n```\nafter `inline code` end", 3),
    ("before ```never closed and more", 1),
    ("a `b", 2),
    ("no`code`gap", 2),
    # bare addresses
    ("see https://example.org/a?b=c here", 2),
    ("HTTP://EXAMPLE.ORG", 0),
    ("(https://example.org)", 0),
    ("_https://example.org_", 0),
    ("https is a word, http:// too", 6),
    # emoji names
    (":smile: yes :+1: :thumbs_up-2:", 1),
    (":smile::smile:", 0),
    ("note: this", 2),
    ("at 10:30:45 sharp", 3),
    ("ratio 1:2", 2),
]


@pytest.mark.parametrize(("text", "words"), CASES)
def test_words(text: str, words: int) -> None:
    assert count(text).words == words


def test_the_platforms_own_marks_are_no_words() -> None:
    assert count("<@U123> I agree with <@U4>", ("<@U123>", "<@U4>")).words == 3
    assert count("fine <:pick:42> work", ("<:pick:42>",)).words == 2


def test_a_mark_that_begins_like_another_is_left_out_whole() -> None:
    assert count("@Bo @Boris agree", ("@Bo", "@Boris")).words == 1
    assert count("@Boris @Bo agree", ("@Boris", "@Bo")).words == 1


def test_a_text_that_is_withheld_has_nothing_to_count() -> None:
    assert count(None) == NOTHING


def test_raw_words_and_characters_are_of_the_text_as_it_stands() -> None:
    text = "see `code here` — https://example.org :tada:"
    assert count(text) == Measure(words=1, words_raw=6, characters=len(text))


_plain = st.text(
    st.characters(codec="utf-8", categories=("L", "Nd"), exclude_characters=":`"), min_size=1
)


@given(st.lists(_plain))
def test_plain_words_are_counted_as_they_are(pieces: list[str]) -> None:
    measure = count(" ".join(pieces))
    assert measure.words == measure.words_raw == len(pieces)


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_no_text_has_more_words_than_pieces_that_could_be_words(
    text: str, marks: list[str]
) -> None:
    measure = count(text, marks)
    assert 0 <= measure.words <= sum(c.isalnum() for c in text)
    assert measure.characters == len(text)
