"""A send's own message is known by its key, and by nothing like it."""

from bot.adapters.slack.marks import carries, to_metadata


def test_a_message_carries_the_key_and_the_part_it_was_given() -> None:
    message = {"metadata": to_metadata("key", 1)}
    assert carries(message, "key", 1)
    assert not carries(message, "key")
    assert not carries(message, "other", 1)


def test_other_messages_carry_none() -> None:
    assert not carries({}, "key")
    assert not carries({"metadata": None}, "key")
    assert not carries({"metadata": {"event_type": "coalface_send"}}, "key")
    other = to_metadata("key") | {"event_type": "something_else"}
    assert not carries({"metadata": other}, "key")
