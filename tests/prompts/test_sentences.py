"""Where a sentence ends, and where it only seems to."""

import pytest

from prompts.evidence.sentences import split


@pytest.mark.parametrize(
    "text",
    [
        "It began.|Then it ended.",
        "Did it begin?|It did!|So it ended…|At last.",
        "“It began.”|So he said.",
        "(It began.)|“So?” he said.",
        "He said “It began.” and went.",
        "It cost 1.5 pounds.|In 1796.|40 men dug.",
        "By Lewis H. Siegelbaum and J.-P. Duke.|It is long.",
        "Dr. Spade and Mr. Duke, e.g. Ann, on p. 4 of vol. 2.|No more.",
        "He said no.|Then came modern art.|So it went, e.g. In Leeds.",
        "On Sept. 4 he saw No. 7.",
        "In the U.S. Army.",
        "In the U.S.|The men dug.",
        "Spades, carts etc.|They came at 6 a.m.|He saw them.",
        "Spade Jr. Digs.",
        "1. Interesting topic.|2. Another.",
        "He paid . . . and left.|He came back.",
        "Who?!|Nobody.",
        "no end at all",
        "É la fin.|Écoutez.",
    ],
)
def test_sentences(text: str) -> None:
    whole = text.replace("|", " ")

    assert [whole[start:end] for start, end in split(whole)] == text.split("|")


@pytest.mark.parametrize("text", ["", "   ", "1. 2. 3.", "— * —"])
def test_what_holds_no_letter_is_no_sentence(text: str) -> None:
    assert split(text) == []


def test_what_holds_no_letter_joins_what_follows() -> None:
    text = "It began. 12. 13. Then it ended. 4."

    assert [text[start:end] for start, end in split(text)] == [
        "It began.",
        "12. 13. Then it ended.",
    ]
