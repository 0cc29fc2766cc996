"""Slack's JSON, as its documentation shows it, as the core's events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack import inbound
from bot.core.events import (
    AccountRef,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Person,
    ReactionChanged,
)

Json = dict[str, Any]
ROOT, TS = "1725194700.000100", "1725194800.123456"
SENT = datetime(2024, 9, 1, 12, 46, 40, 123456, tzinfo=UTC)
THREAD = inbound.to_place("T1", "C1", ROOT)
CHANNEL = inbound.to_place("T1", "C1")
PEOPLE = {
    "U1": Person(AccountRef("U1"), "Ada"),
    "U2": Person(AccountRef("U2"), "Bo"),
    "U0": Person(AccountRef("U0"), "Coalface", automated=True),
}


def named(user: str) -> Person:
    return PEOPLE.get(user, Person(AccountRef(user), ""))


def message(**more: Any) -> Json:
    return {
        "type": "message",
        "channel": "C1",
        "channel_type": "channel",
        "user": "U1",
        "text": "The quota &amp; the norm, <@U2>.",
        "ts": TS,
        "thread_ts": ROOT,
        "event_ts": TS,
        **more,
    }


def changed(now: Json, before: Json | None, **more: Any) -> Json:
    event = {"type": "message", "subtype": "message_changed", "hidden": True, "channel": "C1"}
    event |= {"ts": "1725194900.000001", "event_ts": "1725194900.000001", "message": now}
    return event | ({} if before is None else {"previous_message": before}) | more


def taken(event: Json) -> Any:
    return inbound.to_event(event, "T1", named)


def test_a_message_in_a_thread_is_what_somebody_wrote_there() -> None:
    assert taken(message()) == MessagePosted(
        place=THREAD,
        message=inbound.to_ref(TS),
        author=PEOPLE["U1"],
        sent_at=SENT,
        text="The quota & the norm, @Bo.",
        mentions=(PEOPLE["U2"],),
        unspoken=("@Bo",),
        names_whom_it_answers=True,
    )


@pytest.mark.parametrize(
    "event",
    [
        message(thread_ts=None),
        message(thread_ts=TS),  # the message that the thread stands under
        message(subtype="channel_join"),
        message(subtype="channel_topic", thread_ts=None),
        {"type": "channel_archive", "channel": "C1"},
    ],
    ids=["outside threads", "the root", "a notice in a thread", "a notice", "no message"],
)
def test_what_can_be_no_reply_is_nothing(event: Json) -> None:
    assert taken(event) is None


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_replies_of_every_kind_are_taken_in_by_their_ts(subtype: str) -> None:
    posted = taken(message(subtype=subtype, files=[{"id": "F1"}, {"id": "F2"}]))
    assert (posted.message, posted.place, posted.ordinary) == (TS, THREAD, True)
    assert posted.attachments == 2
    assert not posted.author.automated


@pytest.mark.parametrize(
    ("event", "ref"),
    [
        (message(bot_id="B0", user="U0"), "U0"),
        (message(bot_id="B9", user="U1"), "U1"),  # an app, in a person's name
        (message(subtype="bot_message", bot_id="B9", user=None), "B9"),
    ],
    ids=["the bot itself", "by an app", "a webhook"],
)
def test_what_an_app_posts_is_an_apps(event: Json, ref: str) -> None:
    author = taken(event).author
    assert (author.ref, author.automated) == (ref, True)


EDITED = {"user": "U1", "ts": "1725194890.000000"}


def test_an_edit_is_the_text_from_then_on() -> None:
    event = changed(message(text="Better &lt;", edited=EDITED), message())
    assert taken(event) == MessageEdited(
        place=THREAD,
        message=inbound.to_ref(TS),
        edited_at=inbound.to_instant(EDITED["ts"]),
        text="Better <",
        author=PEOPLE["U1"],
    )


def test_an_edit_of_what_stands_outside_threads_is_told_too() -> None:
    now = message(text="x", edited=EDITED, thread_ts=None)
    assert taken(changed(now, message(thread_ts=None))).place == CHANNEL
    assert taken(changed(now, None)).text == "x"


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (message(attachments=[{"id": 1}]), message()),
        (message(attachments=[{"id": 1}], edited=EDITED), message(edited=EDITED)),
        (message(edited=EDITED), message()),
        (message(reply_count=3, thread_ts=TS), message(reply_count=2, thread_ts=TS)),
        (message(reply_count=3), None),
    ],
    ids=["unfurled", "unfurled after an edit", "the same text", "answered", "nothing before"],
)
def test_a_change_that_nobody_made_is_no_edit(now: Json, before: Json | None) -> None:
    assert taken(changed(now, before)) is None


def test_a_file_taken_away_in_an_edit_is_one() -> None:
    event = changed(message(edited=EDITED), message(files=[{"id": "F1"}]))
    assert taken(event).attachments == 0


def test_a_deleted_message_is_gone_from_its_thread() -> None:
    event = {"type": "message", "subtype": "message_deleted", "hidden": True, "channel": "C1"}
    event |= {"ts": "1725194900.000001", "deleted_ts": TS, "event_ts": "1725194900.000001"}
    at = inbound.to_instant("1725194900.000001")
    assert taken(event) == MessageDeleted(CHANNEL, inbound.to_ref(TS), at)
    event["previous_message"] = message()
    assert taken(event) == MessageDeleted(THREAD, inbound.to_ref(TS), at)


def test_a_deleted_message_with_a_thread_leaves_a_tombstone() -> None:
    stone = message(subtype="tombstone", user="USLACKBOT", text="This message was deleted.",
                    ts=ROOT, thread_ts=ROOT)  # fmt: skip
    event = changed(stone, message(ts=ROOT, thread_ts=ROOT))
    at = inbound.to_instant("1725194900.000001")
    assert taken(event) == MessageDeleted(CHANNEL, inbound.to_ref(ROOT), at)


@pytest.mark.parametrize("present", [True, False])
def test_a_reaction_is_a_persons_whatever_its_skin(present: bool) -> None:
    event = {
        "type": "reaction_added" if present else "reaction_removed",
        "user": "U2",
        "reaction": "thumbsup::skin-tone-3",
        "item": {"type": "message", "channel": "C1", "ts": TS},
        "event_ts": "1725194901.000002",
    }
    at = inbound.to_instant("1725194901.000002")
    ref = inbound.to_ref(TS)
    assert taken(event) == ReactionChanged(CHANNEL, ref, PEOPLE["U2"], "thumbsup", present, at)
    assert taken(event | {"item": {"type": "file", "file": "F1"}}) is None


def test_everybody_an_event_names_can_be_asked_for() -> None:
    assert inbound.people_in(message()) == ["U1", "U2"]
    assert inbound.people_in(changed(message(text="<@U3> <@U1>"), message())) == ["U1", "U3"]
    assert inbound.people_in({"type": "reaction_added", "user": "U2"}) == ["U2"]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.integers(0, 4_000_000_000 * 1_000_000))
def test_a_ts_and_its_instant_are_the_same_to_the_microsecond(microseconds: int) -> None:
    at = _EPOCH + timedelta(microseconds=microseconds)
    assert inbound.to_instant(inbound.to_ts(at)) == at
    assert len(inbound.to_ts(at).partition(".")[2]) == 6
