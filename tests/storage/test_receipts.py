"""What staff are still to be told of is let go of once they were told, and nothing else is."""

from storage import receipts
from storage.database import Connection, Database
from tests.storage.conftest import NOW
from tests.storage.two_courses import make


async def test_what_was_told_is_let_go_whichever_channel_it_is_about(database: Database) -> None:
    north = await database.write(lambda db: make(db, "north"))
    south = await database.write(lambda db: make(db, "south"))

    async def owe(db: Connection) -> None:
        for one, card in ((south, "first"), (north, "second"), (south, "third")):
            await receipts.keep(db, one.course, one.channel, NOW, card=card)

    await database.write(owe)
    async with database.read() as db:
        first, second, third = await receipts.to_be_told(db)
    assert [one.card for one in (first, second, third)] == ["first", "second", "third"]
    assert [one.course_id for one in (first, second)] == [south.course, north.course]
    assert [one.channel.id for one in (first, second)] == [south.channel, north.channel]
    await database.write(lambda db: receipts.told(db, [first.id, third.id]))
    async with database.read() as db:
        assert [one.card for one in await receipts.to_be_told(db)] == ["second"]
