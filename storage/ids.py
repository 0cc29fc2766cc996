"""Identifiers. A *Ref* is minted by an adapter from what its platform says; we only compare it.
An *Id* is a row's key, opaque and never reused."""

from dataclasses import dataclass
from typing import NewType

ChannelRef = NewType("ChannelRef", str)
ThreadRef = NewType("ThreadRef", str)
MessageRef = NewType("MessageRef", str)
AccountRef = NewType("AccountRef", str)
RoleRef = NewType("RoleRef", str)

SpaceId = NewType("SpaceId", int)
AccountId = NewType("AccountId", int)
CourseId = NewType("CourseId", int)
ChannelId = NewType("ChannelId", int)
MemberId = NewType("MemberId", int)
DiscussionId = NewType("DiscussionId", int)
MessageId = NewType("MessageId", int)
SendId = NewType("SendId", int)
ScheduleId = NewType("ScheduleId", int)
EntryId = NewType("EntryId", int)
ExportId = NewType("ExportId", int)


@dataclass(frozen=True, slots=True)
class Space:
    """One Discord server, one Slack workspace, or the browser classroom."""

    platform: str
    ref: str
