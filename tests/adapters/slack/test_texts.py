"""A message's text as a person reads it; a text of ours that acts on nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.texts import escape, mentioned, read, unescape
from bot.core import words
from bot.core.events import AccountRef, Person
from bot.core.rendering import clean

NAMES = {"U1": "Bo Ek", "U2": ""}


def named(ref: str) -> Person:
    return Person(AccountRef(ref), NAMES.get(ref, ""))


@pytest.mark.parametrize(("raw", "text"), [
    ("a &amp; b &lt;c&gt; &amp;lt; &eacute;", "a & b <c> &lt; &eacute;"),
    ("<@U1> and <@U9|cy> and <@U2>", "@Bo Ek and @cy and @U2"),
    ("in <#C1|general> and <#C2>", "in #general and #C2"),
    ("<!here> <!channel> <!everyone|everyone>", "@here @channel @everyone"),
    ("<!subteam^S1|@staff> <!subteam^S2>", "@staff @S2"),
    ("<!date^1392734382^{date}|18 Feb 2014>", "18 Feb 2014"),
    ("<https://a.example/?q=1&amp;r=2>", "https://a.example/?q=1&r=2"),
    ("<http://a.example|a.example>", "a.example"),
    ("<mailto:bo@a.example|bo@a.example>", "bo@a.example"),
    ("<https://a.example|the &lt;source&gt;>", "the <source> (https://a.example)"),
    ("*bold* _it_ `code` :pit:", "*bold* _it_ `code` :pit:"),
    ("1 &lt; 2 &gt; 0", "1 < 2 > 0"),
])  # fmt: skip
def test_a_text_is_read_as_slack_shows_it(raw: str, text: str) -> None:
    assert read(raw, named).text == text


def test_who_is_mentioned_each_once_in_order() -> None:
    raw = "<@U2> <@U1> <@U2|x> <#C1> <!here>"
    assert mentioned(raw) == ("U2", "U1")
    assert [person.ref for person in read(raw, named).mentions] == ["U2", "U1"]


def test_slacks_own_marks_are_no_words() -> None:
    spoken = read("<@U1> see <#C1|general>, <!here> :+1::skin-tone-2: at 10:30:45", named)
    assert {"@Bo Ek", "#general", "@here"} <= {*spoken.unspoken}
    measure = words.count(spoken.text, spoken.unspoken)
    assert measure.words == len(["see", "at", "10:30:45"])


@given(st.text())
def test_what_is_escaped_is_read_the_same_and_mentions_nobody(said: str) -> None:
    escaped = escape(said)
    assert unescape(escaped) == clean(said)
    assert not {*"<>"} & {*escaped}
    assert read(escaped, named).text == clean(said)
    assert mentioned(escaped) == ()


@given(st.text(st.sampled_from("<>@#!|U1^&ab;:")))
def test_any_text_can_be_read(raw: str) -> None:
    assert all(piece in read(raw, named).text for piece in read(raw, named).unspoken)
