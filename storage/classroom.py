"""What the browser classroom keeps of its own, as Discord and Slack do on their servers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from storage.among import among
from storage.database import Connection, Database
from storage.ids import AccountRef, ChannelRef
from storage.schema import (
    classroom_channels,
    classroom_messages,
    classroom_people,
    classroom_reactions,
    classroom_texts,
)


@dataclass(frozen=True, slots=True)
class ClassroomPerson:
    ref: AccountRef
    name: str
    manages: bool


@dataclass(frozen=True, slots=True)
class ClassroomChannel:
    ref: ChannelRef
    name: str


@dataclass(frozen=True, slots=True)
class ClassroomMessage:
    """A message as the classroom shows it. `author` None: the bot, whose words are a `card`."""

    id: int
    channel: ChannelRef
    thread: int | None
    author: AccountRef | None
    reply_to: int | None
    only_for: AccountRef | None
    send_key: str | None
    sent_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    text: str | None
    card: Any
    reactions: tuple[tuple[AccountRef, str], ...] = ()


_MESSAGE = (
    classroom_messages.c.id,
    classroom_messages.c.channel,
    classroom_messages.c.thread,
    classroom_messages.c.author,
    classroom_messages.c.reply_to,
    classroom_messages.c.only_for,
    classroom_messages.c.send_key,
    classroom_messages.c.sent_at,
    classroom_messages.c.edited_at,
    classroom_messages.c.deleted_at,
    classroom_texts.c.text,
    classroom_texts.c.card,
)


class Classroom:
    """The classroom's tables in the course database; every write is durable when it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def people(self) -> list[ClassroomPerson]:
        async with self._database.read() as db:
            found = await db.execute(
                select(
                    classroom_people.c.ref, classroom_people.c.name, classroom_people.c.manages
                ).order_by(classroom_people.c.created_at, classroom_people.c.ref)
            )
            return [ClassroomPerson(*row) for row in found]

    async def add_person(self, ref: AccountRef, name: str, at: datetime) -> ClassroomPerson:
        async def work(db: Connection) -> ClassroomPerson:
            first = (
                await db.execute(select(func.count()).select_from(classroom_people))
            ).scalar_one() == 0
            await db.execute(
                insert(classroom_people).values(ref=ref, name=name, manages=first, created_at=at)
            )
            return ClassroomPerson(ref, name, first)

        return await self._database.write(work)

    async def channels(self) -> list[ClassroomChannel]:
        async with self._database.read() as db:
            found = await db.execute(
                select(classroom_channels.c.ref, classroom_channels.c.name).order_by(
                    classroom_channels.c.created_at, classroom_channels.c.ref
                )
            )
            return [ClassroomChannel(*row) for row in found]

    async def add_channel(self, ref: ChannelRef, name: str, at: datetime) -> ClassroomChannel:
        async def work(db: Connection) -> ClassroomChannel:
            found = await db.execute(
                select(classroom_channels.c.ref).where(classroom_channels.c.name == name)
            )
            if (known := found.scalar_one_or_none()) is not None:
                return ClassroomChannel(known, name)
            await db.execute(insert(classroom_channels).values(ref=ref, name=name, created_at=at))
            return ClassroomChannel(ref, name)

        return await self._database.write(work)

    async def add_message(
        self,
        channel: ChannelRef,
        *,
        at: datetime,
        thread: int | None = None,
        author: AccountRef | None = None,
        reply_to: int | None = None,
        only_for: AccountRef | None = None,
        send_key: str | None = None,
        text: str | None = None,
        card: object = None,
    ) -> ClassroomMessage:
        async def work(db: Connection) -> ClassroomMessage:
            if send_key is not None and (known := await _by_key(db, send_key)):
                return known
            made = await db.execute(
                insert(classroom_messages)
                .values(
                    channel=channel,
                    thread=thread,
                    author=author,
                    reply_to=reply_to,
                    only_for=only_for,
                    send_key=send_key,
                    sent_at=at,
                )
                .returning(classroom_messages.c.id)
            )
            id_ = made.scalar_one()
            await db.execute(insert(classroom_texts).values(message_id=id_, text=text, card=card))
            return await _message(db, id_)

        return await self._database.write(work)

    async def edit_message(
        self, id_: int, *, at: datetime, text: str | None = None, card: object = None
    ) -> ClassroomMessage | None:
        async def work(db: Connection) -> ClassroomMessage | None:
            if not await _stands(db, id_):
                return None
            await db.execute(
                update(classroom_messages)
                .where(classroom_messages.c.id == id_)
                .values(edited_at=at)
            )  # fmt: skip
            await db.execute(
                update(classroom_texts)
                .where(classroom_texts.c.message_id == id_)
                .values(text=text, card=card)
            )
            return await _message(db, id_)

        return await self._database.write(work)

    async def delete_message(self, id_: int, *, at: datetime) -> ClassroomMessage | None:
        async def work(db: Connection) -> ClassroomMessage | None:
            if not await _stands(db, id_):
                return None
            await db.execute(
                update(classroom_messages)
                .where(classroom_messages.c.id == id_)
                .values(deleted_at=at)
            )  # fmt: skip
            await db.execute(delete(classroom_texts).where(classroom_texts.c.message_id == id_))
            return await _message(db, id_)

        return await self._database.write(work)

    async def react(
        self, id_: int, person: AccountRef, emoji: str, present: bool, *, at: datetime
    ) -> ClassroomMessage | None:
        async def work(db: Connection) -> ClassroomMessage | None:
            if not await _stands(db, id_):
                return None
            await db.execute(
                delete(classroom_reactions).where(
                    classroom_reactions.c.message_id == id_,
                    classroom_reactions.c.person == person,
                    classroom_reactions.c.emoji == emoji,
                )
            )
            if present:
                await db.execute(
                    insert(classroom_reactions).values(
                        message_id=id_, person=person, emoji=emoji, changed_at=at
                    )
                )
            return await _message(db, id_)

        return await self._database.write(work)

    async def message(self, id_: int) -> ClassroomMessage | None:
        async with self._database.read() as db:
            return await _message(db, id_) if await _stands(db, id_) else None

    async def by_key(self, send_key: str) -> ClassroomMessage | None:
        async with self._database.read() as db:
            return await _by_key(db, send_key)

    async def messages(
        self, channel: ChannelRef, thread: int | None, reader: AccountRef | None
    ) -> list[ClassroomMessage]:
        async with self._database.read() as db:
            return await _messages(
                db,
                classroom_messages.c.channel == channel,
                classroom_messages.c.thread.is_(None)
                if thread is None
                else classroom_messages.c.thread == thread,
                classroom_messages.c.deleted_at.is_(None),
                classroom_messages.c.only_for.is_(None)
                if reader is None
                else classroom_messages.c.only_for.is_(None)
                | (classroom_messages.c.only_for == reader),
            )


