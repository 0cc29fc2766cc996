"""How a send is known again in its channel: by the metadata of its messages, which people don't see
and which come back with the channel's history."""

from collections.abc import Mapping
from typing import Any

EVENT_TYPE = "coalface_send"


def to_metadata(key: str, part: int = 0) -> dict[str, object]:
    """The metadata of one message of a send. A card that is over Slack's limits has several."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key, "part": part}}


def carries(message: Mapping[str, Any], key: str, part: int = 0) -> bool:
    """Whether a message from the history is this part of the send."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return (
        metadata.get("event_type") == EVENT_TYPE
        and payload.get("key") == key
        and payload.get("part") == part
    )