async def _stands(db: Connection, id_: int) -> bool:
    found = await db.execute(
        select(classroom_messages.c.id).where(
            classroom_messages.c.id == id_, classroom_messages.c.deleted_at.is_(None)
        )
    )
    return found.scalar_one_or_none() is not None


async def _by_key(db: Connection, send_key: str) -> ClassroomMessage | None:
    found = await _messages(db, classroom_messages.c.send_key == send_key)
    return found[0] if found else None


async def _message(db: Connection, id_: int) -> ClassroomMessage:
    return (await _messages(db, classroom_messages.c.id == id_))[0]


async def _messages(db: Connection, *which: Any) -> list[ClassroomMessage]:
    rows = (
        await db.execute(
            select(*_MESSAGE)
            .outerjoin(classroom_texts, classroom_texts.c.message_id == classroom_messages.c.id)
            .where(*which)
            .order_by(classroom_messages.c.sent_at, classroom_messages.c.id)
        )
    ).all()
    marks = await _reactions(db, [row.id for row in rows])
    return [_to_message(row, marks.get(row.id, ())) for row in rows]


def _to_message(row: Any, marks: tuple[tuple[AccountRef, str], ...]) -> ClassroomMessage:
    return replace(ClassroomMessage(*row), reactions=marks)


async def _reactions(
    db: Connection, ids: Sequence[int]
) -> dict[int, tuple[tuple[AccountRef, str], ...]]:
    found = await db.execute(
        select(
            classroom_reactions.c.message_id,
            classroom_reactions.c.person,
            classroom_reactions.c.emoji,
        )
        .where(among(classroom_reactions.c.message_id, ids))
        .order_by(classroom_reactions.c.changed_at, classroom_reactions.c.person)
    )
    marks: dict[int, tuple[tuple[AccountRef, str], ...]] = {}
    for id_, person, emoji in found:
        marks[id_] = (*marks.get(id_, ()), (person, emoji))
    return marks
